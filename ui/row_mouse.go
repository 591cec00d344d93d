package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

func (r *row) zoneAt(p fyne.Position) zone {
	for z, box := range r.zones {
		if box.w > 0 && box.has(p) {
			return zone(z)
		}
	}
	return zoneNone
}

// Tapped implements [fyne.Tappable].
func (r *row) Tapped(e *fyne.PointEvent) {
	if r.view.group {
		r.act.choose(r.view)
		return
	}
	switch r.zoneAt(e.Position) {
	case zoneLine0:
		r.act.copy(r.view, r.view.lines[0].copy)
	case zoneLine1:
		r.act.copy(r.view, r.view.lines[1].copy)
	case zoneMore:
		r.act.more(r.view)
	case zoneToggle:
		r.act.toggle(r.view)
	case zoneMenu:
		r.act.menu(r.view, e.AbsolutePosition)
	case zoneNone:
		r.act.choose(r.view)
	}
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (r *row) TappedSecondary(e *fyne.PointEvent) {
	if !r.view.group && r.view.id != "" {
		r.act.menu(r.view, e.AbsolutePosition)
	}
}

// MouseIn implements [desktop.Hoverable].
func (r *row) MouseIn(e *desktop.MouseEvent) { r.point(true, r.zoneAt(e.Position)) }

// MouseMoved implements [desktop.Hoverable].
func (r *row) MouseMoved(e *desktop.MouseEvent) { r.point(true, r.zoneAt(e.Position)) }

// MouseOut implements [desktop.Hoverable].
func (r *row) MouseOut() { r.point(false, zoneNone) }

func (r *row) point(over bool, z zone) {
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

// Spots returns the parts of the row with their names, for those who drive the
// window.
func (r *row) Spots() []spot {
	v := r.view
	if v.group {
		return []spot{{mark: "group:" + v.context, text: v.note, box: rect{0, 0, r.Size().Width, r.Size().Height}}}
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
	if r.zones[zoneMenu].w > 0 {
		out = append(out, spot{mark: base + "/menu", box: r.zones[zoneMenu]})
	}
	return out
}

// spot is a named part of a widget, in the widget's own units.
type spot struct {
	mark, text string
	box        rect
}
