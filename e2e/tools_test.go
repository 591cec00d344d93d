package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestToolsWithABackgroundCulvert imports a tunnel, has it run in the background, and
// opens what it leads to.
func TestToolsWithABackgroundCulvert(t *testing.T) {
	home := t.TempDir()
	for _, dir := range []string{"run", "bin"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	browser := "#!/bin/sh\necho \"$@\" > " + filepath.Join(home, "opened") + "\n"
	if err := os.WriteFile(filepath.Join(home, "bin", "xdg-open"), []byte(browser), 0o700); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) *exec.Cmd {
		cmd := shared.Command(shared.culvert, args...)
		cmd.Env = []string{"HOME=" + home, "PATH=" + filepath.Join(home, "bin") + ":/usr/bin:/bin", "KUBECONFIG=" + shared.Kubeconfig(), "XDG_RUNTIME_DIR=" + filepath.Join(home, "run")}
		return cmd
	}
	culvert := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		var out, err strings.Builder
		cmd := command(args...)
		cmd.Stdout, cmd.Stderr = &out, &err
		if e := cmd.Run(); cmd.ProcessState == nil {
			t.Fatal(e)
		}
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Fatalf("culvert %s: exit status %d\n%s%s", strings.Join(args, " "), got, out.String(), err.String())
		}
		return out.String(), err.String()
	}
	script := filepath.Join(home, "forward.sh")
	if err := os.WriteFile(script, []byte("# tunnel: demo\nkubectl port-forward podsrv :9006 :9005\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	culvert(0, "import", script, "--profile", "Dev")
	culvert(3, "open", "demo")
	culvert(0, "up", "--detach", "--wait=60s", "--yes", "dev")
	t.Cleanup(func() { command("down", "--all").Run() }) // it ends with its work

	url, _ := culvert(0, "open", "demo", "--print", "--port", "9006")
	res, err := shared.HTTPClient().Get(strings.TrimSpace(url))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	culvert(0, "open", "demo") // of two ports one speaks HTTP
	if opened, err := os.ReadFile(filepath.Join(home, "opened")); err != nil || string(opened) != url {
		t.Errorf("opened is %q, %v, and the address %q", opened, err, url)
	}
	if _, said := culvert(1, "open", "demo", "--port", "9005"); !strings.Contains(said, "9005 in podsrv does not speak HTTP") {
		t.Errorf("of a port without HTTP it says %q", said)
	}
	out, _ := culvert(0, "profiles", "-o", "json")
	var list struct {
		Running  bool
		Profiles []struct {
			ID               string
			Tunnels, Running int
		}
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || !list.Running || len(list.Profiles) != 1 || list.Profiles[0].ID != "dev" || list.Profiles[0].Running != 1 {
		t.Errorf("%v: %s", err, out)
	}
	if out, _ := culvert(0, "profiles", "show", "dev"); !strings.Contains(out, "demo    ready") {
		t.Errorf("the profile is\n%s", out)
	}
	d, status := doctor(t, command("doctor", "-o", "json"))
	background := false
	for _, f := range d.Findings {
		background = background || f.Check == "instance" && strings.Contains(f.Found, "runs in the background")
	}
	if !background {
		t.Errorf("the doctor, exit status %d, does not see it: %+v", status, d)
	}
	more := filepath.Join(home, "more.sh")
	if err := os.WriteFile(more, []byte("oc port-forward svc/other 1234\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	culvert(0, "import", more, "--profile", "dev")
	if out, _ := culvert(0, "export", "dev", "--format", "oc"); !strings.Contains(out, "svc/other 1234 &") {
		t.Errorf("what it was given is not exported:\n%s", out)
	}
	culvert(0, "profiles", "delete", "dev", "--yes")
	if out, _ := culvert(0, "profiles", "-o", "name"); out != "" {
		t.Errorf("there are still %q", out)
	}
}
