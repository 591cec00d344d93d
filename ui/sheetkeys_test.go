package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/parts"
)

// TestSheetsByKeyboard: in each sheet Tab comes to all that takes the keyboard and goes
// round, Shift+Tab as well, and Escape gives it back to who had it.
func TestSheetsByKeyboard(t *testing.T) {
	sheets := map[string]func(*App){
		"new tunnel":  (*App).newTunnel,
		"preferences": (*App).preferences,
		"keys":        (*App).showKeys,
		"about":       (*App).about,
		"licences":    (*App).showLicences,
		"documents":   (*App).showDocuments,
		"export":      (*App).giveShown,
		"import":      func(a *App) { a.openTaking("") },
		"a question":  func(a *App) { a.tell("It failed", "Try again.") },
	}
	for name, open := range sheets {
		t.Run(name, func(t *testing.T) {
			w := newWorldOfBuild(t, scene())
			w.app.window.Resize(fyne.NewSize(windowWidth, windowHeight))
			c := w.app.window.Canvas()
			c.Focus(w.app.table.list)
			open(w.app)
			over := c.Overlays().Top()
			if over == nil {
				t.Fatal("nothing opened")
			}
			want := focusable(over)
			if len(want) == 0 {
				t.Fatal("nothing in it takes the keyboard")
			}
			for way, next := range map[string]func(){"Tab": c.FocusNext, "Shift+Tab": c.FocusPrevious} {
				met := make(map[fyne.Focusable]bool)
				for range 2 * len(want) {
					next()
					f := c.Focused()
					if !slices.Contains(want, f) {
						t.Fatalf("%s goes to %T, which is not in the sheet, or not to be seen", way, f)
					}
					met[f] = true
				}
				for _, f := range want {
					if !met[f] {
						t.Errorf("%s does not come to %T at %v", way, f, f.(fyne.CanvasObject).Position())
					}
				}
			}
			parts.Dismiss(c)
			if c.Overlays().Top() != nil || c.Focused() != fyne.Focusable(w.app.table.list) {
				t.Errorf("behind it %T has the keyboard", c.Focused())
			}
		})
	}
}

// focusable returns what can be seen in an object and takes the keyboard.
func focusable(o fyne.CanvasObject) []fyne.Focusable {
	if !o.Visible() {
		return nil
	}
	var out []fyne.Focusable
	d, can := o.(fyne.Disableable)
	if f, ok := o.(fyne.Focusable); ok && (!can || !d.Disabled()) {
		out = append(out, f)
	}
	for _, child := range childrenOf(o) {
		out = append(out, focusable(child)...)
	}
	return out
}

func childrenOf(o fyne.CanvasObject) []fyne.CanvasObject {
	switch v := o.(type) {
	case *fyne.Container:
		return v.Objects
	case fyne.Widget:
		return test.WidgetRenderer(v).Objects()
	}
	return nil
}
