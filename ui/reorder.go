package ui

import (
	"slices"

	"culvert/tunnels"
)

// sameOrder says whether two rows are tunnels of the same group and of the same profile,
// within which the order is the user's own, and not a file's that has brought them.
func sameOrder(a, b rowView) bool {
	return !a.group && !b.group && a.key == b.key && a.profile == b.profile && !a.guest
}

// neighbour says before which tunnel one has to be put so that it moves one row
// up or down within its group and profile; ok is false where it is at the end
// already. order is the user's own, "" the place behind all.
func neighbour(rows []rowView, order []tunnels.ID, id tunnels.ID, by int) (before tunnels.ID, ok bool) {
	i := rowOf(rows, id)
	if i < 0 {
		return "", false
	}
	j := i + by
	if j < 0 || j >= len(rows) || !sameOrder(rows[i], rows[j]) {
		return "", false
	}
	if by < 0 {
		return rows[j].id, true
	}
	return behind(order, rows[j].id, id), true
}

// behind returns what a tunnel has to be put before to come right after another
// one.
func behind(order []tunnels.ID, after, id tunnels.ID) tunnels.ID {
	for _, next := range order[slices.Index(order, after)+1:] {
		if next != id {
			return next
		}
	}
	return ""
}

// dropPlace says before which tunnel one has to be put that is dropped above the
// row gap, which may be the number of rows; ok is false outside its group and its
// profile.
func dropPlace(rows []rowView, order []tunnels.ID, id tunnels.ID, gap int) (before tunnels.ID, ok bool) {
	i := rowOf(rows, id)
	if i < 0 || gap == i || gap == i+1 {
		return "", false
	}
	same := func(j int) bool { return j >= 0 && j < len(rows) && sameOrder(rows[i], rows[j]) }
	switch {
	case same(gap):
		return rows[gap].id, true
	case same(gap - 1):
		return behind(order, rows[gap-1].id, id), true
	}
	return "", false
}

// dropProfile says in which profile, and before which of its tunnels, one lands that
// is dropped above the row gap: in that of the row above. ok is false where it is
// already, where the rows do not stand by profile, and below guests.
func dropProfile(rows []rowView, id tunnels.ID, gap int) (profile string, before tunnels.ID, ok bool) {
	i := rowOf(rows, id)
	if i < 0 || gap < 1 || gap > len(rows) || rows[i].key.by != groupByProfile {
		return "", "", false
	}
	k := rows[gap-1].key
	if k == rows[i].key || rows[gap-1].guest {
		return "", "", false
	}
	if gap < len(rows) && !rows[gap].group && rows[gap].key == k {
		before = rows[gap].id
	}
	return k.name, before, true
}

// moved returns a snapshot in which a tunnel stands before another one, or last.
func moved(snap tunnels.Snapshot, id, before tunnels.ID) tunnels.Snapshot {
	st, ok := snap.Find(id)
	if !ok || id == before {
		return snap
	}
	is := func(id tunnels.ID) func(tunnels.Status) bool {
		return func(st tunnels.Status) bool { return st.Spec.ID == id }
	}
	out := slices.DeleteFunc(slices.Clone(snap), is(id))
	at := slices.IndexFunc(out, is(before))
	if at < 0 {
		at = len(out)
	}
	return slices.Insert(out, at, st)
}

// canMove says whether a tunnel can go a row up or down: only where the rows
// stand in the user's own order.
func (a *App) canMove(rows []rowView, id tunnels.ID, by int) bool {
	_, ok := neighbour(rows, idsOf(a.snap), id, by)
	return ok && a.sorting.by == ownOrder
}

// moveBy moves a tunnel one row up or down.
func (a *App) moveBy(id tunnels.ID, by int) {
	rows := a.table.state.rows
	if !a.canMove(rows, id, by) {
		return
	}
	if before, ok := neighbour(rows, idsOf(a.snap), id, by); ok {
		a.moveTunnel(id, before)
	}
}
