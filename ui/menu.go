package ui

import (
	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// verb is one line of a tunnel's menu.
type verb struct {
	key, text, icon, hint string
}

// verbsOf are what can be done with a tunnel.
func verbsOf(st tunnels.Status) []verb {
	var out []verb
	if running(st.State) {
		out = append(out, verb{"toggle", "Stop", "square", "Space"}, verb{"reconnect", "Reconnect", "rotate-cw", "F5"})
		if st.PodsReady > 1 {
			out = append(out, verb{"swap", "Swap pod", "box", ""})
		}
	} else {
		out = append(out, verb{"toggle", "Start", "play", "Space"})
	}
	if _, ok := firstBound(st); ok {
		out = append(out, verb{"copy", "Copy address", "copy", "Ctrl+C"})
	}
	return append(out, verb{"edit", "Edit…", "pencil", "Ctrl+E"}, verb{"remove", "Remove", "trash-2", "Del"})
}

// rowMenu opens a tunnel's menu at a place of the window.
func (a *App) rowMenu(id tunnels.ID, at fyne.Position) {
	st, ok := a.snap.Find(id)
	if !ok {
		return
	}
	a.chosen = id
	a.apply()
	verbs := verbsOf(st)
	options := make([]parts.Option, 0, len(verbs))
	for _, v := range verbs {
		options = append(options, parts.Option{Key: v.key, Text: v.text, Icon: v.icon, Note: v.hint})
	}
	parts.OpenMenu(a.window.Canvas(), "menu", at, options, func(key string) { a.verb(key, id) })
}

func (a *App) verb(key string, id tunnels.ID) {
	switch key {
	case "toggle":
		a.toggle(id)
	case "reconnect":
		a.reconnect(id)
	case "swap":
		a.swapPod(id)
	case "copy":
		a.copyAddress(id)
	case "edit":
		a.edit(id)
	case "remove":
		a.remove(id)
	}
}
