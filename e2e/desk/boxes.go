package desk

import (
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// Boxes tells where the widgets are, in pixels from the window's upper left
// corner.
type Boxes struct {
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
	Boxes  []Box   `json:"boxes"`
}

// Box is where a widget is, and what it says.
type Box struct {
	Mark  string  `json:"mark"`
	Text  string  `json:"text"`
	X     float32 `json:"x"`
	Y     float32 `json:"y"`
	W     float32 `json:"w"`
	H     float32 `json:"h"`
	Layer int     `json:"layer"` // 0 is the window, then what lies over it
	Off   bool    `json:"off"`
	Click bool    `json:"click"` // it answers to a click
	Cut   bool    `json:"cut"`   // a part of it is scrolled out of sight
	Focus bool    `json:"focus"` // it has the keyboard
}

// String tells the names and texts of all boxes.
func (b Boxes) String() string {
	var s strings.Builder
	for _, x := range b.Boxes {
		fmt.Fprintf(&s, "%s=%q ", x.Mark, x.Text)
	}
	return s.String()
}

// Find returns the topmost box of that name.
func (b Boxes) Find(mark string) (Box, bool) {
	var found Box
	ok := false
	for _, x := range b.Boxes {
		if x.Mark == mark && (!ok || x.Layer > found.Layer) {
			found, ok = x, true
		}
	}
	return found, ok
}

// Boxes asks the window for its boxes.
func (w *Window) Boxes() (Boxes, error) {
	var b Boxes
	if err := w.Alive(); err != nil {
		return b, err
	}
	conn, err := net.DialTimeout("unix", w.socket, 5*time.Second)
	if err != nil {
		return b, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return b, err
	}
	err = json.NewDecoder(conn).Decode(&b)
	return b, err
}

// Await waits until the boxes are as wanted; the error says what they lack.
func (w *Window) Await(what string, wanted func(Boxes) error) {
	w.t.Helper()
	var last Boxes
	defer func() {
		if w.t.Failed() {
			w.t.Logf("the window has the boxes %v", last)
		}
	}()
	Eventually(w.t, what, func() error {
		b, err := w.Boxes()
		if err != nil {
			return err
		}
		last = b
		return wanted(b)
	})
}

// See waits until there is a box of that name and returns it.
func (w *Window) See(mark string) Box {
	w.t.Helper()
	return w.SeeThat(mark, "is there", func(string) bool { return true })
}

// Want waits until the box has exactly that text.
func (w *Window) Want(mark, text string) {
	w.t.Helper()
	w.SeeThat(mark, fmt.Sprintf("is %q", text), func(s string) bool { return s == text })
}

// SeeThat waits until the box's text is as wanted and returns the box.
func (w *Window) SeeThat(mark, what string, wanted func(text string) bool) (found Box) {
	w.t.Helper()
	w.Await(mark+" "+what, func(b Boxes) error {
		x, ok := b.Find(mark)
		if !ok {
			return fmt.Errorf("there is no %s", mark)
		}
		if !wanted(x.Text) {
			return fmt.Errorf("it is %q", x.Text)
		}
		found = x
		return nil
	})
	return found
}

// Gone waits until there is no box of that name.
func (w *Window) Gone(mark string) {
	w.t.Helper()
	w.Await(mark+" is gone", func(b Boxes) error {
		if x, ok := b.Find(mark); ok {
			return fmt.Errorf("it is there, with the text %q", x.Text)
		}
		return nil
	})
}

// Texts returns the texts of the boxes whose names begin so, in the order of
// their names, once there are as many as given.
func (w *Window) Texts(prefix string, n int) []string {
	w.t.Helper()
	var found []Box
	w.Await(fmt.Sprintf("%d boxes %s", n, prefix), func(b Boxes) error {
		found = nil
		for _, x := range b.Boxes {
			if strings.HasPrefix(x.Mark, prefix) {
				found = append(found, x)
			}
		}
		if len(found) != n {
			return fmt.Errorf("there are %d", len(found))
		}
		return nil
	})
	slices.SortFunc(found, func(a, b Box) int { return strings.Compare(a.Mark, b.Mark) })
	texts := make([]string, 0, n)
	for _, x := range found {
		texts = append(texts, x.Text)
	}
	return texts
}

// Target waits until the box can be clicked: it is in sight, nothing lies over
// it, it is enabled and it has come to rest.
func (w *Window) Target(mark string) (found Box) {
	w.t.Helper()
	w.Await(mark+" can be clicked", func(b Boxes) error {
		x, ok := b.Find(mark)
		top := slices.MaxFunc(b.Boxes, func(a, b Box) int { return a.Layer - b.Layer })
		before := found
		found = x
		x.Text, before.Text = "", ""
		switch mx, my := x.X+x.W/2, x.Y+x.H/2; {
		case !ok:
			return fmt.Errorf("there is no %s", mark)
		case x.Layer != top.Layer:
			return fmt.Errorf("%s lies over it", top.Mark)
		case x.Off:
			return fmt.Errorf("%s is disabled", mark)
		case x.W < 1 || x.H < 1 || mx < 0 || my < 0 || mx >= b.Width || my >= b.Height:
			return fmt.Errorf("%s is out of sight: %+v", mark, x)
		case x != before:
			return fmt.Errorf("%s is still moving", mark)
		}
		return nil
	})
	return found
}

// Has wants a box of that name whose text contains something, see [Window.Await].
func Has(mark, text string) func(Boxes) error {
	return func(b Boxes) error {
		x, ok := b.Find(mark)
		switch {
		case !ok:
			return fmt.Errorf("there is no %s", mark)
		case !strings.Contains(x.Text, text):
			return fmt.Errorf("%s is %q", mark, x.Text)
		}
		return nil
	}
}

// Lacks wants no box of that name, see [Window.Await].
func Lacks(mark string) func(Boxes) error {
	return func(b Boxes) error {
		if x, ok := b.Find(mark); ok {
			return fmt.Errorf("%s is there with the text %q", mark, x.Text)
		}
		return nil
	}
}
