package tunnels_test

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest"
	"culvert/tunnels/tunneltest/memnet"
)

// patientDial is dial for a connection that waits ten minutes for anything: in a
// bubble where tickers run, one that waits for ever hangs.
func (t *bench) patientDial() *memnet.Conn {
	t.Helper()
	c := t.dial(v4)
	if err := c.SetDeadline(time.Now().Add(10 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFault08ListenerStays: a client that comes while there are no descriptors is
// served when there are some.
func TestFault08ListenerStays(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		bound := t.addrs("t")
		t.net.FailAccept(netip.MustParseAddrPort(v4), 12, syscall.EMFILE)
		began := time.Now()
		c := t.patientDial()
		t.echoOn(c)
		c.Close()
		if took := time.Since(began); took > 10*time.Second || !slices.Equal(bound, t.addrs("t")) {
			t.Errorf("bound to %v after %v", t.addrs("t"), took)
		}
	})
}

// TestFault19ReplacedAtOnce: a pod of the same name may be there before anybody
// has seen that the old one went.
func TestFault19ReplacedAtOnce(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		old := t.patientDial()
		t.echoOn(old)
		t.cluster.SetPods(nil, pod("2"))
		if err := readErr(old); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a client of the old pod got %v", err)
		}
		t.want(tunnels.Ready, "")
		t.echo(v4)
		if got := t.cluster.Last().Endpoint.UID; got != "2" {
			t.Errorf("the newest session is to pod %s", got)
		}
	})
}

// TestFault33ResetMidStream: a download that breaks off never looks complete, and
// the next session comes at once.
func TestFault33ResetMidStream(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) { // it ends with the stream
			io.WriteString(c, "half of it")
			io.Copy(c, c)
		}
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.patientDial()
		if _, err := io.ReadFull(c, make([]byte, len("half of it"))); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the spare session is there, and will be cut, too
		began := time.Now()
		t.cluster.Cut(syscall.ECONNRESET)
		if err := readErr(c); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the client got %v", err)
		}
		if st := t.want(tunnels.Ready, ""); st.Reconnects > 1 || time.Since(began) > 0 {
			t.Errorf("%d reconnects after %v", st.Reconnects, time.Since(began))
		}
		if _, err := io.ReadFull(t.patientDial(), make([]byte, len("half of it"))); err != nil {
			t.Errorf("a new client got %v", err)
		}
	})
}

// TestFault45SlowLocalReader: others do not wait behind a client that reads nothing.
func TestFault45SlowLocalReader(t *testing.T) {
	testHeldUp(t, func(s *tunneltest.Session) { s.Stall(time.Second) })
}

// TestFault46SlowPodReader: nor behind an upload that the pod does not read.
func TestFault46SlowPodReader(t *testing.T) {
	testHeldUp(t, func(s *tunneltest.Session) { s.Block(time.Second) })
}

// TestFault47LateReply: containerd cuts the answer a second after it has seen the
// end of the input, so that this is kept back.
func TestFault47LateReply(t *testing.T) {
	inBubble(t, func(t *bench) {
		cut := make(chan struct{})
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
			defer c.Close()
			io.ReadFull(c, make([]byte, len("question")))
			go func() {
				defer close(cut)
				io.Copy(io.Discard, c)
				time.Sleep(time.Second)
				c.Close()
			}()
			time.Sleep(2500 * time.Millisecond)
			io.WriteString(c, "answer")
		}
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.patientDial()
		defer c.Close()
		io.WriteString(c, "question")
		c.CloseWrite()
		if got, err := io.ReadAll(c); err != nil || string(got) != "answer" {
			t.Errorf("got %q, %v", got, err)
		}
		<-cut
	})
}

// TestFault48PodEndsFirst: the client sees the end at once, and its upload goes on.
func TestFault48PodEndsFirst(t *testing.T) {
	inBubble(t, func(t *bench) {
		got := make(chan string, 1)
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
			defer c.Close()
			io.WriteString(c, "enough")
			c.CloseWrite()
			in, _ := io.ReadAll(c)
			got <- string(in)
		}
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.patientDial()
		began := time.Now()
		if s, err := io.ReadAll(c); err != nil || string(s) != "enough" || time.Since(began) > 0 {
			t.Errorf("got %q, %v after %v", s, err, time.Since(began))
		}
		for range 3 {
			time.Sleep(time.Minute)
			io.WriteString(c, "more ")
		}
		c.Close()
		if s := <-got; s != "more more more " {
			t.Errorf("the pod got %q", s)
		}
	})
}

// TestFault52DeadAfterSleep: what died meanwhile is known two seconds after the wake,
// not by the next ping.
func TestFault52DeadAfterSleep(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		kept := t.patientDial()
		t.echoOn(kept)
		for _, s := range t.cluster.Live() {
			s.Mute(true)
		}
		t.Wake()
		if t.cluster.Doubts() == 0 {
			t.Error("the cluster's own connections are not doubted")
		}
		began := time.Now()
		if err := readErr(kept); !errors.Is(err, syscall.ECONNRESET) || time.Since(began) > 3*time.Second {
			t.Errorf("a client of a session that died got %v after %v", err, time.Since(began))
		}
		t.want(tunnels.Ready, "")
		t.echo(v4)
	})
}

// TestFault52BusyAtTheWake: a session whose node leaves single pings unanswered, or
// takes no more bytes for a while, is not taken for one that has died.
func TestFault52BusyAtTheWake(t *testing.T) {
	tests := map[string]func(*tunneltest.Session){
		"some of the node's workers wait for pods that do not read": func(s *tunneltest.Session) { s.AnswerEvery(5) },
		"all of them do": func(s *tunneltest.Session) { s.Mute(true); s.Block(time.Minute) },
	}
	for name, busy := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.cluster.SetPods(nil, pod("1"))
				t.run("80")
				kept := t.patientDial()
				t.echoOn(kept)
				for _, s := range t.cluster.Live() {
					busy(s)
				}
				t.Wake()
				time.Sleep(9 * time.Second) // the next question of the keepalive comes later
				t.echoOn(kept)
				t.want(tunnels.Ready, "")
				t.echo(v4)
			})
		})
	}
}

// TestFault52FirstAfterSleep: who connects before the sleep is noticed is not sent
// to a session that died meanwhile.
func TestFault52FirstAfterSleep(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		dead := t.cluster.Live()
		for _, s := range dead {
			s.Mute(true)
			s.Overlook()
		}
		time.Sleep(300 * time.Millisecond) // between two looks
		t.Oversleep()
		began := time.Now()
		first, second := t.patientDial(), t.patientDial()
		t.echoOn(first)
		t.echoOn(second)
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("answered after %v", d)
		}
		began = time.Now()
		t.echo(v4)
		if d := time.Since(began); d > 500*time.Millisecond {
			t.Errorf("once it is known what has died, an answer takes %v", d)
		}
	})
}

// TestFault55LoadBalancer: one that cuts what has been idle for 350 s never sees
// such a session.
func TestFault55LoadBalancer(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		s := t.cluster.Last()
		for range 20 {
			before := s.Pings()
			time.Sleep(350 * time.Second)
			if s.Pings() == before {
				s.Close(errors.New("cut by a load balancer"))
			}
		}
		if st := t.want(tunnels.Ready, ""); st.Reconnects != 0 || t.cluster.Last() != s {
			t.Errorf("%d reconnects", st.Reconnects)
		}
	})
}

// stopInTime stops the tunnel, which has to take less than a second and to leave
// nothing bound; inBubble looks for goroutines.
func (t *bench) stopInTime() {
	t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := t.Stop(ctx, "t"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took >= time.Second {
		t.Errorf("stopping took %v", took)
	}
	t.want(tunnels.Stopped, "")
	for _, addr := range []string{v4, v6} {
		l, err := t.net.Listen(t.Context(), netip.MustParseAddrPort(addr))
		if err != nil {
			t.Errorf("%s is not free: %v", addr, err)
			continue
		}
		l.Close()
	}
}

// hanging is a cluster whose dials last until they are given up.
type hanging struct{ *tunneltest.Backend }

func (hanging) Dial(ctx context.Context, _ tunnels.Endpoint, _ tunnels.Via) (tunnels.Session, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestFault61StopDuringDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{T: t, net: new(tunneltest.Network), cluster: new(tunneltest.Backend)}
		b.Manager = tunnels.NewManager(hanging{b.cluster}, tunnels.Options{Listen: b.net.Listen})
		defer b.Close()
		b.cluster.SetPods(nil, pod("1"))
		b.run("80")
		time.Sleep(3 * time.Second)
		b.want(tunnels.Starting, "opening a session")
		b.stopInTime()
	})
}

func TestFault61StopDuringHold(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil)
		t.run("80")
		c := t.patientDial()
		time.Sleep(3 * time.Second)
		if st := t.status("t"); st.Held != 1 {
			t.Errorf("%d connections are held", st.Held)
		}
		t.stopInTime()
		if err := readErr(c); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the held client got %v", err)
		}
	})
}

func TestFault61StopDuringBlockedTransfer(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
			defer c.Close()
			io.Copy(c, neverEnding{})
		}
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.dial(v4) // it reads nothing
		defer c.Close()
		time.Sleep(3 * time.Second)
		t.stopInTime()
	})
}

// neverEnding is a download without an end.
type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) { return len(p), nil }
