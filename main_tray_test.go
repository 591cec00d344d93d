//go:build !nogui && !windows && !darwin

package main

import (
	"bytes"
	"image/png"
	"log"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"culvert/ui/parts"
	"culvert/ui/sessionbus"
)

func TestWithoutTrayNoise(t *testing.T) {
	var out bytes.Buffer
	l := log.New(withoutTrayNoise{&out}, "", 0)
	l.Print("systray error: failed to register: there is none")
	l.Print("something else")
	if out.String() != "something else\n" {
		t.Errorf("the log has %q", out.String())
	}
}

func TestLaunchNoBus(t *testing.T) {
	for _, tt := range []struct{ env, want string }{
		{"", sessionbus.Disabled},
		{"unix:path=/x", "unix:path=/x"},
	} {
		t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
		t.Setenv(busEnv, tt.env)
		launchNoBus()
		if got := os.Getenv(busEnv); got != tt.want {
			t.Errorf("with %q the toolkit is told %q, want %q", tt.env, got, tt.want)
		}
	}
}

func TestProgramAtLogin(t *testing.T) {
	for _, tt := range []struct{ image, want string }{
		{"", "/usr/bin/culvert"},
		{"culvert.AppImage", "/usr/bin/culvert"},
		{"/home/me/culvert.AppImage", "/home/me/culvert.AppImage"},
	} {
		t.Setenv("APPIMAGE", tt.image)
		if got := programAtLogin("/usr/bin/culvert"); got != tt.want {
			t.Errorf("with the image %q it starts %q, want %q", tt.image, got, tt.want)
		}
	}
}

// TestPanelIcon: the toolkit would draw a drawing on a goroutine of its own.
func TestPanelIcon(t *testing.T) {
	test.NewTempApp(t)
	for _, icon := range []parts.TrayIcon{parts.TrayIdle, parts.TrayRunning, parts.TrayWorking, parts.TrayNeeds} {
		r := panelIcon(icon, "linux")
		img, err := png.Decode(bytes.NewReader(r.Content()))
		if err != nil {
			t.Fatalf("%s: %v", r.Name(), err)
		}
		if b := img.Bounds(); b.Dx() != 64 || b.Dy() != 64 {
			t.Errorf("%s is %v", r.Name(), b)
		}
		if _, _, _, a := img.At(32, 32).RGBA(); a == 0 {
			t.Errorf("%s is empty", r.Name())
		}
	}
	if r := panelIcon(parts.TrayIdle, "darwin"); !strings.HasSuffix(r.Name(), ".svg") {
		t.Errorf("macOS gets %s", r.Name())
	}
}
