package tunnels_test

import (
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest/memnet"
)

func leaving(e *tunnels.Endpoint) { e.Terminating = true }

// A connection that its pod ends without an answer has failed if the pod itself
// ends; a program that hangs up on its own has its reasons.
func TestPodEndsBeforeItAnswers(t *testing.T) {
	tests := map[string]struct {
		change func(*tunnels.Endpoint)
		answer string
		fails  bool
	}{
		"the program hangs up":       {func(*tunnels.Endpoint) {}, "", false},
		"its pod is being deleted":   {leaving, "", true},
		"after a part of the answer": {leaving, "x", false},
		"nothing is known of it":     {nil, "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				die := make(chan struct{})
				t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
					defer c.Close()
					_, _ = io.ReadFull(c, make([]byte, 2))
					_, _ = io.WriteString(c, tt.answer)
					<-die
				}
				t.cluster.SetPods(nil, replica(0))
				t.runOn(tunnels.PolicySticky, "80")
				c := t.dial("127.0.0.1:80")
				if _, err := io.WriteString(c, "hi"); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if tt.change == nil {
					t.cluster.SetPods(&tunnels.Error{Err: errors.New("the context is gone"), Cause: tunnels.CauseInvalid})
				} else {
					t.cluster.SetPods(nil, replica(0, tt.change))
				}
				time.Sleep(time.Second)
				close(die)
				got, err := io.ReadAll(c)
				if string(got) != tt.answer || errors.Is(err, syscall.ECONNRESET) != tt.fails || err != nil && !tt.fails {
					t.Errorf("the client got %q, %v", got, err)
				}
				_ = c.Close()
				synctest.Wait()
				st := t.status("t")
				if failed := st.Failed > 0; failed != tt.fails {
					t.Errorf("%d have failed", st.Failed)
				}
				told := false
				for _, e := range t.Timeline("t") {
					told = told || e.Kind == tunnels.EventFailed && e.Pod == "web-0" && strings.Contains(e.Err.Error(), "web-0 has ended before it answered")
				}
				if told != tt.fails {
					t.Errorf("the timeline is %v", t.Timeline("t"))
				}
			})
		})
	}
}

func TestPartialKnowledgeEndsNothing(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetFound(nil, named(8000, pod("1")))
		t.runOn(tunnels.PolicySticky, "http")
		c := t.dial("127.0.0.1:8000")
		t.echoOn(c)
		t.cluster.SetFound(nil, tunnels.Resolution{Partial: true, Locals: map[tunnels.Port]uint16{{Name: "http"}: 8000}})
		t.want(tunnels.Ready, "")
		t.echoOn(c)
	})
}

// A node that refuses many connections may overlook one. Where its pod takes no
// more it is tried on the next pod.
func TestOverlookedConnectionGoesElsewhere(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0))
		t.runOn(tunnels.PolicySticky, "80")
		t.echo("127.0.0.1:80") // the port has accepted
		time.Sleep(time.Second)
		for _, s := range t.cluster.Live() {
			s.Overlook()
		}
		overlooked := t.dial("127.0.0.1:80")
		if _, err := io.WriteString(overlooked, "hello"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		t.cluster.Refuse(80, &tunnels.Error{Err: errors.New("nothing listens"), Cause: tunnels.CauseRefused})
		for _, s := range t.cluster.Live() {
			s.Notice()
		}
		refused := t.dial("127.0.0.1:80")
		synctest.Wait()
		t.cluster.Refuse(80, nil)
		t.cluster.SetPods(nil, replica(0, leaving), replica(1))
		t.echoOn(refused)
		got := make([]byte, 5)
		began := time.Now()
		if _, err := io.ReadFull(overlooked, got); err != nil || string(got) != "hello" {
			t.Errorf("the overlooked client got %q, %v", got, err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
