package control

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// Follow implements [Engine]. Where events were left out because they came faster than
// fn returned, or could be sent, or may have been as the connection broke, it is told so: by an event of no tunnel that is an
// EventWarning.
func (r *Remote) Follow(ctx context.Context, fn func(tunnels.Event)) error {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(r.ctx, cancel)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	q := newQueue()
	ended := make(chan error, 1)
	wg.Go(r.client.crashes.Contained("following another process", func() {
		ended <- r.keep(ctx, "events?of="+newsEvent, func(m message) error { return takeEvent(m, q) }, q.interrupt)
	}, func(p *crash.Panic) { ended <- tunnels.PanicError(p) }))
	for {
		select {
		case <-q.more:
			handOut(ctx, q, fn)
		case err := <-ended:
			handOut(ctx, q, fn)
			return err
		}
	}
}

// takeEvent queues what a message tells. Kinds of events of a later version are left
// out.
func takeEvent(m message, q *queue) error {
	switch m.name {
	case newsEvent:
		var e Event
		if err := json.Unmarshal(m.data, &e); err != nil {
			return err
		}
		if got, err := e.Parse(); err == nil {
			q.add(got)
		}
	case newsDropped:
		var d Dropped
		if err := json.Unmarshal(m.data, &d); err != nil {
			return err
		}
		q.drop(max(d.Events, 0))
	}
	return nil
}

func handOut(ctx context.Context, q *queue, fn func(tunnels.Event)) {
	list, dropped := q.take()
	interrupted := q.takeInterrupted()
	for _, e := range list {
		if ctx.Err() != nil {
			return
		}
		fn(e)
	}
	warn := func(text string) { fn(tunnels.Event{Time: time.Now(), Kind: tunnels.EventWarning, Warning: text}) }
	if dropped > 0 && ctx.Err() == nil {
		warn(fmt.Sprintf("%d events are left out here: they came faster than they could be told.", dropped))
	}
	if interrupted && ctx.Err() == nil {
		warn("Events may be missing here: the connection to the Culvert that runs broke for a moment.")
	}
}
