package ui

import (
	"reflect"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"culvert/ui/parts"
)

func TestMemoryIgnoresWhatMakesNoSense(t *testing.T) {
	tests := []struct {
		name, text string
		want       memory
	}{
		{"nothing", ``, memory{}},
		{"no JSON", `{"width":`, memory{}},
		{"another type", `{"width":"wide"}`, memory{}},
		{"far too much", `{"closed":["` + strings.Repeat("x", mostRemembered) + `"]}`, memory{}},
		{"what is unknown", `{"colour":"red","width":1000,"height":700}`, memory{Width: 1000, Height: 700}},
		{"too small", `{"width":10,"height":700}`, memory{}},
		{"too large", `{"width":1000,"height":1e9,"rail":5000,"beside":-3,"below":1e30}`, memory{}},
		{"beyond a float", `{"width":1e300,"height":700}`, memory{}},
		{"a theme and a fold that there are not", `{"theme":"pink","folded":"perhaps","sort":"name"}`, memory{Sort: "name"}},
		{"an order and a grouping that there are not", `{"theme":"dark","sort":"luck","down":true,"group":"age"}`, memory{Theme: "dark"}},
		{
			"all of it", `{"width":1000,"height":700,"rail":220,"beside":400,"below":200,"folded":"no","theme":"dark","chosen":"a","details":true,"closed":[{"context":"dev"}],"sort":"name","down":true,"group":"tag"}`,
			memory{Width: 1000, Height: 700, Rail: 220, Beside: 400, Below: 200, Folded: "no", Theme: "dark", Chosen: "a", Details: true, Closed: []fold{{Context: "dev"}}, Sort: "name", Down: true, Group: "tag"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := readMemory(tt.text); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("it is %+v, want %+v", got, tt.want)
			}
		})
	}
}

// fakeMemory keeps the text in itself.
type fakeMemory struct{ text string }

func (m *fakeMemory) Load() string { return m.text }

func (m *fakeMemory) Save(text string) error { m.text = text; return nil }

func TestTheWindowFitsTheScreen(t *testing.T) {
	for _, tt := range []struct {
		name        string
		was, screen fyne.Size
		scale       float32
		want        fyne.Size
	}{
		{"an unknown screen", fyne.NewSize(1400, 900), fyne.Size{}, 1, fyne.NewSize(1400, 900)},
		{"as it was", fyne.NewSize(1400, 900), fyne.NewSize(1920, 1080), 1, fyne.NewSize(1400, 900)},
		{"a smaller screen", fyne.NewSize(2400, 1300), fyne.NewSize(1366, 768), 1, fyne.NewSize(1366, 728)},
		{"scaled", fyne.NewSize(1400, 900), fyne.NewSize(1920, 1080), 2, fyne.NewSize(960, 500)},
		{"never too small to use", fyne.NewSize(1080, 680), fyne.NewSize(640, 400), 1, fyne.NewSize(leastWidth, leastHeight)},
	} {
		if got := fitting(tt.was, tt.screen, tt.scale); got != tt.want {
			t.Errorf("%s: it is %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTheWindowComesUpAsItWasLeft(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	kept := &fakeMemory{}
	w.app.deps.Memory = kept
	w.app.window.Resize(fyne.NewSize(1300, 800))
	w.app.choose("web")
	w.app.frame.splitBeside.OnMove(-48)
	w.app.frame.splitRail.OnMove(32)
	w.app.tapRow(w.groupRow("prod"), 0)
	w.app.setTheme(themeDark)
	w.app.keepNow()

	again := New(Deps{App: w.app.deps.App, Tunnels: two(), Catalog: newFakeCatalog(), Memory: kept, Now: w.app.deps.Now, Do: func(func()) {}}) // nothing runs beside it
	defer again.Close()
	again.snap = w.app.snap
	again.apply()
	if s := again.window.Canvas().Size(); s.Width != 1300 || s.Height != 800 {
		t.Errorf("the window is %v", s)
	}
	if got := again.details.Size().Width; got != detailsWidth+48 || !again.frame.details || again.chosen != "web" {
		t.Errorf("the details are %v wide, open %v, of %q", got, again.frame.details, again.chosen)
	}
	if got := again.rail.width(); got != railWide+32 || !again.closed[groupKey{context: "prod"}] {
		t.Errorf("the rail is %v wide, the group folded: %v", got, again.closed[groupKey{context: "prod"}])
	}
	if parts.Colour(parts.Bg) != parts.NewTheme().Color(parts.Bg, theme.VariantDark) {
		t.Error("the theme is forgotten")
	}
	again.frame.splitBeside.OnReset()
	again.frame.splitRail.OnReset()
	if again.details.Size().Width != detailsWidth || again.rail.width() != railWide {
		t.Error("a double click does not reset")
	}
}

// groupRow returns the group row of a context.
func (w *world) groupRow(name string) rowView {
	w.Helper()
	for _, r := range w.app.table.state.rows {
		if r.group && r.name == name {
			return r
		}
	}
	w.Fatalf("there is no group %q", name)
	return rowView{}
}

func TestSplittersLeaveEachPaneItsRoom(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	for _, s := range []fyne.Size{fyne.NewSize(1600, 1000), fyne.NewSize(1080, 680), fyne.NewSize(leastWidth, leastHeight)} {
		for _, by := range []float32{-3000, 3000} {
			w.app.window.Resize(s)
			w.app.apply()
			for _, split := range []*parts.Splitter{w.app.frame.splitRail, w.app.frame.splitBeside, w.app.frame.splitBelow} {
				if split.Visible() {
					split.OnMove(by)
				}
			}
			table, details := w.app.table.obj.Size(), w.app.details.Size()
			if table.Width < leastTable || table.Height < leastRows-1 {
				t.Errorf("at %v, moved by %v, the table is %v", s, by, table)
			}
			if details.Width < leastBeside || details.Height < leastBelow {
				t.Errorf("at %v, moved by %v, the details are %v", s, by, details)
			}
		}
	}
}
