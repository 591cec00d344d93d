package desk

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

// Window is a running culvert with its window, and the hands and eyes of who
// uses it. Methods that cannot do what they should fail the test.
type Window struct {
	*Child
	Desktop *Desktop
	ID      string // as the X server's tools want it; empty before [Window.Appear]
	t       *testing.T
	socket  string
}

// Open starts a culvert and waits for its window.
func (d *Desktop) Open(t *testing.T, cmd *exec.Cmd, env ...string) *Window {
	t.Helper()
	w := d.Launch(t, cmd, env...)
	w.Appear()
	w.See("new-tunnel")
	return w
}

// Launch starts a culvert, which may be hidden. The test's end kills it.
func (d *Desktop) Launch(t *testing.T, cmd *exec.Cmd, env ...string) *Window {
	t.Helper()
	d.opens++
	name := fmt.Sprintf("culvert-%d", d.opens)
	w := &Window{t: t, Desktop: d, socket: filepath.Join(d.Dir, name)}
	env = append([]string{"CULVERT_E2E_SOCKET=" + w.socket, "FYNE_SCALE=1", "FYNE_THEME=light"}, env...)
	d.front = "" // a new window takes the place in front
	// SIGTERM first would close it in order, but a program whose window hangs
	// takes no notice of that.
	w.Child = d.Start(t, name, cmd, false, env...)
	t.Cleanup(func() {
		if t.Failed() {
			w.keepEvidence()
		}
	})
	return w
}

// Appear waits until the window is on the screen.
func (w *Window) Appear() {
	w.t.Helper()
	Eventually(w.t, "the window", func() (err error) {
		if err := w.Alive(); err != nil {
			w.t.Fatalf("%v\n%s", err, w.Printed())
		}
		w.ID, err = w.Desktop.WindowOf(w.t, w.Cmd.Process.Pid)
		return err
	})
	w.Desktop.front = ""
}

// WindowOf finds the window of a process that is on the screen.
func (d *Desktop) WindowOf(t *testing.T, pid int) (string, error) {
	list, err := d.Tool(t.Context(), "wmctrl", "-l", "-p")
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

// AskToClose clicks on the cross of the window's frame.
func (w *Window) AskToClose() {
	w.t.Helper()
	w.Desktop.Must(w.t, "wmctrl", "-i", "-c", w.ID)
	w.Desktop.front = ""
}

// Close closes the window as its user does, says that tunnels are to be stopped if
// that is asked, and wants an orderly end.
func (w *Window) Close() {
	w.t.Helper()
	w.AskToClose()
	asked := false
	Eventually(w.t, "the end, or a question", func() error {
		if w.Alive() != nil {
			return nil //nolint:nilerr // an end is what is waited for
		}
		b, err := w.Boxes()
		if _, asked = b.Find("quit/ok"); !asked {
			err = errors.Join(err, errors.New("it is neither"))
		}
		return err
	})
	if asked {
		w.Click("quit/ok")
	}
	if code := w.Status(w.t); code != 0 {
		w.t.Errorf("the exit status is %d, want 0\n%s", code, w.Printed())
	}
}

// Activate brings the window to the front and gives it the keyboard.
func (w *Window) Activate() {
	w.t.Helper()
	if w.Desktop.front != w.ID {
		w.Desktop.Must(w.t, "xdotool", "windowactivate", "--sync", w.ID)
		w.Desktop.front = w.ID
	}
}

// Click moves the mouse to the named box and clicks.
func (w *Window) Click(mark string) {
	w.t.Helper()
	w.Activate()
	b := w.Target(mark)
	w.Desktop.Must(w.t, "xdotool", "mousemove", "--window", w.ID,
		strconv.Itoa(int(b.X+b.W/2)), strconv.Itoa(int(b.Y+b.H/2)), "click", "1")
}

// Reveal turns the mouse's wheel where the mouse is, down or up, until the named box
// is in sight.
func (w *Window) Reveal(mark string, down bool) {
	w.t.Helper()
	button := "4"
	if down {
		button = "5"
	}
	w.Await(mark+" is in sight", func(b Boxes) error {
		if _, ok := b.Find(mark); ok {
			return nil
		}
		w.Desktop.Must(w.t, "xdotool", "click", button)
		return errors.New("it is not yet")
	})
}

// Press presses keys, named as for xdotool: "ctrl+n", "Return".
func (w *Window) Press(keys ...string) {
	w.t.Helper()
	w.Activate()
	w.Desktop.Must(w.t, "xdotool", append([]string{"key", "--delay", "20"}, keys...)...)
}

// Write types a text to where the keyboard is.
func (w *Window) Write(text string) {
	w.t.Helper()
	w.Activate()
	w.Desktop.Must(w.t, "xdotool", "type", "--delay", "15", text)
}

// Fill replaces what stands in the named field.
func (w *Window) Fill(mark, text string) {
	w.t.Helper()
	w.Click(mark)
	w.Press("ctrl+a", "BackSpace")
	w.Want(mark, "")
	if text != "" {
		w.Write(text)
		w.Want(mark, text)
	}
}

// Aside moves the mouse out of the window, so that it points at nothing.
func (w *Window) Aside() {
	w.t.Helper()
	w.Desktop.Must(w.t, "xdotool", "mousemove", "0", "0")
}

// Shoot writes a picture of what is inside the window's frame.
func (w *Window) Shoot(path string) error {
	_, err := w.Desktop.Tool(w.t.Context(), "import", "-window", w.ID, "-strip", path)
	return err
}

// keepEvidence puts a picture of the window of a failed test into E2E_LOGS.
func (w *Window) keepEvidence() {
	dir := os.Getenv("E2E_LOGS")
	if dir == "" || errors.Is(w.Alive(), ErrEnded) {
		return
	}
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		path := filepath.Join(dir, strings.ReplaceAll(w.t.Name(), "/", "-")+"-"+w.Name+".png")
		// The test's own context has ended by now.
		cmd := exec.Command("import", "-window", w.ID, path)
		cmd.Env = w.Desktop.Env
		err = cmd.Run()
	}
	if err != nil {
		w.t.Logf("keep a picture of the window: %v", err)
	}
}
