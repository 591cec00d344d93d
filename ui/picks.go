package ui

import (
	"maps"
	"slices"

	"culvert/tunnels"
)

// picks are the tunnels chosen together for a verb on all of them. It is
// immutable; the zero value is that there are none.
type picks struct {
	ids    map[tunnels.ID]bool
	anchor tunnels.ID // from which Shift goes on
}

func (p picks) has(id tunnels.ID) bool { return p.ids[id] }

func (p picks) some() bool { return len(p.ids) > 0 }

// toggle adds a tunnel or takes it out. The first pick takes along the tunnel
// that is selected already.
func (p picks) toggle(id, chosen tunnels.ID) picks {
	ids := maps.Clone(p.ids)
	if ids == nil {
		ids = make(map[tunnels.ID]bool)
		if chosen != "" {
			ids[chosen] = true
		}
	}
	if p.ids[id] {
		delete(ids, id)
	} else {
		ids[id] = true
	}
	return picks{ids, id}
}

// extend picks all from the anchor to a tunnel, in the order shown, and nothing
// else. Without an anchor the selected tunnel is it.
func (p picks) extend(shown []tunnels.ID, to, chosen tunnels.ID) picks {
	from := p.anchor
	if slices.Index(shown, from) < 0 {
		from = chosen
	}
	i, j := slices.Index(shown, from), slices.Index(shown, to)
	if j < 0 {
		return p
	}
	if i < 0 {
		from, i = to, j
	}
	ids := make(map[tunnels.ID]bool)
	for _, id := range shown[min(i, j) : max(i, j)+1] {
		ids[id] = true
	}
	return picks{ids, from}
}

// all picks everything that is shown.
func (picks) all(shown []tunnels.ID) picks {
	ids := make(map[tunnels.ID]bool)
	for _, id := range shown {
		ids[id] = true
	}
	return picks{ids: ids}
}

// keep drops what is not shown any more: no verb acts on what nobody sees.
func (p picks) keep(shown []tunnels.ID) picks {
	if !p.some() {
		return p
	}
	ids := make(map[tunnels.ID]bool)
	for _, id := range shown {
		if p.ids[id] {
			ids[id] = true
		}
	}
	if len(ids) == len(p.ids) {
		return p
	}
	return picks{ids, p.anchor}
}

// in returns the picked ones in an order.
func (p picks) in(order []tunnels.ID) []tunnels.ID {
	return slices.DeleteFunc(slices.Clone(order), func(id tunnels.ID) bool { return !p.ids[id] })
}

// shownIDs are the tunnels that have a row, from top to bottom.
func shownIDs(rows []rowView) []tunnels.ID {
	out := make([]tunnels.ID, 0, len(rows))
	for _, r := range rows {
		if !r.group {
			out = append(out, r.id)
		}
	}
	return out
}
