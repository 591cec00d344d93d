package e2e

import (
	"net"
	"syscall"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/clock"
	"culvert/e2e/delay"
)

// nap is longer than what Culvert takes for a busy machine.
const nap = 6 * time.Second

// TestSleepAndNetworkChange does to clients' machines what happens to laptops,
// each with a Culvert of its own, all at the same time. Afterwards each Culvert
// serves on the port that it had.
func TestSleepAndNetworkChange(t *testing.T) {
	if !shared.Real() {
		t.Fatal("a client's machine needs a real node's namespaces")
	}
	for _, test := range []struct {
		name string
		do   func(t *testing.T, r *roamer, held net.Conn)
	}{
		{"stopped while its pod is replaced behind a black hole", stoppedInABlackHole},
		{"asleep while its connections are forgotten", asleepAndForgotten},
		{"wall clock set forward and back", clockSet},
		{"unplugged, then in another network", otherNetwork},
		{"in another network from one moment to the next", suddenlyElsewhere},
		{"all connections reset", connectionsReset},
		{"far away for a while", farAway},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRoamer(t)
			test.do(t, r, r.hold(t))
			r.serves(t)
			r.same(t)
		})
	}
}

// stoppedInABlackHole is what sleep is to the other end: nobody tells anybody of
// anything, and the router forgets the connections.
func stoppedInABlackHole(t *testing.T, r *roamer, held net.Conn) {
	if err := r.culvert.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	over := time.After(nap)
	if err := r.host.Blackhole(); err != nil {
		t.Fatal(err)
	}
	r.link.Forget()
	if err := shared.DeletePod(testContext(t), r.namespace, roamerPod, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	newPod(t, r.namespace, roamerPod)
	<-over
	if err := r.host.Heal(); err != nil {
		t.Fatal(err)
	}
	if err := r.culvert.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	r.cut(t, held)
}

// asleepAndForgotten is a night behind a router that was switched off. The other
// clock of the process shows nothing of it.
func asleepAndForgotten(t *testing.T, r *roamer, held net.Conn) {
	c, err := clock.Of(r.pid())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r.link.Forget() == 0 {
		t.Error("there is no connection to be forgotten")
	}
	if err := c.Sleep(t.Context(), nap); err != nil {
		t.Fatal(err)
	}
	if err := c.Step(8 * time.Hour); err != nil {
		t.Fatal(err)
	}
	r.cut(t, held)
}

// clockSet harms nobody.
func clockSet(t *testing.T, r *roamer, held net.Conn) {
	c, err := clock.Of(r.pid())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	before := len(r.states())
	for _, by := range []time.Duration{8 * time.Hour, -9 * time.Hour} {
		if err := c.Step(by); err != nil {
			t.Fatal(err)
		}
		// As long as Culvert needs to see it, and to doubt a session.
		for range 12 {
			<-time.After(200 * time.Millisecond)
			if err := echo(held, "still here\n"); err != nil {
				t.Fatalf("after the clock was set by %v: %v", by, err)
			}
		}
	}
	if told := r.states()[before:]; len(told) > 0 {
		t.Errorf("it has told of the states %v", told)
	}
}

// otherNetwork is what is told while there is no network, and served when there
// is another.
func otherNetwork(t *testing.T, r *roamer, held net.Conn) {
	before := len(r.states())
	if err := r.host.Unplug(); err != nil {
		t.Fatal(err)
	}
	r.awaitState(t, "that it is not ready", before, func(s string) bool { return s != "ready" })
	r.cut(t, held)
	before = len(r.states())
	if err := r.host.Move(testContext(t)); err != nil {
		t.Fatal(err)
	}
	r.awaitState(t, "that it is ready", before, func(s string) bool { return s == "ready" })
	if _, err := r.dial(t); err != nil {
		t.Errorf("it is told to be ready, and %v", err)
	}
}

func suddenlyElsewhere(t *testing.T, r *roamer, held net.Conn) {
	if err := r.host.Move(testContext(t)); err != nil {
		t.Fatal(err)
	}
	r.cut(t, held)
}

func connectionsReset(t *testing.T, r *roamer, held net.Conn) {
	if r.link.Reset() == 0 {
		t.Error("there is no connection to be reset")
	}
	r.cut(t, held)
}

// farAway cuts nothing.
func farAway(t *testing.T, r *roamer, held net.Conn) {
	before := len(r.states())
	const oneWay = 150 * time.Millisecond
	r.link.Set(delay.Condition{Delay: oneWay})
	began := time.Now()
	if _, err := r.dial(t); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took < 2*oneWay {
		t.Errorf("an echo over a round trip of %v has taken %v", 2*oneWay, took)
	}
	r.link.Set(delay.Condition{})
	if err := echo(held, "still here\n"); err != nil {
		t.Error(err)
	}
	if told := r.states()[before:]; len(told) > 0 {
		t.Errorf("it has told of the states %v", told)
	}
}
