package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// knocker connects to an address over and over, as clients do that know
// nothing of what happens behind it.
type knocker struct {
	stop    context.CancelFunc
	done    sync.WaitGroup
	knocks  atomic.Int64
	refused atomic.Pointer[error]
}

// knock starts a knocker. It is slow enough that the connections which wait for
// a pod, 1,024 at most and 10 s at most, are never too many.
func knock(t *testing.T, addr netip.AddrPort) *knocker {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	k := &knocker{stop: cancel}
	k.done.Go(func() {
		for tick := time.Tick(200 * time.Millisecond); ctx.Err() == nil; {
			conn, err := shared.Dial(ctx, "tcp", addr.String())
			if err == nil {
				k.knocks.Add(1)
				conn.Close()
			} else if ctx.Err() == nil && !errors.Is(err, syscall.ECONNRESET) {
				// A reset comes from a connection that was taken.
				k.refused.Store(&err)
			}
			select {
			case <-tick:
			case <-ctx.Done():
			}
		}
	})
	t.Cleanup(func() { cancel(); k.done.Wait() })
	return k
}

// end wants that every knock was answered.
func (k *knocker) end(t *testing.T) {
	t.Helper()
	k.stop()
	k.done.Wait()
	if err := k.refused.Load(); err != nil {
		t.Errorf("a client could not connect: %v", *err)
	}
	if k.knocks.Load() == 0 {
		t.Error("no client has connected")
	}
}

func TestPodReplaced(t *testing.T) {
	namespace := newNamespace(t)
	newPod(t, namespace, "again")
	f := forward(t, 4, "-n", namespace, "again", ":9006", ":9001")
	clients := []*knocker{knock(t, f.bound[0].addr), knock(t, f.bound[3].addr)}
	now := int64(0)
	for _, test := range []struct {
		name    string
		options metav1.DeleteOptions
	}{
		{"with a grace period", metav1.DeleteOptions{}},
		{"at once", metav1.DeleteOptions{GracePeriodSeconds: &now}},
	} {
		t.Run(test.name, func(t *testing.T) {
			held := dial(t, f.to(remoteEcho)[0])
			if err := echo(held, "before\n"); err != nil {
				t.Fatal(err)
			}
			if err := shared.DeletePod(testContext(t), namespace, "again", test.options); err != nil {
				t.Fatal(err)
			}
			// The old pod's connections end with it.
			if _, err := io.Copy(io.Discard, held); err != nil && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("a connection to the deleted pod ended with %v", err)
			}
			f.unchanged(t)
			newPod(t, namespace, "again")
			// A connection made now is held until the new pod is known.
			for _, addr := range f.to(remoteHTTP) {
				wantPage(t, addr, "again")
			}
			f.unchanged(t)
		})
	}
	for _, k := range clients {
		k.end(t)
	}
	f.unchanged(t)
	f.interrupt(t, syscall.SIGTERM)
}

// A client that connects while there is no pod waits for it.
func TestConnectionsWaitForThePod(t *testing.T) {
	namespace := newNamespace(t)
	newPod(t, namespace, "gone")
	f := forward(t, 2, "-n", namespace, "gone", ":9001")
	if err := shared.DeletePod(testContext(t), namespace, "gone", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	f.awaitError(t, "waiting")
	conn := dial(t, f.bound[0].addr)
	if _, err := io.WriteString(conn, "early\n"); err != nil {
		t.Fatal(err)
	}
	createPod(t, real.NewPod(namespace, "gone"))
	back := make([]byte, len("early\n"))
	if _, err := io.ReadFull(conn, back); err != nil || string(back) != "early\n" {
		t.Errorf("the echo is %q, %v", back, err)
	}
	f.unchanged(t)
}

func TestPodComesLater(t *testing.T) {
	namespace := newNamespace(t)
	f := &forwarding{process: command(t, "forward", "-n", namespace, "later", ":9006")}
	f.awaitError(t, "later")
	newPod(t, namespace, "later")
	f.await(t, "addresses", func(out, _ []string) bool { return len(addresses(out)) == 2 })
	out, _ := f.lines()
	wantPage(t, addresses(out)[0].addr, "later")
}

func TestTroubleOfOneConnection(t *testing.T) {
	f := forward(t, 6, "podsrv", ":9001", fmt.Sprintf(":%d", demopod.PortNothing), fmt.Sprintf(":%d", demopod.PortReset))
	held := dial(t, f.to(remoteEcho)[0])
	if err := echo(held, "before\n"); err != nil {
		t.Fatal(err)
	}
	// Culvert tries a port that has never answered again for as long as it holds
	// connections, in case the program is about to start.
	var refusals sync.WaitGroup
	for range 5 {
		refusals.Go(func() {
			refused, err := dialQuietly(t, f.to(demopod.PortNothing)[0])
			var n int64
			if err == nil { // the reset may come with the dial
				n, err = io.Copy(io.Discard, refused)
			}
			if n != 0 || !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("a refused connection got %d bytes and %v, want a reset", n, err)
			}
		})
	}
	for range 5 {
		reset, err := dialQuietly(t, f.to(demopod.PortReset)[1])
		if err == nil { // the reset may come with the dial
			_, err = io.Copy(io.Discard, reset)
		}
		if err != nil && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a reset connection ended with %v", err)
		}
		if err := echo(held, "beside\n"); err != nil {
			t.Fatalf("the connection beside it: %v", err)
		}
	}
	refusals.Wait()
	if err := echo(held, "beside\n"); err != nil {
		t.Fatalf("the connection beside the refused ones: %v", err)
	}
	f.awaitError(t, "nothing listens on port 9008")
	if err := echo(dial(t, f.to(remoteEcho)[1]), "after\n"); err != nil {
		t.Error(err)
	}
	f.unchanged(t)
	f.interrupt(t, syscall.SIGTERM)
}
