package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

func (r *row) layout(s fyne.Size) {
	if s.Width <= 0 {
		return
	}
	v := r.view
	r.back.Set(r.ground(), parts.None)
	r.back.Place(0, 0, s.Width, s.Height)
	r.edge.Set(v.stripe, parts.None)
	r.edge.Place(0, 0, 4, s.Height)
	r.line.Place(4, s.Height-1, s.Width-4, 1)
	r.ring.Set(parts.None, parts.None)
	if r.mood.focused && r.mood.chosen {
		r.ring.Set(parts.None, parts.Accent)
		r.ring.Stroke(2)
	}
	r.ring.Place(5, 1, s.Width-7, s.Height-3)
	r.zones = [zonesEnd]rect{}
	icon := ""
	if r.tellsOrigin() {
		icon = guestIcon
	}
	r.origin.Set(icon, parts.Text3)
	r.layoutGroup(s)
	r.layoutTunnel(s)
}

// tellsOrigin says whether the row has the mark of what a file has brought: below a
// group row that has it, the others need none.
func (r *row) tellsOrigin() bool {
	return r.view.guest && (r.view.group || r.view.key.by != groupByProfile)
}

// originRoom is how wide that mark is, with what parts it from the words.
const originRoom = 16

// lit says whether the row is drawn as selected.
func (r *row) lit() bool { return r.mood.picked || r.mood.chosen && !r.mood.picking }

func (r *row) ground() fyne.ThemeColorName {
	switch {
	case r.view.group:
		return parts.Sunken
	case r.lit():
		return parts.Selected
	case r.over:
		return parts.Hover
	}
	return parts.None // the window has its own
}

// layoutGroup puts name, mark of production, count and answer behind each other;
// what comes first is the last to be cut.
func (r *row) layoutGroup(s fyne.Size) {
	v := r.view
	if !v.group {
		v = rowView{}
	}
	icon := ""
	if v.group {
		icon = "chevron-down"
		if v.closed {
			icon = "chevron-right"
		}
		r.zones[zoneGroup] = rect{0, 0, s.Width, s.Height}
	}
	yc := floor(s.Height / 2)
	r.chevron.Set(icon, parts.Text3)
	r.chevron.Place(16, s.Height/2, 13)
	r.groupName.SetText(v.name)
	x := 40 + r.groupName.Place(40, yc, s.Width*0.5) + 8
	if v.group && r.tellsOrigin() {
		r.origin.Place(x, s.Height/2, 13)
		x += originRoom + 2
	}
	word := ""
	if v.group && v.production {
		word = production()
	}
	r.production.Set(word, parts.Red, parts.RedTint)
	if v.group {
		r.production.Place(x, yc)
		if word != "" {
			x += r.production.Width() + 8
		}
	}
	r.groupNote.SetText(v.note)
	x += r.groupNote.Place(x, yc, s.Width-12-x) + 10
	colour := parts.Text3
	if v.answerBad {
		colour = parts.Red
	}
	r.groupAnswer.Set(v.answer, colour)
	r.groupAnswer.Place(x, yc, s.Width-12-x)
}

// production is the mark of contexts that the user has marked so.
func production() string { return lang.L("PROD") }

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
	tick := ""
	if r.mood.picked && !r.view.group {
		tick = "check"
	}
	r.tick.Set(tick, parts.Accent)
	r.tick.Place(c.glyph+1, bottom, 13)

	fg := parts.Fg
	if v.dim {
		fg = parts.Text2
	}
	r.name.Set(v.name, fg)
	room = c.local - c.name - 6
	r.name.Place(c.name, top, room)
	targetEnd := c.toggle
	if c.rate != 0 {
		targetEnd = c.rate
	}
	below, target, pod := v.below, v.target, v.pod
	if c.target == 0 {
		below, target, pod = v.target, "", ""
	}
	r.layoutBelow(v, below, c.name, bottom, room)

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
	if r.view.group || r.view.id == "" {
		return
	}
	r.zones[zoneState] = rect{4, 0, c.name - 4, rowHeight}
	r.zones[zoneName] = rect{c.name, 0, c.local - c.name, rowHeight}
	r.zones[zoneLocal] = rect{c.local, 0, end - c.local, rowHeight}
	if c.target != 0 {
		r.zones[zoneTarget] = rect{c.target, 0, targetEnd - c.target, rowHeight}
	}
}

// layoutBelow puts where the tunnel runs and, behind it, the mark of production
// where no group row has it.
func (r *row) layoutBelow(v rowView, below string, x, yc, room float32) {
	if !r.view.group {
		word := ""
		if v.tagged {
			word = production()
		}
		r.production.Set(word, parts.Red, parts.RedTint)
	}
	if !r.view.group && r.tellsOrigin() {
		r.origin.Place(x, yc, 12)
		x, room = x+originRoom, room-originRoom
	}
	r.below.SetText(below)
	if !v.tagged {
		r.below.Place(x, yc, room)
		return
	}
	room -= r.production.Width() + 5
	if r.below.Width() > room { // the context is what matters beside the mark
		r.below.SetText(v.context)
	}
	used := r.below.Place(x, yc, room)
	r.production.Place(x+used+5, yc)
}

func orFg(c fyne.ThemeColorName) fyne.ThemeColorName {
	if c == "" {
		return parts.Fg
	}
	return c
}

func (r *row) layoutRight(v rowView, c columns) {
	rate, conns, curve, help := v.rate, v.conns, v.spark, v.help
	if c.rate == 0 {
		rate, conns, curve, help = "", "", nil, verb{}
	}
	if help.key != "" {
		rate, conns, curve = "", "", nil
	}
	r.layoutHelp(help, c)
	yc := float32(rowHeight) / 2
	at := yc
	if curve != nil {
		at = 34
	}
	r.spark.Set(curve, v.sparkColour)
	r.spark.Place(c.rate, 5, sparkWidth, sparkHeight)
	r.rate.Set(rate, quietly(rate == "–" || v.spark.Flat() || v.dim))
	r.rate.Place(c.rate, at, 80)
	r.conns.Set(conns, quietly(conns == "–" || conns == "0"))
	r.conns.Place(c.conns, yc, 60)

	shown := !r.view.group && r.view.id != ""
	if r.view.menu {
		r.layoutGroupMenu(c)
		return
	}
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
	if !shown {
		return
	}
	toggle := rect{c.toggle - 8, 6, parts.SwitchWidth + 14, rowHeight - 12}
	if c.menu != 0 { // its neighbours' zones begin where it ends
		toggle.w = min(toggle.w, c.menu-6-toggle.x)
	}
	r.zones[zoneToggle] = toggle
	for _, z := range []zone{zoneLine0, zoneLine1} {
		r.zones[z].w = max(min(r.zones[z].w, toggle.x-r.zones[z].x), 0)
	}
	if c.rate != 0 {
		r.zones[zoneRate] = rect{c.rate - 4, 0, sparkWidth + 8, rowHeight}
		r.zones[zoneConns] = rect{c.rate + sparkWidth + 4, 0, c.conns - c.rate - sparkWidth, rowHeight}
	}
}

// layoutGroupMenu puts the button of a group's verbs below those of its tunnels.
func (r *row) layoutGroupMenu(c columns) {
	r.sw.Show(false)
	x, veil := c.toggle+6, parts.None
	if c.menu != 0 {
		x = c.menu
	}
	if r.hover == zoneMenu {
		veil = parts.Veil
	}
	r.menuBack.Set(veil, parts.None)
	r.menuBack.Place(x-6, 2, 28, groupHeight-4)
	r.menu.Set("ellipsis", parts.Text3)
	r.menu.Place(x, groupHeight/2, 16)
	r.zones[zoneMenu] = rect{x - 6, 0, 30, groupHeight}
}

// layoutHelp puts the button of a tunnel that needs the user in the place of its
// rate.
func (r *row) layoutHelp(v verb, c columns) {
	const high = 26
	fill, line, veil := parts.None, parts.None, parts.None
	if v.key != "" {
		fill, line = parts.Raised, parts.BorderStrong
		if r.hover == zoneHelp {
			veil = parts.Veil
		}
	}
	y, yc := float32((rowHeight-high)/2), float32(rowHeight)/2
	r.helpBox.Set(fill, line)
	r.helpVeil.Set(veil, parts.None)
	x, room, icon := c.rate+8, c.toggle-c.rate-28, v.icon
	r.helpText.SetText(v.text)
	if r.helpText.Width() > room-19 { // the words tell more
		icon = ""
	}
	r.helpIcon.Set(icon, parts.Text2)
	if icon != "" {
		r.helpIcon.Place(x, yc, 14)
		x, room = x+19, room-19
	}
	w := x + r.helpText.Place(x, yc, room) + 9 - c.rate
	r.helpBox.Place(c.rate, y, w, high)
	r.helpVeil.Place(c.rate, y, w, high)
	if v.key != "" {
		r.zones[zoneHelp] = rect{c.rate, y, w, high}
	}
}

func quietly(quiet bool) fyne.ThemeColorName {
	if quiet {
		return parts.Text3
	}
	return parts.Fg
}

func floor(v float32) float32 { return float32(int(v)) }
