package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

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
		at += w + 8
		to := parts.Text2
		if v.dim {
			to = parts.Text3
		}
		cell.to.Set(l.to, to)
		if l.to != "" {
			at += cell.to.Place(at-2, yc, end-at) + 4
		}
		cell.trouble.Set(l.trouble, troubleColour(v.urgent))
		if l.trouble != "" {
			at += cell.trouble.Place(at, yc, end-at) + 6
		}
		word, tint := "", parts.Selected
		if r.lit() {
			tint = parts.Raised
		}
		room := end - at
		if r.showsCopy(l, i) {
			room -= 17
		}
		if l.random && room >= parts.Badge.Width(randomWord())+12 {
			word = randomWord()
		}
		cell.badge.Set(word, parts.Accent, tint)
		cell.badge.Place(at, yc)
		at += cell.badge.Width()
		used = at
		if l.to != "" && word == "" && l.trouble == "" {
			used -= 4
		}
		r.placeCopyIcon(cell, l, i, x, at, yc, end)
	}
	more := ""
	if v.more > 0 {
		more = lang.L("+{{.N}} more", vars{"N": v.more})
		if parts.Caption.Width(more) > end-used-2 {
			more = "+" + strconv.Itoa(v.more)
		}
	}
	r.more.SetText(more)
	w := r.more.Place(used+2, 32, end-used-2)
	if more != "" {
		r.zones[zoneMore] = rect{used - 2, 24, w + 8, 18}
	}
}

// showsCopy says whether the copy icon stands behind a line: the one below the
// mouse, or the first one where the mouse is elsewhere in the row.
func (r *row) showsCopy(l localLine, i int) bool {
	if l.copy == "" {
		return false
	}
	at := r.hover == zoneLine0+zone(i) || i == 0 && r.hover != zoneLine1
	return r.mood.copied == l.copy || r.over && at
}

func (r *row) placeCopyIcon(cell *localCell, l localLine, i int, x, at, yc, end float32) {
	icon, colour := "", parts.Text3
	if r.showsCopy(l, i) {
		icon = "copy"
		if r.mood.copied == l.copy {
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
	at = min(at, end-13)
	cell.icon.Place(at, yc, 13)
	if l.copy != "" {
		r.zones[zoneLine0+zone(i)] = rect{x - 4, yc - 8, at + 19 - x, 16}
	}
}

// randomWord marks a port number that was chosen for the user.
func randomWord() string { return lang.L("random") }

// linesWidth is how wide the addresses of several mappings are, each with its
// badge and the port that it leads to.
func linesWidth(lines [2]localLine, face parts.Face) float32 {
	var widest float32
	for _, l := range lines {
		w := face.Width(l.text) + 8 + parts.Caption.Width(l.to) + 6
		if l.random {
			w += parts.Badge.Width(randomWord()) + 12
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
