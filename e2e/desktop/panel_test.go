package desktop

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"culvert/e2e/desk"
	"culvert/e2e/tray"
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
		at = drawn(img, s.band())
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

// band is the inside of the panel, without its edges.
func (s *session) band() image.Rectangle { return image.Rect(2, 2, s.Size.X-2, panelHeight-2) }

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

// wantLegible wants that an icon differs clearly in its lightness from what is around
// it.
func wantLegible(t *testing.T, img image.Image, cell image.Rectangle) {
	t.Helper()
	ground, clear := lightness(img.At(cell.Max.X+20, cell.Max.Y-1)), 0
	for y := cell.Min.Y; y < cell.Max.Y; y++ {
		for x := cell.Min.X; x < cell.Max.X; x++ {
			l := lightness(img.At(x, y))
			if (max(l, ground)+0.05)/(min(l, ground)+0.05) >= 4.5 {
				clear++
			}
		}
	}
	if clear < 40 {
		t.Errorf("%d pixels of the icon can be told from the panel, want 40 at least", clear)
	}
}

// lightness is a colour's relative luminance, from 0 to 1.
func lightness(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xFFFF
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// panelIcon waits until the panel has one icon, and returns it.
func (s *session) panelIcon() *icon {
	s.t.Helper()
	i := &icon{t: s.t}
	desk.Eventually(s.t, "the panel's icon", func() error {
		items, release, err := tray.Shown(s.t.Context(), s.BusAddress())
		if err != nil {
			return err
		}
		if len(items) != 1 {
			release()
			return fmt.Errorf("there are %d", len(items))
		}
		s.t.Cleanup(release)
		i.Item = items[0]
		return nil
	})
	return i
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
	t.Parallel()
	for _, look := range []struct {
		name string
		dark bool
	}{{"light", false}, {"dark", true}} {
		t.Run(look.name, func(t *testing.T) {
			s := newSession(t)
			s.keepPanel(look.dark)
			panel, port := s.startPanel(), s.keepShop()
			empty := s.screenshot("panel-empty-"+look.name, "root")
			if at := drawn(empty, s.band()); !at.Empty() {
				t.Fatalf("the panel is not empty: there is something at %v", at)
			}
			w := s.open()
			for _, name := range []string{"web", "api"} {
				w.Want("row:"+name, "Ready")
				w.Click("row:" + name + "/toggle")
				w.Want("row:"+name, "Stopped")
			}
			i := s.panelIcon()
			i.wantTip("Culvert: No tunnel runs")
			at, stopped := s.onPanel("panel-stopped-" + look.name)
			cell := image.Rect(2, 2, panelHeight+4, panelHeight-2)
			wantLegible(t, stopped, cell)
			middle := at.Min.Add(at.Size().Div(2))
			w.Click("row:web/toggle")
			w.Want("row:web", "Ready")
			i.wantTip("Culvert: 1 running")
			var running image.Image
			desk.Eventually(t, "another icon", func() error {
				if running = s.screenshot("panel-running-"+look.name, "root"); looks(running, cell) == looks(stopped, cell) {
					return errors.New("it looks as before")
				}
				return nil
			})
			wantLegible(t, running, cell)

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
