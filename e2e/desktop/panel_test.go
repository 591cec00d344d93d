package desktop

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"culvert/e2e/desk"
)

// panelHeight is that of the panel at the upper edge of the screen.
const panelHeight = 32

// panelConfig is a panel with nothing but a tray.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="%t"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
`

// keepPanel writes the configuration of the panel and starts what reads it.
func (s *session) keepPanel(dark bool) {
	s.t.Helper()
	dir := filepath.Join(s.Path, ".config", "xfce4", "xfconf", "xfce-perchannel-xml")
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "xfce4-panel.xml"), fmt.Appendf(nil, panelConfig, dark), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.Start(s.t, "xfconfd", exec.Command(xfconfd(s.t)), false)
	desk.Eventually(s.t, "the panel's configuration", func() error {
		_, err := s.Tool(s.t.Context(), "xfconf-query", "-c", "xfce4-panel", "-p", "/plugins/plugin-1")
		return err
	})
}

// xfconfd returns the path of the program that keeps the configuration.
func xfconfd(t *testing.T) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/*/xfce4/xfconf/xfconfd", "/usr/lib*/xfce4/xfconf/xfconfd", "/usr/libexec/xfce4/xfconf/xfconfd"} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("there is no xfconfd; `tools/deps.sh window` brings it")
	return ""
}

// startPanel starts the panel and waits until it is on the screen.
func (s *session) startPanel() *desk.Child {
	s.t.Helper()
	p := s.Start(s.t, "xfce4-panel", exec.Command("xfce4-panel", "--disable-wm-check"), true)
	desk.Eventually(s.t, "the panel", func() error {
		if err := p.Alive(); err != nil {
			s.t.Fatalf("%v\n%s", err, p.Printed())
		}
		_, err := s.WindowOf(s.t, p.Cmd.Process.Pid)
		return err
	})
	return p
}

// screenshot returns what is on the screen, or on a window of it.
func (s *session) screenshot(name, window string) image.Image {
	s.t.Helper()
	path := filepath.Join(s.Dir, name+".png")
	if dir := *pictures; dir != "" {
		path = filepath.Join(dir, name+".png")
	}
	s.Must(s.t, "import", "-window", window, "-strip", path)
	f, err := os.Open(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		s.t.Fatal(err)
	}
	return img
}

// onPanel waits until something has come on a panel that was empty, and returns
// where it is.
func (s *session) onPanel(name string) (at image.Rectangle, img image.Image) {
	s.t.Helper()
	desk.Eventually(s.t, "the icon on the panel", func() error {
		img = s.screenshot(name, "root")
		at = drawn(img, image.Rect(0, 2, s.Size.X, panelHeight-2))
		if at.Dx() < 8 || at.Dy() < 8 {
			return fmt.Errorf("there is something at %v only", at)
		}
		return nil
	})
	if at.Dx() > panelHeight {
		s.t.Errorf("what is drawn on the panel is at %v, want an icon", at)
	}
	return at, img
}

// drawn returns the part of a picture that differs from its right edge, which is
// empty.
func drawn(img image.Image, part image.Rectangle) (at image.Rectangle) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		ground := img.At(part.Max.X-1, y)
		for x := part.Min.X; x < part.Max.X; x++ {
			if img.At(x, y) != ground {
				at = at.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return at
}

// looks returns the pixels of a part of a picture.
func looks(img image.Image, part image.Rectangle) string {
	var s strings.Builder
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			fmt.Fprint(&s, img.At(x, y))
		}
	}
	return s.String()
}

// clickAt clicks on the screen with a button of the mouse.
func (s *session) clickAt(at image.Point, button string) {
	s.t.Helper()
	s.Must(s.t, "xdotool", "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", button)
}

// popup waits for the menu that the panel shows, and returns its window.
func (s *session) popup() (window string) {
	s.t.Helper()
	desk.Eventually(s.t, "the menu of the panel", func() error {
		list, err := s.Tool(s.t.Context(), "xwininfo", "-root", "-tree")
		if err != nil {
			return err
		}
		for line := range strings.Lines(list) {
			// 0x800016 "wrapper-2.0": ("wrapper-2.0" "Wrapper-2.0")  242x360+2+33  +2+33
			f := strings.Fields(line)
			if len(f) < 5 || !strings.Contains(line, `("wrapper-2.0"`) {
				continue
			}
			var w, h, x, y int
			if _, err := fmt.Sscanf(f[len(f)-2], "%dx%d+%d+%d", &w, &h, &x, &y); err != nil || w < 60 || h < 60 {
				continue
			}
			if info, err := s.Tool(s.t.Context(), "xwininfo", "-id", f[0]); err == nil && strings.Contains(info, "IsViewable") {
				window = f[0]
				return nil
			}
		}
		return errors.New("there is none")
	})
	return window
}

// A real panel shows the icon; a click on it shows the window, and its menu works.
func TestPanel(t *testing.T) {
	for _, look := range []struct {
		name string
		dark bool
	}{{"light", false}, {"dark", true}} {
		t.Run(look.name, func(t *testing.T) {
			s := newSession(t)
			s.keepPanel(look.dark)
			panel, port := s.startPanel(), s.keepShop()
			empty := s.screenshot("panel-empty-"+look.name, "root")
			if at := drawn(empty, image.Rect(0, 2, s.Size.X, panelHeight-2)); !at.Empty() {
				t.Fatalf("the panel is not empty: there is something at %v", at)
			}
			w := s.open()
			w.Want("row:web", "Ready")
			w.Want("row:api", "Ready")
			at, running := s.onPanel("panel-running-" + look.name)
			cell := image.Rect(0, 2, panelHeight+4, panelHeight-2)
			middle := at.Min.Add(at.Size().Div(2))

			for _, name := range []string{"web", "api"} {
				w.Click("row:" + name + "/toggle")
				w.Want("row:"+name, "Stopped")
			}
			desk.Eventually(t, "another icon", func() error {
				if looks(s.screenshot("panel-stopped-"+look.name, "root"), cell) == looks(running, cell) {
					return errors.New("it looks as before")
				}
				return nil
			})
			w.Click("row:web/toggle")
			w.Want("row:web", "Ready")

			w.AskToClose()
			s.wantHidden(w)
			s.clickAt(middle, "1")
			s.wantFront(w)
			w.AskToClose()
			s.wantHidden(w)
			desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")

			panel.End(false)
			w.Appear() // by itself
			s.startPanel()
			at, _ = s.onPanel("panel-again-" + look.name)
			middle = at.Min.Add(at.Size().Div(2))
			w.AskToClose()
			s.wantHidden(w)

			s.clickAt(middle, "3")
			s.screenshot("panel-menu-"+look.name, s.popup())
			s.Must(t, "xdotool", "key", "--delay", "50", "Up", "Return") // the last line: Quit
			s.wantEnd(w)
			desk.Host().WantRefusal(t, "127.0.0.1:"+port)
		})
	}
}
