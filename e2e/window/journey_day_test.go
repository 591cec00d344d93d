package window

import (
	"fmt"
	"image"
	"os/exec"
	"strings"
	"testing"
	"time"

	"culvert/e2e/desk"
)

// The click paths of a day on the demo cluster: from a first run to an empty
// window, by mouse and by keyboard, in both themes, both scales and two sizes.
func TestDay(t *testing.T) {
	for _, day := range []struct {
		name  string
		hands hands
		size  image.Point
		scale int
		theme string
	}{
		{"by mouse", mouse{}, image.Pt(1600, 1000), 1, "light"},
		{"by mouse, small and dark", mouse{}, image.Pt(720, 480), 1, "dark"},
		{"by keyboard", keyboard{}, image.Pt(1080, 680), 1, "dark"},
		{"by keyboard, at twice the scale", keyboard{}, image.Pt(1080, 680), 2, "light"},
	} {
		t.Run(day.name, func(t *testing.T) {
			room := image.Pt(max(day.size.X, pictureSize.X), max(day.size.Y, pictureSize.Y)).Mul(day.scale)
			d := newDesktopOf(t, room.Add(image.Pt(80, 80)))
			cluster := desk.NewCluster(t, d.Home)
			w := d.open(t, exec.Command(shared.culvert, "--kubeconfig", cluster.Kubeconfig),
				fmt.Sprintf("FYNE_SCALE=%d", day.scale), "FYNE_THEME="+day.theme)
			w.resize(day.size.Mul(day.scale))
			aDay(w, day.hands)
			w.Close()
		})
	}
}

// hands are a way to do what a day needs. The methods return when the window has
// taken notice; what comes of it is for the day to see.
type hands interface {
	quickLine(w *window, line string)        // opens the sheet, writes the line and creates the tunnel
	choose(w *window, name string)           // selects a tunnel, with its details
	toggle(w *window, name string)           // starts it or stops it
	copyAddress(w *window, name string)      // of the selected tunnel
	takeOtherPort(w *window)                 // on the conflict card of the selected tunnel
	rename(w *window, name string)           // the selected tunnel, in its details
	stopAllOf(w *window, first, last string) // picks the tunnels from one to the other and stops them
	removePicked(w *window)                  // removes them
	undo(w *window)                          // brings them back
	removeFor(w *window, first, last string) // removes them and lets the undo go
}

// aDay is what one does in a day.
func aDay(w *window, by hands) {
	t := w.t
	t.Helper()
	w.See("welcome/title") // a first run: it says what to do
	w.keep("first run")

	by.quickLine(w, "svc/web :http -n shop")
	w.Want("row:web", "Ready")
	addr := w.See("row:web/address:0").Text
	desk.Host().WantPage(t, addr, "web-")
	by.quickLine(w, "svc/api :http :metrics -n shop")
	w.Want("row:api", "Ready")
	w.keep("two tunnels")

	by.choose(w, "web")
	by.toggle(w, "web")
	w.Want("row:web", "Stopped")
	desk.Host().WantRefusal(t, addr)
	by.toggle(w, "web")
	w.Want("row:web", "Ready")
	addr = w.See("row:web/address:0").Text
	desk.Host().WantPage(t, addr, "web-")

	by.copyAddress(w, "web")
	wantPasted(w, addr)

	port := busyPort(w)
	by.quickLine(w, "svc/cart-redis "+port+":redis -n shop")
	w.SeeThat("row:cart-redis", "says that the port is busy", func(s string) bool { return strings.HasPrefix(s, "Needs you") })
	by.choose(w, "cart-redis")
	w.SeeThat("conflict", "names the port", func(s string) bool { return strings.Contains(s, port) })
	w.keep("conflict")
	by.takeOtherPort(w)
	w.Want("row:cart-redis", "Ready")
	other := w.See("row:cart-redis/address:0").Text
	if strings.HasSuffix(other, ":"+port) {
		t.Errorf("the tunnel listens at %s, whose port was busy", other)
	}
	desk.Host().WantEcho(t, other)

	by.rename(w, "cache")
	w.Want("row:cache", "Ready")
	desk.Host().WantEcho(t, w.See("row:cache/address:0").Text)

	by.stopAllOf(w, "web", "cache")
	for _, name := range []string{"web", "api", "cache"} {
		w.Want("row:"+name, "Stopped")
	}
	w.keep("picked")
	by.removePicked(w)
	for _, name := range []string{"web", "api", "cache"} {
		w.Gone("row:" + name)
	}
	by.undo(w)
	for _, name := range []string{"web", "api", "cache"} {
		w.Want("row:"+name, "Stopped")
	}
	by.removeFor(w, "web", "cache")
	w.Gone("row:web")
	w.See("welcome/title")
}

// wantPasted wants that another program can paste a text.
func wantPasted(w *window, text string) {
	w.t.Helper()
	desk.Eventually(w.t, "the text on the clipboard", func() error {
		got, err := w.desktop.Clipboard(w.t.Context())
		if err == nil && got != text {
			err = fmt.Errorf("%q is pasted, want %q", got, text)
		}
		return err
	})
}

// mouse does a day with the mouse, and types where there is no other way.
type mouse struct{}

func (mouse) quickLine(w *window, line string) {
	w.t.Helper()
	w.Click("new-tunnel")
	w.Click("form/line")
	w.Write(line)
	w.Want("form/line", line)
	w.Click("form/create-start")
	w.Gone("form/line")
}

func (mouse) choose(w *window, name string) {
	w.t.Helper()
	if b, err := w.Boxes(); err != nil {
		w.t.Fatal(err)
	} else if _, open := b.Find("details/close"); open { // a click on the selected row would close them
		w.Click("details/close")
		w.Gone("details/toggle")
	}
	w.Click("row:" + name)
	w.See("details/toggle")
}

func (mouse) toggle(w *window, name string) {
	w.t.Helper()
	w.Click("row:" + name + "/toggle")
}

func (mouse) copyAddress(w *window, name string) {
	w.t.Helper()
	w.Click("row:" + name + "/address:0")
}

func (mouse) takeOtherPort(w *window) {
	w.t.Helper()
	w.Click("conflict:use-port")
}

func (mouse) rename(w *window, name string) {
	w.t.Helper()
	w.Click("details/tab:edit")
	w.Fill("edit/name", name)
	w.Click("edit/save")
}

func (mouse) stopAllOf(w *window, first, last string) {
	w.t.Helper()
	pickRange(w, first, last)
	w.Click("bulk/stop")
}

func (mouse) removePicked(w *window) {
	w.t.Helper()
	w.Click("bulk/remove")
}

func (mouse) undo(w *window) {
	w.t.Helper()
	w.Click("undo")
}

func (mouse) removeFor(w *window, first, last string) {
	w.t.Helper()
	pickRange(w, first, last)
	w.Click("bulk/remove")
}

// pickRange picks the tunnels from one to the other.
func pickRange(w *window, first, last string) {
	w.t.Helper()
	w.Click("row:" + first)
	w.clickWith("shift", "row:"+last)
	w.See("bulk")
}

// clickWith clicks while a key is held.
func (w *window) clickWith(key, mark string) {
	w.t.Helper()
	w.desktop.Must(w.t, "xdotool", "keydown", key)
	defer w.desktop.Must(w.t, "xdotool", "keyup", key)
	w.Click(mark)
}

// keyboard does a day without the mouse.
type keyboard struct{}

func (keyboard) quickLine(w *window, line string) {
	w.t.Helper()
	w.Press("ctrl+k")
	w.See("form/line")
	w.Write(line)
	w.Want("form/line", line)
	w.Press("Return")
	w.Gone("form/line")
}

// choose goes through the table with the arrow keys.
func (keyboard) choose(w *window, name string) {
	w.t.Helper()
	w.Press("ctrl+f", "Escape") // from wherever the keyboard was to the table
	w.search(name)
	w.Press("Down")
	w.See("details/toggle")
	w.clearSearch()
}

func (keyboard) toggle(w *window, _ string) {
	w.t.Helper()
	w.Press("space")
}

func (keyboard) copyAddress(w *window, _ string) {
	w.t.Helper()
	w.Press("ctrl+c")
}

func (keyboard) takeOtherPort(w *window) {
	w.t.Helper()
	w.tabTo("conflict:use-port")
	w.Press("space")
}

func (keyboard) rename(w *window, name string) {
	w.t.Helper()
	w.Press("ctrl+e")
	field := w.either("edit/name", "form/name")
	w.tabTo(field)
	w.Press("ctrl+a", "BackSpace")
	w.Write(name)
	w.Want(field, name)
	w.Press("Return")
}

func (keyboard) stopAllOf(w *window, _, _ string) {
	w.t.Helper()
	w.Press("ctrl+f", "Escape", "ctrl+a")
	w.See("bulk")
	w.Press("space")
}

func (keyboard) removePicked(w *window) {
	w.t.Helper()
	w.Press("Delete")
}

func (keyboard) undo(w *window) {
	w.t.Helper()
	w.See("undo")
	w.Press("ctrl+z")
}

func (k keyboard) removeFor(w *window, _, _ string) {
	w.t.Helper()
	w.Press("ctrl+f", "Escape", "ctrl+a")
	w.See("bulk")
	w.Press("Delete")
}

// either waits for one of two boxes and returns its name.
func (w *window) either(one, other string) (found string) {
	w.t.Helper()
	w.Await(one+" or "+other, func(b desk.Boxes) error {
		for _, found = range []string{one, other} {
			if _, ok := b.Find(found); ok {
				return nil
			}
		}
		return fmt.Errorf("there is neither")
	})
	return found
}

// search writes into the search of the table by keys.
func (w *window) search(text string) {
	w.t.Helper()
	w.Press("ctrl+f", "ctrl+a", "BackSpace")
	w.Write(text)
	w.Want("search", text)
	w.Press("Return")
}

func (w *window) clearSearch() {
	w.t.Helper()
	w.Press("ctrl+f", "ctrl+a", "BackSpace")
	w.Want("search", "")
	w.Press("Escape")
}

// tabTo presses Tab until the named box has the keyboard.
func (w *window) tabTo(mark string) {
	w.t.Helper()
	const most = 80 // controls in the window
	for at, n := w.focus(), 0; at != mark; n++ {
		if n == most {
			w.t.Fatalf("Tab does not reach %s", mark)
		}
		w.Press("Tab")
		before := at
		// What has the keyboard has no name, or is the only thing that can.
		for patient := time.Now().Add(300 * time.Millisecond); ; {
			if at = w.focus(); at != before || time.Now().After(patient) {
				break
			}
		}
	}
}

// focus returns the name of the box that has the keyboard; empty for none.
func (w *window) focus() string {
	w.t.Helper()
	b, err := w.Boxes()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, x := range b.Boxes {
		if x.Focus {
			return x.Mark
		}
	}
	return ""
}
