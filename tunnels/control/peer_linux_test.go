package control

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestRealSecondUser: a process of another user is cut off even where the file
// system lets it in. Only root has another user at hand.
func TestRealSecondUser(t *testing.T) {
	if os.Geteuid() != 0 {
		return // who cannot change the user has no second one
	}
	d := dir(t)
	first(t, d, &answering{})
	for path, mode := range map[string]os.FileMode{filepath.Dir(d): 0o755, d: 0o755, filepath.Join(d, "window.sock"): 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(filepath.Dir(d), "test") // where the other one may read it
	data, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(program, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	for user, heard := range map[uint32]bool{0: true, 65534: false} {
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Dir, cmd.Env = "/", []string{askSocket + "=" + filepath.Join(d, "window.sock")}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "answered: ") || strings.Contains(string(out), "HTTP/1.1 200") != heard {
			t.Errorf("user %d: %s, %v", user, out, err)
		}
	}
}
