package ui

import (
	"runtime"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

// binding is a key of the window. The table of bindings both dispatches the
// keys and is what the sheet of keys shows.
type binding struct {
	head string // the section of the sheet that starts with it; empty for none
	keys []chord
	text string // what it does
	do   func()
	// anywhere says that it works also while a sheet is open.
	anywhere bool
	// own says that the widget with the focus handles it, or the toolkit.
	own bool
	// span says that the keys are the first and the last of a row of keys, each of
	// which has a binding of its own that is not listed.
	span     bool
	unlisted bool
}

// chord is a key with its modifiers.
type chord struct {
	key fyne.KeyName
	mod fyne.KeyModifier
	// typed says that key is a letter, wherever the keyboard has it.
	typed bool
}

// with is a key with the platform's modifier for shortcuts.
func with(key fyne.KeyName) chord { return chord{key: key, mod: fyne.KeyModifierShortcutDefault} }

// plain is a key alone.
func plain(key fyne.KeyName) chord { return chord{key: key} }

// bindings are the keys of the window, in the order in which they are listed.
// What a widget of its own handles stands here too, without a verb.
func (a *App) bindings() []binding {
	return slices.Concat(a.tunnelBindings(), a.profileBindings(), a.windowBindings())
}

func (a *App) tunnelBindings() []binding {
	return []binding{
		{head: lang.L("Tunnels"), keys: []chord{with(fyne.KeyN)}, text: lang.L("New tunnel"), do: a.newTunnel},
		{keys: []chord{with(fyne.KeyK)}, text: lang.L("New tunnel by a line or a pasted command"), do: a.quickLine},
		{keys: []chord{with(fyne.KeyV)}, text: lang.L("Make tunnels of the commands on the clipboard"), do: a.pasteHere},
		{keys: []chord{with(fyne.KeyReturn), with(fyne.KeyEnter)}, text: lang.L("Create and start what stands in the sheet"), do: a.submitSheet, anywhere: true},
		{keys: []chord{plain(fyne.KeyUp), plain(fyne.KeyDown)}, text: lang.L("Choose a tunnel"), own: true},
		{keys: []chord{plain(fyne.KeySpace), plain(fyne.KeyReturn)}, text: lang.L("Start or stop it"), do: a.onChosen(a.bulkToggle, a.toggle)},
		{keys: []chord{with(fyne.KeyC)}, text: lang.L("Copy its address"), do: a.copyAddresses},
		{keys: []chord{with(fyne.KeyE)}, text: lang.L("Edit it"), do: func() { a.edit(a.chosen) }},
		{keys: []chord{with(fyne.KeyD)}, text: lang.L("Duplicate it"), do: func() { a.duplicate(a.chosen) }},
		{keys: []chord{plain(fyne.KeyF5)}, text: lang.L("Reconnect now"), do: a.onChosen(a.bulkReconnect, a.reconnect)},
		{keys: []chord{plain(fyne.KeyDelete)}, text: lang.L("Remove it; it can be undone"), do: a.onChosen(a.bulkRemove, a.remove)},
		{keys: []chord{with(fyne.KeyZ)}, text: lang.L("Undo what the foot of the window offers to undo"), do: a.undoOffered},
		{keys: []chord{{key: fyne.KeyUp, mod: fyne.KeyModifierAlt}}, text: lang.L("Move it up"), do: func() { a.moveBy(a.chosen, -1) }},
		{keys: []chord{{key: fyne.KeyDown, mod: fyne.KeyModifierAlt}}, text: lang.L("Move it down"), do: func() { a.moveBy(a.chosen, 1) }},
		{keys: []chord{{key: fyne.KeyUp, mod: fyne.KeyModifierShift}, {key: fyne.KeyDown, mod: fyne.KeyModifierShift}}, text: lang.L("Choose several"), own: true},
		{keys: []chord{with(fyne.KeyA)}, text: lang.L("Choose all"), do: a.pickAll},
	}
}

// profileBindings are the keys that choose profiles, where there are any.
func (a *App) profileBindings() []binding {
	if !a.hasProfiles() {
		return nil
	}
	out := []binding{
		{head: lang.L("Profiles"), keys: []chord{with(profileKey(0)), with(profileKey(profileKeys - 1))}, text: lang.L("Show one profile, as listed"), own: true, span: true},
		{keys: []chord{with(fyne.Key0)}, text: lang.L("Show all profiles"), do: func() { a.showProfile("") }},
		{keys: []chord{plain(fyne.KeyF2)}, text: lang.L("Rename the profile that the keys are at"), own: true},
	}
	for n := range profileKeys {
		out = append(out, binding{keys: []chord{with(profileKey(n))}, do: func() { a.showNth(n) }, unlisted: true})
	}
	return out
}

func (a *App) windowBindings() []binding {
	return []binding{
		{head: lang.L("Window"), keys: []chord{with(fyne.KeyF), {key: "/", typed: true}}, text: lang.L("Search"), do: a.focusSearch},
		{keys: []chord{plain(fyne.KeyF6), {key: fyne.KeyTab, mod: fyne.KeyModifierControl}}, text: lang.L("Next part of the window"), do: func() { a.nextPane(1) }},
		{keys: []chord{{key: fyne.KeyTab, mod: fyne.KeyModifierControl | fyne.KeyModifierShift}}, text: lang.L("Part of the window before"), do: func() { a.nextPane(-1) }},
		{keys: []chord{plain(fyne.KeyTab)}, text: lang.L("Next control"), own: true},
		{keys: []chord{plain(fyne.KeyEscape)}, text: lang.L("Close the sheet, the details, the search"), do: a.escape, anywhere: true},
		{keys: []chord{plain(fyne.KeyF1)}, text: lang.L("These keys"), do: a.showKeys},
		{keys: []chord{with(fyne.KeyComma)}, text: lang.L("Preferences"), do: a.preferences},
		{keys: []chord{with(fyne.KeyQ)}, text: lang.L("Quit"), do: a.quitAsked, anywhere: true},
	}
}

// shortcuts has the keys with a modifier reach their verbs; those without reach
// typedKey, from the window or from a list that has no use for them.
func (a *App) shortcuts() {
	c := a.window.Canvas()
	a.keys = a.bindings()
	for _, b := range a.keys {
		for _, k := range b.keys {
			if k.mod != 0 && !b.own {
				c.AddShortcut(k.shortcut(), func(fyne.Shortcut) { a.guard("a key", func() { a.press(b) }) })
			}
		}
	}
	c.SetOnTypedKey(func(e *fyne.KeyEvent) { a.guard("a key", func() { a.typedKey(e) }) })
	c.SetOnTypedRune(func(r rune) {
		a.guard("a key", func() { a.dispatch(chord{key: fyne.KeyName(r), typed: true}) })
	})
}

// shortcut is what the toolkit calls the chord: it has names of its own for a
// few.
func (k chord) shortcut() fyne.Shortcut {
	if k == with(fyne.KeyC) {
		return &fyne.ShortcutCopy{}
	}
	if k == with(fyne.KeyV) {
		return &fyne.ShortcutPaste{}
	}
	if k == with(fyne.KeyZ) {
		return &fyne.ShortcutUndo{}
	}
	if k == with(fyne.KeyA) {
		return &fyne.ShortcutSelectAll{}
	}
	return &desktop.CustomShortcut{KeyName: k.key, Modifier: k.mod}
}

// press does what a key is for, unless a sheet lies over the window.
func (a *App) press(b binding) {
	parts.HideTips(a.window.Canvas())
	if b.anywhere || a.window.Canvas().Overlays().Top() == nil {
		b.do()
	}
}

// typedKey handles the keys without a modifier.
func (a *App) typedKey(e *fyne.KeyEvent) {
	name := e.Name
	if name == fyne.KeyEnter {
		name = fyne.KeyReturn
	}
	if a.dispatch(plain(name)) {
		return
	}
	if (name == fyne.KeyDown || name == fyne.KeyUp) && a.window.Canvas().Overlays().Top() == nil {
		parts.Focus(a.table.list)
		a.table.list.TypedKey(e)
	}
}

// dispatch does what a chord is for, if it is for something.
func (a *App) dispatch(c chord) bool {
	for _, b := range a.keys {
		if !b.own && slices.Contains(b.keys, c) {
			a.press(b)
			return true
		}
	}
	return false
}

// escape closes what is uppermost: a sheet or menu, the details, then what
// narrows the table.
func (a *App) escape() {
	switch {
	case parts.Dismiss(a.window.Canvas()):
	case a.leavePicks():
	case a.detail:
		a.closeDetails()
	case a.search != "" || a.filter != filterAll || a.only != only{}:
		a.clearFilters()
	}
}

func (a *App) focusSearch() {
	if a.top.search.Visible() {
		a.top.search.Focus()
	}
}

// String names the chord as the platform does, as "Ctrl+N" or "⌘N".
func (k chord) String() string { return k.name(runtime.GOOS == "darwin") }

func (k chord) name(mac bool) string {
	out := ""
	for _, m := range []struct {
		mod      fyne.KeyModifier
		name, on string
	}{
		{fyne.KeyModifierControl, lang.L("Ctrl") + "+", "⌃"},
		{fyne.KeyModifierAlt, lang.L("Alt") + "+", "⌥"},
		{fyne.KeyModifierShift, lang.L("Shift") + "+", "⇧"},
		{fyne.KeyModifierSuper, lang.L("Super") + "+", "⌘"},
	} {
		if k.mod&m.mod != 0 && mac {
			out += m.on
		} else if k.mod&m.mod != 0 {
			out += m.name
		}
	}
	return out + keyName(k.key)
}

func keyName(k fyne.KeyName) string {
	switch k {
	case fyne.KeyReturn:
		return lang.L("Enter")
	case fyne.KeyDelete:
		return lang.L("Del")
	case fyne.KeyEscape:
		return lang.L("Esc")
	case fyne.KeySpace:
		return lang.L("Space")
	case fyne.KeyTab:
		return lang.L("Tab")
	case fyne.KeyUp:
		return "↑"
	case fyne.KeyDown:
		return "↓"
	default:
		return string(k)
	}
}
