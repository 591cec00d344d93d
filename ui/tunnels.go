package ui

import (
	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// tableState is all that the table shows.
type tableState struct {
	rows   []rowView
	chosen tunnels.ID
	picked picks
	copied string
	order  sortOrder
	bulk   bulkView
}

// mood is what the table says of a row.
func (s *tableState) mood(v rowView, focused bool) rowMood {
	return rowMood{
		chosen: !v.group && v.id == s.chosen, picked: !v.group && s.picked.has(v.id), picking: s.picked.some(),
		focused: focused, copied: s.copied,
	}
}

// tableView is the table of tunnels: a head, in whose place a bar stands while
// tunnels are picked, and a list of rows.
type tableView struct {
	obj  *fyne.Container
	head *tableHead
	bulk *bulkBar
	list *tunnelList
	land *landingLine
	act  tableActions

	state   tableState
	heights []float32  // that the list has been given
	reveal  tunnels.ID // to be brought into view once its row is there
	drag    dragged
}

// tableActions are what the table asks of the app.
type tableActions struct {
	rowActions
	selectID func(id tunnels.ID, extend bool)
	fold     func(folded bool) // the group of the selected tunnel
	key      func(*fyne.KeyEvent)
	movable  func() bool // rows stand in the order that can be changed by hand
	order    func() []tunnels.ID
	move     func(id, before tunnels.ID)
	// aim shows which profile outside the table what is dragged is over, and returns
	// it; empty for none.
	aim  func(at fyne.Position) (profile string)
	into func(id tunnels.ID, profile string, before tunnels.ID)
	head headActions
	bulk bulkActions
}

func newTableView(act tableActions) *tableView {
	t := &tableView{act: act, head: newTableHead(act.head), bulk: newBulkBar(act.bulk), land: newLandingLine()}
	inner := act.rowActions
	choose := inner.choose
	inner.choose = func(v rowView, mods fyne.KeyModifier) {
		parts.Focus(t.list)
		t.list.keyed = false
		choose(v, mods)
	}
	inner.drag, inner.drop = t.dragTo, t.drop
	t.list = newTunnelList(t, inner, act)
	body := parts.Tight(t.list)
	t.obj = parts.NewArranged(func(s fyne.Size) {
		parts.Put(t.head, 0, 0, s.Width, headHeight)
		parts.Put(t.bulk, 0, 0, s.Width, headHeight)
		parts.Put(body, 0, headHeight, s.Width, s.Height-headHeight)
		parts.Put(t.land, 0, headHeight, s.Width, s.Height-headHeight)
	}, nil, t.head, t.bulk, body, t.land)
	return t
}

// apply shows rows; it touches only those that are visible and differ.
func (t *tableView) apply(s tableState) {
	old := t.state.rows
	t.state = s
	t.head.apply(s.order)
	t.bulk.apply(s.bulk)
	parts.Show(t.head, s.bulk.count == 0)
	if sameShape(old, s.rows) {
		t.list.redraw()
		return
	}
	t.measure()
	t.list.Refresh()
}

// measure tells the list the heights of the rows that it does not know yet: it
// draws itself anew for each.
func (t *tableView) measure() {
	for i, r := range t.state.rows {
		h := heightOf(r)
		switch {
		case i >= len(t.heights):
			t.heights = append(t.heights, h)
		case t.heights[i] == h:
			continue
		}
		t.heights[i] = h
		t.list.SetItemHeight(i, h)
	}
}

func heightOf(r rowView) float32 {
	if r.group {
		return groupHeight
	}
	return rowHeight
}

func sameShape(a, b []rowView) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].group != b[i].group {
			return false
		}
	}
	return true
}

// show brings a tunnel's row into view, now or when it appears.
func (t *tableView) show(id tunnels.ID) {
	t.reveal = id
	t.settle()
}

// settle does what show has left to do, when the table has its rows and size.
func (t *tableView) settle() {
	if i := rowOf(t.state.rows, t.reveal); t.reveal != "" && i >= 0 {
		t.reveal = ""
		t.list.ScrollTo(i)
	}
}
