package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"culvert/e2e/node"

	"golang.org/x/sys/unix"
)

// diagnosis is what `culvert doctor -o json` prints.
type diagnosis struct {
	OK       bool
	Findings []struct {
		Check, About, Result, Found, Remedy string
		TookMillis                          int64
	}
}

// doctor runs culvert doctor and returns what it found, and its exit status.
func doctor(t *testing.T, cmd *exec.Cmd) (d diagnosis, status int) {
	t.Helper()
	out, status := outcome(t, cmd)
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("%v in:\n%s", err, out)
	}
	return d, status
}

func outcome(t *testing.T, cmd *exec.Cmd) (stdout string, status int) {
	t.Helper()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	if stderr.Len() > 0 {
		t.Errorf("on stderr is:\n%s", stderr.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// onBareNetwork calls run on a thread in a network of its own: with 127.0.0.1, and
// without IPv6. Processes that it starts are there too.
func onBareNetwork(t *testing.T, run func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever: the thread ends with the goroutine
		err := bareNetwork()
		if err == nil {
			run()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatalf("make a network without IPv6: %v", err)
	}
}

func bareNetwork() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	if err := node.LoopbackUp(); err != nil {
		return err
	}
	err := os.WriteFile("/proc/sys/net/ipv6/conf/lo/disable_ipv6", []byte("1"), 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil // this kernel has no IPv6 at all
	}
	return err
}

// TestDoctorOnABareMachine is a server on which nothing is set up: no kubeconfig, no
// keyring, no display and no IPv6.
func TestDoctorOnABareMachine(t *testing.T) {
	if !shared.Real() {
		t.Log("there are no namespaces here: the machine's own network is used")
	}
	home := t.TempDir()
	bare := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(testContext(t), shared.culvert, append([]string{"doctor"}, args...)...)
		cmd.Env = []string{"HOME=" + home, "PATH=/usr/bin:/bin", "XDG_RUNTIME_DIR=" + filepath.Join(home, "none")}
		return cmd
	}
	var d diagnosis
	var status, plain int
	var text string
	run := func() {
		d, status = doctor(t, bare("-o", "json"))
		text, plain = outcome(t, bare())
	}
	if shared.Real() {
		onBareNetwork(t, run)
	} else {
		run()
	}
	if status != 1 || plain != 1 || d.OK {
		t.Errorf("the exit statuses are %d and %d, and all is well: %v", status, plain, d.OK)
	}
	t.Log(text)
	lacks := []struct{ check, about, found, remedy string }{
		{"kubeconfig", "", home + "/.kube/config", "KUBECONFIG"},
		{"keyring", "", "no session bus", "desktop session"},
		{"display", "", "this build of Culvert has no window", "install the build"},
	}
	if shared.Real() {
		lacks = append(lacks, struct{ check, about, found, remedy string }{"network", "IPv6", "[::1] cannot be listened on", "Tunnels listen on 127.0.0.1 alone"})
	}
	for _, want := range lacks {
		found := false
		for _, f := range d.Findings {
			if f.Check != want.check || f.About != want.about {
				continue
			}
			found = true
			if f.Result == "ok" || !strings.Contains(f.Found, want.found) || !strings.Contains(f.Remedy, want.remedy) {
				t.Errorf("%s: %+v", want.check, f)
			}
			if !strings.Contains(text, f.Found) || !strings.Contains(text, "-> "+f.Remedy) {
				t.Errorf("%s is not in the text:\n%s", want.check, text)
			}
		}
		if !found {
			t.Errorf("nothing is found of %s %s", want.check, want.about)
		}
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("it has left %v, %v", left, err)
	}
}

// TestDoctorWithACluster is a machine on which something works and something not.
func TestDoctorWithACluster(t *testing.T) {
	home := t.TempDir()
	kubeconfig, err := os.ReadFile(shared.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	good, broken := filepath.Join(home, "good"), filepath.Join(home, "broken")
	for path, data := range map[string][]byte{good: kubeconfig, broken: []byte("clusters: [\n")} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(files string, args ...string) (diagnosis, int) {
		cmd := shared.Command(shared.culvert, append([]string{"doctor", "-o", "json"}, args...)...)
		cmd.Env = []string{"HOME=" + home, "PATH=/usr/bin:/bin", "KUBECONFIG=" + files, "XDG_RUNTIME_DIR=" + filepath.Join(home, "none")}
		return doctor(t, cmd)
	}
	d, status := run(good)
	if status != 0 || !d.OK {
		t.Errorf("the exit status is %d: %+v", status, d)
	}
	answered := false
	for _, f := range d.Findings {
		answered = answered || f.Check == "context" && f.Result == "ok" && f.TookMillis > 0
		if f.Result != "ok" && f.Remedy == "" {
			t.Errorf("no remedy: %+v", f)
		}
	}
	if !answered {
		t.Errorf("no context answers: %+v", d)
	}
	d, status = run(good + ":" + broken)
	if status != 1 || wrongOf(d, broken) == "" {
		t.Errorf("with a broken file the exit status is %d: %+v", status, d)
	}
	if d, status = run(good, "nobody"); status != 1 || wrongOf(d, "nobody") == "" {
		t.Errorf("for a context that there is not the exit status is %d: %+v", status, d)
	}
}

// wrongOf is what is wrong with a thing; empty for nothing.
func wrongOf(d diagnosis, about string) string {
	for _, f := range d.Findings {
		if f.About == about && f.Result == "wrong" {
			return f.Found
		}
	}
	return ""
}
