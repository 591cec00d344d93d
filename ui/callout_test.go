package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/parts"
)

func TestCalloutShowsTheOriginalMessage(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(parts.NewTheme())
	copied := ""
	grown := 0
	c := newCallout("error", func(s string) { copied = s })
	c.grown = func() { grown++ }
	if c.Fit(300) != 0 {
		t.Error("an empty one has a height")
	}
	c.error("Nothing listens on 8080 in web-1.")
	low := c.Fit(300)
	if c.more.Visible() {
		t.Error("there is nothing more to show")
	}
	c.setRaw("failed to connect to localhost:8080 inside namespace: dial tcp4 127.0.0.1:8080: connect: connection refused")
	link := c.Fit(300)
	test.Tap(c.more)
	all := c.Fit(300)
	if !(low < link && link < all) || grown != 1 || !c.said.Visible() {
		t.Errorf("heights %v, %v, %v; grown %d times", low, link, all, grown)
	}
	c.Resize(fyne.NewSize(300, all))
	if end := c.said.Position().Y + c.said.Size().Height; end > all {
		t.Errorf("the message ends at %v of %v", end, all)
	}
	test.Tap(c.copier)
	if copied != "Nothing listens on 8080 in web-1.\n"+c.raw {
		t.Errorf("copied %q", copied)
	}
	test.Tap(c.more)
	if c.Fit(300) != link {
		t.Errorf("folded again it is %v high, before %v", c.Fit(300), link)
	}
	c.setRaw("")
	if c.Fit(300) != low {
		t.Errorf("without a message it is %v high, before %v", c.Fit(300), low)
	}
}

// TestRemediesThatAreGoneDoNothing: the button that had the focus is hidden once it has
// helped, and keeps the focus.
func TestRemediesThatAreGoneDoNothing(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(parts.NewTheme())
	done := 0
	bar := newRemedyBar(func(string) { done++ })
	bar.set([]verb{{key: "a", text: "A"}})
	space := &fyne.KeyEvent{Name: fyne.KeySpace}
	bar.buttons[0].TypedKey(space)
	bar.set(nil)
	bar.buttons[0].TypedKey(space)
	if done != 1 {
		t.Errorf("it was done %d times", done)
	}
}
