package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels/workspace"
	"culvert/ui/loginstart"
	"culvert/ui/parts"
)

// Login has the program start with the user's session; loginstart.Entry implements
// it. Its methods may block for a disk.
type Login interface {
	// Enabled says whether it does. The error is a *loginstart.ElsewhereError where
	// another copy of the program starts.
	Enabled() (bool, error)
	Set(on bool) error
}

// The switches of the preferences.
const (
	prefLogin   = "login"
	prefHides   = "hides"
	prefRestore = "restore"
	prefNotify  = "notify"
)

// prefLanguage is the choice of a language.
const prefLanguage = "language"

// prefs are what the preferences show.
type prefs struct {
	settings  workspace.Settings
	kept      bool // settings can be changed
	demo      bool // nothing is there at the next start
	host      bool // something shows the tray
	elsewhere bool // the tunnels run in another process
	canLogin  bool
	login     bool
	another   string // the program that starts at login instead
	theme     string
	folder    string
	err       string
}

// prefLine is one switch.
type prefLine struct {
	key, title, note string
	on, alert        bool   // alert says that the note is about trouble
	mend             string // what a button beside it does; empty for none
}

// lines are the switches that are offered.
func (p prefs) lines() []prefLine {
	var out []prefLine
	if p.canLogin {
		out = append(out, p.loginLine())
	}
	if !p.kept {
		return out
	}
	hides := lang.L("Without a tray, closing the window asks or quits; this desktop shows none now.")
	switch {
	case p.elsewhere:
		hides = lang.L("They run in the background now, and go on without this window until `culvert down`.")
	case p.host:
		hides = lang.L("Quit, in the tray or by {{.Key}}, ends them.", vars{"Key": with("Q").String()})
	}
	out = append(out, prefLine{
		key: prefHides, title: lang.L("Closing the window keeps tunnels running in the tray"), on: !p.settings.CloseQuits,
		note: hides,
	})
	if !p.demo {
		out = append(out, prefLine{
			key: prefRestore, title: lang.L("Start again what ran last time"), on: p.settings.Restore,
			note: lang.L("Else only tunnels that are marked to start with Culvert do."),
		})
	}
	return append(out, prefLine{
		key: prefNotify, title: lang.L("Notifications"), on: !p.settings.Quiet,
		note: lang.L("Once when a tunnel fails for a while, and once when it works again. Each profile can be silent by itself."),
	})
}

func (p prefs) loginLine() prefLine {
	l := prefLine{
		key: prefLogin, title: lang.L("Start Culvert at login"), on: p.login,
		note: lang.L("Hidden where the desktop shows a tray."),
	}
	if p.another != "" {
		l.note = lang.L("What starts now is another program: {{.Path}}", vars{"Path": p.another})
		l.alert, l.mend = true, lang.L("Start this one")
	}
	return l
}

// with makes one choice.
func (p prefs) with(c prefChoice) workspace.Settings {
	s := p.settings
	switch c.key {
	case prefHides:
		s.CloseQuits = !c.on
	case prefRestore:
		s.Restore = c.on
	case prefNotify:
		s.Quiet = !c.on
	case prefLanguage:
		s.Language = c.language
	}
	return s
}

// languages says whether a language can be chosen: it is for the next start.
func (p prefs) languages() bool { return p.kept && !p.demo }

// preferences opens the sheet of what can be chosen for the whole program.
func (a *App) preferences() {
	if a.prefs != nil {
		return
	}
	p := prefs{
		kept: a.deps.Settings != nil, demo: a.deps.Demo, host: a.tray.host, elsewhere: a.elsewhere(), canLogin: a.deps.Login != nil,
		theme: a.memory.Theme, folder: a.deps.Folder,
	}
	p.settings = a.settingsNow()
	s := newPrefSheet(prefActions{
		choose: a.choosePref, mend: func() { a.choosePref(prefLogin, true) }, theme: a.chooseTheme, language: a.chooseLanguage,
		open: func() { a.openPath(a.deps.Folder) }, copy: a.copyText,
	})
	s.set(p)
	a.prefs = s
	s.open(a.window.Canvas(), func() { a.prefs = nil })
	a.readLogin("")
	a.readPrefs()
}

// readPrefs shows the settings as they are now.
func (a *App) readPrefs() {
	if a.deps.Settings == nil {
		return
	}
	a.spawn(func(ctx context.Context) {
		a.readSettings()
		if ctx.Err() == nil {
			a.do(func() {
				if a.prefs != nil && !a.prefs.busy {
					p := a.prefs.view
					p.settings = a.settingsNow()
					a.prefs.set(p)
				}
			})
		}
	})
}

// prefChoice is a switch that was turned, or a language that was chosen.
type prefChoice struct {
	key      string
	on       bool
	language string
}

// choosePref carries out what a switch is for.
func (a *App) choosePref(key string, on bool) { a.carryOut(prefChoice{key: key, on: on}) }

// chooseLanguage has the window speak a language from its next start on.
func (a *App) chooseLanguage(code string) {
	a.carryOut(prefChoice{key: prefLanguage, language: code})
}

// carryOut carries out choices, one after the other; the sheet shows what came of it.
func (a *App) carryOut(c prefChoice) {
	if a.prefs == nil {
		return
	}
	if a.prefs.busy {
		a.prefs.waiting = append(a.prefs.waiting, c)
		return
	}
	a.prefs.busy = true
	p := a.prefs.view
	if c.key == prefLogin {
		a.spawn(func(context.Context) {
			err := a.deps.Login.Set(c.on)
			a.do(func() { a.prefChosen(err); a.readLogin(complaint(err)) })
		})
		return
	}
	wanted := p.with(c)
	a.spawn(func(ctx context.Context) {
		err := a.deps.Settings.SetSettings(ctx, wanted)
		a.readSettings()
		a.do(func() { a.prefChosen(err) })
	})
}

func (a *App) prefChosen(err error) {
	if a.prefs == nil {
		return
	}
	a.prefs.busy = false
	p := a.prefs.view
	if p.kept {
		p.settings = a.settingsNow()
	}
	p.err = complaint(err)
	a.prefs.set(p)
	if len(a.prefs.waiting) > 0 {
		next := a.prefs.waiting[0]
		a.prefs.waiting = a.prefs.waiting[1:]
		a.carryOut(next)
	}
}

// readLogin looks whether the program starts at login; trouble is what went wrong
// before.
func (a *App) readLogin(trouble string) {
	if a.deps.Login == nil {
		return
	}
	a.spawn(func(context.Context) {
		on, err := a.deps.Login.Enabled()
		a.do(func() {
			if a.prefs == nil {
				return
			}
			p := a.prefs.view
			p.login, p.another = on, ""
			var elsewhere *loginstart.ElsewhereError
			switch {
			case errors.As(err, &elsewhere):
				p.another = elsewhere.Program
			case err != nil && trouble == "":
				p.err = complaint(err)
			}
			a.prefs.set(p)
		})
	})
}

func (a *App) chooseTheme(choice string) {
	a.setTheme(choice)
	a.keepSoon()
	if a.prefs != nil {
		p := a.prefs.view
		p.theme = choice
		a.prefs.set(p)
	}
}

// themeSegments are the themes to choose from.
func themeSegments() []parts.Segment {
	return []parts.Segment{
		{Key: "", Text: lang.L("As the desktop")}, {Key: themeLight, Text: lang.L("Light")}, {Key: themeDark, Text: lang.L("Dark")},
	}
}

// languageSegments are the languages to choose from, as each calls itself.
func languageSegments() []parts.Segment {
	return []parts.Segment{
		{Key: "", Text: lang.L("System")},
		{Key: "en", Text: "English"},
		{Key: "de", Text: "Deutsch"},
		{Key: "fr", Text: "Français"},
		{Key: "zh-Hans", Text: "简体中文", Font: parts.Chinese()},
	}
}
