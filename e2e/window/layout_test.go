package window

import (
	"fmt"
	"image"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLayout wants at each size and scale, in one theme or the other, that nothing
// is outside the window and that nothing lies over what can be clicked. With
// -pictures-all the pictures of all of them are kept.
func TestLayout(t *testing.T) {
	for _, look := range []struct {
		size  image.Point
		scale int
		theme string
	}{
		{image.Pt(720, 480), 1, "light"},
		{image.Pt(720, 480), 2, "dark"},
		{image.Pt(1600, 1000), 1, "dark"},
		{image.Pt(1600, 1000), 2, "light"},
	} {
		t.Run(fmt.Sprintf("%dx%d at %d %s", look.size.X, look.size.Y, look.scale, look.theme), func(t *testing.T) {
			// The desktop has room for the window as it opens, too.
			room := image.Pt(max(look.size.X, pictureSize.X), max(look.size.Y, pictureSize.Y)).Mul(look.scale)
			d := newDesktopOf(t, room.Add(image.Pt(80, 80)))
			w := d.open(t, exec.Command(shared.culvert, "demo"), fmt.Sprintf("FYNE_SCALE=%d", look.scale), "FYNE_THEME="+look.theme)
			w.resize(look.size.Mul(look.scale))
			awaitDemo(w)
			for _, s := range scenes {
				s.show(w)
				w.wantOrder(s.name)
				w.keep(s.name)
				s.leave(w)
			}
			w.close()
		})
	}
}

// scene is something that the window of the demo can show.
type scene struct {
	name        string
	show, leave func(*window)
}

var scenes = []scene{
	{"overview", func(*window) {}, func(*window) {}},
	{"tree", openTree, func(w *window) {
		w.click("tree:demo")
		w.gone("tree:demo/shop")
		w.foldRail()
	}},
	{"details", func(w *window) { w.click("row:web"); w.see("details/toggle") }, closeDetails},
	{"trouble", func(w *window) { w.click("row:recommender"); w.see("details/toggle") }, closeDetails},
	{"new tunnel", func(w *window) {
		w.press("ctrl+n")
		w.fill("form/line", "svc/api :80 9090 -n shop")
		w.seeThat("form/line-verdict", "says something", func(s string) bool { return s != "" })
	}, leaveForm},
	{"new tunnel, mistaken", func(w *window) {
		w.press("ctrl+n")
		w.fill("form/line", "svc/api 80x:8080")
		w.seeThat("form/line-verdict", "says something", func(s string) bool { return s != "" })
	}, leaveForm},
	{"search for nothing", func(w *window) {
		w.click("search")
		w.write("zzz")
		w.see("welcome/title")
	}, func(w *window) {
		w.press("ctrl+a", "BackSpace")
		w.see("row:web")
	}},
}

// openTree opens a namespace of the demo, and the rail where that is folded.
func openTree(w *window) {
	w.t.Helper()
	w.foldRail()
	w.click("tree:demo")
	w.click("tree:demo/shop")
	w.see("tree-group:demo/shop/services")
}

// foldRail opens the rail where the window is too narrow to show it by itself, or
// folds it there again.
func (w *window) foldRail() {
	w.t.Helper()
	b, err := w.boxes()
	if err != nil {
		w.t.Fatal(err)
	}
	if _, folded := b.find("cluster"); folded {
		w.click("fold-rail")
		w.see("tree:demo")
	} else if w.narrow(b) {
		w.click("fold-rail")
		w.see("cluster")
	}
}

// narrow says whether the rail is folded where the user has not opened it.
func (w *window) narrow(b boxes) bool {
	x, ok := b.find("new-tunnel")
	return ok && x.Text == "New" // the button has lost its second word
}

func closeDetails(w *window) {
	w.click("details/close")
	w.gone("details/toggle")
}

func leaveForm(w *window) {
	w.press("Escape")
	w.gone("form/line")
}

// wantOrder wants that boxes are where they can be seen and clicked.
func (w *window) wantOrder(scene string) {
	w.t.Helper()
	var last []string
	// What has just opened may be on its way to its place.
	w.await("the window is in order: "+scene, func(b boxes) error {
		if last = b.disorder(); len(last) > 0 {
			return fmt.Errorf("%s", strings.Join(last, "; "))
		}
		return nil
	})
}

// disorder tells what is wrong with the places of boxes: what is outside the
// window, what lies over something that can be clicked, and what has the name of
// something else.
func (b boxes) disorder() (wrong []string) {
	window := image.Rect(0, 0, int(b.Width+0.5), int(b.Height+0.5))
	for i, x := range b.Boxes {
		if r := x.place(); !r.In(window) {
			wrong = append(wrong, fmt.Sprintf("%s at %v is outside the window %v", x.Mark, r, window))
		}
		for _, y := range b.Boxes[:i] {
			if x.Layer != y.Layer || !x.Click && !y.Click || x.partOf(y) || y.partOf(x) || x.meantToOverlap() || y.meantToOverlap() {
				continue
			}
			if common := x.place().Inset(1).Intersect(y.place().Inset(1)); !common.Empty() {
				wrong = append(wrong, fmt.Sprintf("%s at %v lies over %s at %v", x.Mark, x.place(), y.Mark, y.place()))
			}
		}
	}
	return wrong
}

// place is where the box is, in whole pixels.
func (b box) place() image.Rectangle {
	return image.Rect(int(b.X+0.5), int(b.Y+0.5), int(b.X+b.W+0.5), int(b.Y+b.H+0.5))
}

// partOf says whether a box is meant to lie in another: their names say so.
func (b box) partOf(o box) bool {
	return strings.HasPrefix(b.Mark, o.Mark+"/") || strings.HasPrefix(b.Mark, o.Mark+":") ||
		o.Mark == strings.Replace(b.Mark, "/copy:", "/fact:", 1) // the icon behind a fact
}

// meantToOverlap says whether a box is the grip between two panes, which reaches a
// little into both, a verdict, which is told of the place of what it is about, all
// rows of ports together, or a part of a row that explains itself and takes no
// clicks.
func (b box) meantToOverlap() bool {
	if strings.HasPrefix(b.Mark, "split/") || strings.Contains(b.Mark, "verdict") || b.Mark == "form/ports" {
		return true
	}
	_, part, _ := strings.Cut(strings.TrimPrefix(b.Mark, "row:"), "/")
	return strings.HasPrefix(b.Mark, "row:") && (part == "target" || part == "rate" || part == "conns" || part == "help")
}

// keep writes a picture of the window, where -pictures-all says so.
func (w *window) keep(scene string) {
	w.t.Helper()
	if *allPictures == "" {
		return
	}
	w.aside()
	name := strings.NewReplacer("/", "-", " ", "-", ",", "").Replace(w.t.Name() + "-" + scene)
	path := filepath.Join(*allPictures, name+".png")
	atRest(w, path)
}

func TestDisorder(t *testing.T) {
	at := func(mark string, x, y, w, h float32) box { return box{Mark: mark, X: x, Y: y, W: w, H: h, Click: true} }
	text := func(b box) box { b.Click = false; return b }
	over := func(b box) box { b.Layer = 1; return b }
	for name, test := range map[string]struct {
		boxes []box
		wrong int
	}{
		"side by side":                 {[]box{at("a", 0, 0, 50, 20), at("b", 50, 0, 50, 20)}, 0},
		"outside":                      {[]box{at("a", 60, 0, 50, 20)}, 1},
		"above":                        {[]box{at("a", 0, -3, 50, 20)}, 1},
		"one over the other":           {[]box{at("a", 0, 0, 50, 20), at("b", 40, 10, 50, 20)}, 1},
		"a text over a button":         {[]box{at("a", 0, 0, 50, 20), text(at("b", 40, 10, 50, 20))}, 1},
		"a text over a text":           {[]box{text(at("a", 0, 0, 50, 20)), text(at("b", 40, 10, 50, 20))}, 0},
		"a part of it":                 {[]box{at("row:web", 0, 0, 50, 20), at("row:web/toggle", 30, 0, 20, 20)}, 0},
		"one of a name that is longer": {[]box{at("row:web", 0, 0, 50, 20), at("row:web-2", 30, 0, 20, 20)}, 1},
		"in another layer":             {[]box{at("a", 0, 0, 50, 20), over(at("b", 40, 10, 50, 20))}, 0},
	} {
		if wrong := (boxes{Width: 100, Height: 100, Boxes: test.boxes}).disorder(); len(wrong) != test.wrong {
			t.Errorf("%s: %q, want %d", name, wrong, test.wrong)
		}
	}
}
