package tunnels_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest/memnet"
)

func specOf(t *testing.T, mappings ...string) tunnels.Spec {
	t.Helper()
	ms, err := tunnels.ParseMappings(mappings)
	if err != nil {
		t.Fatal(err)
	}
	return tunnels.Spec{Target: tunnels.Target{Kind: tunnels.KindPod, Name: "web"}, Mappings: ms}
}

func TestTestOfPorts(t *testing.T) {
	refused := &tunnels.Error{Err: errors.New("nothing listens on 81 in web"), Cause: tunnels.CauseRefused}
	cut := &tunnels.Error{Err: errors.New("reset"), Cause: tunnels.CauseReset}
	udp := &tunnels.Error{Err: errors.New("53 is UDP"), Cause: tunnels.CauseInvalid, Permanent: true}
	inBubble(t, func(t *bench) {
		served := make(chan error, 10)
		t.cluster.Serve = func(port uint16, c *memnet.Conn) {
			defer c.Close()
			switch port {
			case 22:
				io.WriteString(c, "SSH-2.0")
			case 23:
				return // it hangs up
			}
			_, err := c.Read(make([]byte, 1))
			served <- err
		}
		t.cluster.Refuse(81, refused)
		t.cluster.Refuse(82, cut)
		e := pod("1", 22, 23, 82)
		e.Ports[tunnels.Port{Number: 53}] = tunnels.PortResult{Err: udp}
		t.cluster.SetPods(nil, e)
		t.run("80") // goes on meanwhile
		dialed := t.cluster.Dialed()
		began := time.Now()
		got, err := t.Test(t.Context(), specOf(t.T, "80", "8081:81", ":82", "22", "23", "53"))
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v", took)
		}
		for i, want := range []error{nil, refused, nil, nil, nil, udp} {
			if tt := got[i]; tunnels.AsError(want) != tt.Err || tt.Pod != "web" {
				t.Errorf("%s of %s: %v, want %v", tt.Mapping, tt.Pod, tt.Err, want)
			}
		}
		synctest.Wait()
		if n := t.cluster.Dialed() - dialed; n != 1 {
			t.Errorf("it has opened %d sessions", n)
		}
		for range 2 { // 80 and 22
			if err := <-served; err == nil {
				t.Error("the program has got a byte")
			}
		}
		if st := t.want(tunnels.Ready, ""); len(st.Bound) != 2 || len(t.Snapshot()) != 1 || st.Conns != 0 {
			t.Errorf("the tunnel has changed: %+v", st)
		}
		t.echoless()
	})
}

// echoless checks that the test's session is closed: those of the tunnel remain.
func (t *bench) echoless() {
	t.Helper()
	live := len(t.cluster.Live())
	if err := t.Stop(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	if left := len(t.cluster.Live()); left > 0 {
		t.Errorf("of %d sessions %d are left", live, left)
	}
}

func TestTestThatComesToNothing(t *testing.T) {
	missing := &tunnels.Error{Err: errors.New("there is no pod web"), Cause: tunnels.CauseNotFound, Permanent: true}
	pending := tunnels.Endpoint{Pod: "web", UID: "1", Reason: "Pending: ImagePullBackOff"}
	tests := map[string]struct {
		set   func(*bench)
		spec  func(*tunnels.Spec)
		cause tunnels.Cause
		text  string
		limit time.Duration // of the context; 0 for none
		took  time.Duration
	}{
		"a bad spec": {
			spec: func(s *tunnels.Spec) { s.Mappings = nil }, cause: tunnels.CauseInvalid,
			text: "mapping: no port is given: write at least one [LOCAL:]REMOTE, as 6000:5000",
		},
		"no such target": {set: func(t *bench) { t.cluster.SetPods(missing) }, cause: tunnels.CauseNotFound, text: "there is no pod web"},
		"no ready pod": {
			set: func(t *bench) { t.cluster.SetPods(nil, pending) }, cause: tunnels.CausePodNotReady, text: "Pending: ImagePullBackOff",
		},
		"a cluster that says nothing": {
			cause: tunnels.CauseUnreachable, text: "test pod/web: the cluster did not answer in time", took: 10 * time.Second,
		},
		"no session": {
			set: func(t *bench) {
				t.cluster.SetPods(nil, pod("1"))
				t.cluster.SetDialError(&tunnels.Error{Err: errors.New("forbidden"), Cause: tunnels.CauseForbidden})
			}, cause: tunnels.CauseForbidden, text: "forbidden",
		},
		"a session that does not answer": {
			set: func(t *bench) {
				t.cluster.SetPods(nil, pod("1"))
				t.cluster.MuteNew(true)
			}, cause: tunnels.CauseUnreachable, text: "test pod/web: the cluster did not answer in time", limit: 3 * time.Second, took: 3 * time.Second,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				if tt.set != nil {
					tt.set(t)
				}
				spec := specOf(t.T, "80")
				if tt.spec != nil {
					tt.spec(&spec)
				}
				ctx := t.Context()
				if tt.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.limit)
					defer cancel()
				}
				began := time.Now()
				got, err := t.Test(ctx, spec)
				e := tunnels.AsError(err)
				if e == nil || e.Cause != tt.cause || e.Error() != tt.text || got != nil {
					t.Errorf("%v, %v; want %q", got, err, tt.text)
				}
				if took := time.Since(began); took != tt.took {
					t.Errorf("it took %v, want %v", took, tt.took)
				}
				if n := len(t.cluster.Live()); n > 0 {
					t.Errorf("%d sessions are left", n)
				}
			})
		})
	}
}

// TestTestIsCutShort: a port that had no time to refuse is not said to answer.
func TestTestIsCutShort(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		got, err := t.Test(ctx, specOf(t.T, "80"))
		if err == nil && (len(got) != 1 || got[0].Err == nil || got[0].Err.Cause != tunnels.CauseUnreachable) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestTestIsCancelled(t *testing.T) {
	inBubble(t, func(t *bench) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		if _, err := t.Test(ctx, specOf(t.T, "80")); !errors.Is(err, context.Canceled) || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
