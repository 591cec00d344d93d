package parts

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// themed starts an app with our theme; widgets are made after it.
func themed(t *testing.T) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(NewTheme())
}

// show puts a widget into a window.
func show(t *testing.T, o fyne.CanvasObject) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, o)
	w.Resize(fyne.NewSize(400, 300))
	return w
}

func press(w fyne.Focusable, k fyne.KeyName) { w.TypedKey(&fyne.KeyEvent{Name: k}) }

func TestButton(t *testing.T) {
	themed(t)
	n := 0
	b := NewButton("b", "Start", "play", Plain, func() { n++ })
	w := show(t, b)
	test.Tap(b)
	press(b, fyne.KeySpace)
	press(b, fyne.KeyReturn)
	b.Disable()
	test.Tap(b)
	press(b, fyne.KeySpace)
	if n != 3 {
		t.Errorf("two keys and a tap, and two that do not count, make %d calls", n)
	}
	got := fyne.KeyName("")
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { got = e.Name })
	press(b, fyne.KeyEscape)
	if got != fyne.KeyEscape {
		t.Error("a button swallows Escape")
	}
	wide := b.MinSize().Width
	b.Set("Start all tunnels of all contexts", "play")
	if b.MinSize().Width <= wide {
		t.Error("a longer word needs no more room")
	}
}

func TestWhatWasHiddenForLongIsDrawnOnce(t *testing.T) {
	themed(t)
	for name, w := range map[string]fyne.Widget{
		"button":   NewButton("b", "Start", "play", Plain, nil),
		"toggle":   NewToggle("t", nil),
		"field":    NewField("f", "name", "search", nil),
		"splitter": NewSplitter("s", true, nil, nil),
	} {
		first := len(w.CreateRenderer().Objects())
		if again := len(w.CreateRenderer().Objects()); again != first {
			t.Errorf("a %s has %d pieces, and %d when its renderer is made anew", name, first, again)
		}
	}
}

func TestToggleAsksAndDoesNotChangeByItself(t *testing.T) {
	themed(t)
	var asked []bool
	g := NewToggle("t", func(on bool) { asked = append(asked, on) })
	show(t, g)
	test.Tap(g)
	if g.On() || len(asked) != 1 || !asked[0] {
		t.Errorf("after a tap it is %v and asked for %v", g.On(), asked)
	}
	g.Set(true)
	press(g, fyne.KeySpace)
	if !g.On() || len(asked) != 2 || asked[1] {
		t.Errorf("after Space it is %v and asked for %v", g.On(), asked)
	}
}

func TestFieldHandsOnWhatItHasNoUseFor(t *testing.T) {
	themed(t)
	f := NewField("f", "name", "search", nil)
	w := show(t, f)
	var keys []fyne.KeyName
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { keys = append(keys, e.Name) })
	f.Focus()
	test.Type(f.Entry, "web")
	press(f.Entry, fyne.KeyEscape)
	press(f.Entry, fyne.KeyF5)
	f.OnKey = func(e *fyne.KeyEvent) bool { return e.Name == fyne.KeyEscape }
	press(f.Entry, fyne.KeyEscape)
	if f.Text() != "web" || len(keys) != 2 {
		t.Errorf("the text is %q and the window got %v", f.Text(), keys)
	}
}

func TestPickerSearchesAndTakesWhatIsTyped(t *testing.T) {
	themed(t)
	chosen := ""
	p := NewPicker("p", "Namespace", func(key string) { chosen = key })
	p.Custom = true
	w := show(t, p)
	p.Set([]Option{{Key: "data", Text: "data"}, {Key: "shop", Text: "shop"}}, "data", "", false)
	test.Tap(p)
	if w.Canvas().Overlays().Top() == nil {
		t.Fatal("a tap opens nothing")
	}
	test.Type(p.search.Entry, "sh")
	if got := p.list.Items(); len(got) != 2 || got[0].Key != "shop" || got[1].Text != "Use “sh”" {
		t.Errorf("with sh typed there are %+v", got)
	}
	press(p.search.Entry, fyne.KeyDown)
	p.search.Entry.OnSubmitted("")
	if chosen != "shop" || p.menu.IsOpen() {
		t.Errorf("Down and Enter choose %q", chosen)
	}
	test.Tap(p)
	test.Type(p.search.Entry, "team-a")
	p.Set([]Option{{Key: "new", Text: "new"}}, "data", "the list is old", true) // the list changes while it is open
	if p.search.Text() != "team-a" || p.note.Text() != "the list is old" {
		t.Errorf("a change of the list leaves %q typed and says %q", p.search.Text(), p.note.Text())
	}
	p.search.Entry.OnSubmitted("")
	if chosen != "team-a" {
		t.Errorf("Enter chooses %q, not what is typed", chosen)
	}
	test.Tap(p)
	if !Dismiss(w.Canvas()) || Dismiss(w.Canvas()) {
		t.Error("Escape does not close the list, or there is more than one")
	}
}

func TestOptionsKeys(t *testing.T) {
	themed(t)
	chosen := ""
	o := NewOptions("o", 30, func(key string) { chosen = key })
	show(t, o)
	if o.Key(fyne.KeyReturn) {
		t.Error("an empty list has something to choose")
	}
	o.Set([]Option{{Key: "a", Text: "a"}, {Key: "b", Text: "b"}}, "")
	for _, k := range []fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown} {
		o.Key(k)
	}
	o.Key(fyne.KeyReturn)
	if chosen != "b" {
		t.Errorf("the keys choose %q", chosen)
	}
	o.Set([]Option{{Key: "c", Text: "c"}}, "") // the cursor must stay inside
	o.Key(fyne.KeyReturn)
	if chosen != "c" {
		t.Errorf("in a shorter list Enter chooses %q", chosen)
	}
}

func TestOverlay(t *testing.T) {
	themed(t)
	w := show(t, NewButton("b", "x", "", Plain, nil))
	gone := 0
	place := func(fyne.Size) (x, y, width, height float32) { return 100, 100, 100, 100 }
	menu := NewOverlay(w.Canvas(), NewPara(Body, Fg), false, place)
	menu.Open()
	menu.Tapped(&fyne.PointEvent{Position: fyne.NewPos(150, 150)})
	if !menu.IsOpen() {
		t.Error("a tap inside closes a menu")
	}
	menu.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, 10)})
	if menu.IsOpen() {
		t.Error("a tap outside leaves a menu open")
	}
	sheet := NewOverlay(w.Canvas(), NewPara(Body, Fg), true, place)
	sheet.OnDismiss = func() { gone++ }
	sheet.Open()
	sheet.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, 10)})
	if gone != 0 {
		t.Error("a tap outside takes a sheet with typed text away")
	}
	Dismiss(w.Canvas())
	if gone != 1 {
		t.Error("Escape does not reach the sheet")
	}
}

func TestEveryIconThatIsBuiltInCanBeDrawn(t *testing.T) {
	themed(t)
	for _, name := range []string{"circle-alert", "copy", "check", "plus", "trash-2", "search"} {
		a, b := iconResource(name, Colour(Red)), iconResource(name, Colour(Green))
		if a.Name() == b.Name() {
			t.Errorf("%s has the same name in two colours: the toolkit would show one for the other", name)
		}
	}
	for _, name := range []string{"ready", "starting", "waiting", "degraded", "reconn", "needs", "stopped"} {
		if r := glyphResource(name, Colour(Red), Colour(Bg)); len(r.Content()) == 0 {
			t.Errorf("the glyph %s is empty", name)
		}
	}
}

func TestASecretFieldTellsNobodyWhatIsInIt(t *testing.T) {
	themed(t)
	f := NewField("secret", "", "", nil).Secret()
	show(t, f)
	f.SetText("s3crét")
	if _, text := f.Box(); text != "••••••" {
		t.Errorf("it tells %q", text)
	}
}

func TestAFieldMayTakeWhatIsPasted(t *testing.T) {
	themed(t)
	f := NewField("line", "", "", nil)
	show(t, f)
	clipboard := test.NewTempApp(t).Clipboard()
	paste := func(text string) {
		clipboard.SetContent(text)
		f.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	}
	var got []string
	f.OnPaste = func(text string) bool {
		got = append(got, text)
		return len(got) == 1
	}
	paste("a\nb")
	if f.Text() != "" || got[0] != "a\nb" {
		t.Errorf("what was taken, %q, is in the field as %q", got, f.Text())
	}
	paste("c")
	if f.Text() != "c" {
		t.Errorf("what was not taken is in the field as %q", f.Text())
	}
}

// A long menu has its last line a key away, as its first one.
func TestMenuKeys(t *testing.T) {
	themed(t)
	w := show(t, NewButton("b", "x", "", Plain, nil))
	items := []Option{{Key: "head", Text: "Head", Head: true}}
	for _, key := range []string{"a", "b", "c", "d"} {
		items = append(items, Option{Key: key, Text: key})
	}
	for _, tt := range []struct {
		keys []fyne.KeyName
		want string
	}{
		{[]fyne.KeyName{fyne.KeyEnd}, "d"},
		{[]fyne.KeyName{fyne.KeyEnd, fyne.KeyUp}, "c"},
		{[]fyne.KeyName{fyne.KeyEnd, fyne.KeyHome}, "a"},
	} {
		chosen := ""
		OpenMenu(w.Canvas(), "menu", fyne.NewPos(0, 0), items, func(key string) { chosen = key })
		for _, k := range append(tt.keys, fyne.KeyReturn) {
			w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
		}
		if chosen != tt.want {
			t.Errorf("%v choose %q, want %q", tt.keys, chosen, tt.want)
		}
	}
}
