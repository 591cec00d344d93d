package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/command"
	"culvert/ui/parts"
)

// verb is one line of a menu.
type verb struct {
	key, text, icon, hint string
}

// rowVerb is one line of a tunnel's menu with what it does.
type rowVerb struct {
	verb
	do    func(tunnels.ID)
	group int // a hairline parts it from verbs of another group
}

// rowMenuItems are what can be done with a tunnel, in the order of its menu;
// rows are those of the table, among which it can be moved.
func (a *App) rowMenuItems(st tunnels.Status, rows []rowView) []rowVerb {
	var out []rowVerb
	group := 0
	add := func(offered bool, key, text, icon, hint string, do func(tunnels.ID)) {
		if offered {
			out = append(out, rowVerb{verb{key, text, icon, hint}, do, group})
		}
	}
	runs := running(st.State)
	_, bound := firstBound(st)
	add(!runs, "toggle", lang.L("Start"), "play", lang.L("Space"), a.toggle)
	add(runs, "toggle", lang.L("Stop"), "square", lang.L("Space"), a.toggle)
	add(st.State.Serving() && bound, "open", lang.L("Open in browser"), "external-link", "", a.openBrowser)
	add(bound, "copy", lang.L("Copy address"), "copy", lang.L("Ctrl+C"), a.copyAddress)
	add(st.State.Serving() && bound, "url", lang.L("Copy URL"), "link", "", a.copyURL)
	add(runs, "reconnect", lang.L("Reconnect now"), "rotate-cw", lang.L("F5"), a.reconnect)
	add(canSwap(st), verbSwap, lang.L("Swap pod"), "arrow-left-right", "", a.swapPod)
	group++
	add(!st.StopAt.IsZero(), "extend", lang.L("Run for an hour more"), "timer", "", a.extend)
	add(true, "edit", lang.L("Edit…"), "pencil", lang.L("Ctrl+E"), a.edit)
	add(true, verbDuplicate, lang.L("Duplicate…"), "copy", lang.L("Ctrl+D"), a.duplicate)
	add(a.hasProfiles(), "profile", lang.L("Move to profile"), "bookmark", "▸", func(id tunnels.ID) { a.openMoveMenu([]tunnels.ID{id}, a.menuAt) })
	group++
	for _, program := range []string{verbKubectl, verbOC, verbCulvert} {
		add(command.Reaches(program, st.Spec.Target.Kind), program, lang.L("Copy as {{.Program}}", vars{"Program": program}), "terminal", "", func(id tunnels.ID) { a.copyCommand(id, program) })
	}
	add(true, verbReport, lang.L("Copy redacted report"), "file-text", "", a.copyReport)
	group++
	add(a.canMove(rows, st.Spec.ID, -1), "up", lang.L("Move up"), "arrow-up", lang.L("Alt+↑"), func(id tunnels.ID) { a.moveBy(id, -1) })
	add(a.canMove(rows, st.Spec.ID, 1), "down", lang.L("Move down"), "arrow-down", lang.L("Alt+↓"), func(id tunnels.ID) { a.moveBy(id, 1) })
	group++
	add(true, verbRemove, lang.L("Remove"), "trash-2", lang.L("Del"), a.remove)
	return out
}

// rowMenu opens a tunnel's menu at a place of the window: that of all picked
// tunnels where it is one of them.
func (a *App) rowMenu(id tunnels.ID, at fyne.Position) {
	st, ok := a.snap.Find(id)
	if !ok {
		return
	}
	if a.picked.has(id) {
		a.openMenu("menu", at, id, a.bulkMenuItems())
		return
	}
	a.picked = picks{}
	a.chosen = id
	a.apply()
	a.openMenu("menu", at, id, a.rowMenuItems(st, a.table.state.rows))
}

// bulkMenuItems are what can be done with all picked tunnels.
func (a *App) bulkMenuItems() []rowVerb {
	v := bulkOf(a.snap, a.picked, a.copied)
	var out []rowVerb
	add := func(offered bool, key, text, icon, hint string, do func()) {
		if offered {
			out = append(out, rowVerb{verb{key, text, icon, hint}, func(tunnels.ID) { do() }, 0})
		}
	}
	add(v.canStart, "start", lang.L("Start"), "play", "", a.bulkStart)
	add(v.canStop, "stop", lang.L("Stop"), "square", "", a.bulkStop)
	add(v.canStop, "reconnect", lang.L("Reconnect now"), "rotate-cw", lang.L("F5"), a.bulkReconnect)
	add(v.canCopy, "copy", lang.L("Copy addresses"), "copy", lang.L("Ctrl+C"), a.copyAddresses)
	add(a.hasProfiles(), "profile", lang.L("Add to profile"), "bookmark", "▸", func() { a.openMoveMenu(a.pickedTunnels(), a.menuAt) })
	add(true, "remove", lang.L("Remove"), "trash-2", lang.L("Del"), a.bulkRemove)
	return out
}

func (a *App) openMenu(mark string, at fyne.Position, id tunnels.ID, verbs []rowVerb) {
	a.menuAt = at
	options := make([]parts.Option, 0, len(verbs))
	for i, v := range verbs {
		parted := i > 0 && v.group != verbs[i-1].group
		options = append(options, parts.Option{Key: v.key, Text: v.text, Icon: v.icon, Note: v.hint, Rule: parted})
	}
	parts.OpenMenu(a.window.Canvas(), mark, at, options, func(key string) {
		for _, v := range verbs {
			if v.key == key {
				v.do(id)
				return
			}
		}
	})
}
