package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"culvert/ui/parts"
)

func (r *row) layout(s fyne.Size) {
	if s.Width <= 0 {
		return
	}
	ground, v := parts.None, r.view // the window has the ground already
	switch {
	case v.group:
		ground = parts.Sunken
	case r.chosen:
		ground = parts.Selected
	case r.over:
		ground = parts.Hover
	}
	r.back.Set(ground, parts.None)
	r.back.Place(0, 0, s.Width, s.Height)
	r.edge.Set(v.stripe, parts.None)
	r.edge.Place(0, 0, 4, s.Height)
	r.line.Place(4, s.Height-1, s.Width-4, 1)
	r.ring.Set(parts.None, parts.None)
	if r.focused && r.chosen {
		r.ring.Set(parts.None, parts.Accent)
		r.ring.Stroke(2)
	}
	r.ring.Place(5, 1, s.Width-7, s.Height-3)
	r.zones = [6]rect{}
	r.layoutGroup(s)
	r.layoutTunnel(s)
}

func (r *row) layoutGroup(s fyne.Size) {
	icon, name, note := "", "", ""
	if r.view.group {
		icon, name, note = "chevron-down", r.view.context, r.view.note
		if r.view.closed {
			icon = "chevron-right"
		}
	}
	yc := floor(s.Height / 2)
	r.chevron.Set(icon, parts.Text3)
	r.chevron.Place(16, s.Height/2, 13)
	r.groupName.SetText(name)
	w := r.groupName.Place(40, yc, s.Width-160)
	r.groupNote.SetText(note)
	r.groupNote.Place(50+w, yc, s.Width-60-w)
}

func (r *row) layoutTunnel(s fyne.Size) {
	v := r.view
	if v.group {
		v = rowView{}
	}
	c := columnsFor(s.Width)
	const top, bottom = 16, 32
	r.glyph.Set(v.glyph, v.glyphColour)
	r.glyph.Place(c.glyph, top, 15)
	room := c.name - c.state - 6
	face := parts.Word
	if v.urgent {
		face = parts.Name
	}
	word := v.word
	if face.Width(word) > room {
		word = v.short
	}
	r.word.SetFace(face)
	r.word.Set(word, orFg(v.wordColour))
	r.word.Place(c.state, top, room)
	r.reason.SetText(v.reason)
	r.reason.Place(c.state, bottom, room)

	fg := parts.Fg
	if v.dim {
		fg = parts.Text2
	}
	r.name.Set(v.name, fg)
	r.name.Place(c.name, top, c.local-c.name-6)
	targetEnd := c.toggle
	if c.rate != 0 {
		targetEnd = c.rate
	}
	below, target, pod := v.namespace, v.target, v.pod
	if c.target == 0 {
		below, target, pod = v.target, "", ""
	}
	r.below.SetText(below)
	r.below.Place(c.name, bottom, c.local-c.name-6)

	end := c.toggle - 4
	if c.target != 0 {
		end = c.target - 8
	}
	r.layoutLocal(v, c.local, end)

	if v.dim {
		fg = parts.Text3
	}
	r.target.Set(target, fg)
	r.target.Place(c.target, top, targetEnd-c.target-8)
	r.pod.SetText(pod)
	r.pod.Place(c.target, bottom, targetEnd-c.target-8)
	r.layoutRight(v, c)
}

func orFg(c fyne.ThemeColorName) fyne.ThemeColorName {
	if c == "" {
		return parts.Fg
	}
	return c
}

func (r *row) layoutRight(v rowView, c columns) {
	rate, total, conns := v.rate, v.total, v.conns
	if c.rate == 0 {
		rate, total, conns = "", "", ""
	}
	quiet := parts.Fg
	if rate == "–" || rate == "0 B/s" || v.dim {
		quiet = parts.Text3
	}
	yc := float32(rowHeight) / 2
	if total == "" {
		r.rate.Set(rate, quiet)
		r.rate.Place(c.rate, yc, 80)
	} else {
		r.rate.Set(rate, quiet)
		r.rate.Place(c.rate, 16, 80)
	}
	r.total.SetText(total)
	r.total.Place(c.rate, 32, 80)
	quiet = parts.Fg
	if conns == "–" || conns == "0" {
		quiet = parts.Text3
	}
	r.conns.Set(conns, quiet)
	r.conns.Place(c.conns, yc, 60)

	shown := !r.view.group && r.view.id != ""
	r.sw.Show(shown)
	r.sw.Set(v.on)
	r.sw.Place(c.toggle, yc)
	icon, veil := "", parts.None
	if shown && c.menu != 0 {
		icon = "ellipsis"
		r.zones[zoneMenu] = rect{c.menu - 6, 8, 30, 30}
		if r.hover == zoneMenu {
			veil = parts.Veil
		}
	}
	r.menuBack.Set(veil, parts.None)
	r.menuBack.Place(c.menu-6, 9, 28, 28)
	r.menu.Set(icon, parts.Text3)
	r.menu.Place(c.menu, yc, 16)
	if shown {
		r.zones[zoneToggle] = rect{c.toggle - 8, 6, parts.SwitchWidth + 14, rowHeight - 12}
	}
}

func (r *row) layoutLocal(v rowView, x, end float32) {
	var used float32
	several := parts.Mono
	if linesWidth(v.lines, several) > end-x {
		several = parts.MonoSmall
	}
	for i := range r.lines {
		l, cell := v.lines[i], &r.lines[i]
		yc := float32(16 + 16*i)
		fg := parts.Fg
		switch {
		case v.dim:
			fg = parts.Text3
		case l.copy == "" && l.text != "":
			fg = parts.Text2
		case i == 1:
			fg = parts.Text3
			if l.lead == "" {
				fg = parts.Fg
			}
		}
		face := parts.Mono
		switch {
		case l.to != "":
			face = several
		case i == 1:
			face = parts.MonoSmall
		}
		if l.plain {
			face, fg = parts.Caption, parts.Text3
		}
		at := x
		cell.lead.SetText(l.lead)
		at += cell.lead.Place(at, yc, 40)
		if l.lead != "" {
			at += 3
		}
		cell.text.SetFace(face)
		cell.text.Set(l.text, fg)
		w := cell.text.Place(at, yc, end-at)
		if l.copy != "" {
			r.zones[zoneLine0+zone(i)] = rect{x - 4, yc - 8, at + w + 26 - x, 16}
		}
		at += w + 8
		cell.to.SetText(l.to)
		if l.to != "" {
			at += cell.to.Place(at-2, yc, end-at) + 4
		}
		cell.trouble.Set(l.trouble, troubleColour(v.urgent))
		if l.trouble != "" {
			at += cell.trouble.Place(at, yc, end-at) + 6
		}
		word, tint := "", parts.Selected
		if r.chosen {
			tint = parts.Raised
		}
		room := end - at
		if r.showsCopy(l, i) {
			room -= 17
		}
		if l.random && room >= parts.Badge.Width("random")+12 {
			word = "random"
		}
		cell.badge.Set(word, parts.Accent, tint)
		cell.badge.Place(at, yc)
		at += cell.badge.Width()
		used = at
		if l.to != "" && word == "" && l.trouble == "" {
			used -= 4
		}
		r.placeCopyIcon(cell, l, i, at, yc, end)
	}
	more := ""
	if v.more > 0 {
		more = fmt.Sprintf("+%d more", v.more)
		if parts.Caption.Width(more) > end-used-2 {
			more = fmt.Sprintf("+%d", v.more)
		}
	}
	r.more.SetText(more)
	w := r.more.Place(used+2, 32, end-used-2)
	if more != "" {
		r.zones[zoneMore] = rect{used - 2, 24, w + 8, 18}
	}
}

// showsCopy says whether the copy icon stands behind a line.
func (r *row) showsCopy(l localLine, i int) bool {
	return l.copy != "" && (r.copied == l.copy || r.over && r.hover == zoneLine0+zone(i))
}

func (r *row) placeCopyIcon(cell *localCell, l localLine, i int, at, yc, end float32) {
	icon, colour := "", parts.Text3
	if r.showsCopy(l, i) {
		icon = "copy"
		if r.copied == l.copy {
			icon, colour = "check", parts.Green
		}
	}
	if l.random {
		at += 4
	}
	if i == 1 && r.view.more > 0 {
		at += 48
	}
	cell.icon.Set(icon, colour)
	cell.icon.Place(min(at, end-13), yc, 13)
}

// linesWidth is how wide the addresses of several mappings are, each with its
// badge and the port that it leads to.
func linesWidth(lines [2]localLine, face parts.Face) float32 {
	var widest float32
	for _, l := range lines {
		w := face.Width(l.text) + 8 + parts.Caption.Width(l.to) + 6
		if l.random {
			w += parts.Badge.Width("random") + 12
		}
		widest = max(widest, w)
	}
	return widest
}

func troubleColour(urgent bool) fyne.ThemeColorName {
	if urgent {
		return parts.Red
	}
	return parts.Amber
}

func floor(v float32) float32 { return float32(int(v)) }
