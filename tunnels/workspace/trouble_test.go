package workspace

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/durable"
	"culvert/tunnels/profiles"
	"culvert/tunnels/tunneltest"
)

// TestStateThatCannotBeWritten: it is told once, and written when it can be, although
// nothing more happens.
func TestStateThatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "state")
		if err := os.WriteFile(folder, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var told []string
		count := func() int {
			mu.Lock()
			defer mu.Unlock()
			return len(told)
		}
		j := openJournal(t.Context(), filepath.Join(folder, "state.json"), false, func(err error) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, tunnels.AsError(err).Hint)
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			j.run(ctx)
		}()
		j.adopt(aSpec(t, "a", ":80"), "dev/a")
		j.note(tunnels.Snapshot{{Spec: aSpec(t, "a", ":80"), State: tunnels.Ready}})
		time.Sleep(5 * writeAgain)
		synctest.Wait()
		if count() != 1 || !strings.Contains(told[0], "space left") {
			t.Errorf("told is %q", told)
		}
		if err := os.Remove(folder); err != nil {
			t.Fatal(err)
		}
		time.Sleep(writeAgain + writeAfter)
		synctest.Wait()
		kept, _, err := readState(j.path)
		if err != nil || !kept["dev/a"].Running || count() != 1 {
			t.Errorf("kept is %+v (%v), and told %q", kept, err, told)
		}
		cancel()
		<-done
	})
}

// TestStateThatAnotherOneHolds: the beginning and the end wait for it no longer than a
// second, and say why.
func TestStateThatAnotherOneHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	unlock, err := durable.Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	var told []string
	openJournal(t.Context(), path, false, func(err error) { told = append(told, err.Error()) })
	if len(told) != 1 || !strings.Contains(told[0], durable.ErrBusy.Error()) {
		t.Errorf("told is %q", told)
	}
}

// TestProfilesThatAnotherOneChanges: what has no context waits for no longer than two
// seconds, and changes nothing.
func TestProfilesThatAnotherOneChanges(t *testing.T) {
	d := newDesk(t, threeTunnels)
	d.listen = new(tunneltest.Network).Listen
	w := d.open()
	edited := status(w, "dev/a").Spec
	edited.Name = "edited"
	unlock, err := durable.Lock(t.Context(), d.file("profiles/.profiles"))
	d.ok(err)
	defer unlock()
	for what, do := range map[string]func() error{
		"put":  func() error { return w.Put(edited) },
		"move": func() error { return w.Move("dev/a", "") },
	} {
		began := time.Now()
		err := do()
		if took := time.Since(began); !errors.Is(err, durable.ErrBusy) || took > 2*time.Second {
			t.Errorf("%s gives %v after %v", what, err, took)
		}
	}
	if all := idsOf(w.profiles()[0].Tunnels); !slices.Equal(all, []tunnels.ID{"dev/a", "dev/b", "dev/c"}) || status(w, "dev/a").Spec.Title() != "a" {
		t.Errorf("there is %v", all)
	}
}

// TestTheFolderGoesAway: tunnels run on while their profiles cannot be read or written,
// nothing is done that could not be kept, and what needs no profile works.
func TestTheFolderGoesAway(t *testing.T) {
	d := newDesk(t, oneTunnel)
	d.listen = new(tunneltest.Network).Listen
	w := d.open()
	const id = tunnels.ID("dev/postgres")
	d.start(w, id)
	guests := Guests{Path: project, Tunnels: []tunnels.Spec{guest(t, "web", ":80")}}
	p, err := w.Bring(t.Context(), guests)
	d.ok(err)
	web := p.Tunnels[0]
	d.start(w, web.ID)
	d.until("both are ready", func() bool {
		return status(w, id).State == tunnels.Ready && status(w, web.ID).State == tunnels.Ready
	})

	d.ok(os.Rename(d.file("profiles"), d.file("away")))
	d.ok(os.WriteFile(d.file("profiles"), nil, 0o600))
	edited := status(w, id).Spec
	edited.Name = "edited"
	kept := web
	kept.Profile = "dev"
	name := "other"
	for what, do := range map[string]func() error{
		"put":         func() error { return w.Put(edited) },
		"add":         func() error { return w.Add(t.Context(), []tunnels.Spec{aSpec(t, "new", ":80")}) },
		"remove":      func() error { return w.Remove(t.Context(), id) },
		"move":        func() error { return w.Move(id, "") },
		"keep":        func() error { return w.Put(kept) },
		"create":      func() error { _, err := w.CreateProfile(t.Context(), name); return err },
		"change":      func() error { return w.ChangeProfile(t.Context(), "dev", profiles.Change{Name: &name}) },
		"duplicate":   func() error { _, err := w.DuplicateProfile(t.Context(), "dev", name); return err },
		"keep guests": func() error { _, err := w.DuplicateProfile(t.Context(), p.ID, name); return err },
		"delete":      func() error { _, err := w.DeleteProfile(t.Context(), "dev"); return err },
	} {
		if e := tunnels.AsError(do()); e == nil || e.Hint == "" {
			t.Errorf("%s gives %v", what, e)
		}
	}
	if st := status(w, id); st.State != tunnels.Ready || st.Spec.Title() != "postgres" {
		t.Errorf("%q is %v", st.Spec.Title(), st.State)
	}
	if st := status(w, web.ID); st.State != tunnels.Ready || st.Spec.Profile != p.ID {
		t.Errorf("the guest is %v in %s", st.State, st.Spec.Profile)
	}
	_, err = w.Bring(t.Context(), guests)
	d.ok(err)
	release, err := w.Hold(t.Context(), []tunnels.ID{id, web.ID})
	d.ok(err)
	d.ok(release(t.Context()))
	d.ok(w.Dismiss(t.Context(), p.ID))

	d.ok(os.Remove(d.file("profiles")))
	d.ok(os.Rename(d.file("away"), d.file("profiles")))
	d.until("it can be changed", func() bool { return w.Put(edited) == nil })
	if st := status(w, id); st.State != tunnels.Ready || st.Spec.Name != "edited" {
		t.Errorf("%q is %v", st.Spec.Title(), st.State)
	}
	all, ps, err := w.List(t.Context())
	d.ok(err)
	if len(all) != 1 || len(ps) != 1 || !slices.Equal(idsOf(ps[0].Tunnels), []tunnels.ID{id}) {
		t.Errorf("there is %v in %v", all, ps)
	}
}
