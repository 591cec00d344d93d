package e2e

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// each calls do for all forwards at once.
func (tb *table) each(t *testing.T, do func(t *testing.T, f *carried)) {
	t.Helper()
	var all sync.WaitGroup
	for _, f := range tb.forwards {
		all.Go(func() { do(t, f) })
	}
	all.Wait()
}

// quietLines leave the cluster's components alone.
func (tb *table) quietLines() []tableLine {
	return []tableLine{
		{"unread download", func(t *testing.T) { tb.each(t, unreadDownload) }},
		{"half-close", func(t *testing.T) { tb.each(t, halfClose) }},
		{"target refuses and server resets", func(t *testing.T) { tb.each(t, refusedAndReset) }},
		{"many short connections", func(t *testing.T) { tb.each(t, shortConnections) }},
		{"one of several local ports taken", tb.portTaken},
		{"pod deleted and made again", tb.podReplaced},
	}
}

// restarts hurt the cluster's components.
func (tb *table) restarts() []tableLine {
	restart := func(component string) func(*testing.T) {
		return func(t *testing.T) {
			if err := shared.Restart(testContext(t), component); err != nil {
				t.Fatal(err)
			}
		}
	}
	lines := []tableLine{
		{"API server killed", func(t *testing.T) {
			if err := shared.Kill(real.APIServer); err != nil {
				t.Fatal(err)
			}
			if err := shared.StartComponent(real.APIServer); err != nil {
				t.Fatal(err)
			}
			if err := shared.AwaitReady(testContext(t), real.APIServer); err != nil {
				t.Fatal(err)
			}
		}},
		{"API server restarted", restart(real.APIServer)},
	}
	if shared.Real() {
		lines = append(lines, tableLine{"kubelet restarted", restart(real.Kubelet)}, tableLine{"containerd restarted", restart(real.Containerd)})
	}
	return lines
}

// unreadDownload leaves four downloads unread and wants that ten new
// connections echo.
func unreadDownload(t *testing.T, f *carried) {
	var unread []*net.TCPConn
	for range 4 {
		conn, err := dialQuietly(t, f.to(demopod.PortSource)[0])
		if err == nil {
			err = binary.Write(conn, binary.BigEndian, uint64(gigabyte))
		}
		if err != nil {
			t.Errorf("%s: %v", f.via, err)
			return
		}
		defer conn.Close()
		unread = append(unread, conn)
	}
	if err := awaitFull(unread); err != nil {
		t.Errorf("%s: %v", f.via, err)
		return
	}
	for i := range 10 {
		conn, err := dialQuietly(t, f.to(remoteEcho)[i%2])
		if err == nil {
			err = conn.SetDeadline(time.Now().Add(10 * time.Second))
		}
		if err == nil {
			err = echo(conn, "beside\n")
		}
		if err != nil {
			t.Errorf("%s: new connection %d beside unread downloads: %v", f.via, i+1, err)
			return
		}
	}
}

// awaitFull returns when connections that nobody reads take no more.
func awaitFull(conns []*net.TCPConn) error {
	timeout := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for last, same := 0, 0; same < 15; {
		select {
		case <-tick.C:
		case <-timeout:
			return fmt.Errorf("unread downloads have come to %d bytes after %v and still grow", last, patience)
		}
		all := 0
		for _, conn := range conns {
			n, err := unread(conn)
			if err != nil {
				return err
			}
			all += n
		}
		if all > 0 && all == last {
			same++
		} else {
			last, same = all, 0
		}
	}
	return nil
}

// unread returns how many bytes have come that nobody has read.
func unread(conn *net.TCPConn) (n int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	cerr := raw.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	return n, errors.Join(cerr, err)
}

// halfClose wants the answer that comes after the client has ended its side.
func halfClose(t *testing.T, f *carried) {
	conn, err := dialQuietly(t, f.to(demopod.PortLate)[0])
	if err == nil {
		_, err = io.WriteString(conn, "1500ms\n")
	}
	if err == nil {
		err = conn.CloseWrite()
	}
	if err != nil {
		t.Errorf("%s: %v", f.via, err)
		return
	}
	if answer, err := io.ReadAll(conn); err != nil || string(answer) != "late\n" {
		t.Errorf("%s: the answer is %q, %v; want %q", f.via, answer, err, "late\n")
	}
}

// refusedAndReset wants that the trouble of two connections is theirs alone.
func refusedAndReset(t *testing.T, f *carried) {
	held, err := dialQuietly(t, f.to(remoteEcho)[0])
	if err == nil {
		err = echo(held, "before\n")
	}
	if err != nil {
		t.Errorf("%s: %v", f.via, err)
		return
	}
	refused, err := dialQuietly(t, f.to(demopod.PortNothing)[0])
	var n int64
	if err == nil { // the reset may come with the dial
		n, err = io.Copy(io.Discard, refused)
	}
	if n != 0 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%s: a refused connection got %d bytes and %v, want a reset", f.via, n, err)
	}
	reset, err := dialQuietly(t, f.to(demopod.PortReset)[1])
	if err == nil {
		n, err = io.Copy(io.Discard, reset)
	}
	if n > 1 || err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%s: a reset connection got %d bytes and %v", f.via, n, err)
	}
	if err := echo(held, "beside\n"); err != nil {
		t.Errorf("%s: the connection beside them: %v", f.via, err)
	}
}

// shortConnections makes many that end as soon as they have had an echo.
func shortConnections(t *testing.T, f *carried) {
	const connections, atOnce = 2000, 20
	slots := make(chan struct{}, atOnce)
	errs := make([]error, connections)
	var all sync.WaitGroup
	for i := range connections {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			conn, err := shared.Dial(t.Context(), "tcp", f.to(remoteEcho)[i%2].String())
			if err != nil {
				errs[i] = err
				return
			}
			defer conn.Close()
			errs[i] = errors.Join(conn.SetDeadline(time.Now().Add(patience)), echo(conn, "short\n"))
		})
	}
	all.Wait()
	var failed []error
	for _, err := range errs {
		if err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		t.Errorf("%s: %d of %d failed, the first with: %v", f.via, len(failed), connections, failed[0])
	}
}

// portTaken starts one Culvert more, which cannot have all of its addresses: it
// serves the others, and this one as soon as it is free.
func (tb *table) portTaken(t *testing.T) {
	for _, f := range tb.forwards {
		taken := listen(t, "127.0.0.1:19410")
		more := forward(t, 3, "--via", f.via, "-n", tb.namespace, tablePod, "19410:9006", ":9001")
		wantPage(t, more.to(remoteHTTP)[0], tablePod)
		if err := echo(dial(t, more.to(remoteEcho)[0]), "beside\n"); err != nil {
			t.Errorf("%s: %v", f.via, err)
		}
		taken.Close()
		more.await(t, "the other address", func(out, _ []string) bool { return len(addresses(out)) == 4 })
		out, _ := more.lines()
		for _, b := range addresses(out) {
			if b.remote == remoteHTTP {
				wantPage(t, b.addr, tablePod)
			}
		}
		more.interrupt(t, syscall.SIGTERM)
	}
}

func (tb *table) podReplaced(t *testing.T) {
	var held []*net.TCPConn
	for _, f := range tb.forwards {
		conn := dial(t, f.to(remoteEcho)[0])
		if err := echo(conn, "before\n"); err != nil {
			t.Fatalf("%s: %v", f.via, err)
		}
		held = append(held, conn)
	}
	if err := shared.DeletePod(testContext(t), tb.namespace, tablePod, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	// A connection made while there is no pod waits for it.
	var early []*net.TCPConn
	for _, f := range tb.forwards {
		early = append(early, dial(t, f.to(remoteEcho)[0]))
	}
	createPod(t, real.NewPod(tb.namespace, tablePod))
	for i, f := range tb.forwards {
		if err := echo(early[i], "early\n"); err != nil {
			t.Errorf("%s: a connection that waited for the pod: %v", f.via, err)
		}
		if _, err := io.Copy(io.Discard, held[i]); err != nil && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: a connection to the deleted pod ended with %v", f.via, err)
		}
	}
	awaitPod(t, tb.namespace, tablePod, real.Ready)
}
