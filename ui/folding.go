package ui

// foldAround folds or unfolds the group of the selected tunnel, which may be
// hidden in it.
func (a *App) foldAround(folded bool) {
	st, ok := a.snap.Find(a.chosen)
	if k := a.grouped.keyOf(st.Spec, a.names()); ok && a.grouped != groupByNone && a.closed[k] != folded {
		a.closed[k] = folded
		a.keepSoon()
		a.apply()
	}
}

// foldAll folds or unfolds every group on show.
func (a *App) foldAll(folded bool) {
	for _, r := range a.table.state.rows {
		if r.group {
			a.closed[r.key] = folded
		}
	}
	a.keepSoon()
	a.apply()
}
