package tunnels_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
	"culvert/tunnels/tunneltest"
)

// failing is a cluster in which what is named panics while it is armed.
type failing struct {
	*tunneltest.Backend
	what  string
	armed atomic.Bool
	hits  atomic.Int64
}

// secretText is in each panic, and must be told nowhere.
const secretText = "token=hunter2-Canary"

func (f *failing) at(what string) {
	if f.what == what && f.armed.Load() {
		f.hits.Add(1)
		panic(errors.New("broken by the test, " + secretText))
	}
}

func (f *failing) Watch(ctx context.Context, t tunnels.Target, ports []tunnels.Port, fn func(tunnels.Resolution, error)) error {
	f.at("watch")
	return f.Backend.Watch(ctx, t, ports, func(found tunnels.Resolution, err error) {
		f.at("told")
		fn(found, err)
	})
}

func (f *failing) Dial(ctx context.Context, e tunnels.Endpoint, via tunnels.Via) (tunnels.Session, error) {
	f.at("dial")
	s, err := f.Backend.Dial(ctx, e, via)
	if err != nil {
		return nil, err
	}
	return &failingSession{s, f}, nil
}

type failingSession struct {
	tunnels.Session
	f *failing
}

func (s *failingSession) Open(ctx context.Context, port uint16) (tunnels.Stream, error) {
	s.f.at("open")
	st, err := s.Session.Open(ctx, port)
	if err != nil {
		return nil, err
	}
	return &failingStream{st, s.f}, nil
}

func (s *failingSession) Ping(ctx context.Context) error {
	s.f.at("ping")
	return s.Session.Ping(ctx)
}

func (s *failingSession) Load() tunnels.Load {
	s.f.at("load")
	return s.Session.Load()
}

func (s *failingSession) Close(cause error) error {
	defer s.f.at("close")
	return s.Session.Close(cause)
}

type failingStream struct {
	tunnels.Stream
	f *failing
}

func (s *failingStream) Read(p []byte) (int, error) {
	s.f.at("read")
	return s.Stream.Read(p)
}

func (s *failingStream) WriteTo(w io.Writer) (int64, error) {
	s.f.at("write to")
	if s.f.what == "no reason" && s.f.armed.Load() { // who compares such errors has the tunnel's lock
		s.f.hits.Add(1)
		return 0, new(tunnels.Error)
	}
	return s.Stream.WriteTo(w)
}

func (s *failingStream) Write(p []byte) (int, error) {
	s.f.at("write")
	return s.Stream.Write(p)
}

func (s *failingStream) Close() error {
	defer s.f.at("close stream")
	return s.Stream.Close()
}

// failingListener panics once where it accepts.
type failingListener struct {
	net.Listener
	f *failing
}

func (l failingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil && l.f.what == "accept" && l.f.armed.Load() {
		_ = c.Close()
	}
	l.f.at("accept")
	return c, err
}

// TestPanicsAreContained has a part of one tunnel panic while another one serves: that
// one goes on untouched, the first says what has failed and serves again once that is
// over, on its own port, and it can be stopped at once.
func TestPanicsAreContained(t *testing.T) {
	tests := []struct {
		what   string
		during tunnels.State // of the tunnel while the part fails; Stopped for any
		prod   bool          // a client comes meanwhile
	}{
		{"watch", tunnels.Stopped, false},
		{"told", tunnels.Stopped, false},
		{"dial", tunnels.Reconnecting, false},
		{"ping", tunnels.Reconnecting, false},
		{"load", tunnels.Reconnecting, true},
		{"open", tunnels.Stopped, true},
		{"close", tunnels.Stopped, false},
		{"write to", tunnels.Ready, true},
		{"no reason", tunnels.Ready, true},
		{"write", tunnels.Ready, true},
		{"close stream", tunnels.Ready, true},
		{"accept", tunnels.Stopped, true},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			testPanic(t, tt.what, tt.during, tt.prod)
		})
	}
}

func testPanic(t *testing.T, what string, during tunnels.State, prod bool) {
	dir := filepath.Join(t.TempDir(), "crashes")
	inBubble(t, func(b *bench) {
		f := &failing{Backend: new(tunneltest.Backend), what: what}
		f.SetPods(nil, pod("1"))
		broken := &bench{T: b.T, net: new(tunneltest.Network), cluster: f.Backend}
		listen := func(ctx context.Context, a netip.AddrPort) (net.Listener, error) {
			l, err := broken.net.Listen(ctx, a)
			if err != nil {
				return nil, err
			}
			return failingListener{l, f}, nil
		}
		reporter := crash.New(crash.Options{Folder: dir, Version: "test", Role: "test"})
		broken.Manager = tunnels.NewManager(f, tunnels.Options{Listen: listen, Crashes: reporter})
		defer broken.Close()
		b.cluster.SetPods(nil, pod("2"))
		b.run("8081:80")
		b.want(tunnels.Ready, "")
		untouched := b.dial("127.0.0.1:8081")
		defer untouched.Close()
		b.echoOn(untouched)

		broken.run("8080:80")
		broken.want(tunnels.Ready, "")
		f.armed.Store(true)
		for range 5 {
			if what == "dial" {
				f.Cut(errors.New("cut by the test"))
			} else {
				broken.Kick("t")
			}
			if prod {
				poke(broken)
			}
			time.Sleep(5 * time.Second)
			synctest.Wait()
		}
		if f.hits.Load() == 0 || f.hits.Load() > 200 {
			t.Errorf("there were %d panics", f.hits.Load())
		}
		st := broken.status("t")
		if during != tunnels.Stopped && st.State != during {
			t.Errorf("meanwhile the tunnel is %v (%s), want %v", st.State, st.Reason, during)
		}
		if during == tunnels.Reconnecting && (st.Err == nil || st.Err.Cause != tunnels.CauseInternal || !strings.Contains(st.Err.Hint, dir)) {
			t.Errorf("its error is %+v", st.Err)
		}
		wantTold(t, broken, dir)
		b.echoOn(untouched)

		f.armed.Store(false)
		time.Sleep(time.Minute)
		broken.want(tunnels.Ready, "")
		broken.echo("127.0.0.1:8080")
		began := time.Now()
		if err := broken.Stop(b.Context(), "t"); err != nil || time.Since(began) > time.Second {
			t.Errorf("Stop took %v: %v", time.Since(began), err)
		}
	})
}

// poke has a client that expects nothing.
func poke(b *bench) {
	for range 3 {
		c, err := b.net.Dial(netip.MustParseAddrPort("127.0.0.1:8080"))
		if err != nil {
			continue
		}
		_, _ = c.Write([]byte("hello"))
		time.Sleep(100 * time.Millisecond)
		_ = c.Close()
	}
}

// wantTold looks for the failure in the timeline or the tunnel's state, and for a report;
// neither has the secret.
func wantTold(t *testing.T, b *bench, dir string) {
	t.Helper()
	told := ""
	for _, e := range b.Timeline("t") {
		if e.Err != nil && e.Err.Cause == tunnels.CauseInternal {
			told += e.Err.Error() + e.Err.Hint + e.Err.Raw
		}
	}
	if !strings.Contains(told, "Culvert itself has failed") {
		t.Errorf("the timeline does not tell: %+v", b.Timeline("t"))
	}
	reports, err := crash.Reports(dir)
	if err != nil || len(reports) == 0 {
		t.Errorf("the reports are %v, %v", reports, err)
	}
	for _, r := range reports {
		text, err := os.ReadFile(r.Path)
		if err != nil {
			t.Fatal(err)
		}
		told += string(text)
	}
	if strings.Contains(told, "hunter2") {
		t.Errorf("the secret is told:\n%s", told)
	}
}

// TestPanicsOfReceivers: who is told of tunnels may fail, and is told again.
func TestPanicsOfReceivers(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.fails = true
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		var events, snapshots atomic.Int64
		go b.Follow(ctx, func(tunnels.Event) { events.Add(1); panic("follow") })
		go b.Watch(ctx, func(tunnels.Snapshot) { snapshots.Add(1); panic("watch") })
		synctest.Wait()
		b.cluster.SetPods(nil, pod("1"))
		b.run("8080:80")
		b.want(tunnels.Ready, "")
		time.Sleep(time.Second)
		b.echo("127.0.0.1:8080")
		time.Sleep(time.Second)
		if events.Load() < 3 || snapshots.Load() < 3 {
			t.Errorf("told of %d events and %d snapshots", events.Load(), snapshots.Load())
		}
		cancel()
	})
}

// TestPanicsOfARun: what keeps sessions or listens begins anew, on the same ports, and
// leaves no lock held and no session open.
func TestPanicsOfARun(t *testing.T) {
	tests := []struct {
		name   string
		fail   func(*bench)
		listen bool // the ports are bound meanwhile
	}{
		{"the supervision", func(b *bench) { b.FailSupervision("t") }, true},
		{"the listening", func(b *bench) { b.FailListening("t") }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.fails = true
				b.cluster.SetPods(nil, pod("1"))
				b.run("8080:80 :81")
				b.want(tunnels.Ready, "")
				ports := b.addrs("t")
				open := b.dial("127.0.0.1:8080")
				defer open.Close()
				b.echoOn(open)
				for range 3 {
					tt.fail(b)
					synctest.Wait()
					st := b.status("t")
					if st.State != tunnels.Reconnecting || st.Reason != "internal error" || st.Err.Cause != tunnels.CauseInternal {
						t.Fatalf("the tunnel is %v (%s): %v", st.State, st.Reason, st.Err)
					}
					if tt.listen != (len(st.Bound) > 0) {
						t.Errorf("bound are %v", st.Bound)
					}
					if tt.listen && len(b.cluster.Live()) > 0 {
						t.Errorf("sessions are left: %d", len(b.cluster.Live()))
					}
					time.Sleep(2 * time.Second)
					synctest.Wait()
					b.want(tunnels.Ready, "")
					b.echo("127.0.0.1:8080")
				}
				if now := b.addrs("t"); !slices.Equal(now, ports) {
					t.Errorf("the ports are %v, and were %v", now, ports)
				}
				last := b.Timeline("t")
				if !slices.ContainsFunc(last, func(e tunnels.Event) bool { return e.Kind == tunnels.EventCrash }) {
					t.Errorf("the timeline is %+v", last)
				}
			})
		})
	}
}
