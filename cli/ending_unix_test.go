//go:build unix

package cli

import (
	"os"
	"syscall"
	"testing"
)

// TestSignalsAreTakenOrEndTheVerb: one that came before is not lost by who takes them,
// since the process is about to end then.
func TestSignalsAreTakenOrEndTheVerb(t *testing.T) {
	send := func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := untilSignal(func(status int) { t.Errorf("it exits with %d", status) })
	send()
	<-ctx.Done()
	if heard, ok := takeSignals(ctx); ok {
		t.Errorf("of a verb that is ending one gets %v", heard)
	}
	stop()

	ctx, stop = untilSignal(func(status int) { t.Errorf("it exits with %d", status) })
	heard, ok := takeSignals(ctx)
	if !ok {
		t.Fatal("they cannot be taken")
	}
	send()
	if s := <-heard; s != syscall.SIGTERM || ctx.Err() != nil {
		t.Errorf("heard %v, %v", s, ctx.Err())
	}
	stop()
}
