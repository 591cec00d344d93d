package window

import (
	"fmt"
	"image"
	"os/exec"
	"strings"
	"testing"
	"time"
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
			cluster := newDemoCluster(t, d)
			w := d.open(t, exec.Command(shared.culvert, "--kubeconfig", cluster.kubeconfig),
				fmt.Sprintf("FYNE_SCALE=%d", day.scale), "FYNE_THEME="+day.theme)
			w.resize(day.size.Mul(day.scale))
			aDay(w, day.hands)
			w.close()
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
	w.see("welcome/title") // a first run: it says what to do
	w.keep("first run")

	by.quickLine(w, "svc/web :http -n shop")
	w.want("row:web", "Ready")
	addr := w.see("row:web/address:0").Text
	host().wantPage(t, addr, "web-")
	by.quickLine(w, "svc/api :http :metrics -n shop")
	w.want("row:api", "Ready")
	w.keep("two tunnels")

	by.choose(w, "web")
	by.toggle(w, "web")
	w.want("row:web", "Stopped")
	host().wantRefusal(t, addr)
	by.toggle(w, "web")
	w.want("row:web", "Ready")
	addr = w.see("row:web/address:0").Text
	host().wantPage(t, addr, "web-")

	by.copyAddress(w, "web")
	wantPasted(w, addr)

	port := busyPort(w)
	by.quickLine(w, "svc/cart-redis "+port+":redis -n shop")
	w.seeThat("row:cart-redis", "says that the port is busy", func(s string) bool { return strings.HasPrefix(s, "Needs you") })
	by.choose(w, "cart-redis")
	w.seeThat("conflict", "names the port", func(s string) bool { return strings.Contains(s, port) })
	w.keep("conflict")
	by.takeOtherPort(w)
	w.want("row:cart-redis", "Ready")
	other := w.see("row:cart-redis/address:0").Text
	if strings.HasSuffix(other, ":"+port) {
		t.Errorf("the tunnel listens at %s, whose port was busy", other)
	}
	host().wantEcho(t, other)

	by.rename(w, "cache")
	w.want("row:cache", "Ready")
	host().wantEcho(t, w.see("row:cache/address:0").Text)

	by.stopAllOf(w, "web", "cache")
	for _, name := range []string{"web", "api", "cache"} {
		w.want("row:"+name, "Stopped")
	}
	w.keep("picked")
	by.removePicked(w)
	for _, name := range []string{"web", "api", "cache"} {
		w.gone("row:" + name)
	}
	by.undo(w)
	for _, name := range []string{"web", "api", "cache"} {
		w.want("row:"+name, "Stopped")
	}
	by.removeFor(w, "web", "cache")
	w.gone("row:web")
	w.see("welcome/title")
}

// wantPasted wants that another program can paste a text.
func wantPasted(w *window, text string) {
	w.t.Helper()
	// It does not know what size the first window had.
	other := w.desktop.open(w.t, exec.Command(shared.culvert), "KUBECONFIG=", "HOME="+w.t.TempDir())
	other.click("tree-search")
	eventually(w.t, "the text on the clipboard", func() error {
		other.press("ctrl+a", "ctrl+v") // the last paste is replaced
		b, err := other.boxes()
		if err != nil {
			return err
		}
		if x, _ := b.find("tree-search"); x.Text != text {
			return fmt.Errorf("%q is pasted, want %q", x.Text, text)
		}
		return nil
	})
	other.close()
	w.activate()
}

// mouse does a day with the mouse, and types where there is no other way.
type mouse struct{}

func (mouse) quickLine(w *window, line string) {
	w.t.Helper()
	w.click("new-tunnel")
	w.click("form/line")
	w.write(line)
	w.want("form/line", line)
	w.click("form/create-start")
	w.gone("form/line")
}

func (mouse) choose(w *window, name string) {
	w.t.Helper()
	if b, err := w.boxes(); err != nil {
		w.t.Fatal(err)
	} else if _, open := b.find("details/close"); open { // a click on the selected row would close them
		w.click("details/close")
		w.gone("details/toggle")
	}
	w.click("row:" + name)
	w.see("details/toggle")
}

func (mouse) toggle(w *window, name string) {
	w.t.Helper()
	w.click("row:" + name + "/toggle")
}

func (mouse) copyAddress(w *window, name string) {
	w.t.Helper()
	w.click("row:" + name + "/address:0")
}

func (mouse) takeOtherPort(w *window) {
	w.t.Helper()
	w.click("conflict:use-port")
}

func (mouse) rename(w *window, name string) {
	w.t.Helper()
	w.click("details/tab:edit")
	w.fill("edit/name", name)
	w.click("edit/save")
}

func (mouse) stopAllOf(w *window, first, last string) {
	w.t.Helper()
	pickRange(w, first, last)
	w.click("bulk/stop")
}

func (mouse) removePicked(w *window) {
	w.t.Helper()
	w.click("bulk/remove")
}

func (mouse) undo(w *window) {
	w.t.Helper()
	w.click("undo")
}

func (mouse) removeFor(w *window, first, last string) {
	w.t.Helper()
	pickRange(w, first, last)
	w.click("bulk/remove")
}

// pickRange picks the tunnels from one to the other.
func pickRange(w *window, first, last string) {
	w.t.Helper()
	w.click("row:" + first)
	w.clickWith("shift", "row:"+last)
	w.see("bulk")
}

// clickWith clicks while a key is held.
func (w *window) clickWith(key, mark string) {
	w.t.Helper()
	w.desktop.must(w.t, "xdotool", "keydown", key)
	defer w.desktop.must(w.t, "xdotool", "keyup", key)
	w.click(mark)
}

// keyboard does a day without the mouse.
type keyboard struct{}

func (keyboard) quickLine(w *window, line string) {
	w.t.Helper()
	w.press("ctrl+k")
	w.see("form/line")
	w.write(line)
	w.want("form/line", line)
	w.press("Return")
	w.gone("form/line")
}

// choose goes through the table with the arrow keys.
func (keyboard) choose(w *window, name string) {
	w.t.Helper()
	w.press("ctrl+f", "Escape") // from wherever the keyboard was to the table
	w.search(name)
	w.press("Down")
	w.see("details/toggle")
	w.clearSearch()
}

func (keyboard) toggle(w *window, _ string) {
	w.t.Helper()
	w.press("space")
}

func (keyboard) copyAddress(w *window, _ string) {
	w.t.Helper()
	w.press("ctrl+c")
}

func (keyboard) takeOtherPort(w *window) {
	w.t.Helper()
	w.tabTo("conflict:use-port")
	w.press("space")
}

func (keyboard) rename(w *window, name string) {
	w.t.Helper()
	w.press("ctrl+e")
	field := w.either("edit/name", "form/name")
	w.tabTo(field)
	w.press("ctrl+a", "BackSpace")
	w.write(name)
	w.want(field, name)
	w.press("Return")
}

func (keyboard) stopAllOf(w *window, _, _ string) {
	w.t.Helper()
	w.press("ctrl+f", "Escape", "ctrl+a")
	w.see("bulk")
	w.press("space")
}

func (keyboard) removePicked(w *window) {
	w.t.Helper()
	w.press("Delete")
}

func (keyboard) undo(w *window) {
	w.t.Helper()
	w.tabTo("undo")
	w.press("space")
}

func (k keyboard) removeFor(w *window, _, _ string) {
	w.t.Helper()
	w.press("ctrl+f", "Escape", "ctrl+a")
	w.see("bulk")
	w.press("Delete")
}

// either waits for one of two boxes and returns its name.
func (w *window) either(one, other string) (found string) {
	w.t.Helper()
	w.await(one+" or "+other, func(b boxes) error {
		for _, found = range []string{one, other} {
			if _, ok := b.find(found); ok {
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
	w.press("ctrl+f", "ctrl+a", "BackSpace")
	w.write(text)
	w.want("search", text)
	w.press("Return")
}

func (w *window) clearSearch() {
	w.t.Helper()
	w.press("ctrl+f", "ctrl+a", "BackSpace")
	w.want("search", "")
	w.press("Escape")
}

// tabTo presses Tab until the named box has the keyboard.
func (w *window) tabTo(mark string) {
	w.t.Helper()
	const most = 80 // controls in the window
	for at, n := w.focus(), 0; at != mark; n++ {
		if n == most {
			w.t.Fatalf("Tab does not reach %s", mark)
		}
		w.press("Tab")
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
	b, err := w.boxes()
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
