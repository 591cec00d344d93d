package ui

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"culvert/tunnels/workspace"
	"culvert/ui/loginstart"
)

// fakeLogin keeps what is chosen.
type fakeLogin struct {
	mu        sync.Mutex
	on        bool
	elsewhere string
	err       error
}

func (f *fakeLogin) Enabled() (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.elsewhere != "" {
		return true, &loginstart.ElsewhereError{Program: f.elsewhere}
	}
	return f.on, nil
}

func (f *fakeLogin) Set(on bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	f.on, f.elsewhere = on, ""
	return nil
}

func TestPreferenceLines(t *testing.T) {
	keys := func(p prefs) (out []string) {
		for _, l := range p.lines() {
			out = append(out, l.key)
			if l.on {
				out[len(out)-1] += "+"
			}
		}
		return out
	}
	tests := []struct {
		name string
		p    prefs
		want []string
	}{
		{"nothing can be kept", prefs{}, nil},
		{"a demo", prefs{kept: true, demo: true}, []string{"hides+", "notify+"}},
		{"as it comes", prefs{kept: true, canLogin: true}, []string{"login", "hides+", "restore", "notify+"}},
		{
			"all the other way",
			prefs{kept: true, canLogin: true, login: true, settings: workspace.Settings{CloseQuits: true, Quiet: true, Restore: true}},
			[]string{"login+", "hides", "restore+", "notify"},
		},
	}
	for _, tt := range tests {
		if got := keys(tt.p); !slices.Equal(got, tt.want) {
			t.Errorf("%s: offered is %v, want %v", tt.name, got, tt.want)
		}
	}
	moved := prefs{canLogin: true, login: true, another: "/old/culvert"}.lines()[0]
	if moved.mend == "" || !moved.alert {
		t.Errorf("another program at login is not told: %+v", moved)
	}
}

func TestPreferencesAreKept(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	s, l := &fakeSettings{}, &fakeLogin{elsewhere: "/old/culvert"}
	w.app.deps.Settings, w.app.deps.Login, w.app.deps.Folder = s, l, "/home/me/.config/culvert"
	w.app.preferences()
	p := w.app.prefs
	w.until("it is known what starts at login", func() bool { return p.view.login && p.view.another != "" })

	for _, r := range p.list.rows {
		before := r.toggle.On()
		r.toggle.Tapped(nil)
		w.until("the switch "+r.toggle.Mark+" is turned", func() bool { return r.toggle.On() != before && !p.busy })
	}
	if want := (workspace.Settings{CloseQuits: true, Restore: true, Quiet: true}); s.Settings() != want || l.on {
		t.Errorf("kept is %+v, and at login %t", s.Settings(), l.on)
	}
	w.app.chooseTheme(themeDark)
	if p.list.themes.Chosen() != themeDark || w.app.memory.Theme != themeDark {
		t.Error("the theme is not chosen")
	}
	w.app.escape()
	if w.app.prefs != nil || w.questioned() != nil {
		t.Error("the sheet is open")
	}
}

func TestALanguageIsKept(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	s := &fakeSettings{now: workspace.Settings{Quiet: true}}
	w.app.deps.Settings = s
	w.app.preferences()
	p := w.app.prefs
	w.until("the settings are there", func() bool { return p.view.settings.Quiet })
	if !p.list.tongues.Visible() || !p.list.later.Visible() || p.list.tongues.Chosen() != "" {
		t.Errorf("what is chosen is %q", p.list.tongues.Chosen())
	}
	p.list.tongues.OnChoose("fr")
	p.list.tongues.OnChoose("zh-Hans")
	w.until("the last one is chosen", func() bool { return p.list.tongues.Chosen() == "zh-Hans" && !p.busy })
	if want := (workspace.Settings{Quiet: true, Language: "zh-Hans"}); s.Settings() != want {
		t.Errorf("kept is %+v", s.Settings())
	}
	p.list.tongues.OnChoose("")
	w.until("it is the system's again", func() bool { return p.list.tongues.Chosen() == "" && !p.busy })
	if s.Settings().Language != "" {
		t.Errorf("kept is %+v", s.Settings())
	}
	demo := prefs{kept: true, demo: true}
	p.set(demo)
	if p.list.tongues.Visible() {
		t.Error("a demo has no next start")
	}
}

func TestPreferencesTellWhatGoesWrong(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	s, l := &fakeSettings{err: errors.New("the disk is full")}, &fakeLogin{err: errors.New("the folder cannot be written")}
	w.app.deps.Settings, w.app.deps.Login = s, l
	w.app.preferences()
	p := w.app.prefs
	p.list.rows[3].toggle.Tapped(nil)
	w.until("the trouble stands there", func() bool { return p.view.err == "The disk is full." && p.list.trouble.Visible() })
	if !p.list.rows[3].toggle.On() {
		t.Error("the switch shows what is not kept")
	}
	p.list.rows[0].toggle.Tapped(nil)
	w.until("the trouble stands there", func() bool { return p.view.err == "The folder cannot be written." })
	if p.list.rows[0].toggle.On() {
		t.Error("the switch shows what is not so")
	}
}
