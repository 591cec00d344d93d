package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// many are tunnels in ten contexts, all of them busy.
func many(n int) tunnels.Snapshot {
	snap := make(tunnels.Snapshot, n)
	for i := range snap {
		name := fmt.Sprintf("t%03d", i)
		snap[i] = readyStatus(spec(name, fmt.Sprintf("c%d", i%10), "shop", name+"-7d4b9c6f5-x2x9k", fmt.Sprintf("%d:5000", 10000+i)))
	}
	return snap
}

// BenchmarkTable draws the changes of 500 tunnels, of which about a dozen are
// visible.
func BenchmarkTable(b *testing.B) {
	fy := test.NewTempApp(b)
	fy.Settings().SetTheme(parts.NewTheme())
	act := tableActions{head: headActions{}, movable: func() bool { return true }}
	table := newTableView(act)
	w := test.NewTempWindow(b, table.obj)
	w.Resize(fyne.NewSize(872, 600))
	snap := many(500)
	var m meter
	rows := func(now time.Time) []rowView {
		return tableRows(tableInput{snap: snap, rates: &m, now: now})
	}
	tests := []struct {
		name   string
		change func(i int)
	}{
		{"nothing changes", func(int) {}},
		{"one row changes", func(i int) { snap[0].Conns = i % 7 }},
		{"all rates change", func(i int) {
			for j := range snap {
				snap[j].In += uint64(1000 * (i%9 + 1))
			}
			m.update(snap, noon.Add(time.Duration(i)*time.Second))
		}},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			m = meter{}
			table.apply(tableState{rows: rows(noon)})
			i := 0
			for b.Loop() {
				i++
				tt.change(i)
				table.apply(tableState{rows: rows(noon)})
			}
		})
	}
	b.Run("rows alone", func(b *testing.B) {
		for b.Loop() {
			rows(noon)
		}
	})
	b.Run("rows sorted by name", func(b *testing.B) {
		for b.Loop() {
			tableRows(tableInput{snap: snap, rates: &m, now: noon, order: sortOrder{by: byName}})
		}
	})
}
