package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
)

func TestARowHasTheButtonThatHelps(t *testing.T) {
	w := newWorld(t, scene(), newFakeCatalog())
	auth := w.row("auth")
	if auth.help.key != verbAskAgain || w.row("web").help.key != "" {
		t.Fatalf("auth offers %+v, web %+v", auth.help, w.row("web").help)
	}
	r := newRow(rowActions{help: w.app.helpRow, choose: func(rowView, fyne.KeyModifier) { t.Error("the click chooses the row") }})
	for _, width := range []float32{872, 700} {
		r.Resize(fyne.NewSize(width, rowHeight))
		r.set(auth, rowMood{})
		r.Refresh()
		if shown := r.zones[zoneHelp].w > 0; shown != (columnsFor(width).rate != 0) {
			t.Errorf("at %v units the button is shown: %v", width, shown)
		}
	}
	r.Resize(fyne.NewSize(872, rowHeight))
	z := r.zones[zoneHelp]
	if end := z.x + z.w; end > columnsFor(872).toggle-8 {
		t.Errorf("the button ends at %v", end)
	}
	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(z.x+5, z.y+5)})
	w.until("auth is tried again", func() bool { return slices.Contains(w.tunnels.called(), "kick auth") })
}
