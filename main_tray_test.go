//go:build !nogui && !windows && !darwin

package main

import (
	"bytes"
	"log"
	"os"
	"testing"

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
