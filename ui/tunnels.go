package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// tableView is the table of tunnels: a head and a list of rows.
type tableView struct {
	obj  *fyne.Container
	head *tableHead
	list *tunnelList

	rows   []rowView
	reveal tunnels.ID // to be brought into view once its row is there
	chosen tunnels.ID
	copied string
}

// tableActions are what the table asks of the app.
type tableActions struct {
	rowActions
	selectID func(tunnels.ID)
	key      func(*fyne.KeyEvent)
}

func newTableView(act tableActions) *tableView {
	t := &tableView{head: newTableHead()}
	inner := act.rowActions
	choose := inner.choose
	inner.choose = func(v rowView) {
		parts.Focus(t.list)
		t.list.keyed = false
		choose(v)
	}
	t.list = newTunnelList(t, inner, act)
	body := parts.Tight(t.list)
	t.obj = parts.NewArranged(func(s fyne.Size) {
		parts.Put(t.head, 0, 0, s.Width, headHeight)
		parts.Put(body, 0, headHeight, s.Width, s.Height-headHeight)
	}, nil, t.head, body)
	return t
}

// apply shows rows; it touches only those that differ.
func (t *tableView) apply(rows []rowView, chosen tunnels.ID, copied string) {
	old, oldChosen, oldCopied := t.rows, t.chosen, t.copied
	t.rows, t.chosen, t.copied = rows, chosen, copied
	if !sameShape(old, rows) {
		for i, r := range rows {
			t.list.SetItemHeight(i, heightOf(r))
		}
		t.list.Refresh()
		return
	}
	for i := range rows {
		picked := rows[i].id != "" && (rows[i].id == oldChosen) != (rows[i].id == chosen)
		if rows[i] != old[i] || picked || oldCopied != copied {
			t.list.RefreshItem(i)
		}
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
	if i := rowOf(t.rows, t.reveal); t.reveal != "" && i >= 0 {
		t.reveal = ""
		t.list.ScrollTo(i)
	}
}

// tunnelList is the list with the keys of the table.
type tunnelList struct {
	widget.List
	table   *tableView
	act     tableActions
	focused bool
	keyed   bool // the keyboard is in use: the focus is worth a ring
}

func newTunnelList(t *tableView, inner rowActions, act tableActions) *tunnelList {
	l := &tunnelList{table: t, act: act}
	l.Length = func() int { return len(t.rows) }
	l.CreateItem = func() fyne.CanvasObject { return newRow(inner) }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(t.rows) {
			v := t.rows[i]
			o.(*row).set(v, !v.group && v.id == t.chosen, l.focused && l.keyed, t.copied)
		}
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// FocusGained implements [fyne.Focusable].
func (l *tunnelList) FocusGained() { l.focused, l.keyed = true, true; l.Refresh() }

// FocusLost implements [fyne.Focusable].
func (l *tunnelList) FocusLost() { l.focused = false; l.Refresh() }

// TypedRune implements [fyne.Focusable].
func (l *tunnelList) TypedRune(rune) {}

// TypedKey implements [fyne.Focusable].
func (l *tunnelList) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		l.keyed = true
		l.step(1)
	case fyne.KeyUp:
		l.keyed = true
		l.step(-1)
	default:
		l.act.key(e)
	}
}

// step selects the next tunnel, over group rows.
func (l *tunnelList) step(by int) {
	rows := l.table.rows
	i := rowOf(rows, l.table.chosen)
	if i < 0 && by < 0 {
		i = len(rows)
	}
	for i += by; i >= 0 && i < len(rows); i += by {
		if !rows[i].group {
			l.act.selectID(rows[i].id)
			l.ScrollTo(i)
			return
		}
	}
}

// tableHead names the columns.
type tableHead struct {
	widget.BaseWidget
	d    parts.Drawing
	line *parts.Box
	text [7]*parts.Text
}

func newTableHead() *tableHead {
	h := &tableHead{}
	h.line = h.d.Box(parts.Border, parts.None, 0)
	for i, s := range []string{"State", "Name", "Local address", "Target and pod", "Rate", "Conn.", "On"} {
		h.text[i] = h.d.Text(parts.Label, parts.Text3)
		if i == 5 {
			h.text[i].Right()
		}
		h.text[i].SetText(s)
	}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer implements [fyne.Widget].
func (h *tableHead) CreateRenderer() fyne.WidgetRenderer {
	return h.d.Renderer(func(s fyne.Size) {
		c := columnsFor(s.Width)
		h.line.Place(0, s.Height-1, s.Width, 1)
		parts.Show(h.text[3].C, c.target != 0)
		parts.Show(h.text[4].C, c.rate != 0)
		parts.Show(h.text[5].C, c.rate != 0)
		yc := s.Height / 2
		for i, x := range []float32{c.state, c.name, c.local, c.target, c.rate, c.conns} {
			h.text[i].Place(x, yc, 140)
		}
		h.text[6].Place(c.toggle+floor((parts.SwitchWidth-h.text[6].Width())/2), yc, 60)
	}, func() fyne.Size { return fyne.NewSize(300, headHeight) }, h)
}
