package tunnels_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest/memnet"
)

// replica returns the nth pod of a workload, each a minute younger than the one
// before.
func replica(n int, change ...func(*tunnels.Endpoint)) tunnels.Endpoint {
	e := pod(fmt.Sprint("uid-", n))
	e.Pod, e.Ordinal = fmt.Sprint("web-", n), n
	e.Created = e.Created.Add(time.Duration(n) * time.Minute)
	e.Since = e.Created
	for _, c := range change {
		c(&e)
	}
	return e
}

func notReady(e *tunnels.Endpoint) { e.Ready, e.Reason = false, "Pending" }

// runOn starts the tunnel "t" to a workload.
func (t *bench) runOn(policy tunnels.Policy, mappings string) {
	t.Helper()
	t.put("t", mappings, func(s *tunnels.Spec) {
		s.Policy = policy
		s.Target = tunnels.Target{Kind: tunnels.KindDeployment, Name: "web"}
	})
	t.start("t")
}

// podOf returns the pod that a new connection goes to.
func (t *bench) podOf(c *memnet.Conn) string {
	t.Helper()
	t.echoOn(c)
	conns := t.Connections("t")
	return conns[len(conns)-1].Pod
}

func TestPolicyChoosesThePod(t *testing.T) {
	tests := map[string]struct {
		policy        tunnels.Policy
		first, second []tunnels.Endpoint
		want, then    string
	}{
		"sticky takes the one that has been ready the longest": {
			tunnels.PolicySticky, []tunnels.Endpoint{replica(1), replica(0)}, []tunnels.Endpoint{replica(0), replica(1)}, "web-0", "web-0",
		},
		"sticky stays": {
			tunnels.PolicySticky, []tunnels.Endpoint{replica(1)}, []tunnels.Endpoint{replica(0), replica(1)}, "web-1", "web-1",
		},
		"sticky leaves one that is not ready any more": {
			tunnels.PolicySticky, []tunnels.Endpoint{replica(0), replica(1)}, []tunnels.Endpoint{replica(0, notReady), replica(1)}, "web-0", "web-1",
		},
		"sticky takes one that has the port": {
			tunnels.PolicySticky, []tunnels.Endpoint{replica(0, lacking80), replica(1)}, []tunnels.Endpoint{replica(0, lacking80), replica(1)}, "web-1", "web-1",
		},
		"newest follows": {
			tunnels.PolicyNewest, []tunnels.Endpoint{replica(0), replica(1)}, []tunnels.Endpoint{replica(0), replica(1), replica(2)}, "web-1", "web-2",
		},
		"newest waits until it is ready": {
			tunnels.PolicyNewest, []tunnels.Endpoint{replica(0), replica(1)}, []tunnels.Endpoint{replica(0), replica(1), replica(2, notReady)}, "web-1", "web-1",
		},
		"ordinal returns to the first": {
			tunnels.PolicyOrdinal, []tunnels.Endpoint{replica(1), replica(2)}, []tunnels.Endpoint{replica(2), replica(1), replica(0)}, "web-1", "web-0",
		},
		"ordinal knows pods without a number": {
			tunnels.PolicyOrdinal, []tunnels.Endpoint{replica(0, unnumbered), replica(3)}, []tunnels.Endpoint{replica(0, unnumbered)}, "web-3", "web-0",
		},
		"one ordinal": {
			tunnels.OrdinalPolicy(2), []tunnels.Endpoint{replica(0), replica(2)}, []tunnels.Endpoint{replica(2)}, "web-2", "web-2",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.cluster.SetPods(nil, tt.first...)
				t.runOn(tt.policy, "80")
				if st := t.want(tunnels.Ready, ""); st.Pod != tt.want {
					t.Fatalf("it goes to %s, want %s", st.Pod, tt.want)
				}
				t.cluster.SetPods(nil, tt.second...)
				time.Sleep(time.Second)
				if st := t.want(tunnels.Ready, ""); st.Pod != tt.then {
					t.Fatalf("then it goes to %s, want %s", st.Pod, tt.then)
				}
				t.echo("127.0.0.1:80")
			})
		})
	}
}

// TestLeavingALivingPod: who is connected to a pod that its tunnel leaves stays there
// for as long as it lives.
func TestLeavingALivingPod(t *testing.T) {
	terminating := func(e *tunnels.Endpoint) { e.Terminating = true }
	tests := map[string]struct {
		policy        tunnels.Policy
		first, second []tunnels.Endpoint
	}{
		"for a newer one":                 {tunnels.PolicyNewest, []tunnels.Endpoint{replica(0)}, []tunnels.Endpoint{replica(0), replica(1)}},
		"for the first one":               {tunnels.PolicyOrdinal, []tunnels.Endpoint{replica(1)}, []tunnels.Endpoint{replica(0), replica(1)}},
		"that is not ready any more":      {tunnels.PolicySticky, []tunnels.Endpoint{replica(0)}, []tunnels.Endpoint{replica(0, notReady), replica(1)}},
		"that has a long time to end":     {tunnels.PolicySticky, []tunnels.Endpoint{replica(0)}, []tunnels.Endpoint{replica(0, terminating), replica(1)}},
		"of several, that has a long end": {tunnels.PolicyRoundRobin, []tunnels.Endpoint{replica(0)}, []tunnels.Endpoint{replica(0, terminating), replica(1)}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.cluster.SetPods(nil, tt.first...)
				t.runOn(tt.policy, "80")
				held := t.dial("127.0.0.1:80")
				former := t.podOf(held)
				t.cluster.SetPods(nil, tt.second...)
				time.Sleep(time.Second)
				next := t.dial("127.0.0.1:80")
				if got := t.podOf(next); got == former {
					t.Fatalf("new connections still go to %s", got)
				}
				time.Sleep(10 * time.Minute)
				t.echoOn(held)
				t.cluster.SetPods(&tunnels.Error{Err: errors.New("no route to host"), Cause: tunnels.CauseUnreachable})
				time.Sleep(time.Minute)
				t.echoOn(held)

				t.cluster.SetPods(nil, slices.DeleteFunc(slices.Clone(tt.second), func(e tunnels.Endpoint) bool { return e.Pod == former })...)
				time.Sleep(31 * time.Second)
				if err := readErr(held); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("a connection to the pod that has gone got %v", err)
				}
				t.echoOn(next)
			})
		})
	}
}

// TestLeavingAPodThatDies: a connection that has stayed on a pod is cut when that
// answers no more, as others are.
func TestLeavingAPodThatDies(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0))
		t.runOn(tunnels.PolicyNewest, "80")
		held := t.dial("127.0.0.1:80")
		t.echoOn(held)
		t.cluster.SetPods(nil, replica(0), replica(1))
		time.Sleep(10 * time.Minute)
		t.echoOn(held)
		t.cluster.MutePod("uid-0")
		time.Sleep(26 * time.Second)
		if err := readErr(held); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a connection to the pod that has died got %v", err)
		}
		t.echo("127.0.0.1:80")
	})
}

func lacking80(e *tunnels.Endpoint) {
	e.Ports = maps.Clone(e.Ports)
	e.Ports[tunnels.Port{Number: 80}] = tunnels.PortResult{Err: &tunnels.Error{Err: errors.New("no such port")}}
}

func unnumbered(e *tunnels.Endpoint) { e.Ordinal = -1 }

func TestOneOrdinalWaits(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0), replica(1))
		t.runOn(tunnels.OrdinalPolicy(7), "80")
		t.want(tunnels.Waiting, "deploy/web has no pod with number 7")
		t.cluster.SetPods(nil, replica(0), replica(7))
		t.want(tunnels.Ready, "")
	})
}

func TestWhyNoPodServes(t *testing.T) {
	failing := func(e *tunnels.Endpoint) { e.Ready, e.Reason = false, "CrashLoopBackOff" }
	leaving := func(e *tunnels.Endpoint) { e.Ready, e.Terminating = true, true }
	tests := map[string]struct {
		found tunnels.Resolution
		want  string
	}{
		"none":        {tunnels.Resolution{}, "deploy/web has no pods"},
		"none wanted": {tunnels.Resolution{Reason: "scaled to 0"}, "scaled to 0"},
		"one":         {tunnels.Resolution{Endpoints: []tunnels.Endpoint{replica(0, failing)}}, "web-0: CrashLoopBackOff"},
		"several": {
			tunnels.Resolution{Endpoints: []tunnels.Endpoint{replica(0, leaving), replica(1, failing)}},
			"0 of 2 ready: web-1: CrashLoopBackOff",
		},
		"all go": {
			tunnels.Resolution{Endpoints: []tunnels.Endpoint{replica(0, leaving), replica(1, leaving)}},
			"0 of 2 ready",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.cluster.SetFound(nil, tt.found)
				t.runOn(tunnels.PolicySticky, "80")
				t.want(tunnels.Waiting, tt.want)
			})
		})
	}
}

func TestRoundRobin(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0), replica(1), replica(2, notReady))
		t.runOn(tunnels.PolicyRoundRobin, "80")
		st := t.want(tunnels.Ready, "")
		if !slices.Equal(slices.Sorted(slices.Values(st.Pods)), []string{"web-0", "web-1"}) || st.PodsReady != 2 || st.PodsAll != 3 {
			t.Fatalf("the pods are %v (%d of %d)", st.Pods, st.PodsReady, st.PodsAll)
		}
		went := make(map[string]int)
		for range 10 { // one after the other: a pool that is busy leaves its turn to the next
			c := t.dial("127.0.0.1:80")
			went[t.podOf(c)]++
			_ = c.Close()
			synctest.Wait()
		}
		if went["web-0"] != 5 || went["web-1"] != 5 {
			t.Errorf("the connections went to %v", went)
		}

		held := t.dial("127.0.0.1:80")
		on := t.podOf(held)
		t.cluster.SetPods(nil, replica(0, notReady), replica(1, notReady), replica(2))
		st = t.want(tunnels.Ready, "")
		t.echoOn(held) // on a pod that takes no new connections any more
		if got := t.podOf(t.dial("127.0.0.1:80")); got != "web-2" || on == got {
			t.Errorf("a new connection went to %s, with the pods %v", got, st.Pods)
		}
	})
}

func TestRoundRobinPassesOverAPodThatFails(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0), replica(1))
		t.runOn(tunnels.PolicyRoundRobin, "80")
		t.want(tunnels.Ready, "")
		t.cluster.MutePod("uid-0")
		time.Sleep(30 * time.Second) // it has not answered for so long
		st := t.want(tunnels.Ready, "1 of 2 pods")
		if !slices.Equal(st.Pods, []string{"web-1"}) {
			t.Errorf("new connections go to %v", st.Pods)
		}
		for range 4 {
			if got := t.podOf(t.dial("127.0.0.1:80")); got != "web-1" {
				t.Errorf("a connection went to %s", got)
			}
		}
		t.cluster.MutePod("")
		time.Sleep(time.Minute)
		if st := t.want(tunnels.Ready, ""); len(st.Pods) != 2 {
			t.Errorf("new connections go to %v", st.Pods)
		}
	})
}

func TestRoundRobinWithoutPods(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0, notReady))
		t.runOn(tunnels.PolicyRoundRobin, "80")
		t.want(tunnels.Waiting, "web-0: Pending")
		c := t.dial("127.0.0.1:80")
		time.Sleep(time.Second)
		t.cluster.SetPods(nil, replica(0))
		t.echoOn(c)
		t.cluster.SetPods(nil)
		t.want(tunnels.Waiting, "deploy/web has no pods")
	})
}

func TestRoundRobinGoesToEightPods(t *testing.T) {
	inBubble(t, func(t *bench) {
		var many []tunnels.Endpoint
		for n := range 20 {
			many = append(many, replica(n))
		}
		t.cluster.SetPods(nil, many...)
		t.runOn(tunnels.PolicyRoundRobin, "80")
		if st := t.want(tunnels.Ready, ""); len(st.Pods) != 8 {
			t.Errorf("it goes to %d pods", len(st.Pods))
		}
		t.cluster.SetPods(nil, many[8:]...)
		synctest.Wait()
		if st := t.want(tunnels.Ready, ""); len(st.Pods) != 8 {
			t.Errorf("then it goes to %v", st.Pods)
		}
	})
}

func TestSwap(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0), replica(1), replica(2, notReady))
		t.runOn(tunnels.PolicySticky, "80 :81")
		before := t.addrs("t")
		old := t.dial("127.0.0.1:80")
		if got := t.podOf(old); got != "web-0" {
			t.Fatalf("it goes to %s", got)
		}
		for name, part := range map[string]string{"web-2": "Pending", "web-9": "has no pod web-9"} {
			if err := t.Swap("t", name); err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("a swap to %s gives %v", name, err)
			}
		}
		if err := t.Swap("t", ""); err != nil {
			t.Fatal(err)
		}
		if st := t.want(tunnels.Ready, ""); st.Pod != "web-1" || !slices.Equal(t.addrs("t"), before) {
			t.Errorf("it goes to %s with %v", st.Pod, t.addrs("t"))
		}
		t.echoOn(old) // it may end by itself
		if got := t.podOf(t.dial("127.0.0.1:80")); got != "web-1" {
			t.Errorf("a new connection went to %s", got)
		}
		t.cluster.SetPods(nil, replica(0), replica(1), replica(2))
		if st := t.want(tunnels.Ready, ""); st.Pod != "web-1" {
			t.Errorf("it did not stay: %s", st.Pod)
		}
		if err := t.Swap("t", "web-2"); err != nil {
			t.Fatal(err)
		}
		if st := t.want(tunnels.Ready, ""); st.Pod != "web-2" {
			t.Errorf("it goes to %s", st.Pod)
		}
	})
}

func TestSwapOfWhatCannot(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0))
		t.put("t", "80")
		check := func(part string) {
			t.Helper()
			if e := tunnels.AsError(t.Swap("t", "")); e == nil || e.Hint == "" || !strings.Contains(e.Error(), part) {
				t.Errorf("got %v, want %q", e, part)
			}
		}
		check("stopped")
		t.start("t")
		check("no other ready pod")
		t.put("t", "80", func(s *tunnels.Spec) { s.Policy = tunnels.OrdinalPolicy(0) })
		synctest.Wait()
		check("number 0 alone")
		t.put("t", "80", func(s *tunnels.Spec) { s.Policy = tunnels.PolicyRoundRobin })
		synctest.Wait()
		check("in turn")
	})
}

// A swap holds for as long as the pod is ready, and not for ever after.
func TestSwapEndsWithThePodsReadiness(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0), replica(1))
		t.runOn(tunnels.PolicySticky, "80")
		if err := t.Swap("t", "web-1"); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			pods []tunnels.Endpoint
			want string
		}{
			{[]tunnels.Endpoint{replica(0), replica(1)}, "web-1"},
			{[]tunnels.Endpoint{replica(0), replica(1, notReady)}, "web-0"},
			{[]tunnels.Endpoint{replica(0), replica(1)}, "web-0"},
		} {
			t.cluster.SetPods(nil, step.pods...)
			time.Sleep(time.Second)
			if st := t.want(tunnels.Ready, ""); st.Pod != step.want {
				t.Errorf("it goes to %s, not to %s", st.Pod, step.want)
			}
		}
	})
}

// A pod that lacks a port does not fail the connections that another one takes.
func TestRoundRobinPassesOverAPodWithoutThePort(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, replica(0, lacking80), replica(1))
		t.runOn(tunnels.PolicyRoundRobin, "80 81")
		for range 4 {
			if got := t.podOf(t.dial("127.0.0.1:80")); got != "web-1" {
				t.Errorf("a connection went to %s", got)
			}
		}
		t.cluster.SetPods(nil, replica(0, lacking80), replica(1, lacking80))
		synctest.Wait()
		if err := readErr(t.dial("127.0.0.1:80")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("where no pod has it, the client gets %v", err)
		}
	})
}

// A pod that leaves its target, as by other labels, may live on: so do its
// connections.
func TestPodThatLeavesTheTarget(t *testing.T) {
	for name, rest := range map[string][]tunnels.Endpoint{"to another pod": {replica(1)}, "to none": nil} {
		for _, policy := range []tunnels.Policy{tunnels.PolicySticky, tunnels.PolicyRoundRobin} {
			t.Run(name+", "+policy.String(), func(t *testing.T) {
				inBubble(t, func(t *bench) {
					t.cluster.SetPods(nil, replica(0))
					t.runOn(policy, "80")
					c := t.dial("127.0.0.1:80")
					t.echoOn(c)
					t.cluster.SetPods(nil, rest...)
					time.Sleep(10 * time.Second)
					t.echoOn(c)
					if rest == nil {
						t.want(tunnels.Waiting, "deploy/web has no pods")
						return
					}
					t.want(tunnels.Ready, "")
					if got := t.podOf(t.dial("127.0.0.1:80")); got != "web-1" {
						t.Errorf("a new connection goes to %s", got)
					}
				})
			})
		}
	}
}
