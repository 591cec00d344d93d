package tunnels_test

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest/memnet"
)

var errRefused = &tunnels.Error{Err: errors.New("nothing listens on 80"), Cause: tunnels.CauseRefused}

// TestFault11TargetRefuses: a program that has just started does not listen yet,
// and its clients need not know.
func TestFault11TargetRefuses(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.Refuse(80, errRefused)
		t.run("80")
		want := bytes.Repeat([]byte("0123456789abcdef"), 4000) // 64,000 bytes
		results := make(chan error)
		const clients = 100
		for i := range clients {
			c := t.dial(v4)
			go func() {
				defer c.Close()
				go func() {
					for part := range 4 { // some of it comes while others try
						c.Write(want[part*len(want)/4 : (part+1)*len(want)/4])
						time.Sleep(300 * time.Millisecond)
					}
				}()
				got := make([]byte, len(want))
				_, err := io.ReadFull(c, got)
				if err == nil && !bytes.Equal(got, want) {
					err = errors.New("other bytes came back")
				}
				results <- err
			}()
			if i == 0 {
				t.want(tunnels.Degraded, "pod refuses 80")
			}
		}
		time.Sleep(2 * time.Second)
		if n := t.cluster.Refusals(); n > 25 {
			t.Errorf("the port was tried %d times in 2 s by %d clients, want about 10 times a second", n, clients)
		}
		t.cluster.Refuse(80, nil)
		began := time.Now()
		for range clients {
			if err := <-results; err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("after the port listened it took %v", took)
		}
		if st := t.want(tunnels.Ready, ""); st.Failed != 0 || st.Out != clients*uint64(len(want)) {
			t.Errorf("%d failed, %d bytes out", st.Failed, st.Out)
		}

		t.cluster.Refuse(80, errRefused) // now it is the program's word
		asked := time.Now()
		if err := readErr(t.dial(v4)); !errors.Is(err, syscall.ECONNRESET) || time.Since(asked) != time.Second {
			t.Errorf("a client of a port that has served got %v after %v", err, time.Since(asked))
		}
		late := t.dial(v4) // the refusal is known before the restart
		time.Sleep(500 * time.Millisecond)
		restarted := pod("1")
		restarted.Restarts = 1
		t.cluster.SetPods(nil, restarted)
		time.Sleep(3 * time.Second)
		t.cluster.Refuse(80, nil)
		t.echoOn(late)
		late.Close()
	})
}

// TestOldConnectionSaysNothingOfARefusal: that it ends well is no news of the port.
func TestOldConnectionSaysNothingOfARefusal(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		old := t.dial(v4)
		t.echoOn(old)
		t.cluster.Refuse(80, errRefused)
		readErr(t.dial(v4))
		t.want(tunnels.Degraded, "pod refuses 80")
		old.Close()
		time.Sleep(5 * time.Second)
		t.want(tunnels.Degraded, "pod refuses 80")
	})
}

// TestRefusedByADyingPod: the program ends before the cluster says that the pod
// does.
func TestRefusedByADyingPod(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.echo(v4)
		t.cluster.Refuse(80, errRefused)
		c := t.dial(v4)
		time.Sleep(100 * time.Millisecond)
		dying := pod("1")
		dying.Terminating = true
		t.cluster.SetPods(nil, dying)
		time.Sleep(5 * time.Second)
		t.cluster.Refuse(80, nil)
		t.cluster.SetPods(nil, pod("2"))
		t.echoOn(c)
		c.Close()
	})
}

func TestRefusedToTheEnd(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.Refuse(80, errRefused)
		t.run("80 81")
		began := time.Now()
		err := readErr(t.dial(v4))
		if took := time.Since(began); !errors.Is(err, syscall.ECONNRESET) || took < 9*time.Second || took > 11*time.Second {
			t.Errorf("got %v after %v, want a reset after the hold time", err, took)
		}
		synctest.Wait()
		recent := t.Recent("t")
		if len(recent) != 1 || recent[0].Err == nil || recent[0].Err.Cause != tunnels.CauseRefused || recent[0].State != tunnels.ConnEnded {
			t.Errorf("the connection is told of as %+v", recent)
		}
		t.echo("127.0.0.1:81")
	})
}

// TestNothingIsSentTwice to a pod that may have acted on it.
func TestNothingIsSentTwice(t *testing.T) {
	tests := map[string]struct {
		write int
		serve func(*bench, *memnet.Conn) // what the pod does with the connection
	}{
		"the session is lost": {write: 5, serve: func(t *bench, c *memnet.Conn) {
			io.ReadFull(c, make([]byte, 5))
			go t.cluster.Cut(errors.New("cut"))
		}},
		"the pod resets": {write: 5, serve: func(_ *bench, c *memnet.Conn) {
			io.ReadFull(c, make([]byte, 5))
			c.SetLinger(0)
			c.Close()
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				served := 0
				t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
					served++
					tt.serve(t, c)
				}
				t.cluster.SetPods(nil, pod("1"))
				t.run("80")
				c := t.dial(v4)
				go c.Write(make([]byte, tt.write))
				began := time.Now()
				if err := readErr(c); !errors.Is(err, syscall.ECONNRESET) || time.Since(began) > time.Second {
					t.Errorf("got %v after %v, want a reset long before the hold time", err, time.Since(began))
				}
				synctest.Wait()
				if served != 1 {
					t.Errorf("the pod was asked %d times", served)
				}
			})
		})
	}
}

func TestClientThatEndsItsInputIsStillServed(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.Refuse(80, errRefused)
		t.run("80")
		c := t.dial(v4)
		if _, err := c.Write([]byte("GET /")); err != nil {
			t.Fatal(err)
		}
		c.CloseWrite()
		time.Sleep(time.Second)
		t.cluster.Refuse(80, nil)
		got, err := io.ReadAll(c)
		if err != nil || string(got) != "GET /" {
			t.Errorf("got %q, %v", got, err)
		}
		c.Close()
	})
}

func TestFault08TooManyFiles(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.net.FailAccept(netip.MustParseAddrPort(v4), 12, syscall.EMFILE)
		t.echo(v4)
		t.echo("[::1]:80")
		if st := t.want(tunnels.Ready, ""); len(st.Bound) != 2 {
			t.Errorf("bound to %v", st.Bound)
		}
	})
}

func TestFault09PodPending(t *testing.T) {
	for reason := range map[string]bool{"Pending: ContainerCreating": true, "Init:0/1": true, "CrashLoopBackOff (5 restarts)": true} {
		t.Run(reason, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				e := pod("1")
				e.Ready, e.Reason = false, reason
				t.cluster.SetPods(nil, e)
				t.run("80")
				if st := t.want(tunnels.Waiting, reason); len(st.Bound) != 2 {
					t.Errorf("bound to %v", st.Bound)
				}
				held := t.dial(v4)
				synctest.Wait()
				if cs := t.Connections("t"); len(cs) != 1 || cs[0].State != tunnels.ConnHeld {
					t.Errorf("connections %+v", cs)
				}
				t.cluster.SetPods(nil, pod("1"))
				t.echoOn(held)
				synctest.Wait()
				if cs := t.Connections("t"); len(cs) != 1 || cs[0].State != tunnels.ConnOpen || cs[0].Pod != "web" || cs[0].Transport != "memory" || cs[0].In != 5 {
					t.Errorf("connections %+v", cs)
				}
				held.Close()
			})
		})
	}
}

func TestFault10UndeclaredPort(t *testing.T) {
	inBubble(t, func(t *bench) {
		e := pod("1")
		e.Ports[tunnels.Port{Number: 80}] = tunnels.PortResult{Number: 80, Warning: "web does not declare port 80."}
		t.cluster.SetPods(nil, e)
		t.run("80")
		if st := t.want(tunnels.Ready, ""); len(st.Warnings) != 1 {
			t.Errorf("warnings %q", st.Warnings)
		}
		t.echo(v4)
	})
}

func TestFault20NamespaceDeleted(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		gone := &tunnels.Error{Err: errors.New("there is no namespace shop"), Hint: "Make it, or choose another one.", Cause: tunnels.CauseNotFound}
		t.cluster.SetPods(gone)
		if st := t.want(tunnels.Waiting, "not found"); st.Err != gone || len(st.Bound) != 2 {
			t.Errorf("status %+v", st)
		}
		time.Sleep(time.Hour)
		t.cluster.SetPods(nil, pod("2"))
		t.want(tunnels.Ready, "")
		t.echo(v4)
	})
}

func TestTimeline(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.echo(v4)
		t.cluster.Refuse(80, errRefused)
		for range 1000 {
			readErr(t.dial(v4))
		}
		synctest.Wait()
		var failed tunnels.Event
		for _, e := range t.Timeline("t") {
			if e.Kind == tunnels.EventConn {
				t.Fatal("an accepted connection is in the timeline")
			}
			if e.Kind == tunnels.EventFailed {
				failed = e
			}
		}
		if failed.Times != 999 && failed.Times != 1000 { // the state changes after the first
			t.Errorf("%d failures in one event", failed.Times)
		}
		for i := range 300 {
			t.cluster.SetPods(nil, pod(string(rune('a'+i))))
			synctest.Wait()
		}
		if n := len(t.Timeline("t")); n != 256 {
			t.Errorf("%d events are kept", n)
		}
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		if n := len(t.Timeline("t")); n != 256 {
			t.Errorf("%d events are kept of a stopped tunnel", n)
		}
	})
}

// TestTimelineTellsTransportAndBytes: how a session went and what the run has moved.
func TestTimelineTellsTransportAndBytes(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.echo(v4)
		synctest.Wait()
		moved := t.status("t")
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		transport, last := "", tunnels.Event{}
		for _, e := range t.Timeline("t") {
			if last = e; e.Kind == tunnels.EventSession {
				transport = e.Transport
			}
		}
		if transport == "" || transport != moved.Transport {
			t.Errorf("the session went over %q, the status says %q", transport, moved.Transport)
		}
		if last.State != tunnels.Stopped || last.In == 0 || last.In != moved.In || last.Out != moved.Out {
			t.Errorf("the end tells %+v, the status said %d in and %d out", last, moved.In, moved.Out)
		}
	})
}

func TestRates(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.dial(v4)
		defer c.Close()
		go io.Copy(io.Discard, c)
		for range 30 {
			c.Write(make([]byte, 1000))
			time.Sleep(100 * time.Millisecond)
		}
		synctest.Wait()
		st := t.status("t")
		if st.RateOut < 9000 || st.RateOut > 11000 || st.RateIn < 9000 || st.RateIn > 11000 {
			t.Errorf("rates of %d and %d bytes per second, want 10,000", st.RateIn, st.RateOut)
		}
		if cs := t.Connections("t"); len(cs) != 1 || cs[0].RateIn != st.RateIn {
			t.Errorf("connections %+v", cs)
		}
		time.Sleep(3 * time.Second)
		if st := t.status("t"); st.RateOut != 0 {
			t.Errorf("a rate of %d without traffic", st.RateOut)
		}
	})
}

// TestFault51ManyShortConnections leaves nothing behind: the bubble fails on a
// goroutine that is left, and the tunnel keeps no connection.
func TestFault51ManyShortConnections(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		for range 100 {
			ended := make(chan struct{})
			for range 50 {
				go func() {
					defer func() { ended <- struct{}{} }()
					for range 20 {
						t.echo(v4)
					}
				}()
			}
			for range 50 {
				<-ended
			}
			time.Sleep(30 * time.Second) // the held ends of their input
			synctest.Wait()
			if n := len(t.Connections("t")); n != 0 {
				t.Fatalf("%d connections are left", n)
			}
		}
		if st := t.want(tunnels.Ready, ""); st.Opened != 100_000 || st.Failed != 0 {
			t.Errorf("%d opened, %d failed", st.Opened, st.Failed)
		}
		if n := len(t.Recent("t")); n != 64 {
			t.Errorf("%d ended connections are remembered", n)
		}
	})
}
