package parts

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestTabsTurnByKeysAndTaps(t *testing.T) {
	themed(t)
	pages := []Tab{{Key: "a", Text: "Overview"}, {Key: "b", Text: "Connections", Count: "3"}, {Key: "c", Text: "Edit"}}
	var tabs *Tabs
	tabs = NewTabs("page", func(key string) { tabs.Set(pages, key) })
	tabs.Set(pages, "a")
	w := show(t, tabs)
	steps := []struct {
		key  fyne.KeyName
		want string
	}{
		{fyne.KeyLeft, "a"},
		{fyne.KeyRight, "b"},
		{fyne.KeyRight, "c"},
		{fyne.KeyRight, "c"},
		{fyne.KeyLeft, "b"},
		{fyne.KeyHome, "a"},
		{fyne.KeyEnd, "c"},
	}
	for i, s := range steps {
		press(tabs, s.key)
		if tabs.Chosen() != s.want {
			t.Fatalf("after step %d, %s, the page is %q, want %q", i, s.key, tabs.Chosen(), s.want)
		}
	}
	test.Tap(tabs.cells[1])
	if tabs.Chosen() != "b" {
		t.Errorf("a tap on the second page opens %q", tabs.Chosen())
	}
	if mark, text := tabs.cells[1].Box(); mark != "page:b" || text != "Connections" {
		t.Errorf("the second page is called %q %q", mark, text)
	}
	passed := fyne.KeyName("")
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { passed = e.Name })
	press(tabs, fyne.KeyEscape)
	if passed != fyne.KeyEscape {
		t.Error("Escape does not reach the window")
	}
}

func TestTabsCutWhatDoesNotFit(t *testing.T) {
	themed(t)
	tabs := NewTabs("page", func(string) {})
	tabs.Set([]Tab{{Key: "a", Text: "A name that is far too long for this place"}, {Key: "b", Text: "Edit"}}, "a")
	show(t, tabs)
	tabs.Resize(fyne.NewSize(120, TabsHeight))
	if under := tabs.under.C; under.Position().X+under.Size().Width > 120 {
		t.Errorf("the line below the page ends at %v of 120", under.Position().X+under.Size().Width)
	}
	full := tabs.Width()
	tabs.Set([]Tab{{Key: "a", Text: "Edit", Count: "12"}}, "a")
	roomy := tabs.Width()
	tabs.Compact(true)
	if tabs.Width() >= roomy || roomy >= full {
		t.Errorf("compact tabs need %v, others %v, long ones %v", tabs.Width(), roomy, full)
	}
}

// Who is about to click a page must not meet another one because a count came.
func TestTabsStayWhereTheyAre(t *testing.T) {
	themed(t)
	tabs := NewTabs("page", func(string) {})
	show(t, tabs)
	tabs.Resize(fyne.NewSize(400, TabsHeight))
	at := func(count string) fyne.Position {
		tabs.Set([]Tab{{Key: "a", Text: "Connections", Count: count, Counts: true}, {Key: "b", Text: "Edit"}}, "b")
		return tabs.cells[1].Position()
	}
	for _, compact := range []bool{false, true} {
		tabs.Compact(compact)
		if none, some := at(""), at("4"); none.X != some.X {
			t.Errorf("compact %v: a count moves the next page from %v to %v", compact, none.X, some.X)
		}
	}
}
