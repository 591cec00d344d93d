package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels"

	"culvert/ui/parts"
)

func TestTheTableMenuTicksWhatHolds(t *testing.T) {
	snap := four().all()
	tests := []struct {
		by   grouping
		o    sortOrder
		want []string
		fold bool
	}{
		{groupByContext, sortOrder{}, []string{"Context", "Your own order"}, true},
		{groupByNamespace, sortOrder{byRate, true}, []string{"Namespace", "Rate, downwards"}, true},
		{groupByNone, sortOrder{by: byName}, []string{"Nothing", "Name"}, false},
	}
	for _, tt := range tests {
		var got []string
		fold := false
		for _, o := range tableMenu(snap, targetNames{}, tt.by, tt.o) {
			fold = fold || o.Key == "fold"
			if o.On {
				got = append(got, strings.TrimSuffix(o.Text+", "+o.Note, ", "))
			}
		}
		if !slices.Equal(got, tt.want) || fold != tt.fold {
			t.Errorf("ticked are %q, want %q; folding is offered: %v", got, tt.want, fold)
		}
	}
}

func TestTheTableMenuGroupsSortsAndFolds(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	groups := func() (out []string) {
		for _, r := range w.app.table.state.rows {
			if r.group {
				out = append(out, r.name)
			}
		}
		return out
	}
	choose := func(key string) {
		test.Tap(w.app.table.head.more)
		w.app.chooseInTableMenu(key)
		parts.Dismiss(w.app.window.Canvas())
	}
	choose("group:1")
	if got := groups(); !slices.Equal(got, []string{"shop", "data"}) {
		t.Errorf("by namespace the groups are %v", got)
	}
	choose("fold")
	if len(w.names()) != 0 || len(groups()) != 2 {
		t.Errorf("all folded, the table shows %v", w.names())
	}
	w.app.chosen = "d"
	w.app.table.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if got := w.names(); !slices.Equal(got, []string{"d"}) {
		t.Errorf("Right unfolds %v", got)
	}
	w.app.table.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if got := w.names(); len(got) != 0 {
		t.Errorf("Left leaves %v", got)
	}
	choose("unfold")
	choose("sort:2")
	choose("sort:2")
	if w.app.sorting != (sortOrder{byName, true}) || len(w.names()) != 4 {
		t.Errorf("the order is %+v", w.app.sorting)
	}
	choose("sort:0")
	choose("group:3")
	if got := w.names(); !slices.Equal(got, []string{"a", "b", "c", "d"}) || len(groups()) != 0 {
		t.Errorf("ungrouped in the own order are %v", got)
	}
}

func TestColumnHeadsSortByMouseAndKeyboard(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	h := w.app.table.head
	for _, c := range h.cells[:6] {
		test.TapAt(h, fyne.NewPos(c.box.x+c.box.w/2, 15))
		if w.app.sorting != (sortOrder{by: c.column}) {
			t.Errorf("a click on %q sorts by %+v", c.word, w.app.sorting)
		}
	}
	parts.Focus(h)
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			h.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	press(fyne.KeyLeft, fyne.KeyReturn, fyne.KeySpace)
	if w.app.sorting != (sortOrder{byRate, true}) {
		t.Errorf("Left and two times Enter sort by %+v", w.app.sorting)
	}
	w.app.window.Resize(fyne.NewSize(leastWidth, leastHeight))
	press(fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight, fyne.KeyReturn)
	if w.app.sorting != (sortOrder{by: byTarget}) {
		t.Errorf("columns that are dropped are reached: %+v", w.app.sorting)
	}
	w.app.top.search.SetText("d-0")
	w.key(fyne.KeyEscape)
	if w.app.sorting.by != byTarget {
		t.Error("Escape ends sorting")
	}
}

func TestMenusOfRows(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	keys := func(verbs []rowVerb) string {
		var out []string
		for _, v := range verbs {
			out = append(out, v.key)
		}
		return strings.Join(out, " ")
	}
	menu := func(i int) string { return keys(w.app.rowMenuItems(w.app.snap[i], w.app.table.state.rows)) }
	if got := menu(0); got != "toggle open copy url reconnect edit duplicate kubectl oc culvert report down remove" {
		t.Errorf("the first one of a group can %s", got)
	}
	if got := menu(1); got != "toggle edit duplicate kubectl oc culvert report up down remove" {
		t.Errorf("a stopped one in the middle can %s", got)
	}
	w.app.snap[1].Spec.Target.Kind = tunnels.KindSelector
	if got := menu(1); strings.Contains(got, "kubectl") || strings.Contains(got, "oc ") || !strings.Contains(got, "culvert") {
		t.Errorf("one of a selector can %s", got)
	}
	w.app.snap[1].Spec.Target.Kind = tunnels.KindPod
	w.app.sortRowsBy(byName)
	if got := menu(1); got != "toggle edit duplicate kubectl oc culvert report remove" {
		t.Errorf("a sorted one can %s", got)
	}
	w.app.choose("a")
	w.app.table.list.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
	if w.app.window.Canvas().Overlays().Top() == nil {
		t.Error("the menu key opens nothing")
	}
	w.key(fyne.KeyEscape)
	w.click("b", fyne.KeyModifierShortcutDefault)
	w.app.rowMenu("a", fyne.NewPos(300, 300))
	if got := keys(w.app.bulkMenuItems()); got != "start stop reconnect copy remove" || len(w.picked()) != 2 {
		t.Errorf("picked ones can %s; picked are %v", got, w.picked())
	}
	w.key(fyne.KeyEscape)
	w.app.rowMenu("d", fyne.NewPos(300, 300))
	if w.app.picked.some() || w.app.chosen != "d" {
		t.Error("the menu of another row leaves the others picked")
	}
}
