package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// leaveWithin bounds how long a verb may take to end once it was told to.
const leaveWithin = 2 * time.Second

// signals are those that end a verb in an orderly way: from the keyboard, of a
// service manager or the end of a session, and of a terminal that is closed, unless
// that is to do nothing, as below nohup.
func signals() []os.Signal {
	out := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		out = append(out, syscall.SIGHUP)
	}
	return out
}

// ear hears the signals of a verb.
type ear struct {
	heard chan os.Signal
	taken chan struct{} // receives from who takes them
}

// earKey is where a verb's context has its ear.
type earKey struct{}

// takeSignals returns the signals that are heard from now on, which then do not end
// ctx any more: it is for a verb that passes them on. It may be called once. False means
// that ctx has ended: a signal came before. Of a context without an ear it returns nil.
func takeSignals(ctx context.Context) (heard <-chan os.Signal, ok bool) {
	e, has := ctx.Value(earKey{}).(*ear)
	if !has {
		return nil, true
	}
	select {
	case e.taken <- struct{}{}:
		return e.heard, true
	case <-ctx.Done():
		return nil, false
	}
}

// untilSignal returns a context that the first signal ends. A second one ends the
// process, and when the verb has not ended within leaveWithin, exit is called. The
// returned function ends all that, and waits for it. See takeSignals for another way.
func untilSignal(exit func(status int)) (ctx context.Context, stop func()) {
	const several = 8 // as the keyboard gives to one who passes them on
	e := &ear{heard: make(chan os.Signal, several), taken: make(chan struct{})}
	signal.Notify(e.heard, signals()...)
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), earKey{}, e))
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-e.heard:
		case <-ended:
		case <-e.taken:
			<-ended
		}
		signal.Stop(e.heard) // the next one does what it does by itself
		cancel()
		bound(ended, leaveWithin, exit)
	})
	return ctx, func() {
		close(ended)
		wg.Wait()
	}
}

// bound calls exit unless ended is closed within the limit.
func bound(ended <-chan struct{}, limit time.Duration, exit func(status int)) {
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-ended:
	case <-t.C:
		exit(ExitOK)
	}
}
