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

// untilSignal returns a context that the first signal ends. A second one ends the
// process, and when the verb has not ended within leaveWithin, exit is called. The
// returned function ends all that, and waits for it.
func untilSignal(exit func(status int)) (ctx context.Context, stop func()) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, signals()...)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-heard:
		case <-ended:
		}
		signal.Stop(heard) // the next one does what it does by itself
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
