package ui

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"culvert/tunnels"
)

const (
	// tryAfter is how long a form has to stand still before its ports are tried.
	tryAfter = 200 * time.Millisecond
	// tryAgain is how long a trial is believed while the sheet is open.
	tryAgain = 5 * time.Second
)

// portTrials are the local ports that were tried for the open sheet.
type portTrials struct {
	known  map[triedPort]portTrial
	wanted []triedPort // that are being tried
	at     time.Time
	stop   context.CancelFunc // of the trial that is under way; nil for none
}

// look tries the ports of the form, away from the toolkit's goroutine and once one
// has stopped typing.
func (e *editor) lookAtPorts() {
	var want []triedPort
	for _, port := range e.form.portsToTry(e.app.snap) {
		want = append(want, triedPort{e.form.listen, port})
	}
	t := &e.trials
	now := e.app.deps.Now()
	if slices.Equal(t.wanted, want) && now.Sub(t.at) < tryAgain {
		return
	}
	t.end()
	t.wanted, t.at = want, now
	if len(want) == 0 || e.form.liveListen() != "" {
		return
	}
	ctx, stop := context.WithCancel(e.app.ctx)
	t.stop = stop
	listen := e.form.listenWords()
	e.app.spawn(func(context.Context) { e.tryPorts(ctx, want, listen) })
}

// end stops the trial that is under way.
func (t *portTrials) end() {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
}

// tryPorts ends with the sheet, which stops ctx.
func (e *editor) tryPorts(ctx context.Context, want []triedPort, listen []string) {
	pause := time.NewTimer(tryAfter)
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return
	case <-pause.C:
	}
	found := make(map[triedPort]portTrial)
	for _, w := range want {
		found[w] = e.app.tryPort(ctx, listen, w.port)
	}
	if ctx.Err() != nil {
		return
	}
	e.app.do(func() {
		if ctx.Err() == nil && e.app.editor == e {
			e.trials.known = found
			e.apply()
		}
	})
}

// tryPort tries to listen and finds out who does already.
func (a *App) tryPort(ctx context.Context, listen []string, port uint16) portTrial {
	t := portTrial{done: true, err: tunnels.AsError(a.deps.TryListen(ctx, listen, port))}
	if t.err == nil || t.err.Cause != tunnels.CausePortBusy {
		return t
	}
	for _, ip := range tunnels.ListenAddrs(listen) {
		t.process, t.found = a.deps.Holder(netip.AddrPortFrom(ip, port))
		if t.found == nil {
			break
		}
	}
	return t
}
