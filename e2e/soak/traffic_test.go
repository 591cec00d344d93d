package soak

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/e2e/soak/judge"
	"culvert/kube/kubetest/demopod"
)

// pod serves the demo services on free ports until the test ends, and returns their
// addresses.
func pod(t *testing.T) map[uint16]string {
	t.Helper()
	var mu sync.Mutex
	addrs := make(map[uint16]string)
	s, err := demopod.Start(func(port uint16) (net.Listener, error) {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			addrs[port] = l.Addr().String()
		}
		return l, err
	}, "web-1", demopod.Standard())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return addrs
}

// through makes connections to a port of the pod, in which what comes back passes spoil.
// That ends in good order with a nil error.
func through(t *testing.T, port uint16, spoil func(to io.Writer, from io.Reader) error) (*run, *client) {
	t.Helper()
	addrs := pod(t)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { forward(t.Context(), conn.(*net.TCPConn), addrs[port], spoil) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		running.Wait()
	})
	r := &run{judge: judge.New([]string{"a"}, nil), connect: new(net.Dialer).DialContext}
	return r, &client{door: door{"a", l.Addr().String()}, random: rand.New(rand.NewPCG(1, 2))}
}

// forward carries one connection.
func forward(ctx context.Context, client *net.TCPConn, addr string, spoil func(to io.Writer, from io.Reader) error) {
	defer client.Close()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return
	}
	defer server.Close()
	var up sync.WaitGroup
	up.Go(func() {
		io.Copy(server, client)
		server.(*net.TCPConn).CloseWrite()
	})
	if spoil(client, server) != nil {
		client.SetLinger(0)
	}
	client.Close()
	server.Close()
	up.Wait()
}

func faithful(to io.Writer, from io.Reader) error {
	_, err := io.Copy(to, from)
	return err
}

// cutAfter ends in good order after so many bytes.
func cutAfter(n int64) func(io.Writer, io.Reader) error {
	return func(to io.Writer, from io.Reader) error {
		_, err := io.CopyN(to, from, n)
		return err
	}
}

// resetAfter resets the connection after so many bytes.
func resetAfter(n int64) func(io.Writer, io.Reader) error {
	return func(to io.Writer, from io.Reader) error {
		_, _ = io.CopyN(to, from, n)
		return io.ErrUnexpectedEOF
	}
}

// without leaves one byte out, flip changes it.
func without(at int64) func(io.Writer, io.Reader) error {
	return func(to io.Writer, from io.Reader) error {
		_, _ = io.CopyN(to, from, at)
		_, _ = io.CopyN(io.Discard, from, 1)
		return faithful(to, from)
	}
}

func flip(at int64) func(io.Writer, io.Reader) error {
	return func(to io.Writer, from io.Reader) error {
		_, _ = io.CopyN(to, from, at)
		b := make([]byte, 1)
		_, _ = io.ReadFull(from, b)
		b[0] ^= 1
		_, _ = to.Write(b)
		return faithful(to, from)
	}
}

// A forwarder that spoils bytes, or lets a cut look like an end, is found out; one that cuts
// is seen to fail.
func TestTrafficFindsOut(t *testing.T) {
	small := func(ctx context.Context, r *run, c *client) outcome { return c.download(ctx, r, 200_000, 0, nil) }
	up := func(ctx context.Context, r *run, c *client) outcome { return c.upload(ctx, r, 200_000, 10*mib) }
	for _, test := range []struct {
		name  string
		port  uint16
		use   func(ctx context.Context, r *run, c *client) outcome
		spoil func(io.Writer, io.Reader) error
		wrong string // what a fault never explains
		fails bool
	}{
		{"a download", demopod.PortStream, small, faithful, "", false},
		{"a download without a byte", demopod.PortStream, small, without(70_000), "byte 70", false},
		{"a download with a changed byte", demopod.PortStream, small, flip(70_000), "byte 70000 is", false},
		{"a download that ends too early", demopod.PortStream, small, cutAfter(70_000), "it ends in good order 130000 bytes before the end", false},
		{"a download that is reset", demopod.PortStream, small, resetAfter(70_000), "", true},
		{"a request", demopod.PortHTTPAlt, request, faithful, "", false},
		{"a request whose page is cut", demopod.PortHTTPAlt, request, cutAfter(200), "", true},
		{"an upload", demopod.PortSink, up, faithful, "", false},
		{"an upload with another sum", demopod.PortSink, up, flip(20), "the pod tells", false},
		{"an upload whose answer is cut", demopod.PortSink, up, cutAfter(20), "the pod tells", false},
		{"an upload without an answer", demopod.PortSink, up, cutAfter(0), "", true},
		{"a half-closed request", demopod.PortLate, halfClosed, faithful, "", false},
		{"a half-closed request whose answer is cut", demopod.PortLate, halfClosed, cutAfter(3), "the late answer is", false},
		{"a half-closed request without an answer", demopod.PortLate, halfClosed, cutAfter(0), "", true},
		{"an idle connection that gets what others said", demopod.PortEcho, idle, flip(3), "came back as", false},
		{"an idle connection that is cut", demopod.PortEcho, idle, cutAfter(5), "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, c := through(t, test.port, test.spoil)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			o := test.use(ctx, r, c)
			if (o.wrong != "") != (test.wrong != "") || !strings.Contains(o.wrong, test.wrong) || (o.err != nil) != test.fails {
				t.Errorf("it finds %q, %v", o.wrong, o.err)
			}
		})
	}
}

// TestIdleConnectionIsCutInSilence: what is cut while nothing is said fails at once.
func TestIdleConnectionIsCutInSilence(t *testing.T) {
	there := make(chan *net.TCPConn, 1)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		there <- c.(*net.TCPConn)
	}()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, server := c.(*net.TCPConn), <-there
	defer conn.Close()
	if o := quiet(t.Context(), conn, 10*time.Millisecond); o.err != nil || o.wrong != "" {
		t.Errorf("nothing happens, and it finds %q, %v", o.wrong, o.err)
	}
	_ = server.SetLinger(0)
	server.Close()
	if o := quiet(t.Context(), conn, time.Hour); o.err == nil {
		t.Errorf("it is cut, and it finds %q, %v", o.wrong, o.err)
	}
}

func TestProbeFindsOut(t *testing.T) {
	r, c := through(t, demopod.PortEcho, flip(3))
	r.probeOnce(t.Context(), c.door, 7)
	got := r.judge.Violations()
	if len(got) != 1 || got[0].Kind != judge.Bytes {
		t.Errorf("it finds %v", got)
	}
}

func TestRefusalIsTold(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	r, c := through(t, demopod.PortEcho, faithful)
	c.door.addr = l.Addr().String()
	if o := request(t.Context(), r, c); o.err == nil {
		t.Error("it is no failure")
	}
	if got := r.judge.Violations(); len(got) != 1 || got[0].Kind != judge.Listener {
		t.Errorf("it finds %v", got)
	}
}
