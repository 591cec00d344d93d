package workspace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest"
)

// desk is a user's folders on a real disk, and a scripted cluster.
type desk struct {
	*testing.T
	dir     string
	cluster tunneltest.Backend
	// listen is the machine's own where it is nil.
	listen func(context.Context, netip.AddrPort) (net.Listener, error)
	// passing is Options.Passing of what is opened from now on.
	passing bool

	mu     sync.Mutex
	warned []string
}

func newDesk(t *testing.T, profile string) *desk {
	t.Helper()
	d := &desk{T: t, dir: t.TempDir()}
	d.cluster.SetPods(nil, tunnels.Endpoint{
		Pod: "web", UID: "1", Ready: true,
		Ports: map[tunnels.Port]tunnels.PortResult{{Number: 5432}: {Number: 5432}, {Number: 80}: {Number: 80}},
	})
	d.write("dev", profile)
	return d
}

func (d *desk) file(name string) string { return filepath.Join(d.dir, name) }

// write writes a profile as an editor does that does not care.
func (d *desk) write(profile, text string) {
	d.Helper()
	d.ok(os.MkdirAll(d.file("profiles"), 0o700))
	d.ok(os.WriteFile(d.file("profiles/"+profile+".yaml"), []byte(text), 0o600))
}

func (d *desk) ok(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// open begins a process, so to speak. Where Close does not end it the test's end
// does.
func (d *desk) open() *Workspace {
	d.Helper()
	w := Open(Options{
		Manager:  tunnels.NewManager(&d.cluster, tunnels.Options{Listen: d.listen}),
		Profiles: d.file("profiles"), State: d.file("state/state.json"), Settings: d.file("settings.yaml"), Passing: d.passing,
		Warn: func(err error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.warned = append(d.warned, err.Error())
		},
	})
	d.Cleanup(w.Close)
	return w
}

func (d *desk) warnings() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.warned, "; ")
}

func (d *desk) start(w *Workspace, ids ...tunnels.ID) {
	d.Helper()
	for _, id := range ids {
		d.ok(w.Start(d.Context(), id))
	}
}

// until waits for something that happens by itself.
func (d *desk) until(what string, so func() bool) {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			d.Fatalf("it has never been so that %s; told was: %s", what, d.warnings())
		}
	}
}

func status(w *Workspace, id tunnels.ID) tunnels.Status {
	st, _ := w.Snapshot().Find(id)
	return st
}

func portsOfTunnel(st tunnels.Status) []uint16 {
	var ports []uint16
	for _, b := range st.Bound {
		ports = append(ports, b.Addr.Port())
	}
	return ports
}

const oneTunnel = `version: 1
context: staging
tunnels:
  - name: postgres
    target: pod/web
    ports: ":5432"
`

// TestARandomPortIsKeptOverTenRestarts is on real ports: one that is had once is had
// again while it is free, and when it is not, another is, with a note.
func TestARandomPortIsKeptOverTenRestarts(t *testing.T) {
	d := newDesk(t, oneTunnel)
	const id = tunnels.ID("dev/postgres")
	var first uint16
	for n := range 10 {
		w := d.open()
		d.start(w, id)
		st := status(w, id)
		ports := portsOfTunnel(st)
		if len(ports) == 0 || len(st.Warnings) != 0 {
			t.Fatalf("restart %d: it listens on %v and warns of %q", n, ports, st.Warnings)
		}
		if n == 0 {
			first = ports[0]
		}
		for _, p := range ports {
			if p != first {
				t.Fatalf("restart %d: it listens on %v, at first on %d", n, ports, first)
			}
		}
		answers(t, st)
		w.Close()
	}

	addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), first)
	other, err := net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(addr))
	d.ok(err)
	w := d.open()
	d.start(w, id)
	st := status(w, id)
	second := portsOfTunnel(st)
	if len(second) == 0 || slices.Contains(second, first) || second[0] != second[len(second)-1] {
		t.Fatalf("although %d is in use it listens on %v", first, second)
	}
	want := fmt.Sprintf("Port %d, which it had before, is in use: it listens on %d instead.", first, second[0])
	if !slices.Contains(st.Warnings, want) {
		t.Errorf("the warnings are %q, want %q", st.Warnings, want)
	}
	answers(t, st)
	w.Close()
	d.ok(other.Close())

	w = d.open() // the user has seen the second one last
	d.start(w, id)
	if got := portsOfTunnel(status(w, id)); got[0] != second[0] {
		t.Errorf("then it listens on %v, before on %v", got, second)
	}
	if d.warnings() != "" {
		t.Errorf("told is %s", d.warnings())
	}
}

// answers sends a request through each address of a tunnel.
func answers(t *testing.T, st tunnels.Status) {
	t.Helper()
	for _, b := range st.Bound {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", b.Addr.String())
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, "hello"); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 5)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
			t.Fatalf("%s answers %q, %v", b.Addr, got, err)
		}
		_ = c.Close()
	}
}

const threeTunnels = `version: 1
context: staging
tunnels:
  - {name: a, target: pod/web, ports: ":80"}
  - {name: b, target: pod/web, ports: ":80", autostart: true}
  - {name: c, target: pod/web, ports: ":80"}
`

func TestToRestore(t *testing.T) {
	tests := map[string]struct {
		restore bool
		ran     []tunnels.ID
		stopped []tunnels.ID // again, before the end
		killed  bool
		edit    string // of the profile, between the two processes
		want    []tunnels.ID
	}{
		"autostart alone":          {ran: []tunnels.ID{"dev/a"}, want: []tunnels.ID{"dev/b"}},
		"what ran":                 {restore: true, ran: []tunnels.ID{"dev/a", "dev/c"}, want: []tunnels.ID{"dev/a", "dev/b", "dev/c"}},
		"what ran, after a kill":   {restore: true, ran: []tunnels.ID{"dev/a"}, killed: true, want: []tunnels.ID{"dev/a", "dev/b"}},
		"what was stopped":         {restore: true, ran: []tunnels.ID{"dev/a", "dev/c"}, stopped: []tunnels.ID{"dev/a"}, want: []tunnels.ID{"dev/b", "dev/c"}},
		"stopped, after a kill":    {restore: true, ran: []tunnels.ID{"dev/a"}, stopped: []tunnels.ID{"dev/a"}, killed: true, want: []tunnels.ID{"dev/b"}},
		"what leads elsewhere now": {restore: true, ran: []tunnels.ID{"dev/a"}, edit: strings.Replace(threeTunnels, "staging", "production", 1), want: []tunnels.ID{"dev/b"}},
		"nothing":                  {restore: true, want: []tunnels.ID{"dev/b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, threeTunnels)
			d.listen = new(tunneltest.Network).Listen
			w := d.open()
			d.ok(w.SetSettings(t.Context(), Settings{Restore: tt.restore}))
			d.start(w, tt.ran...)
			if tt.killed {
				d.until("what ran is written", func() bool { return slices.Equal(d.runs(), tt.ran) })
			}
			for _, id := range tt.stopped {
				d.ok(w.Stop(t.Context(), id))
			}
			if tt.killed {
				left := slices.DeleteFunc(slices.Clone(tt.ran), func(id tunnels.ID) bool { return slices.Contains(tt.stopped, id) })
				d.until("what runs is written", func() bool { return slices.Equal(d.runs(), left) })
			} else {
				w.Close()
			}
			if tt.edit != "" {
				d.write("dev", tt.edit)
			}
			d.listen = new(tunneltest.Network).Listen
			again := d.open()
			if got := again.ToRestore(); !slices.Equal(got, tt.want) {
				t.Errorf("to be restored are %v, want %v", got, tt.want)
			}
			for _, st := range again.Snapshot() {
				if st.State != tunnels.Stopped {
					t.Errorf("%s is %v by itself", st.Spec.ID, st.State)
				}
			}
		})
	}
}

// runs returns the tunnels that run, by the file.
func (d *desk) runs() []tunnels.ID {
	kept, _, err := readState(d.file("state/state.json"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		d.Fatal(err)
	}
	var ids []tunnels.ID
	for at, p := range kept {
		if p.Running {
			ids = append(ids, tunnels.ID(at))
		}
	}
	slices.Sort(ids)
	return ids
}

// TestAKillBeforeTheRestoring loses nothing: what is to run again counts as running
// until it does, unless the program ends in an orderly way.
func TestAKillBeforeTheRestoring(t *testing.T) {
	d := newDesk(t, threeTunnels)
	d.listen = new(tunneltest.Network).Listen
	w := d.open()
	d.ok(w.SetSettings(t.Context(), Settings{Restore: true}))
	d.start(w, "dev/a")
	w.Close()
	killed := d.open()
	d.start(killed, "dev/c") // so that something is written
	d.until("c is written", func() bool { return slices.Contains(d.runs(), "dev/c") })
	if got := d.runs(); !slices.Equal(got, []tunnels.ID{"dev/a", "dev/c"}) {
		t.Errorf("by the file run %v", got)
	}
	killed.Close()
	if got := d.runs(); !slices.Equal(got, []tunnels.ID{"dev/c"}) {
		t.Errorf("after an orderly end by the file run %v", got)
	}
}

// TestClosingFiftyTunnels is in real time, on real ports.
func TestClosingFiftyTunnels(t *testing.T) {
	const n = 50
	var text strings.Builder
	text.WriteString("version: 1\ntunnels:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {name: t%d, target: pod/web, ports: \":80\"}\n", i)
	}
	d := newDesk(t, text.String())
	w := d.open()
	var wg sync.WaitGroup
	for _, st := range w.Snapshot() {
		wg.Go(func() { d.start(w, st.Spec.ID) })
	}
	wg.Wait()
	d.until("all are ready", func() bool {
		return !slices.ContainsFunc(w.Snapshot(), func(st tunnels.Status) bool { return st.State != tunnels.Ready })
	})
	ports := portsOfTunnel(status(w, "dev/t7"))
	begun := time.Now()
	w.Close()
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	if got := d.runs(); len(got) != n {
		t.Errorf("by the file %d ran", len(got))
	}
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(ports[0])})
	if err != nil {
		t.Fatalf("a port is not free: %v", err)
	}
	_ = l.Close()
}

// TestAnEditedFileIsSeenWithinASecond, and a broken one changes nothing.
func TestAnEditedFileIsSeenWithinASecond(t *testing.T) {
	d := newDesk(t, oneTunnel)
	d.listen = new(tunneltest.Network).Listen
	w := d.open()
	d.start(w, "dev/postgres")
	d.until("it is ready", func() bool { return status(w, "dev/postgres").State == tunnels.Ready })
	session := d.cluster.Last()

	begun := time.Now()
	d.write("dev", oneTunnel+"  - name: web\n    target: pod/web\n    ports: 80\n")
	d.until("the new one is there", func() bool { return len(w.Snapshot()) == 2 })
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %v", took)
	}
	d.write("dev", "version: 1\ntunnels:\n  - name: postgres\n    target: [\n")
	d.until("the line is told", func() bool {
		p := w.store.Profiles()[0]
		return p.Err != nil && p.Line > 0
	})
	d.write("dev", "")
	d.until("it is told that it is empty", func() bool {
		p := w.store.Profiles()[0]
		return p.Err != nil && strings.Contains(p.Err.Error(), "empty")
	})
	if st := status(w, "dev/postgres"); len(w.Snapshot()) != 2 || st.State != tunnels.Ready || d.cluster.Last() != session {
		t.Errorf("a broken edit leaves %d tunnels, the first is %v", len(w.Snapshot()), st.State)
	}
	if err := w.Put(status(w, "dev/web").Spec); tunnels.AsError(err) == nil || tunnels.AsError(err).Hint == "" {
		t.Errorf("to write a broken file gives %v", err)
	}
	d.write("dev", strings.Replace(oneTunnel, "staging", "production", 1))
	d.until("it is stopped", func() bool { return status(w, "dev/postgres").State == tunnels.Stopped })
	d.until("the other is gone", func() bool { return len(w.Snapshot()) == 1 })
	if st := status(w, "dev/postgres"); st.Reason != leadsElsewhere || st.Spec.Target.Context != "production" {
		t.Errorf("it was stopped as %q and leads to %s", st.Reason, st.Spec.Target.Context)
	}
}

// TestAnEditInTheMiddleOfAChange: what the user changes does not carry an edit with it
// that nobody was asked about.
func TestAnEditInTheMiddleOfAChange(t *testing.T) {
	d := newDesk(t, oneTunnel)
	d.listen = new(tunneltest.Network).Listen
	w := d.open()
	d.start(w, "dev/postgres")
	d.until("it is ready", func() bool { return status(w, "dev/postgres").State == tunnels.Ready })
	spec := status(w, "dev/postgres").Spec
	spec.Tags = []string{"db"}
	d.write("dev", strings.Replace(oneTunnel, "staging", "production", 1))
	d.ok(w.Put(spec)) // before anybody has seen the edit
	st := status(w, "dev/postgres")
	if st.State != tunnels.Stopped || st.Reason != leadsElsewhere || st.Spec.Target.Context != "production" || len(st.Spec.Tags) != 1 {
		t.Errorf("it is %v (%s), leads to %s and has the tags %v", st.State, st.Reason, st.Spec.Target.Context, st.Spec.Tags)
	}
	d.start(w, "dev/postgres")
	spec = status(w, "dev/postgres").Spec
	spec.Target.Context = "other" // the user wants that
	d.ok(w.Put(spec))
	if st := status(w, "dev/postgres"); st.State == tunnels.Stopped || st.Spec.Target.Context != "other" {
		t.Errorf("after a change by the user it is %v (%s)", st.State, st.Reason)
	}
}

// TestOpensWithoutItsFolder: where the profiles cannot be read the program begins all
// the same, says so, and takes no tunnel that it could not keep.
func TestOpensWithoutItsFolder(t *testing.T) {
	d := &desk{T: t, dir: t.TempDir()}
	d.ok(os.WriteFile(d.file("profiles"), nil, 0o600))
	w := d.open()
	if told := d.warnings(); !strings.Contains(told, "read "+d.file("profiles")) {
		t.Errorf("it warns of %q", told)
	}
	var e *tunnels.Error
	if err := w.Put(aSpec(t, "a", "8080:80")); !errors.As(err, &e) || e.Hint == "" || len(w.Snapshot()) != 0 {
		t.Errorf("adding gives %v, and there are %d tunnels", err, len(w.Snapshot()))
	}
	d.ok(os.Remove(d.file("profiles")))
	d.write("dev", oneTunnel)
	d.until("its tunnels are there", func() bool { return len(w.Snapshot()) == 1 })
}

// TestRenamedOnDisk: tunnels run on when their profile's file gets another name, when
// a checkout replaces all files, and while it is away for a moment.
func TestRenamedOnDisk(t *testing.T) {
	d := newDesk(t, threeTunnels)
	d.listen = new(tunneltest.Network).Listen
	w := d.open()
	d.start(w, "dev/a")
	moved := func(profile string) {
		d.Helper()
		d.until("it is in "+profile, func() bool { return status(w, "dev/a").Spec.Profile == profile })
		if st := status(w, "dev/a"); st.State == tunnels.Stopped {
			t.Errorf("in %s it is %v: %s; told was %s", profile, st.State, st.Reason, d.warnings())
		}
	}
	d.ok(os.Rename(d.file("profiles/dev.yaml"), d.file("profiles/team.yaml")))
	moved("team")
	d.ok(os.Rename(d.file("profiles"), d.file("old")))
	d.write("shop", threeTunnels) // which makes the folder anew
	for n := range 20 {
		d.write(fmt.Sprint("other", n), oneTunnel)
	}
	moved("shop")
	d.ok(os.Remove(d.file("profiles/shop.yaml")))
	d.write("shop", threeTunnels)
	d.write("more", oneTunnel)
	d.until("all is read", func() bool { _, there := w.Snapshot().Find("more/postgres"); return there })
	moved("shop")
	if told := d.warnings(); told != "" {
		t.Errorf("it warns of %s", told)
	}
}
