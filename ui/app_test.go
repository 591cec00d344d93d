package ui

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/crash"
	"culvert/tunnels/holder"
	"culvert/ui/parts"
)

// noon is the time in all tests that draw.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// fakeTunnels keeps tunnels that do what they are told at once.
type fakeTunnels struct {
	mu     sync.Mutex
	snap   tunnels.Snapshot
	calls  []string
	putErr error
	fail   error         // of Start, Stop and Remove
	block  chan struct{} // Start and Stop wait for it, when set
	dirty  chan struct{}
	events map[tunnels.ID][]tunnels.Event
	conns  map[tunnels.ID][]tunnels.Conn
	recent map[tunnels.ID][]tunnels.Conn
	trial  []tunnels.PortTest // what Test finds
}

func newFakeTunnels(snap ...tunnels.Status) *fakeTunnels {
	return &fakeTunnels{snap: snap, dirty: make(chan struct{}, 1)}
}

func (f *fakeTunnels) change(call string, id tunnels.ID, g func(*tunnels.Status)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := string(id)
	f.snap = slices.Clone(f.snap)
	for i := range f.snap {
		if f.snap[i].Spec.ID == id {
			name = f.snap[i].Spec.Title()
			if g != nil {
				g(&f.snap[i])
			}
		}
	}
	if call != "" {
		f.calls = append(f.calls, call+" "+name)
	}
	select {
	case f.dirty <- struct{}{}:
	default:
	}
}

func (f *fakeTunnels) called() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

func (f *fakeTunnels) all() tunnels.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *fakeTunnels) Put(s tunnels.Spec) error {
	if f.putErr != nil {
		return f.putErr
	}
	if _, known := f.all().Find(s.ID); !known {
		f.mu.Lock()
		f.snap = append(slices.Clone(f.snap), tunnels.Status{Spec: s})
		f.mu.Unlock()
	}
	f.change("put", s.ID, func(st *tunnels.Status) { st.Spec = s })
	return nil
}

func (f *fakeTunnels) wait(ctx context.Context) {
	if f.block != nil {
		select {
		case <-f.block:
		case <-ctx.Done():
		}
	}
}

func (f *fakeTunnels) Remove(_ context.Context, id tunnels.ID) error {
	f.change("remove", id, nil) // the call's record needs the name
	f.mu.Lock()
	f.snap = slices.DeleteFunc(slices.Clone(f.snap), func(s tunnels.Status) bool { return s.Spec.ID == id })
	f.mu.Unlock()
	f.change("", id, nil) // a watcher may have looked before the tunnel was gone
	return f.fail
}

func (f *fakeTunnels) Start(ctx context.Context, id tunnels.ID) error {
	f.wait(ctx)
	f.change("start", id, func(s *tunnels.Status) { *s = readyStatus(s.Spec) })
	return f.fail
}

func (f *fakeTunnels) Stop(ctx context.Context, id tunnels.ID) error {
	f.wait(ctx)
	f.change("stop", id, func(s *tunnels.Status) { *s = tunnels.Status{Spec: s.Spec} })
	return f.fail
}

func (f *fakeTunnels) Swap(id tunnels.ID, _ string) error {
	f.change("swap", id, nil)
	return f.fail
}

func (f *fakeTunnels) Extend(id tunnels.ID, d time.Duration) error {
	f.change("extend", id, func(s *tunnels.Status) { s.StopAt = noon.Add(d) })
	return f.fail
}

func (f *fakeTunnels) StartOn(_ context.Context, id tunnels.ID, local map[tunnels.Mapping]uint16) error {
	f.change("start-on", id, func(s *tunnels.Status) {
		*s = readyStatus(s.Spec)
		s.Instead = local
		for i, b := range s.Bound {
			if port, ok := local[b.Mapping]; ok {
				s.Bound[i].Addr = netip.AddrPortFrom(b.Addr.Addr(), port)
			}
		}
	})
	return f.fail
}

func (f *fakeTunnels) NextFree(_ context.Context, _ []string, from uint16) (uint16, error) {
	return from, f.fail
}

func (f *fakeTunnels) Test(ctx context.Context, _ tunnels.Spec) ([]tunnels.PortTest, error) {
	if f.block != nil {
		select {
		case <-f.block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.trial, f.fail
}

func (f *fakeTunnels) Move(id, before tunnels.ID) error {
	f.mu.Lock()
	f.snap = moved(f.snap, id, before)
	fail := f.fail
	f.mu.Unlock()
	f.change("move", id, nil)
	return fail
}

func (f *fakeTunnels) Kick(id tunnels.ID) { f.change("kick", id, nil) }

func (f *fakeTunnels) Timeline(id tunnels.ID) []tunnels.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.events[id]
}

func (f *fakeTunnels) Connections(id tunnels.ID) []tunnels.Conn {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conns[id]
}

func (f *fakeTunnels) Recent(id tunnels.ID) []tunnels.Conn {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.recent[id]
}

func (f *fakeTunnels) Watch(ctx context.Context, fn func(tunnels.Snapshot)) {
	for {
		fn(f.all())
		select {
		case <-ctx.Done():
			return
		case <-f.dirty:
		}
	}
}

// fakeCatalog answers from maps; what is not in them never answers.
type fakeCatalog struct {
	mu         sync.Mutex
	contexts   []kube.Context
	noContexts error
	namespaces map[string][]kube.Namespace
	nsErr      map[string]error
	pods       map[podsOf][]kube.Pod
	podErr     map[podsOf]error
	services   map[podsOf][]kube.Service
	workloads  map[podsOf]kube.Listing[kube.Workload]
	watching   map[string]int
	access     func(tunnels.Target) (kube.Access, error)
}

func newFakeCatalog() *fakeCatalog {
	return &fakeCatalog{
		contexts: []kube.Context{
			{Name: "dev", Server: "https://dev.example.net:6443", Namespace: "shop", Current: true},
			{Name: "prod", Server: "https://prod.example.net:6443", Namespace: "default", ExecPlugin: "login-helper"},
		},
		namespaces: map[string][]kube.Namespace{"dev": {{Name: "data"}, {Name: "shop"}}, "prod": {{Name: "default"}}},
		nsErr: map[string]error{"prod": &tunnels.Error{
			Op: "list namespaces", Err: errors.New("you may not list namespaces"), Cause: tunnels.CauseForbidden,
		}},
		pods: map[podsOf][]kube.Pod{
			{"dev", "shop"}: {
				{Name: "cart-0", Status: "CrashLoopBackOff", Ports: []kube.ContainerPort{{Number: 8080}}},
				{Name: "web-7d4b9c6f5-x2x9k", Ready: true, Status: "Running", Ports: []kube.ContainerPort{
					{Name: "http", Number: 5000, Protocol: "TCP"}, {Name: "dns", Number: 53, Protocol: "UDP"}, {Name: "metrics", Number: 9090},
				}},
			},
			{"dev", "data"}: {},
		},
		services: map[podsOf][]kube.Service{
			{"dev", "shop"}: {
				{Name: "legacy", ExternalName: "legacy.example.net"},
				{Name: "web", Ports: []kube.ServicePort{{Name: "http", Port: 80, Protocol: "TCP"}, {Name: "dns", Port: 53, Protocol: "UDP"}, {Name: "admin", Port: 8081}}},
			},
			{"dev", "data"}: {},
		},
		workloads: map[podsOf]kube.Listing[kube.Workload]{
			{"dev", "shop"}: {Items: []kube.Workload{
				{Kind: tunnels.KindDeployment, Name: "web", Ready: 2, Wanted: 3, Status: "2/3", Ports: []kube.ContainerPort{{Name: "http", Number: 5000}}},
				{Kind: tunnels.KindStatefulSet, Name: "cart", Wanted: 1, Status: "0/1"},
			}, Complete: true},
			{"dev", "data"}: {Complete: true},
		},
		podErr: map[podsOf]error{}, watching: map[string]int{},
	}
}

func (c *fakeCatalog) count(key string, by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watching[key] += by
}

func (c *fakeCatalog) watched(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.watching[key]
}

func (c *fakeCatalog) WatchContexts(ctx context.Context, fn func([]kube.Context, error)) {
	fn(c.contexts, c.noContexts)
	<-ctx.Done()
}

func (c *fakeCatalog) WatchNamespaces(ctx context.Context, kubeContext string, fn func(kube.Listing[kube.Namespace])) {
	c.count(kubeContext, 1)
	defer c.count(kubeContext, -1)
	if items, ok := c.namespaces[kubeContext]; ok {
		fn(kube.Listing[kube.Namespace]{Items: items, Complete: true, Err: c.nsErr[kubeContext]})
	}
	<-ctx.Done()
}

func (c *fakeCatalog) WatchPods(ctx context.Context, kubeContext, namespace string, fn func(kube.Listing[kube.Pod])) {
	key := podsOf{kubeContext, namespace}
	c.count(kubeContext+"/"+namespace, 1)
	defer c.count(kubeContext+"/"+namespace, -1)
	if items, ok := c.pods[key]; ok || c.podErr[key] != nil {
		fn(kube.Listing[kube.Pod]{Items: items, Complete: true, Err: c.podErr[key]})
	}
	<-ctx.Done()
}

func (c *fakeCatalog) WatchServices(ctx context.Context, kubeContext, namespace string, fn func(kube.Listing[kube.Service])) {
	key := kubeContext + "/" + namespace + "/services"
	c.count(key, 1)
	defer c.count(key, -1)
	if items, ok := c.services[podsOf{kubeContext, namespace}]; ok {
		fn(kube.Listing[kube.Service]{Items: items, Complete: true})
	}
	<-ctx.Done()
}

func (c *fakeCatalog) WatchWorkloads(ctx context.Context, kubeContext, namespace string, fn func(kube.Listing[kube.Workload])) {
	key := kubeContext + "/" + namespace + "/workloads"
	c.count(key, 1)
	defer c.count(key, -1)
	if l, ok := c.workloads[podsOf{kubeContext, namespace}]; ok {
		fn(l)
	}
	<-ctx.Done()
}

func (c *fakeCatalog) Access(_ context.Context, t tunnels.Target, _ tunnels.Via) (kube.Access, error) {
	return c.access(t)
}

func (c *fakeCatalog) RememberNamespace(kubeContext, namespace string) error {
	c.count("remembered "+kubeContext+"/"+namespace, 1)
	return nil
}

func (c *fakeCatalog) Check(context.Context, string) (time.Duration, error) {
	return 18 * time.Millisecond, nil
}

// world is a window over fakes; the test's goroutine is the toolkit's.
type world struct {
	*testing.T
	app     *App
	tunnels *fakeTunnels
	catalog *fakeCatalog
	queue   chan func()

	holder    holder.Process // of every local port
	holderErr error
	ports     map[uint16]*tunnels.Error // that cannot be listened on, and why
}

func newWorld(t *testing.T, f *fakeTunnels, c *fakeCatalog) *world {
	t.Helper()
	return newWorldOf(t, f, c, func(*Deps) {})
}

// newWorldWith is newWorld with something that changes contexts.
func newWorldWith(t *testing.T, f *fakeTunnels, c *fakeCatalog, access Access) *world {
	t.Helper()
	return newWorldOf(t, f, c, func(d *Deps) { d.Access = access })
}

// newWorldOf is newWorld with what change adds.
func newWorldOf(t *testing.T, f *fakeTunnels, c *fakeCatalog, change func(*Deps)) *world {
	t.Helper()
	fy := test.NewTempApp(t)
	// The toolkit takes the time when it draws, and drops in the next drawing what a
	// minute has gone by for since: what is made now is not to count from a test long ago.
	test.NewCanvas().Capture()
	fy.Settings().SetTheme(parts.NewTheme().For(theme.VariantLight))
	w := &world{T: t, tunnels: f, catalog: c, queue: make(chan func(), 64)}
	ended := make(chan struct{})
	d := Deps{
		App: fy, Tunnels: f, Catalog: c, Now: func() time.Time { return noon },
		Holder: func(netip.AddrPort) (holder.Process, error) { return w.holder, w.holderErr },
		TryListen: func(_ context.Context, _ []string, port uint16) error {
			if err := w.ports[port]; err != nil {
				return err
			}
			return nil
		},
		Do: func(f func()) {
			select {
			case w.queue <- f:
			case <-ended:
			}
		},
	}
	d.Crashes = crash.New(crash.Options{})
	d.Crashes.Hear(func(p *crash.Panic) { t.Errorf("%v\n%s", p, p.Stack) })
	change(&d)
	w.app = New(d)
	w.app.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	w.app.start()
	t.Cleanup(func() { close(ended); w.app.Close() })
	w.until("the first snapshot is drawn", func() bool {
		return w.app.latest.Load() != nil && len(w.app.snap) == len(f.all()) && w.app.browser.Contexts().loaded && w.app.tree.rows.len() > 0
	})
	return w
}

// until runs what is queued for the toolkit until cond holds.
func (w *world) until(what string, cond func() bool) {
	w.Helper()
	late := time.After(20 * time.Second)
	for !cond() {
		select {
		case f := <-w.queue:
			f()
		case <-time.After(20 * time.Millisecond): // not all is told through the queue
		case <-late:
			w.Fatalf("it never happened that %s", what)
		}
	}
}

// row returns the view of a tunnel's row.
func (w *world) row(name string) rowView {
	w.Helper()
	for _, r := range w.app.table.state.rows {
		if !r.group && r.name == name {
			return r
		}
	}
	w.Fatalf("there is no row %q in %v", name, w.names())
	return rowView{}
}

func (w *world) names() []string {
	var out []string
	for _, r := range w.app.table.state.rows {
		if !r.group {
			out = append(out, r.name)
		}
	}
	return out
}

func (w *world) key(k fyne.KeyName) { w.app.typedKey(&fyne.KeyEvent{Name: k}) }

func spec(name, context, namespace, pod string, pairs ...string) tunnels.Spec {
	ms, err := tunnels.ParseMappings(pairs)
	if err != nil {
		panic(err)
	}
	return tunnels.Spec{
		ID: tunnels.ID(name), Name: name, Mappings: ms,
		Target: tunnels.Target{Context: context, Namespace: namespace, Kind: tunnels.KindPod, Name: pod},
	}
}

// readyStatus binds both families; free ports are numbered from 42000.
func readyStatus(s tunnels.Spec) tunnels.Status {
	st := tunnels.Status{
		Spec: s, State: tunnels.Ready, Pod: s.Target.Name, Transport: "SPDY", Latency: 18 * time.Millisecond,
		Since: noon.Add(-3*time.Hour - 12*time.Minute), Conns: 2, Opened: 14, In: 48_300_000, Out: 1_200_000,
	}
	for i, m := range s.Mappings {
		p := uint16(m.Local)
		if m.Local == tunnels.AnyPort {
			p = uint16(42000 + i)
		}
		for _, ip := range []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()} {
			st.Bound = append(st.Bound, tunnels.Bound{Mapping: m, Addr: netip.AddrPortFrom(ip, p)})
		}
	}
	return st
}

func stopped(s tunnels.Spec) tunnels.Status { return tunnels.Status{Spec: s} }

func two() *fakeTunnels {
	return newFakeTunnels(
		readyStatus(spec("web", "dev", "shop", "web-7d4b9c6f5-x2x9k", "6000:5000", ":9090")),
		stopped(spec("redis", "prod", "data", "redis-0", "6379")),
	)
}
