package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPlantedFiles: where a pipe or a folder is in the place of a file that the
// program reads or writes, it goes on or says which one is wrong, and does not hang.
// What is there stays as it is.
func TestPlantedFiles(t *testing.T) {
	const config, state = ".config/culvert/", ".local/state/culvert/"
	for _, path := range []string{
		config + "settings.yaml", config + "settings.yaml.lock", config + "contexts.yaml", config + "contexts.yaml.lock", config + "clusters.yaml",
		config + "profiles/dev.yaml", config + "profiles",
		state + "state.json", state + "state.json.lock", state + "culvert.log", state + "background.log",
		"run/culvert/control.lock", "run/culvert/control.sock",
	} {
		for what, plant := range map[string]func(path string) error{
			"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
			"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		} {
			t.Run(path+" is "+what, func(t *testing.T) {
				t.Parallel()
				p := newPerson(t)
				home := filepath.Dir(p.dir)
				planted := filepath.Join(home, path)
				if err := errors.Join(os.RemoveAll(planted), os.MkdirAll(filepath.Dir(planted), 0o700), plant(planted)); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { p.endBackground(t) })
				// Where the marks of contexts cannot be read each may be production.
				up := start(t, p.command("up", "-f", ".culvert.yaml", "--detach", "--wait", "--yes"))
				status := up.status(t, patience)
				out, said := up.lines()
				if text := strings.Join(said, "\n"); status != 0 && (!strings.Contains(text, filepath.Base(planted)) && !strings.Contains(text, home) || strings.Contains(text, "goroutine")) {
					t.Errorf("exit status %d: %s", status, text)
				}
				if status == 0 && len(toldAddrs(out)) != 4 {
					t.Errorf("it tells %q", out)
				}
				if !strings.HasSuffix(path, ".sock") { // the holder of the lock makes it anew
					info, err := os.Lstat(planted)
					if err != nil || info.Mode()&(fs.ModeNamedPipe|fs.ModeDir) == 0 {
						t.Errorf("there is %v, %v now", info, err)
					}
				}
			})
		}
	}
}

// endBackground ends what runs in the background, if anything does, and waits until
// its process is gone, which writes its log to the end.
func (p *person) endBackground(t *testing.T) {
	t.Helper()
	lock := filepath.Join(filepath.Dir(p.socket), "control.lock")
	if info, err := os.Lstat(lock); err != nil || !info.Mode().IsRegular() {
		return // nothing has come so far
	}
	text, err := os.ReadFile(lock)
	if err != nil || len(text) < 2 {
		t.Fatalf("the lock says %q, %v", text, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[1:])))
	if err != nil {
		t.Fatal(err)
	}
	p.ends(t, "down", "--all")
	// The test's own context is over in its cleanup.
	tick, timeout := time.NewTicker(20*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for {
		// What has ended and nobody has asked after has no command line any more.
		if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err != nil || len(line) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("the background process %d does not end", pid)
		}
	}
}
