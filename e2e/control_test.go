package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// askSocket makes a process of this program one that asks at a control socket.
const askSocket = "E2E_ASK_SOCKET"

// nobody is another user.
const nobody = 65534

// ask prints what is answered at a socket.
func ask(socket string) int {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer conn.Close()
	io.WriteString(conn, "GET /v1/tunnels HTTP/1.1\r\nHost: culvert\r\nConnection: close\r\n\r\n")
	text, _ := io.ReadAll(conn) // it may be cut off
	fmt.Printf("answered: %s", text)
	return 0
}

// background is a Culvert that `up --detach` has started, with a home of its own.
type background struct {
	dir, socket, culvert string
}

// detach starts a tunnel to podsrv in the background. The test's end ends it.
func detach(t *testing.T) background {
	t.Helper()
	dir, err := os.MkdirTemp("", "c") // the paths of sockets are limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	b := background{dir: dir, socket: filepath.Join(dir, "run", "culvert", "control.sock"), culvert: filepath.Join(dir, "culvert")}
	copyFile(t, shared.culvert, b.culvert)
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "p.yaml")
	if err := os.WriteFile(file, []byte("version: 1\ntunnels:\n  - target: pod/podsrv\n    ports: \":9006\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, b.run(shared.Kubeconfig(), "up", "-f", file, "--detach", "--wait"))
	t.Cleanup(func() { b.quit(t) })
	if code := p.status(t, patience); code != 0 {
		t.Fatalf("up --detach: exit status %d", code)
	}
	return b
}

// run is culvert with this home.
func (b background) run(kubeconfig string, args ...string) *exec.Cmd {
	cmd := shared.Command(b.culvert, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "HOME="+b.dir, "XDG_RUNTIME_DIR="+filepath.Join(b.dir, "run"))
	cmd.Dir = b.dir
	return cmd
}

// quit ends it and waits for that.
func (b background) quit(t *testing.T) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", b.socket)
		},
	}}
	stream, err := client.Get("http://culvert/v1/events?of=settings")
	if err != nil {
		t.Error(err)
		return
	}
	defer stream.Body.Close()
	resp, err := client.Post("http://culvert/v1/quit", "application/json", strings.NewReader("{}"))
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Errorf("quit: %v, %v", resp, err)
		return
	}
	defer resp.Body.Close()
	if last, err := io.ReadAll(stream.Body); err != nil || !strings.Contains(string(last), "event: leaving") {
		t.Errorf("at the end it says %q, %v", last, err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// as makes a command one of another user.
func as(user uint32, cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
	return cmd
}

// TestAnotherUserIsRefused: a process of a real second user is cut off by the real
// program even where the file system lets it in, and Culvert's own commands do not
// reach the first user's tunnels for it.
func TestAnotherUserIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root has another user at hand")
		return
	}
	b := detach(t)
	before := openUp(t, b)
	asker := filepath.Join(b.dir, "asker")
	copyFile(t, os.Args[0], asker)
	for user, heard := range map[uint32]bool{0: true, nobody: false} {
		cmd := as(user, exec.CommandContext(testContext(t), asker))
		cmd.Dir, cmd.Env = "/", []string{askSocket + "=" + b.socket}
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "answered: ") || strings.Contains(string(out), "podsrv") != heard || !heard && string(out) != "answered: " {
			t.Errorf("user %d: %s, %v", user, out, err)
		}
	}
	for _, verb := range [][]string{{"list"}, {"status", "podsrv"}, {"down", "--all"}} {
		cmd := as(nobody, exec.CommandContext(testContext(t), b.culvert, verb...))
		cmd.Dir, cmd.Env = "/", []string{"HOME=/nonexistent", "TMPDIR=/tmp", "XDG_RUNTIME_DIR=" + filepath.Join(b.dir, "run")}
		if out, err := cmd.CombinedOutput(); strings.Contains(string(out), "9006") {
			t.Errorf("another user's %v says %s, %v", verb, out, err)
		}
	}
	before()
	p := start(t, b.run(shared.Kubeconfig(), "list", "-o", "json"))
	code := p.status(t, patience)
	out, _ := p.lines()
	if code != 0 || !strings.Contains(strings.Join(out, "\n"), `"ready"`) {
		t.Errorf("afterwards its own user is told %s, with exit status %d", out, code)
	}
}

// openUp lets others pass to the socket, and returns what makes it private again.
func openUp(t *testing.T, b background) (again func()) {
	t.Helper()
	run := filepath.Join(b.dir, "run")
	modes := []struct {
		path    string
		is, was os.FileMode
	}{
		{b.dir, 0o755, 0o700},
		{run, 0o755, 0o700},
		{filepath.Join(run, "culvert"), 0o755, 0o700},
		{b.socket, 0o666, 0o600},
	}
	for _, m := range modes {
		if err := os.Chmod(m.path, m.is); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		for _, m := range modes {
			if err := os.Chmod(m.path, m.was); err != nil {
				t.Fatal(err)
			}
		}
	}
}
