package tunnels_test

import (
	"errors"
	"io"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest"
	"culvert/tunnels/tunneltest/memnet"
)

// clients opens n connections that stay, one after the other.
func (t *bench) clients(n int) []*memnet.Conn {
	t.Helper()
	var cs []*memnet.Conn
	for range n {
		c := t.dial(v4)
		t.echoOn(c)
		cs = append(cs, c)
		synctest.Wait()
	}
	return cs
}

func streams(ss []*tunneltest.Session) []int {
	var n []int
	for _, s := range ss {
		n = append(n, s.Streams())
	}
	slices.Sort(n)
	return n
}

func TestConnectionsSpreadOverSessions(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		if n := len(t.cluster.Live()); n != 1 {
			t.Errorf("%d sessions without a connection, want 1", n)
		}
		t.clients(1)
		if got := streams(t.cluster.Live()); !slices.Equal(got, []int{0, 1}) {
			t.Errorf("one connection: streams %v, want a spare session", got)
		}
		t.clients(39)
		if got := streams(t.cluster.Live()); len(got) != 8 || got[7]-got[0] > 1 {
			t.Errorf("40 connections: streams %v, want them even on 8 sessions", got)
		}
		if st := t.want(tunnels.Ready, ""); st.Sessions != 8 || st.Reconnects != 0 || st.DialTime < 0 {
			t.Errorf("status %+v", st)
		}
	})
}

// TestShortConnectionsNeedNoSessions: those that their client has closed wait for
// nothing but their end, and need no session of their own.
func TestShortConnectionsNeedNoSessions(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		for range 20 {
			t.echo(v4)
			synctest.Wait()
		}
		if got := streams(t.cluster.Live()); len(got) != 2 || got[0]+got[1] != 20 {
			t.Errorf("streams %v, want 20 that are ending, on one session and its spare", got)
		}
		t.clients(4)
		if n := len(t.cluster.Live()); n != 3 {
			t.Errorf("4 connections that stay have %d sessions, want 3", n)
		}
		time.Sleep(time.Minute)
		if got := streams(t.cluster.Live()); !slices.Equal(got, []int{0, 1, 3}) && !slices.Equal(got, []int{0, 2, 2}) && !slices.Equal(got, []int{1, 1, 2}) {
			t.Errorf("streams %v a minute later", got)
		}
	})
}

func TestIdleSessionsAreGivenBack(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		for _, c := range t.clients(12) {
			c.Close()
		}
		time.Sleep(60 * time.Second)
		if n := len(t.cluster.Live()); n < 4 {
			t.Errorf("after a minute there are %d sessions", n)
		}
		time.Sleep(90 * time.Second)
		if n := len(t.cluster.Live()); n != 1 {
			t.Errorf("after two and a half minutes there are %d sessions, want 1", n)
		}
		t.want(tunnels.Ready, "")
		t.echo(v4)
	})
}

// TestSpareIsTriedSoon: a spare session that could not be opened, as when many tunnels come back
// at once, is needed all the more when the one there is gets held up.
func TestSpareIsTriedSoon(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		busy := &tunnels.Error{Err: errors.New("too many at once"), Cause: tunnels.CauseUnknown}
		t.run("80")
		t.cluster.SetDialError(busy)
		first := t.cluster.Live()[0]
		t.clients(1)
		time.Sleep(time.Minute)
		dialled := t.cluster.Dialed()
		time.Sleep(10 * time.Second)
		if n := t.cluster.Dialed() - dialled; n > 20 {
			t.Errorf("a spare one was tried %d times in 10 s", n)
		}
		t.cluster.SetDialError(nil)
		first.Stall(time.Minute)
		began := time.Now()
		t.echo(v4)
		for len(t.cluster.Live()) < 2 && time.Since(began) < time.Minute {
			time.Sleep(50 * time.Millisecond)
		}
		if took := time.Since(began); took > 1500*time.Millisecond {
			t.Errorf("another session came after %v", took)
		}
	})
}

// TestSpentSessionGoes: a session that takes no connection any more goes as soon as it
// has none and another serves; with a connection, or as the only one, it stays.
func TestSpentSessionGoes(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		held := t.dial(v4)
		t.echoOn(held)
		time.Sleep(time.Second)
		spent := t.cluster.Live()
		for _, s := range spent {
			s.Unhear(time.Minute)
		}
		t.echo(v4)
		time.Sleep(trimTick)
		left := 0
		for _, s := range t.cluster.Live() {
			if slices.Contains(spent, s) {
				left++
			}
		}
		if len(spent) != 2 || left != 1 {
			t.Errorf("of %d sessions that take none %d stay", len(spent), left)
		}
		t.echoOn(held)

		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("too many"), Cause: tunnels.CauseUnknown})
		for _, s := range t.cluster.Live() {
			s.Unhear(time.Minute)
		}
		before := len(t.cluster.Live())
		time.Sleep(trimTick)
		if after := len(t.cluster.Live()); after != before {
			t.Errorf("%d of %d stay where no other serves", after, before)
		}
		t.echoOn(held)
	})
}

// trimTick is longer than what is between two looks at sessions that nobody needs.
const trimTick = 16 * time.Second

// TestHeldUpWithoutAnother: a session that is held up may be dead without anybody knowing, for
// nobody reads it. When no other can be opened either, the tunnel does not serve.
func TestHeldUpWithoutAnother(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		for range 3 {
			t.echo(v4) // makes the spare one
		}
		held := t.cluster.Live()
		unreachable := &tunnels.Error{Err: errors.New("connection refused"), Cause: tunnels.CauseUnreachable}
		t.cluster.SetDialError(unreachable)
		stall := func(d time.Duration) {
			for _, s := range held {
				s.Stall(d)
			}
		}
		stall(300 * time.Millisecond) // a short one is nothing
		t.dial(v4)
		time.Sleep(time.Second)
		t.want(tunnels.Ready, "")

		stall(time.Minute)
		t.dial(v4)
		time.Sleep(2 * time.Second)
		if st := t.want(tunnels.Reconnecting, "held up by a slow client"); st.Err == nil || st.Err.Cause != tunnels.CauseUnreachable {
			t.Errorf("the error is %v", st.Err)
		}
		time.Sleep(time.Minute)
		t.want(tunnels.Reconnecting, "")
		stall(0)
		time.Sleep(time.Second)
		t.want(tunnels.Ready, "")

		stall(time.Minute)
		t.dial(v4)
		time.Sleep(2 * time.Second)
		t.want(tunnels.Reconnecting, "held up by a slow client")
		t.cluster.SetDialError(nil)
		time.Sleep(2 * time.Second)
		t.want(tunnels.Ready, "")
	})
}

// TestHeldUpWhileAnotherIsSlow: nor does it while the other one is long in coming.
func TestHeldUpWhileAnotherIsSlow(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		for range 3 {
			t.echo(v4) // makes the spare one
		}
		held := t.cluster.Live()
		for _, s := range held {
			s.Stall(time.Minute)
		}
		t.cluster.MuteNew(true)
		t.dial(v4)
		time.Sleep(300 * time.Millisecond)
		t.want(tunnels.Ready, "") // it may be there in a moment
		time.Sleep(1500 * time.Millisecond)
		t.want(tunnels.Reconnecting, "held up by a slow client")
		for _, s := range held {
			s.Stall(0)
		}
		time.Sleep(time.Second)
		t.want(tunnels.Ready, "")
	})
}

// TestUnheardSessionsGetNothingNew: a stream that gets no answer says that the
// next one may get none either.
func TestUnheardSessionsGetNothingNew(t *testing.T) {
	testHeldUp(t, func(s *tunneltest.Session) { s.Unhear(time.Second) })
}

// testHeldUp checks that sessions which are held up get no new connections.
func testHeldUp(t *testing.T, hold func(*tunneltest.Session)) {
	t.Helper()
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.clients(4)
		held := t.cluster.Live()
		for _, s := range held {
			hold(s)
		}
		before := streams(held)
		began := time.Now()
		t.clients(10)
		if took := time.Since(began); took > time.Second {
			t.Errorf("the new connections took %v", took)
		}
		if after := streams(held); !slices.Equal(before, after) {
			t.Errorf("sessions that are held up had %v streams, and then %v", before, after)
		}
	})
}

// TestAllSessionsHeldUp: the last resort is a session that is held up.
func TestAllSessionsHeldUp(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.clients(1)
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("enough"), Cause: tunnels.CauseUnreachable})
		for _, s := range t.cluster.Live() {
			s.Stall(time.Second)
		}
		began := time.Now()
		t.echo(v4)
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestCrowdWithoutHold joins the crowd where it may not wait.
func TestCrowdWithoutHold(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.put("t", "80", func(s *tunnels.Spec) { s.Hold = -1 })
		t.start("t")
		t.cluster.MuteNew(true) // no other session is ready in time
		t.clients(10)
		if st := t.want(tunnels.Ready, ""); st.Conns != 10 || st.Failed != 0 {
			t.Errorf("%d connections, %d failed", st.Conns, st.Failed)
		}
	})
}

func TestFault50BurstOfConnections(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		got := make(chan error)
		for range 1000 {
			go func() {
				c := t.dial(v4)
				_, err := c.Write([]byte("x"))
				if err == nil {
					_, err = io.ReadFull(c, make([]byte, 1))
				}
				got <- err
				c.Close()
			}()
		}
		for range 1000 {
			if err := <-got; err != nil {
				t.Fatal(err)
			}
		}
		if n := t.cluster.Dialed(); n > 8 {
			t.Errorf("%d sessions were opened", n)
		}
	})
}

func TestFault32SuspectAndDead(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		kept := t.clients(1)[0]
		for _, s := range t.cluster.Live() {
			s.Mute(true)
		}
		silent := t.cluster.Live()
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("no route"), Cause: tunnels.CauseUnreachable})
		time.Sleep(10*time.Second + 4900*time.Millisecond)
		t.want(tunnels.Ready, "")
		time.Sleep(200 * time.Millisecond)
		t.want(tunnels.Reconnecting, "no answer from the cluster")
		held := t.dial(v4)
		synctest.Wait()
		if st := t.status("t"); st.Held != 1 {
			t.Errorf("%d connections are held", st.Held)
		}
		t.cluster.SetDialError(nil)
		t.echoOn(held) // on another session, which is opened meanwhile
		t.want(tunnels.Ready, "")
		t.echoOn(kept)
		time.Sleep(11 * time.Second)
		for _, s := range silent {
			select {
			case <-s.Done():
			default:
				t.Error("a session that has not answered for 15 s lives on")
			}
		}
		if err := readErr(kept); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a client of the dead session got %v", err)
		}
		if st := t.want(tunnels.Ready, ""); st.Reconnects != 0 {
			t.Errorf("%d reconnects: another session was there", st.Reconnects)
		}
	})
}

// TestSuspectThatIsOnlyExcused: a byte that came after a ping, long ago, keeps a session
// from being given up, and brings it no new connections.
func TestSuspectThatIsOnlyExcused(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		s := t.cluster.Last()
		s.Mute(true)
		time.Sleep(17 * time.Second) // the first ping is 7 s old
		s.Hear(time.Now())
		time.Sleep(9 * time.Second) // it has had its 15 s
		select {
		case <-s.Done():
			t.Fatal("a session that has said something since is given up")
		default:
		}
		before := s.Streams()
		for range 4 {
			t.echo(v4)
		}
		t.clients(4)
		if s.Streams() != before {
			t.Error("new connections go to a session that does not answer")
		}
		time.Sleep(20 * time.Second)
		select {
		case <-s.Done():
		default:
			t.Error("it lives on")
		}
	})
}

// TestSuspectThatAnswersAgain goes on as if nothing had been.
func TestSuspectThatAnswersAgain(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("no route"), Cause: tunnels.CauseUnreachable})
		s := t.cluster.Last()
		s.Mute(true)
		time.Sleep(16 * time.Second)
		t.want(tunnels.Reconnecting, "no answer from the cluster")
		s.Hear(time.Now())
		time.Sleep(10 * time.Second)
		s.Mute(false)
		time.Sleep(2 * time.Second) // there is a ping each second
		t.want(tunnels.Ready, "")
		t.echo(v4)
	})
}

func TestFault62IdleForFourHours(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		s := t.cluster.Last()
		kept := t.clients(1)[0]
		time.Sleep(4*time.Hour + time.Minute)
		if n := s.Pings(); n < 4*60*6 {
			t.Errorf("%d pings in four hours", n)
		}
		t.echoOn(kept)
		if st := t.want(tunnels.Ready, ""); st.Reconnects != 0 {
			t.Errorf("%d reconnects", st.Reconnects)
		}
	})
}

// TestFault21NodeDies: the sessions to a silent node are given up within 15 s
// of a ping, and another pod of the target serves.
func TestFault21NodeDies(t *testing.T) {
	for name, other := range map[string]bool{"another pod": true, "no other": false} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				first, second := pod("1"), pod("2")
				first.Node, second.Node, second.Pod = "n1", "n2", "web-2"
				second.Since = first.Since.Add(time.Hour)
				pods := []tunnels.Endpoint{first}
				if other {
					pods = append(pods, second)
				}
				t.cluster.SetPods(nil, pods...)
				t.run("80")
				if st := t.want(tunnels.Ready, ""); st.Pod != "web" {
					t.Fatalf("the pod is %s", st.Pod)
				}
				t.cluster.MutePod("1")
				time.Sleep(25*time.Second + time.Millisecond)
				if other {
					if st := t.want(tunnels.Ready, ""); st.Pod != "web-2" {
						t.Errorf("the pod is %s", st.Pod)
					}
					t.echo(v4)
					return
				}
				synctest.Wait()
				st := t.status("t")
				if st.State != tunnels.Reconnecting || st.Err == nil || st.Err.Error() == "" {
					t.Fatalf("the tunnel is %v: %v", st.State, st.Err)
				}
				told := false
				for _, e := range t.Timeline("t") {
					told = told || e.Kind == tunnels.EventLost && e.Err != nil && e.Err.Err.Error() == "node n1 of web has not answered for 15s"
				}
				if !told {
					t.Errorf("the timeline does not name the node: %v", t.Timeline("t"))
				}
			})
		})
	}
}

// TestReconnectNowKeepsServing: the new session is there before the old one
// goes, whose connections may end by themselves.
func TestReconnectNowKeepsServing(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		kept := t.clients(1)[0]
		old := t.cluster.Live()
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("no route"), Cause: tunnels.CauseUnreachable})
		t.Kick("t")
		t.want(tunnels.Ready, "")
		t.echo(v4)
		t.cluster.SetDialError(nil)
		time.Sleep(time.Second)
		if st := t.want(tunnels.Ready, ""); st.Reconnects != 1 {
			t.Errorf("%d reconnects", st.Reconnects)
		}
		t.echoOn(kept)
		kept.Close()
		time.Sleep(15 * time.Second)
		for _, s := range old {
			select {
			case <-s.Done():
			default:
				t.Error("an old session is kept without connections")
			}
		}
	})
}

// TestFault18PodDeletedWithGrace: the next pod is dialled while the old one
// serves, and the old one's connections go on.
func TestFault18PodDeletedWithGrace(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		kept := t.clients(1)[0]
		dying, next := pod("1"), pod("2")
		dying.Terminating, next.Pod = true, "web-2"
		t.cluster.MuteNew(true) // the next pod's node takes its time
		t.cluster.SetPods(nil, dying, next)
		t.want(tunnels.Ready, "")
		t.echo(v4)
		if got := t.cluster.Last().Endpoint.UID; got != "2" {
			t.Fatalf("the newest session is to pod %s", got)
		}
		t.cluster.Last().Mute(false)
		t.cluster.MuteNew(false)
		time.Sleep(11 * time.Second)
		if st := t.want(tunnels.Ready, ""); st.Pod != "web-2" {
			t.Errorf("new connections go to %s", st.Pod)
		}
		t.echoOn(kept)
		t.cluster.SetPods(nil, next)
		time.Sleep(40 * time.Second) // longer than a drained session may live
		if err := readErr(kept); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a connection to the pod that has gone got %v", err)
		}
		t.echo(v4)
	})
}
