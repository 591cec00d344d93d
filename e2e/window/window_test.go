package window

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// window is a running culvert with its window, and the hands and eyes of who
// uses it. Methods that cannot do what they should fail the test.
type window struct {
	*child
	t       *testing.T
	desktop *desktop
	id      string // as the X server's tools want it
	socket  string
}

// open starts a culvert and waits for its window.
func (d *desktop) open(t *testing.T, cmd *exec.Cmd, env ...string) *window {
	t.Helper()
	d.opens++
	name := fmt.Sprintf("culvert-%d", d.opens)
	w := &window{t: t, desktop: d, socket: filepath.Join(d.dir, name)}
	env = append([]string{"CULVERT_E2E_SOCKET=" + w.socket, "FYNE_SCALE=1", "FYNE_THEME=light"}, env...)
	d.front = "" // a new window takes the place in front
	// SIGTERM first would close it in order, but a program whose window hangs
	// takes no notice of that.
	w.child = d.start(t, name, cmd, false, env...)
	t.Cleanup(func() {
		if t.Failed() {
			w.keepEvidence()
		}
	})
	eventually(t, "the window", func() (err error) {
		if err := w.alive(); err != nil {
			t.Fatalf("%v\n%s", err, w.printed())
		}
		w.id, err = d.windowOf(t, w.cmd.Process.Pid)
		return err
	})
	w.see("new-tunnel")
	return w
}

// windowOf finds the window of a process.
func (d *desktop) windowOf(t *testing.T, pid int) (string, error) {
	list, err := d.tool(t.Context(), "wmctrl", "-l", "-p")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(list) {
		// ID DESKTOP PID HOST TITLE
		if f := strings.Fields(line); len(f) >= 5 && f[2] == strconv.Itoa(pid) {
			return f[0], nil
		}
	}
	return "", fmt.Errorf("no window of the process %d in\n%s", pid, list)
}

// close closes the window as its user does and wants an orderly end.
func (w *window) close() {
	w.t.Helper()
	w.desktop.must(w.t, "wmctrl", "-i", "-c", w.id)
	w.desktop.front = ""
	if code := w.status(w.t); code != 0 {
		w.t.Errorf("the exit status is %d, want 0\n%s", code, w.printed())
	}
}

// activate brings the window to the front and gives it the keyboard.
func (w *window) activate() {
	w.t.Helper()
	if w.desktop.front != w.id {
		w.desktop.must(w.t, "xdotool", "windowactivate", "--sync", w.id)
		w.desktop.front = w.id
	}
}

// click moves the mouse to the named box and clicks.
func (w *window) click(mark string) {
	w.t.Helper()
	w.activate()
	b := w.target(mark)
	w.desktop.must(w.t, "xdotool", "mousemove", "--window", w.id,
		strconv.Itoa(int(b.X+b.W/2)), strconv.Itoa(int(b.Y+b.H/2)), "click", "1")
}

// press presses keys, named as for xdotool: "ctrl+n", "Return".
func (w *window) press(keys ...string) {
	w.t.Helper()
	w.activate()
	w.desktop.must(w.t, "xdotool", append([]string{"key", "--delay", "20"}, keys...)...)
}

// write types a text to where the keyboard is.
func (w *window) write(text string) {
	w.t.Helper()
	w.activate()
	w.desktop.must(w.t, "xdotool", "type", "--delay", "15", text)
}

// fill replaces what stands in the named field.
func (w *window) fill(mark, text string) {
	w.t.Helper()
	w.click(mark)
	w.press("ctrl+a", "BackSpace")
	w.want(mark, "")
	if text != "" {
		w.write(text)
		w.want(mark, text)
	}
}

// aside moves the mouse out of the window, so that it points at nothing.
func (w *window) aside() {
	w.t.Helper()
	w.desktop.must(w.t, "xdotool", "mousemove", "0", "0")
}

// shoot writes a picture of what is inside the window's frame.
func (w *window) shoot(path string) error {
	_, err := w.desktop.tool(w.t.Context(), "import", "-window", w.id, "-strip", path)
	return err
}

// keepEvidence puts a picture of the window of a failed test into E2E_LOGS.
func (w *window) keepEvidence() {
	dir := os.Getenv("E2E_LOGS")
	if dir == "" || errors.Is(w.alive(), errEnded) {
		return
	}
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		path := filepath.Join(dir, strings.ReplaceAll(w.t.Name(), "/", "-")+"-"+w.name+".png")
		// The test's own context has ended by now.
		cmd := exec.Command("import", "-window", w.id, path)
		cmd.Env = w.desktop.env
		err = cmd.Run()
	}
	if err != nil {
		w.t.Logf("keep a picture of the window: %v", err)
	}
}
