//go:build unix

package control

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestPlantedPlaces: what another user has put into the folder for temporary files
// before, where the user's folder for sockets would be, is neither used nor touched;
// and what is in the folder in the place of a file makes nobody wait.
func TestPlantedPlaces(t *testing.T) {
	for name, tt := range map[string]struct {
		plant func(t *testing.T, folder, victim string)
		fine  bool
	}{
		"another user's folder": {func(t *testing.T, folder, _ string) {
			must(t, os.Mkdir(folder, 0o700))
			must(t, os.Chown(folder, 65534, 65534))
		}, false},
		"a link to the user's own folder": {func(t *testing.T, folder, victim string) { must(t, os.Symlink(filepath.Dir(victim), folder)) }, false},
		"a link to nothing":               {func(t *testing.T, folder, victim string) { must(t, os.Symlink(victim+"-not", folder)) }, false},
		"a pipe":                          {func(t *testing.T, folder, _ string) { must(t, syscall.Mkfifo(folder, 0o700)) }, false},
		"a pipe as the lock": {func(t *testing.T, folder, _ string) {
			must(t, os.Mkdir(folder, 0o700))
			must(t, syscall.Mkfifo(filepath.Join(folder, "window.lock"), 0o600))
		}, false},
		"a folder as the socket": {func(t *testing.T, folder, _ string) {
			must(t, os.MkdirAll(filepath.Join(folder, "window.sock", "x"), 0o700))
		}, false},
		"a link as the socket": {func(t *testing.T, folder, victim string) {
			must(t, os.Mkdir(folder, 0o700))
			must(t, os.Symlink(victim, filepath.Join(folder, "window.sock")))
		}, true},
		"a pipe as the socket": {func(t *testing.T, folder, _ string) {
			must(t, os.Mkdir(folder, 0o700))
			must(t, syscall.Mkfifo(filepath.Join(folder, "window.sock"), 0o600))
		}, true},
	} {
		if name == "another user's folder" && os.Geteuid() != 0 {
			continue // who cannot change the user has no second one
		}
		t.Run(name, func(t *testing.T) {
			temp := filepath.Dir(dir(t))
			must(t, os.Chmod(temp, os.ModeSticky|0o777))
			own := filepath.Join(filepath.Dir(dir(t)), "own")
			must(t, os.Mkdir(own, 0o700))
			victim := filepath.Join(own, "victim")
			must(t, os.WriteFile(victim, []byte("victim"), 0o600))
			t.Setenv("TMPDIR", temp)
			t.Setenv("XDG_RUNTIME_DIR", "")
			tt.plant(t, filepath.Join(temp, "culvert-"+strconv.Itoa(os.Geteuid())), victim)

			done := make(chan error, 1)
			go func() {
				s, _, err := Claim(t.Context(), Options{})
				if s != nil {
					s.Close()
				}
				done <- err
			}()
			select {
			case err := <-done:
				if (err == nil) != tt.fine || err != nil && !errors.Is(err, ErrNoPlace) {
					t.Errorf("it says %v", err)
				}
			case <-time.After(long):
				t.Fatal("it hangs")
			}
			if data, err := os.ReadFile(victim); string(data) != "victim" {
				t.Errorf("the victim is %q, %v", data, err)
			}
			if left, err := os.ReadDir(own); len(left) != 1 {
				t.Errorf("beside the victim there are %v, %v", left, err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
