package window

import (
	"fmt"
	"image"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"culvert/e2e/desk"
)

// TestLayout wants at each size and scale, in one theme or the other, that nothing
// is outside the window and that nothing lies over what can be clicked. With
// -pictures-all the pictures of all of them are kept.
func TestLayout(t *testing.T) {
	for _, look := range []struct {
		size  image.Point
		scale float64
		theme string
	}{
		{image.Pt(720, 480), 1, "light"},
		{image.Pt(720, 480), 1.5, "dark"},
		{image.Pt(1600, 1000), 1, "dark"},
		{image.Pt(1600, 1000), 2, "light"},
	} {
		t.Run(fmt.Sprintf("%dx%d at %v %s", look.size.X, look.size.Y, look.scale, look.theme), func(t *testing.T) {
			// The desktop has room for the window as it opens, too.
			room := scaled(image.Pt(max(look.size.X, pictureSize.X), max(look.size.Y, pictureSize.Y)), look.scale)
			d := newDesktopOf(t, room.Add(image.Pt(80, 80)))
			w := d.open(t, exec.Command(shared.culvert, "demo"), fmt.Sprintf("FYNE_SCALE=%v", look.scale), "FYNE_THEME="+look.theme)
			w.resize(scaled(look.size, look.scale))
			awaitDemo(w)
			for _, s := range scenes {
				s.show(w)
				w.wantOrder(s.name)
				w.keep(s.name)
				s.leave(w)
			}
			w.Close()
		})
	}
}

// scaled is a size in pixels; all of ours are whole at each scale.
func scaled(size image.Point, by float64) image.Point {
	return image.Pt(int(float64(size.X)*by), int(float64(size.Y)*by))
}

// scene is something that the window of the demo can show.
type scene struct {
	name        string
	show, leave func(*window)
}

var scenes = []scene{
	{"overview", func(*window) {}, func(*window) {}},
	{"tree", openTree, closeTree},
	{"details", func(w *window) { w.Click("row:web"); w.See("details/toggle") }, closeDetails},
	{"trouble", func(w *window) { w.Click("row:recommender"); w.See("details/toggle") }, closeDetails},
	{"new tunnel", func(w *window) {
		w.Press("ctrl+n")
		w.Fill("form/line", "svc/api :80 9090 -n shop")
		w.SeeThat("form/line-verdict", "says something", func(s string) bool { return s != "" })
	}, leaveForm},
	{"new tunnel, mistaken", func(w *window) {
		w.Press("ctrl+n")
		w.Fill("form/line", "svc/api 80x:8080")
		w.SeeThat("form/line-verdict", "says something", func(s string) bool { return s != "" })
	}, leaveForm},
	{"preferences", func(w *window) { w.Press("ctrl+comma"); w.See("prefs/done") }, func(w *window) {
		w.Press("Escape")
		w.Gone("prefs/done")
	}},
	{"search for nothing", func(w *window) {
		w.Click("search")
		w.Write("zzz")
		w.See("welcome/title")
	}, func(w *window) {
		w.Press("ctrl+a", "BackSpace")
		w.See("row:web")
	}},
}

// openTree opens a namespace of the demo, and the rail where that is folded.
func openTree(w *window) {
	w.t.Helper()
	w.foldRail()
	w.Click("tree:demo")
	w.Click("tree:demo/shop")
	w.Reveal("tree-group:demo/shop/services", true)
}

func closeTree(w *window) {
	w.t.Helper()
	w.Reveal("tree:demo", false)
	w.Click("tree:demo")
	w.Gone("tree:demo/shop")
	w.foldRail()
}

// foldRail opens the rail where the window is too narrow to show it by itself, or
// folds it there again.
func (w *window) foldRail() {
	w.t.Helper()
	b, err := w.Boxes()
	if err != nil {
		w.t.Fatal(err)
	}
	if _, folded := b.Find("cluster"); folded {
		w.Click("fold-rail")
		w.See("tree:demo")
	} else if w.narrow(b) {
		w.Click("fold-rail")
		w.See("cluster")
	}
}

// narrow says whether the rail is folded where the user has not opened it.
func (w *window) narrow(b desk.Boxes) bool {
	x, ok := b.Find("new-tunnel")
	return ok && x.Text == "New" // the button has lost its second word
}

func closeDetails(w *window) {
	w.Click("details/close")
	w.Gone("details/toggle")
}

func leaveForm(w *window) {
	w.Press("Escape")
	w.Gone("form/line")
}

// wantOrder wants that boxes are where they can be seen and clicked.
func (w *window) wantOrder(scene string) {
	w.t.Helper()
	var last []string
	// What has just opened may be on its way to its place.
	w.Await("the window is in order: "+scene, func(b desk.Boxes) error {
		if last = disorder(b); len(last) > 0 {
			return fmt.Errorf("%s", strings.Join(last, "; "))
		}
		return nil
	})
}

// disorder tells what is wrong with the places of boxes: what is outside the
// window, what lies over something that can be clicked, and what has the name of
// something else.
func disorder(b desk.Boxes) (wrong []string) {
	window := image.Rect(0, 0, int(b.Width+0.5), int(b.Height+0.5))
	for i, x := range b.Boxes {
		if r := place(x); !r.In(window) {
			wrong = append(wrong, fmt.Sprintf("%s at %v is outside the window %v", x.Mark, r, window))
		}
		for _, y := range b.Boxes[:i] {
			if x.Layer != y.Layer || !x.Click && !y.Click || partOf(x, y) || partOf(y, x) || meantToOverlap(x) || meantToOverlap(y) {
				continue
			}
			if common := place(x).Inset(1).Intersect(place(y).Inset(1)); !common.Empty() {
				wrong = append(wrong, fmt.Sprintf("%s at %v lies over %s at %v", x.Mark, place(x), y.Mark, place(y)))
			}
		}
	}
	return wrong
}

// place is where the box is, in whole pixels.
func place(b desk.Box) image.Rectangle {
	return image.Rect(int(b.X+0.5), int(b.Y+0.5), int(b.X+b.W+0.5), int(b.Y+b.H+0.5))
}

// partOf says whether a box is meant to lie in another: their names say so.
func partOf(b, o desk.Box) bool {
	return strings.HasPrefix(b.Mark, o.Mark+"/") || strings.HasPrefix(b.Mark, o.Mark+":") ||
		o.Mark == strings.Replace(b.Mark, "/copy:", "/fact:", 1) // the icon behind a fact
}

// meantToOverlap says whether a box is the grip between two panes, which reaches a
// little into both, a verdict, which is told of the place of what it is about, all
// rows of ports or profiles together, or a part of a row that explains itself and takes no
// clicks.
func meantToOverlap(b desk.Box) bool {
	if strings.HasPrefix(b.Mark, "split/") || strings.Contains(b.Mark, "verdict") || b.Mark == "form/ports" || b.Mark == "profiles/list" {
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
	w.Aside()
	name := strings.NewReplacer("/", "-", " ", "-", ",", "").Replace(w.t.Name() + "-" + scene)
	path := filepath.Join(*allPictures, name+".png")
	atRest(w, path)
}

func TestDisorder(t *testing.T) {
	at := func(mark string, x, y, w, h float32) desk.Box {
		return desk.Box{Mark: mark, X: x, Y: y, W: w, H: h, Click: true}
	}
	text := func(b desk.Box) desk.Box { b.Click = false; return b }
	over := func(b desk.Box) desk.Box { b.Layer = 1; return b }
	for name, test := range map[string]struct {
		boxes []desk.Box
		wrong int
	}{
		"side by side":                 {[]desk.Box{at("a", 0, 0, 50, 20), at("b", 50, 0, 50, 20)}, 0},
		"outside":                      {[]desk.Box{at("a", 60, 0, 50, 20)}, 1},
		"above":                        {[]desk.Box{at("a", 0, -3, 50, 20)}, 1},
		"one over the other":           {[]desk.Box{at("a", 0, 0, 50, 20), at("b", 40, 10, 50, 20)}, 1},
		"a text over a button":         {[]desk.Box{at("a", 0, 0, 50, 20), text(at("b", 40, 10, 50, 20))}, 1},
		"a text over a text":           {[]desk.Box{text(at("a", 0, 0, 50, 20)), text(at("b", 40, 10, 50, 20))}, 0},
		"a part of it":                 {[]desk.Box{at("row:web", 0, 0, 50, 20), at("row:web/toggle", 30, 0, 20, 20)}, 0},
		"one of a name that is longer": {[]desk.Box{at("row:web", 0, 0, 50, 20), at("row:web-2", 30, 0, 20, 20)}, 1},
		"in another layer":             {[]desk.Box{at("a", 0, 0, 50, 20), over(at("b", 40, 10, 50, 20))}, 0},
	} {
		if wrong := disorder(desk.Boxes{Width: 100, Height: 100, Boxes: test.boxes}); len(wrong) != test.wrong {
			t.Errorf("%s: %q, want %d", name, wrong, test.wrong)
		}
	}
}
