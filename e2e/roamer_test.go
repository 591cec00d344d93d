package e2e

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"culvert/e2e/chaos"
	"culvert/e2e/delay"
	"culvert/e2e/real"
)

// roamer is a client's machine with a Culvert that forwards a port of a pod of
// its own, over a link of its own.
type roamer struct {
	host      *real.ClientHost
	link      *delay.Link
	namespace string
	culvert   *process
	addr      netip.AddrPort
}

// roamerPod is the name of a roamer's pod.
const roamerPod = "far"

func newRoamer(t *testing.T) *roamer {
	t.Helper()
	r := &roamer{namespace: newNamespace(t)}
	newPod(t, r.namespace, roamerPod)
	var err error
	if r.host, err = shared.NewClientHost(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.host.Close(); err != nil {
			t.Error(err)
		}
	})
	link, server, err := chaos.NewLink(testContext(t), shared.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(link.Close)
	r.link = link
	access, err := shared.Access("roamer", real.Identity{Name: "roamer", Groups: []string{"system:masters"}})
	if err != nil {
		t.Fatal(err)
	}
	access.Server = server
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := (real.Kubeconfig{access}).Write(kubeconfig); err != nil {
		t.Fatal(err)
	}
	cmd := r.host.Command(shared.culvert, "forward", "-o", "json", "-n", r.namespace, roamerPod, fmt.Sprintf(":%d", remoteEcho))
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	r.culvert = start(t, cmd)
	r.addr = boundInJSON(t, r.culvert)
	return r
}

func (r *roamer) pid() int { return r.culvert.cmd.Process.Pid }

// dial makes a connection on the roamer's machine, and uses it.
func (r *roamer) dial(t *testing.T) (net.Conn, error) {
	t.Helper()
	conn, err := r.host.Dial(t.Context(), "tcp", r.addr.String())
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	return conn, echo(conn, "hello\n")
}

// hold makes a connection that is there when something happens.
func (r *roamer) hold(t *testing.T) net.Conn {
	t.Helper()
	conn, err := r.dial(t)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// serves wants that new connections work again, and tells how long that took.
func (r *roamer) serves(t *testing.T) {
	t.Helper()
	began := time.Now()
	eventually(t, "an echo", func() error {
		_, err := r.dial(t)
		return err
	})
	t.Logf("serves again after %.1f s", time.Since(began).Seconds())
}

// soon is within what a dead connection is to be ended when there is evidence of
// its end: less than the 25 s that it takes without.
const soon = 15 * time.Second

// cut wants that a held connection is ended, with a reset, instead of left to
// wait for ever.
func (r *roamer) cut(t *testing.T, held net.Conn) {
	t.Helper()
	if err := held.SetReadDeadline(time.Now().Add(soon)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, held); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connection that was held ended with %v, want a reset", err)
	}
}

// states returns what Culvert has told of the tunnel's state so far.
func (r *roamer) states() []string {
	out, _ := r.culvert.lines()
	return toldStates(out)
}

func toldStates(out []string) []string {
	var all []string
	for _, l := range toldLines(out) {
		if l.Event == "state" {
			all = append(all, l.State)
		}
	}
	return all
}

// awaitState waits for a state to be told of that is not among the first n, and
// fits.
func (r *roamer) awaitState(t *testing.T, what string, n int, fits func(state string) bool) {
	t.Helper()
	r.culvert.await(t, what, func(out, _ []string) bool { return slices.ContainsFunc(toldStates(out)[n:], fits) })
}

// same wants that Culvert has run all the time and never told of another address.
func (r *roamer) same(t *testing.T) {
	t.Helper()
	r.culvert.alive(t)
	out, _ := r.culvert.lines()
	for _, l := range toldLines(out) {
		for _, b := range l.Bound {
			if b.Port != r.addr.Port() {
				t.Errorf("the port is now %d, and was %d", b.Port, r.addr.Port())
			}
		}
	}
	r.culvert.interrupt(t, syscall.SIGTERM)
}
