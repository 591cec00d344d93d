package e2e

import (
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// person is a user of their own: a home, a runtime folder, and a folder to work in.
type person struct {
	env    []string
	dir    string
	socket string // of what runs in the background
}

// newPerson returns a user who has a project with a tunnel to podsrv, called web, and
// the profile dev with the same, called dev-web.
func newPerson(t *testing.T) *person {
	t.Helper()
	home := t.TempDir()
	p := &person{dir: filepath.Join(home, "project"), socket: filepath.Join(home, "run", "culvert", "control.sock"), env: append(os.Environ(),
		"HOME="+home, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR="+filepath.Join(home, "run"), "KUBECONFIG="+shared.Kubeconfig())}
	for path, text := range map[string]string{
		"run/none":                          "",
		"project/.culvert.yaml":             "version: 1\ntunnels:\n- {name: web, target: pod/podsrv, ports: [':9006', ':9001']}\n",
		"project/missing.yaml":              "version: 1\ntunnels:\n- {name: none, target: svc/no-such-service, ports: ':80'}\n",
		".config/culvert/profiles/dev.yaml": "version: 1\ntunnels:\n- {name: dev-web, target: pod/podsrv, ports: ':9006'}\n",
	} {
		path = filepath.Join(home, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// command is a culvert of the person's.
func (p *person) command(args ...string) *exec.Cmd {
	cmd := shared.Command(shared.culvert, args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	return cmd
}

// ends carries a command line out to its end, and returns its output and status.
func (p *person) ends(t *testing.T, args ...string) (stdout string, status int) {
	t.Helper()
	proc := start(t, p.command(args...))
	status = proc.status(t, patience)
	out, _ := proc.lines()
	return strings.Join(out, "\n"), status
}

// ports is what up and ports print in JSON.
type upPorts struct {
	Tunnels []struct {
		Name  string
		State string
		Ports []struct {
			Address string
			Port    uint16
			Random  bool
		}
	}
}

// TestUpWaitsAndPrintsPorts: up in the foreground prints real ports as one document,
// and goes on serving.
func TestUpWaitsAndPrintsPorts(t *testing.T) {
	p := newPerson(t)
	proc := start(t, p.command("up", "-f", ".culvert.yaml", "--wait", "-o", "json"))
	var got upPorts
	proc.await(t, "all ports", func(out, _ []string) bool { return json.Unmarshal([]byte(strings.Join(out, "\n")), &got) == nil })
	if len(got.Tunnels) != 1 || len(got.Tunnels[0].Ports) != 2 || got.Tunnels[0].State != "ready" || !got.Tunnels[0].Ports[0].Random {
		t.Fatalf("got %+v", got)
	}
	answersAt(t, got.Tunnels[0].Ports[0].Address)
	proc.alive(t)
	proc.interrupt(t, syscall.SIGTERM)
}

func answersAt(t *testing.T, address string) {
	t.Helper()
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := page(t, addr); err != nil || !strings.Contains(text, "podsrv") {
		t.Errorf("at %s is %q, %v", address, text, err)
	}
}

// TestUpRunsACommand: the command reaches the pod by what is in its environment, and
// its exit status comes through.
func TestUpRunsACommand(t *testing.T) {
	p := newPerson(t)
	script := `exec 3<>"/dev/tcp/$CULVERT_DEV_WEB_HOST/$CULVERT_DEV_WEB_PORT" && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && cat <&3; exit 42`
	out, status := p.ends(t, "run", "dev", "--", "bash", "-c", script)
	if status != 42 || !strings.Contains(out, "podsrv") {
		t.Errorf("exit status %d, %q", status, out)
	}
	if _, status = p.ends(t, "run", "dev", "--", "bash", "-c", "kill -TERM $$"); status != 128+15 {
		t.Errorf("of a command that SIGTERM has ended it is %d", status)
	}
	if out, status = p.ends(t, "run", "-f", "missing.yaml", "--wait", "2s", "--", "echo", "it runs"); status != 4 || out != "" {
		t.Errorf("without its tunnel it is %d, %q", status, out)
	}
}

// TestUpDetached: a Culvert in the background is acted on by the other verbs, and is
// gone when there is nothing to do any more.
func TestUpDetached(t *testing.T) {
	p := newPerson(t)
	t.Cleanup(func() { p.ends(t, "down", "--all") })
	if out, status := p.ends(t, "up", "--detach", "--wait"); status != 0 || strings.Count(out, "Forwarding from ") != 4 {
		t.Fatalf("exit status %d: %s", status, out)
	}
	if out, status := p.ends(t, "list"); status != 0 || !strings.Contains(out, "ready") || !strings.Contains(out, "dev-web") {
		t.Errorf("list: exit status %d: %s", status, out)
	}
	out, _ := p.ends(t, "ports", "web", "-o", "env")
	address := ""
	for line := range strings.Lines(out) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "export CULVERT_WEB_ADDR="); ok {
			address = value
		}
	}
	answersAt(t, address)
	if out, status := p.ends(t, "run", "dev", "--", "sh", "-c", "echo $CULVERT_DEV_WEB_PORT"); status != 0 || len(out) < 4 {
		t.Errorf("run: exit status %d: %s", status, out)
	}
	if out, status := p.ends(t, "wait", "dev-web", "--for=stopped"); status != 0 {
		t.Errorf("wait: exit status %d: %s", status, out)
	}
	if out, status := p.ends(t, "down"); status != 0 || out != "web stopped" {
		t.Errorf("down: exit status %d: %s", status, out)
	}
	eventually(t, "the end of the background process", func() error {
		if _, err := os.Lstat(p.socket); err == nil { // asking it would be something to do
			return errors.New("its socket is there")
		}
		return nil
	})
	if _, status := p.ends(t, "status"); status != 3 {
		t.Errorf("status: exit status %d", status)
	}
}
