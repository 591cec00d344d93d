package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"culvert/ui/parts"
)

// zone is a part of a row.
type zone uint8

const (
	zoneNone zone = iota

	// those that answer to clicks

	zoneLine0
	zoneLine1
	zoneMore
	zoneHelp
	zoneToggle
	zoneMenu

	// those that only tell something while the mouse rests on them

	zoneState
	zoneName
	zoneLocal
	zoneTarget
	zoneRate
	zoneConns
	zoneGroup

	zonesEnd
)

// taps says whether the zone does something of its own on a click.
func (z zone) taps() bool { return z > zoneNone && z <= zoneMenu }

// press is how the mouse went down and how far it has gone since.
type press struct {
	mods  fyne.KeyModifier
	at    fyne.PointEvent
	moved fyne.Delta
	drags bool // it has gone far enough
}

// dragFrom is how far the mouse must go until a row is dragged: the toolkit
// takes two units for a drag already, which a click may do.
const dragFrom = 6

func (p *press) move(by fyne.Delta) {
	p.moved.DX += by.DX
	p.moved.DY += by.DY
	p.drags = p.drags || p.moved.DX*p.moved.DX+p.moved.DY*p.moved.DY >= dragFrom*dragFrom
}

var (
	_ desktop.Hoverable      = (*row)(nil)
	_ desktop.Mouseable      = (*row)(nil)
	_ desktop.Cursorable     = (*row)(nil)
	_ fyne.SecondaryTappable = (*row)(nil)
	_ fyne.Draggable         = (*row)(nil)
)

func (r *row) zoneAt(p fyne.Position) zone {
	for z, box := range r.zones {
		if box.w > 0 && box.has(p) {
			return zone(z)
		}
	}
	return zoneNone
}

// MouseDown implements [desktop.Mouseable].
func (r *row) MouseDown(e *desktop.MouseEvent) {
	defer parts.Catch()
	r.press = press{mods: e.Modifier, at: e.PointEvent}
}

// MouseUp implements [desktop.Mouseable].
func (r *row) MouseUp(*desktop.MouseEvent) {}

// Tapped implements [fyne.Tappable].
func (r *row) Tapped(e *fyne.PointEvent) {
	defer parts.Catch()
	mods := r.press.mods
	r.press = press{}
	z := r.zoneAt(e.Position)
	if r.view.group && z == zoneMenu {
		r.act.menu(r.view, e.AbsolutePosition)
		return
	}
	if r.view.group || !z.taps() || mods&(fyne.KeyModifierShift|fyne.KeyModifierShortcutDefault) != 0 {
		r.act.choose(r.view, mods)
		return
	}
	switch z {
	case zoneLine0, zoneLine1:
		r.act.copy(r.view, r.view.lines[z-zoneLine0].copy)
	case zoneMore:
		r.act.more(r.view)
	case zoneHelp:
		r.act.help(r.view)
	case zoneToggle:
		r.act.toggle(r.view)
	case zoneMenu:
		r.act.menu(r.view, e.AbsolutePosition)
	default: // the others are no verbs
	}
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (r *row) TappedSecondary(e *fyne.PointEvent) {
	defer parts.Catch()
	if r.view.menu || !r.view.group && r.view.id != "" {
		r.act.menu(r.view, e.AbsolutePosition)
	}
}

// Dragged implements [fyne.Draggable].
func (r *row) Dragged(e *fyne.DragEvent) {
	defer parts.Catch()
	r.press.move(e.Dragged)
	if r.press.drags {
		r.act.drag(r.view, e.AbsolutePosition)
	}
}

// DragEnd implements [fyne.Draggable]. A drag of a hair is a click.
func (r *row) DragEnd() {
	defer parts.Catch()
	if p := r.press; !p.drags {
		r.Tapped(&p.at)
		return
	}
	r.press = press{}
	r.act.drop()
}

// MouseIn implements [desktop.Hoverable].
func (r *row) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	r.point(true, r.zoneAt(e.Position))
}

// MouseMoved implements [desktop.Hoverable].
func (r *row) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	r.point(true, r.zoneAt(e.Position))
}

// MouseOut implements [desktop.Hoverable].
func (r *row) MouseOut() {
	defer parts.Catch()
	r.point(false, zoneNone)
}

func (r *row) point(over bool, z zone) {
	if !z.taps() {
		z = zoneNone
	}
	if r.over != over || r.hover != z {
		r.over, r.hover = over, z
		r.Refresh()
	}
}

// Cursor implements [desktop.Cursorable].
func (r *row) Cursor() desktop.Cursor {
	if r.view.group || r.hover != zoneNone {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// TipAt returns what there is to know of the part of the row at p.
func (r *row) TipAt(p fyne.Position) (text string, ok bool) {
	if r.act.tip == nil {
		return "", false
	}
	text = r.act.tip(r.view, r.zoneAt(p))
	return text, text != ""
}

// Spots returns the parts of the row with their names, for those who drive the
// window.
func (r *row) Spots() []spot {
	v := r.view
	if v.group {
		out := []spot{{mark: "group:" + v.name, text: v.note, box: rect{0, 0, r.Size().Width, r.Size().Height}}}
		if v.menu {
			out = append(out, spot{mark: "group:" + v.name + "/menu", box: r.zones[zoneMenu]})
		}
		return out
	}
	if v.id == "" {
		return nil
	}
	base := "row:" + v.name
	out := []spot{{mark: base, text: v.word, box: rect{4, 2, 160, rowHeight - 4}}}
	for i, l := range v.lines {
		if l.copy != "" {
			out = append(out, spot{mark: base + "/address:" + string(rune('0'+i)), text: l.copy, box: r.zones[zoneLine0+zone(i)]})
		}
	}
	on := "off"
	if v.on {
		on = "on"
	}
	out = append(out, spot{mark: base + "/toggle", text: on, box: r.zones[zoneToggle]})
	for _, part := range []struct {
		zone zone
		name string
	}{{zoneHelp, "help"}, {zoneMenu, "menu"}, {zoneMore, "more"}, {zoneTarget, "target"}, {zoneRate, "rate"}, {zoneConns, "conns"}} {
		if r.zones[part.zone].w > 0 {
			out = append(out, spot{mark: base + "/" + part.name, box: r.zones[part.zone]})
		}
	}
	return out
}

// spot is a named part of a widget, in the widget's own units.
type spot struct {
	mark, text string
	box        rect
}
