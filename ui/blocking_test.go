package ui

import (
	"context"
	"sync"
	"testing"
	"time"

	"culvert/kube/keyring"
	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// slow is an engine in another process that does not answer before it is let go.
type slow struct {
	*fakeTunnels
	*fakeProfiles
	*fakeSettings
	once   sync.Once
	let    chan struct{}
	mu     sync.Mutex
	called map[string]bool
}

func (s *slow) wait(what string) {
	s.mu.Lock()
	s.called[what] = true
	s.mu.Unlock()
	<-s.let
}

func (s *slow) release() { s.once.Do(func() { close(s.let) }) }

func (s *slow) asked(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.called[what]
}

func (s *slow) Put(spec tunnels.Spec) error { s.wait("Put"); return s.fakeTunnels.Put(spec) }

func (s *slow) Add(context.Context, []tunnels.Spec) error { s.wait("Add"); return nil }

func (s *slow) Remove(ctx context.Context, id tunnels.ID) error {
	s.wait("Remove")
	return s.fakeTunnels.Remove(ctx, id)
}

func (s *slow) Start(ctx context.Context, id tunnels.ID) error {
	s.wait("Start")
	return s.fakeTunnels.Start(ctx, id)
}

func (s *slow) StartOn(ctx context.Context, id tunnels.ID, on map[tunnels.Mapping]uint16) error {
	s.wait("StartOn")
	return s.fakeTunnels.StartOn(ctx, id, on)
}

func (s *slow) Stop(ctx context.Context, id tunnels.ID) error {
	s.wait("Stop")
	return s.fakeTunnels.Stop(ctx, id)
}

func (s *slow) Kick(id tunnels.ID) { s.wait("Kick"); s.fakeTunnels.Kick(id) }

func (s *slow) Swap(id tunnels.ID, pod string) error {
	s.wait("Swap")
	return s.fakeTunnels.Swap(id, pod)
}

func (s *slow) Extend(id tunnels.ID, d time.Duration) error {
	s.wait("Extend")
	return s.fakeTunnels.Extend(id, d)
}

func (s *slow) NextFree(context.Context, []string, uint16) (uint16, error) {
	s.wait("NextFree")
	return 7000, nil
}

func (s *slow) Test(context.Context, tunnels.Spec) ([]tunnels.PortTest, error) {
	s.wait("Test")
	return nil, nil
}

func (s *slow) Move(id, before tunnels.ID) error {
	s.wait("Move")
	return s.fakeTunnels.Move(id, before)
}

func (s *slow) Timeline(id tunnels.ID) []tunnels.Event {
	s.wait("Timeline")
	return s.fakeTunnels.Timeline(id)
}

func (s *slow) Connections(id tunnels.ID) []tunnels.Conn {
	s.wait("Connections")
	return s.fakeTunnels.Connections(id)
}

func (s *slow) Recent(id tunnels.ID) []tunnels.Conn {
	s.wait("Recent")
	return s.fakeTunnels.Recent(id)
}

func (s *slow) CreateProfile(ctx context.Context, name string) (profiles.Profile, error) {
	s.wait("CreateProfile")
	return s.fakeProfiles.CreateProfile(ctx, name)
}

func (s *slow) ChangeProfile(ctx context.Context, id string, c profiles.Change) error {
	s.wait("ChangeProfile")
	return s.fakeProfiles.ChangeProfile(ctx, id, c)
}

func (s *slow) DeleteProfile(ctx context.Context, id string) (profiles.Deleted, error) {
	s.wait("DeleteProfile")
	return s.fakeProfiles.DeleteProfile(ctx, id)
}

func (s *slow) Settings() workspace.Settings { s.wait("Settings"); return s.fakeSettings.Settings() }

func (s *slow) SetSettings(ctx context.Context, to workspace.Settings) error {
	s.wait("SetSettings")
	return s.fakeSettings.SetSettings(ctx, to)
}

// unlocked is a keyring that opens at once.
type unlocked struct{}

func (unlocked) Watch(ctx context.Context, _ func(keyring.Condition)) { <-ctx.Done() }
func (unlocked) Retry(context.Context) error                          { return nil }

// TestNothingWaitsForAnotherProcess: an engine that does not answer holds nothing up
// in the window.
func TestNothingWaitsForAnotherProcess(t *testing.T) {
	f, list := withGuests(threeProfiles())
	signIn := readyStatus(spec("auth", "dev", "shop", "auth-0", "9000"))
	signIn.State, signIn.Err = tunnels.NeedsUser, &tunnels.Error{Err: context.Canceled, Cause: tunnels.CauseSignIn}
	timed := readyStatus(spec("timed", "dev", "shop", "timed-0", "9001"))
	timed.StopAt, timed.PodsReady = noon.Add(time.Hour), 2
	f.snap = append(f.snap, signIn, timed)
	s := &slow{
		fakeTunnels: f, fakeProfiles: &fakeProfiles{f: f, list: list, dirty: make(chan struct{}, 1)}, fakeSettings: &fakeSettings{},
		let: make(chan struct{}), called: make(map[string]bool),
	}
	w := newWorldOf(t, f, newFakeCatalog(), func(d *Deps) {
		d.Tunnels, d.Profiles, d.Settings, d.Keyring = s, s, s, unlocked{}
		d.Notify = func(context.Context, string, string) {}
	})
	t.Cleanup(s.release) // before the window is closed, which waits for what is under way
	a := w.app
	w.until("the profiles are drawn", func() bool { return len(a.book.list) == len(list) })
	for _, do := range []struct {
		what string
		f    func()
	}{
		{"Settings", a.closeWindow},
		{"Settings", a.preferences},
		{"SetSettings", func() { a.choosePref(prefRestore, true); a.escape() }},
		{"Settings", func() { a.notify(notice{"x", "y"}) }},
		{"Timeline", func() { a.choose("web") }},
		{"", func() { a.turnPage(pageConnections) }}, // behind the timeline
		{"Kick", a.unlockKeyring},
		{"Start", func() { a.start1("redis") }},
		{"Stop", func() { a.stop1("web") }},
		{"Swap", func() { a.swapPod("timed") }},
		{"Move", func() { a.moveTunnel("jaeger", "api") }},
		{"Put", func() { a.moveToProfile([]tunnels.ID{"jaeger"}, "on-call", "") }},
		{"Remove", func() { a.remove("api") }},
		{"NextFree", func() { a.duplicate("mail"); a.editor.freeLocals() }},
		{"Test", func() { a.editor.set(func(f *form) { f.ports = "1:1" }); a.editor.test() }},
		{"Put", func() { a.editor.submit(false) }},
		{"ChangeProfile", func() { a.hushProfile("on-call") }},
		{"Timeline", func() { a.editor.end(); a.giveShown(); a.giving.choose(giveReport); a.giving.close() }},
		{"DeleteProfile", func() { a.deleteProfile("@shop"); w.tapTop("delete-profile/ok") }},
		{"Timeline", func() { a.escape(); a.copyReport("web"); w.tapTop("report/ok") }},
		{"Extend", func() { a.escape(); delete(a.busy, "timed"); a.extend("timed") }},
		{"StartOn", func() { a.startOn("mail", nil) }},
	} {
		held := time.AfterFunc(10*time.Second, func() {
			t.Errorf("the toolkit waits for %s", do.what)
			s.release()
		})
		do.f()
		a.draw()
		held.Stop()
		w.until(do.what+" is asked for", func() bool { return do.what == "" || s.asked(do.what) })
	}
	s.release()
	w.until("all is done", func() bool { return len(a.busy) == 0 })
}
