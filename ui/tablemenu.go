package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// tableMenu are the ways to group and to sort, with a tick at the present ones.
func tableMenu(snap tunnels.Snapshot, names targetNames, by grouping, o sortOrder) []parts.Option {
	out := []parts.Option{{Text: lang.L("Group by"), Head: true}}
	for _, g := range groupings(snap, names) {
		out = append(out, parts.Option{Key: "group:" + strconv.Itoa(int(g)), Text: g.word(), On: g == by})
	}
	if by != groupByNone {
		out = append(out, parts.Option{Key: "fold", Text: lang.L("Fold all groups")}, parts.Option{Key: "unfold", Text: lang.L("Unfold all groups")})
	}
	out = append(out, parts.Option{Text: lang.L("Sort by"), Head: true})
	for c, word := range []string{
		lang.L("Your own order"), lang.L("State"), lang.L("Name"), lang.L("Local port"), lang.L("Target"), lang.L("Rate"), lang.L("Connections"),
	} {
		opt := parts.Option{Key: "sort:" + strconv.Itoa(c), Text: word, On: o.by == sortKey(c)}
		if opt.On && o.down {
			opt.Note = lang.L("downwards")
		}
		out = append(out, opt)
	}
	return out
}

// openTableMenu opens the menu of the table's head.
func (a *App) openTableMenu(at fyne.Position) {
	parts.OpenMenu(a.window.Canvas(), "table-menu", at, tableMenu(a.snap, a.names(), a.grouped, a.sorting), a.chooseInTableMenu)
}

// chooseInTableMenu folds, groups or sorts; the present column turns round.
func (a *App) chooseInTableMenu(key string) {
	what, number, _ := strings.Cut(key, ":")
	n, _ := strconv.Atoi(number) // the keys are our own
	switch {
	case what == "fold" || what == "unfold":
		a.foldAll(what == "fold")
	case what == "group":
		a.groupRowsBy(grouping(n))
	case sortKey(n) != ownOrder && a.sorting.by == sortKey(n):
		a.sorting.down = !a.sorting.down
		a.keepSoon()
		a.apply()
	default:
		a.sortRowsBy(sortKey(n))
	}
}

// groupRowsBy puts the table's rows together by something else.
func (a *App) groupRowsBy(g grouping) {
	a.grouped = g
	a.keepSoon()
	a.apply()
	a.table.show(a.chosen)
}

// sortRowsBy does what a click on a column's head does; ownOrder brings back
// the user's own order.
func (a *App) sortRowsBy(c sortKey) {
	if c == ownOrder {
		a.sorting = sortOrder{}
	} else {
		a.sorting = a.sorting.click(c)
	}
	a.keepSoon()
	a.apply()
}
