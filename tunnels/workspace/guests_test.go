package workspace

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

const project = "/home/me/shop/.culvert.yaml"

// guest is a tunnel as a file says it, without an ID.
func guest(t testing.TB, name, mappings string, change ...func(*tunnels.Spec)) tunnels.Spec {
	return aSpec(t, "", mappings, append([]func(*tunnels.Spec){func(s *tunnels.Spec) { s.Name = name }}, change...)...)
}

// bring brings guests of the project's file and returns the ID of their profile.
func (t *bench) bring(specs ...tunnels.Spec) string {
	t.Helper()
	p, err := t.Bring(t.Context(), Guests{Path: project, Tunnels: specs})
	t.ok(err)
	return p.ID
}

// ids are those of guests, in short.
func (t *bench) ids() map[string]tunnels.ID {
	ids := make(map[string]tunnels.ID)
	for _, st := range t.Snapshot() {
		ids[st.Spec.Title()] = st.Spec.ID
	}
	return ids
}

// names returns the tunnels' titles with those of their profiles, as List has them.
func (t *bench) names() string {
	t.Helper()
	all, ps, err := t.List(t.Context())
	t.ok(err)
	var kept, running []string
	for _, p := range ps {
		for _, s := range p.Tunnels {
			kept = append(kept, p.Name+"/"+s.Title())
		}
	}
	for _, st := range all {
		i := slices.IndexFunc(ps, func(p profiles.Profile) bool { return p.ID == st.Spec.Profile })
		if i < 0 {
			t.Fatalf("%s is in the profile %q, which is not there", st.Spec.ID, st.Spec.Profile)
		}
		running = append(running, ps[i].Name+"/"+st.Spec.Title())
	}
	if !slices.Equal(kept, running) {
		t.Errorf("the profiles have %v, and the tunnels are %v", kept, running)
	}
	return strings.Join(kept, " ")
}

func (t *bench) wantNames(want string) {
	t.Helper()
	if got := t.names(); got != want {
		t.Errorf("there is %s, want %s", got, want)
	}
}

func (t *bench) refused(what string, err error) {
	t.Helper()
	e := tunnels.AsError(err)
	if e == nil || e.Hint != "Edit the file and run `culvert up` again, or move the tunnel to a profile." || !strings.Contains(e.Error(), project) {
		t.Errorf("%s: the error is %v", what, err)
	}
}

func TestGuestsStandBehindProfiles(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put(aSpec(t, "a", ":80", in("zoo")))
		id := t.bring(guest(t, "web", "8080:80", func(s *tunnels.Spec) { s.AutoStart = true }), guest(t, "db", ":81"))
		t.wantNames("zoo/tunnel a shop/web shop/db")
		_, ps, err := t.List(t.Context())
		t.ok(err)
		if p := ps[1]; p.ID != id || !p.Guest || p.Path != project || p.Tunnels[0].AutoStart || ps[0].Guest {
			t.Errorf("the guests' profile is %+v", p)
		}
		if st := t.status(t.ids()["web"]); st.State != tunnels.Stopped {
			t.Errorf("a guest comes %v", st.State)
		}
		_, err = t.Bring(t.Context(), Guests{Path: "/home/me/api/.culvert.yaml", Tunnels: []tunnels.Spec{guest(t, "web", "8080:80")}})
		t.ok(err)
		_, err = t.Bring(t.Context(), Guests{Name: "piped", Tunnels: []tunnels.Spec{guest(t, "web", "8080:80")}})
		t.ok(err)
		t.wantNames("zoo/tunnel a api/web piped/web shop/web shop/db")
		t.put(aSpec(t, "b", ":80", in("zoo")))
		t.settled()
		t.wantNames("zoo/tunnel a zoo/tunnel b api/web piped/web shop/web shop/db")
	})
}

func TestGuestsThatAreBroughtAnew(t *testing.T) {
	web := func(change ...func(*tunnels.Spec)) tunnels.Spec { return guest(t, "web", ":80", change...) }
	tests := map[string]struct {
		again   []tunnels.Spec
		state   tunnels.State
		why     string
		restart bool // its session is another one
		gone    bool
	}{
		"the same":         {[]tunnels.Spec{web()}, tunnels.Ready, "", false, false},
		"another beside":   {[]tunnels.Spec{guest(t, "db", ":81"), web()}, tunnels.Ready, "", false, false},
		"another name":     {[]tunnels.Spec{guest(t, "site", ":80")}, tunnels.Ready, "", false, false},
		"another port":     {[]tunnels.Spec{guest(t, "web", ":81")}, tunnels.Ready, "", true, false},
		"other tags":       {[]tunnels.Spec{web(func(s *tunnels.Spec) { s.Tags = []string{"x"} })}, tunnels.Ready, "", false, false},
		"another context":  {[]tunnels.Spec{web(func(s *tunnels.Spec) { s.Target.Context = "production" })}, tunnels.Stopped, leadsElsewhere, true, false},
		"opened to others": {[]tunnels.Spec{web(func(s *tunnels.Spec) { s.Listen = []string{"0.0.0.0"} })}, tunnels.Stopped, opensUp, true, false},
		"no more there":    {[]tunnels.Spec{guest(t, "db", ":81", func(s *tunnels.Spec) { s.Target.Name = "db" })}, 0, "is no longer in its file", true, true},
		"none":             {nil, 0, "is no longer in its file", true, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				profile := t.bring(web())
				id := t.ids()["web"]
				t.start(id)
				session, port := t.cluster.Last(), t.port(id)
				if again := t.bring(tt.again...); again != profile {
					t.Errorf("the profile is %s, and before %s", again, profile)
				}
				synctest.Wait()
				st, there := t.Snapshot().Find(id)
				if there == tt.gone || st.State != tt.state || !tt.gone && st.Reason != tt.why {
					t.Errorf("there: %v, and it is %v (%s)", there, st.State, st.Reason)
				}
				if there && st.State == tunnels.Ready && t.port(id) != port && !tt.restart {
					t.Errorf("it listens on %d, before on %d", t.port(id), port)
				}
				if cut := !slices.Contains(t.cluster.Live(), session); cut != tt.restart {
					t.Errorf("its session was cut: %v", cut)
				}
				if told := t.warnings(); (told == "") != (tt.why == "") || !strings.Contains(told, tt.why) || tt.why != "" && !strings.Contains(told, "tunnels of shop") {
					t.Errorf("told is %q", told)
				}
				if len(t.Snapshot()) != len(tt.again) {
					t.Errorf("there are %d tunnels, want %d", len(t.Snapshot()), len(tt.again))
				}
				t.settled()
				if now, still := t.Snapshot().Find(id); still != there || now.State != st.State {
					t.Errorf("later it is %v", now.State)
				}
			})
		})
	}
}

func TestGuestsAreNotEdited(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put(aSpec(t, "a", ":80", in("dev")))
		profile := t.bring(guest(t, "web", "8080:80"), guest(t, "db", ":81"))
		id, name := t.ids()["web"], "other"
		edited := t.status(id).Spec
		edited.Name = "edited"
		nowhere := edited
		nowhere.Profile = ""
		stored := t.status("a").Spec
		stored.Profile = profile
		t.refused("an edit", t.Put(edited))
		t.refused("an edit that names no profile", t.Put(nowhere))
		t.refused("a new one", t.Put(aSpec(t, "new", ":80", in(profile))))
		t.refused("several new ones", t.Add(t.Context(), []tunnels.Spec{aSpec(t, "x", ":80", in("dev")), aSpec(t, "y", ":80", in(profile))}))
		t.refused("one of a profile", t.Put(stored))
		t.refused("another place", t.Move(id, ""))
		t.refused("another name of the profile", t.ChangeProfile(t.Context(), profile, profiles.Change{Name: &name}))
		if err := t.Add(t.Context(), []tunnels.Spec{aSpec(t, id, ":80", in("dev"))}); err == nil {
			t.Error("another tunnel has the ID of a guest")
		}
		if err := t.Put(aSpec(t, "new", ":80", in(profiles.GuestID("/another", "")))); tunnels.AsError(err) == nil || tunnels.AsError(err).Hint == "" {
			t.Errorf("into guests that are not there: %v", err)
		}
		t.ok(t.Put(t.status(id).Spec)) // as it is
		t.wantNames("dev/tunnel a shop/web shop/db")
		t.ok(t.Move("a", id)) // right before the next profile
		t.settled()
		t.wantNames("dev/tunnel a shop/web shop/db")
	})
}

func TestAGuestIsKept(t *testing.T) {
	inBubble(t, func(t *bench) {
		_, err := t.CreateProfile(t.Context(), "dev")
		t.ok(err)
		t.bring(guest(t, "web", ":80"), guest(t, "db", ":81"))
		id := t.ids()["web"]
		t.start(id)
		session, port := t.cluster.Last(), t.port(id)
		spec := t.status(id).Spec
		spec.Profile = "nowhere"
		if err := t.Put(spec); err == nil {
			t.Error("it is kept in a profile that is not there")
		}
		t.wantNames("shop/web shop/db")
		spec.Profile = "dev"
		t.ok(t.Put(spec))
		t.settled()
		t.wantNames("dev/web shop/db")
		if st := t.status(id); st.State != tunnels.Ready || t.port(id) != port || t.cluster.Last() != session {
			t.Errorf("it is %v on %d, before on %d", st.State, t.port(id), port)
		}
		if kept := t.store.Profiles()[0].Tunnels; len(kept) != 1 || kept[0].ID != id {
			t.Errorf("kept is %+v", kept)
		}
		guestAgain := spec
		guestAgain.Profile = profiles.GuestID(project, "")
		t.ok(t.Put(guestAgain)) // undone
		t.settled()
		t.wantNames("shop/db shop/web")
		if st := t.status(id); st.State != tunnels.Ready || t.port(id) != port || t.cluster.Last() != session || len(t.store.Profiles()[0].Tunnels) > 0 {
			t.Errorf("undone it is %v, and %v is kept", st.State, t.store.Profiles()[0].Tunnels)
		}
		t.ok(t.Put(spec))                                      // done again
		t.bring(guest(t, "web", ":80"), guest(t, "db", ":81")) // as its file has it yet
		t.refused("undone then", t.Put(guestAgain))
		t.wantNames("dev/web shop/web shop/db")
		if st := t.status(id); st.State != tunnels.Ready || st.Spec.Profile != "dev" || t.warnings() != "" {
			t.Errorf("then it is %v in %s", st.State, st.Spec.Profile)
		}
		p, err := t.DuplicateProfile(t.Context(), profiles.GuestID(project, ""), "Kept")
		t.ok(err)
		if p.Guest || p.ID != "kept" || len(p.Tunnels) != 2 {
			t.Errorf("the copy is %+v", p)
		}
		t.wantNames("dev/web Kept/web Kept/db shop/web shop/db")
	})
}

// TestAGuestThatAnEditorKeeps: one that comes into the store with a guest's ID, as by
// undoing in an editor what was removed, is no guest any more.
func TestAGuestThatAnEditorKeeps(t *testing.T) {
	inBubble(t, func(t *bench) {
		_, err := t.CreateProfile(t.Context(), "dev")
		t.ok(err)
		t.bring(guest(t, "web", ":80"))
		id := t.ids()["web"]
		t.start(id)
		spec := t.status(id).Spec
		spec.Profile = "dev"
		t.edit(spec)
		t.wantNames2("dev/web")
		t.settled()
		t.wantNames("dev/web")
		if st := t.status(id); st.State != tunnels.Ready || st.Spec.Profile != "dev" {
			t.Errorf("it is %v in %s", st.State, st.Spec.Profile)
		}
	})
}

// wantNames2 is wantNames of the profiles alone.
func (t *bench) wantNames2(want string) {
	t.Helper()
	var got []string
	for _, p := range t.profiles() {
		for _, s := range p.Tunnels {
			got = append(got, p.Name+"/"+s.Title())
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("the profiles have %v, want %s", got, want)
	}
}

func TestARemovedGuest(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.bring(guest(t, "web", ":80"), guest(t, "db", ":81"))
		id := t.ids()["web"]
		t.start(id)
		spec, port := t.status(id).Spec, t.port(id)
		t.ok(t.Remove(t.Context(), id))
		t.settled()
		t.wantNames("shop/db")
		if len(t.cluster.Live()) > 0 || t.warnings() != "" {
			t.Error("it runs on, or something is told")
		}
		changed := spec
		changed.Name = "other"
		t.refused("put back otherwise", t.Put(changed))
		t.ok(t.Put(spec)) // undone
		t.wantNames("shop/db shop/web")
		t.start(id)
		if t.port(id) != port {
			t.Errorf("it listens on %d, before on %d", t.port(id), port)
		}
		t.ok(t.Remove(t.Context(), id))
		t.bring(guest(t, "web", ":80"), guest(t, "db", ":81"))
		t.wantNames("shop/web shop/db")
		if t.ids()["web"] != id {
			t.Errorf("it comes back as %s, and was %s", t.ids()["web"], id)
		}
	})
}

// TestAGuestThatComesBackWhileItLeaves: who brings it waits.
func TestAGuestThatComesBackWhileItLeaves(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.bring(guest(t, "web", "8080:80"))
		id := t.ids()["web"]
		t.start(id)
		t.ok(t.forget(t.Context(), id))
		done := make(chan error, 1)
		go func() {
			_, err := t.Bring(t.Context(), Guests{Path: project, Tunnels: []tunnels.Spec{guest(t, "web", "8080:80")}})
			done <- err
		}()
		synctest.Wait()
		if len(done) > 0 {
			t.Error("it has not waited")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := t.Bring(ctx, Guests{Path: project, Tunnels: []tunnels.Spec{guest(t, "web", "8080:80")}}); err == nil {
			t.Error("it is brought although nobody waits")
		}
		t.ok(t.Manager.Remove(t.Context(), id))
		t.left(id)
		t.ok(<-done)
		t.settled()
		t.wantNames("shop/web")
		if st := t.status(id); st.State != tunnels.Stopped {
			t.Errorf("it is %v", st.State)
		}
	})
}

func TestGuestsAreDismissed(t *testing.T) {
	for what, dismiss := range map[string]func(*bench, string) error{
		"dismissed": func(t *bench, id string) error { return t.Dismiss(t.Context(), id) },
		"deleted and restored": func(t *bench, id string) error {
			d, err := t.DeleteProfile(t.Context(), id)
			t.ok(err)
			t.ok(t.RestoreProfile(t.Context(), d))
			t.wantNames("dev/tunnel a shop/web")
			t.ok(t.RestoreProfile(t.Context(), d)) // once more is nothing
			d, err = t.DeleteProfile(t.Context(), id)
			if !d.Profile.Guest {
				t.Errorf("deleted is %+v", d.Profile)
			}
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.put(aSpec(t, "a", ":80", in("dev")))
				profile := t.bring(guest(t, "web", ":80"))
				id := t.ids()["web"]
				t.start(id)
				port := t.port(id)
				t.ok(dismiss(t, profile))
				t.wantNames("dev/tunnel a")
				if len(t.cluster.Live()) > 0 || t.warnings() != "" {
					t.Error("it runs on, or something is told")
				}
				for _, wrong := range []string{profile, "dev", ""} {
					if err := t.Dismiss(t.Context(), wrong); tunnels.AsError(err) == nil || tunnels.AsError(err).Cause != tunnels.CauseNotFound {
						t.Errorf("dismissing %q gives %v", wrong, err)
					}
				}
				t.settled()
				t.start("a")
				t.bring(guest(t, "web", ":80"))
				t.start(id)
				if got := t.port(id); got != port {
					t.Errorf("brought again it listens on %d, before on %d", got, port)
				}
			})
		})
	}
}

func TestHostileGuests(t *testing.T) {
	many := make([]tunnels.Spec, 501)
	for i := range many {
		many[i] = guest(t, "", ":80")
	}
	tests := map[string]struct {
		g    Guests
		says string
	}{
		"too many":                 {Guests{Path: project, Tunnels: many}, "501 are too many"},
		"a target that is none":    {Guests{Path: project, Tunnels: []tunnels.Spec{guest(t, "x", ":80", func(s *tunnels.Spec) { s.Target.Kind = "exec" })}}, `the tunnel "x"`},
		"no ports":                 {Guests{Path: project, Tunnels: []tunnels.Spec{guest(t, "x", ":80", func(s *tunnels.Spec) { s.Mappings = nil })}}, `the tunnel "x"`},
		"a name with an escape":    {Guests{Path: project, Tunnels: []tunnels.Spec{guest(t, "x\x1b[2J", ":80")}}, "control character"},
		"a context with an escape": {Guests{Path: project, Tunnels: []tunnels.Spec{guest(t, "x", ":80", func(s *tunnels.Spec) { s.Target.Context = "a\nb" })}}, "control character"},
		"a file name with one":     {Guests{Path: "/home/\x1b/x", Tunnels: []tunnels.Spec{guest(t, "x", ":80")}}, "control character"},
		"a title with one":         {Guests{Path: project, Name: "a\nb"}, "control character"},
		"a title without an end":   {Guests{Path: project, Name: strings.Repeat("x", 201)}, "201 letters"},
		"no path and no name":      {Guests{Tunnels: []tunnels.Spec{guest(t, "x", ":80")}}, "it is empty"},
		"a path from somewhere":    {Guests{Path: "../x.yaml"}, "give the whole path"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.bring(guest(t, "web", ":80"))
				id := t.ids()["web"]
				t.start(id)
				_, err := t.Bring(t.Context(), tt.g)
				if e := tunnels.AsError(err); e == nil || e.Cause != tunnels.CauseInvalid || !strings.Contains(e.Error(), tt.says) {
					t.Errorf("the error is %v", err)
				}
				t.wantNames("shop/web")
				if st := t.status(id); st.State != tunnels.Ready {
					t.Errorf("what was there is %v", st.State)
				}
			})
		})
	}
}

// TestIDsOfGuests: what guests say of IDs and profiles counts for nothing, and theirs
// are unlike all others.
func TestIDsOfGuests(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.run(aSpec(t, "a", "8080:80"))
		profile := profiles.GuestID(project, "")
		t.put(aSpec(t, tunnels.ID(profile+"/web"), ":80"))
		t.bring(aSpec(t, "a", ":80", in("default")), guest(t, "web", ":80"), guest(t, "web", ":81"), aSpec(t, "a", ":81"))
		seen := make(map[tunnels.ID]bool)
		for _, st := range t.Snapshot() {
			if seen[st.Spec.ID] {
				t.Errorf("%s is there twice", st.Spec.ID)
			}
			seen[st.Spec.ID] = true
		}
		if len(seen) != 6 || t.status("a").State != tunnels.Ready || t.status("a").Spec.Profile != "default" {
			t.Errorf("there is %v", seen)
		}
	})
}

func TestTheFileOfAProfileBringsNoGuests(t *testing.T) {
	d := newDesk(t, oneTunnel)
	w := d.open()
	_, err := w.Bring(t.Context(), Guests{Path: d.file("profiles/../profiles/dev.yaml"), Tunnels: []tunnels.Spec{guest(t, "web", ":80")}})
	if e := tunnels.AsError(err); e == nil || !strings.Contains(e.Error(), `the profile "dev"`) {
		t.Errorf("the error is %v", err)
	}
}

func TestWatchersAreToldOfGuests(t *testing.T) {
	inBubble(t, func(t *bench) {
		ctx, cancel := context.WithCancel(t.Context())
		var told []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			t.WatchProfiles(ctx, func(ps []profiles.Profile) {
				var names []string
				for _, p := range ps {
					names = append(names, p.Name)
				}
				told = append(told, strings.Join(names, "+"))
			})
		}()
		synctest.Wait()
		_, err := t.CreateProfile(t.Context(), "dev")
		t.ok(err)
		synctest.Wait()
		id := t.bring(guest(t, "web", ":80"))
		synctest.Wait()
		t.bring(guest(t, "web", ":80")) // nothing new
		synctest.Wait()
		t.ok(t.Dismiss(t.Context(), id))
		synctest.Wait()
		cancel()
		<-done
		if want := []string{"", "dev", "dev+shop", "dev"}; !slices.Equal(told, want) {
			t.Errorf("told is %q, want %q", told, want)
		}
	})
}

func TestPortsOfGuestsAreKept(t *testing.T) {
	d := newDesk(t, oneTunnel)
	w := d.open()
	bring := func() tunnels.Status {
		p, err := w.Bring(t.Context(), Guests{Path: project, Tunnels: []tunnels.Spec{guest(t, "web", ":80", func(s *tunnels.Spec) { s.AutoStart = true })}})
		d.ok(err)
		d.start(w, p.Tunnels[0].ID)
		return status(w, p.Tunnels[0].ID)
	}
	d.ok(w.SetSettings(t.Context(), Settings{Restore: true}))
	first := bring()
	w.Close()
	w = d.open()
	if ids := w.ToRestore(); len(ids) != 0 {
		t.Errorf("to be restored are %v", ids)
	}
	kept, _, err := readState(d.file("state/state.json"))
	d.ok(err)
	for at, p := range kept {
		if p.Running || time.Since(p.Seen) > time.Minute || !strings.HasPrefix(string(at), profiles.GuestID(project, "")+"/") {
			t.Errorf("of %s is kept %+v", at, p)
		}
	}
	if again := bring(); !slices.Equal(portsOfTunnel(again), portsOfTunnel(first)) {
		t.Errorf("it listens on %v, before on %v", portsOfTunnel(again), portsOfTunnel(first))
	}
}
