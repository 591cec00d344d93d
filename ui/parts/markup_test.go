package parts

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// TestMarkup compares what each widget is made of with the masters in testdata.
// Where one differs, what was drawn is put into testdata/failed.
func TestMarkup(t *testing.T) {
	tests := []struct {
		name          string
		width, height float32
		make          func() fyne.Widget
		do            func(fyne.Widget) // once it is shown; may be nil
	}{
		{"button-plain", 120, 30, func() fyne.Widget { return NewButton("b", "Start", "", Plain, nil) }, nil},
		{"button-main", 120, 30, func() fyne.Widget { return NewButton("b", "Start", "", Main, nil) }, nil},
		{"button-ghost", 30, 30, func() fyne.Widget { return NewButton("b", "", "copy", Ghost, nil) }, nil},
		{
			"button-disabled", 120, 30, func() fyne.Widget { return NewButton("b", "Start", "play", Plain, nil) },
			func(w fyne.Widget) { w.(*Button).Disable() },
		},
		{"button-focused", 120, 30, func() fyne.Widget { return NewButton("b", "Start", "", Plain, nil) }, focus},
		{"toggle-off", 40, 30, func() fyne.Widget { return NewToggle("t", nil) }, nil},
		{"toggle-on", 40, 30, func() fyne.Widget { return NewToggle("t", nil) }, func(w fyne.Widget) { w.(*Toggle).Set(true) }},
		{"check-off", 220, 30, func() fyne.Widget { return NewCheck("c", "Start when Culvert starts", nil) }, focus},
		{"check-on", 220, 30, func() fyne.Widget { return NewCheck("c", "Start when Culvert starts", nil) }, func(w fyne.Widget) { w.(*Check).Set(true) }},
		{"tabs", 300, TabsHeight, tabsToSee, focus},
		{"segments", 240, 30, segmentsToSee, nil},
		{"field-empty", 300, 30, func() fyne.Widget { return NewField("f", "Search", "search", nil).Hint("Ctrl+F") }, nil},
		{"field-bad", 300, 30, func() fyne.Widget { return NewField("f", "8080", "", nil).Mono() }, func(w fyne.Widget) {
			w.(*Field).SetText("80a")
			w.(*Field).SetBad(true)
		}},
		{"chip-read", 120, 24, func() fyne.Widget { return NewChip("c", "8080", nil) }, nil},
		{"chip-offered", 120, 24, func() fyne.Widget { return NewChip("c", "8080", func() {}) }, nil},
		{
			"chip-taken", 120, 24, func() fyne.Widget { return NewChip("c", "8080", func() {}) },
			func(w fyne.Widget) { w.(*Chip).Set("8080", true) },
		},
		{"picker", 200, 30, func() fyne.Widget { return NewPicker("p", "Namespace", nil) }, nil},
		{"picker-chosen", 200, 30, func() fyne.Widget { return NewPicker("p", "Namespace", nil) }, func(w fyne.Widget) {
			w.(*Picker).Set([]Option{{Key: "shop", Text: "shop"}}, "shop", "", false)
		}},
		{"options", 200, 120, optionsToSee, nil},
		{"spark", 80, 20, func() fyne.Widget { return NewSpark("s", fyne.NewSize(80, 20)) }, func(w fyne.Widget) {
			w.(*Spark).Set(NewCurve([]uint64{1, 4, 2}, 3), Accent)
		}},
		{"splitter", 100, SplitterRoom, func() fyne.Widget { return NewSplitter("s", true, nil, nil) }, nil},
		{"splitter-focused", SplitterRoom, 100, func() fyne.Widget { return NewSplitter("s", false, nil, nil) }, focus},
		{"busy", 200, 18, func() fyne.Widget { return NewBusy("b") }, func(w fyne.Widget) { w.(*Busy).Set("Signing in …") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lightApp(t)
			widget := tt.make()
			w := test.NewTempWindow(t, widget)
			w.SetPadded(false)
			w.Resize(fyne.NewSize(tt.width, tt.height))
			if tt.do != nil {
				tt.do(widget)
			}
			test.AssertRendersToMarkup(t, tt.name+".xml", w.Canvas())
		})
	}
}

// lightApp starts an app in light colours; widgets are made after it.
func lightApp(t *testing.T) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(NewTheme().For(theme.VariantLight))
}

func focus(w fyne.Widget) { Focus(w.(fyne.Focusable)) }

func tabsToSee() fyne.Widget {
	tabs := NewTabs("t", nil)
	tabs.Set([]Tab{{Key: "facts", Text: "Overview"}, {Key: "conns", Text: "Connections", Count: "3"}}, "conns")
	return tabs
}

func segmentsToSee() fyne.Widget {
	s := NewSegments("s", []Segment{{Key: "pod", Text: "Pod"}, {Key: "svc", Text: "Service"}}, nil)
	s.Set("svc")
	return s
}

func optionsToSee() fyne.Widget {
	o := NewOptions("o", 30, nil)
	o.Set([]Option{
		{Text: "Sort by", Head: true},
		{Key: "name", Text: "Name", On: true},
		{Key: "age", Text: "Age", Note: "newest first", Rule: true},
	}, "age")
	return o
}
