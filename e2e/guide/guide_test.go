package guide

import (
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"culvert/e2e/desk"
	"culvert/kube/kubetest"
)

// The documents whose commands are run, and where the targets of make are.
const (
	readme   = "../../README.md"
	guide    = "../../docs/guide.md"
	makefile = "../../Makefile"
)

// TestCommands runs all blocks of the README and then of the guide, in their order and in
// one folder of one home. Each has to end with status 0. What goes on until Ctrl+C has to
// print what the document shows, or open the window, and then serve; blocks that need a
// running demo are run while it does; and SIGINT ends it with status 0.
func TestCommands(t *testing.T) {
	u := newUser(t)
	all := slices.Concat(blocksOf(t, readme), blocksOf(t, guide))
	for i := 0; i < len(all); {
		b := all[i]
		var during []block
		for i++; i < len(all) && all[i].mark == markDemo; i++ {
			during = append(during, all[i])
		}
		// Blocks build on those above them.
		if !t.Run(b.String(), func(t *testing.T) { u.try(t, b, during) }) {
			t.FailNow()
		}
	}
	u.nothingRuns(t)
}

// user is who follows the documents.
type user struct {
	*desk.Desktop
	folder string
	env    []string
}

func newUser(t *testing.T) *user {
	t.Helper()
	for _, tool := range []string{"sh", "bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: install it, the guide's commands need it", err)
		}
	}
	cluster, err := kubetest.New(kubetest.Demo())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	u := &user{Desktop: desk.NewDesktop(t, desk.NewHome(t), image.Pt(1100, 720))}
	u.folder = filepath.Join(u.Path, "work")
	bin, kubeconfig := filepath.Join(u.Dir, "bin"), filepath.Join(u.Dir, "kubeconfig")
	if err := errors.Join(
		os.Mkdir(u.folder, 0o700), os.Mkdir(bin, 0o700), os.Symlink(os.Getenv(inside), filepath.Join(bin, "culvert")),
		os.WriteFile(kubeconfig, cluster.Kubeconfig(), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	u.env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "KUBECONFIG=" + kubeconfig, "TERM=dumb", "LC_ALL=C.UTF-8"}
	t.Cleanup(func() { // where a test has failed, a background process may go on
		all, err := running()
		for _, pid := range all {
			err = errors.Join(err, syscall.Kill(pid, syscall.SIGKILL))
		}
		if err != nil {
			t.Error(err)
		}
	})
	return u
}

// try runs a block, and while it goes on those that need it.
func (u *user) try(t *testing.T, b block, during []block) {
	if b.mark == markMake {
		targets(t, b)
		return
	}
	if b.mark == markDemo || len(during) > 0 && !strings.HasPrefix(b.last(), "culvert demo") {
		t.Fatalf("%v: no demo runs for what needs one", b)
	}
	run := u.start(t, b)
	if !b.stays() {
		u.ended(t, b, run)
		return
	}
	u.ready(t, b, run)
	for _, d := range during {
		u.ended(t, d, u.start(t, d))
	}
	pid, err := culvertOf(run.Cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	u.ended(t, b, run)
}

// start starts a block's shell.
func (u *user) start(t *testing.T, b block) *desk.Child {
	t.Helper()
	name := strings.ReplaceAll(b.String(), ":", "-")
	script := filepath.Join(u.Dir, name+".sh") // a shell that runs reads on in its own
	if err := os.WriteFile(script, []byte(strings.Join(b.lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(b.shell, "-e", script)
	cmd.Dir = u.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c := u.Start(t, name, cmd, false, u.env...)
	t.Cleanup(func() {
		if c.Alive() == nil {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the shell, and what it runs
		}
	})
	return c
}

// ended waits for a block's end, and wants the status that the documents say.
func (u *user) ended(t *testing.T, b block, run *desk.Child) {
	t.Helper()
	status := run.Status(t)
	if status == 1 && b.last() == "culvert doctor" && onlyKeyring(run.Printed()) { // there may be none where the test runs
		status = 0
	}
	if status != 0 {
		t.Fatalf("%v: the exit status is %d, want 0\n%s", b, status, run.Printed())
	}
	if missing := lacking(b, run.Printed()); len(missing) > 0 {
		t.Errorf("%v: it should print what is shown, and lacks %q:\n%s", b, missing, run.Printed())
	}
}

// onlyKeyring says whether nothing but the keyring is wrong in what the doctor finds.
func onlyKeyring(printed string) bool {
	found := false
	for line := range strings.Lines(printed) {
		if rest, wrong := strings.CutPrefix(line, "wrong "); wrong {
			found = true
			if !strings.HasPrefix(strings.TrimSpace(rest), "keyring ") {
				return false
			}
		}
	}
	return found
}

// ready waits until a block that goes on has printed what is shown, or has a window, and
// asks what it forwards for a page.
func (u *user) ready(t *testing.T, b block, run *desk.Child) {
	t.Helper()
	desk.Eventually(t, b.String(), func() error {
		if err := run.Alive(); err != nil {
			t.Fatalf("%v: %v\n%s", b, err, run.Printed())
		}
		if b.mark == markWindow {
			pid, err := culvertOf(run.Cmd.Process.Pid)
			if err == nil {
				_, err = u.WindowOf(t, pid)
			}
			return err
		}
		if missing := lacking(b, run.Printed()); len(missing) > 0 || len(addresses(run.Printed())) == 0 {
			return fmt.Errorf("it has not printed %q, or no address:\n%s", missing, run.Printed())
		}
		return nil
	})
	if !strings.HasPrefix(b.last(), "culvert forward ") {
		return
	}
	for _, addr := range addresses(run.Printed()) {
		if page, err := get(t, "http://"+addr+"/"); err != nil || !strings.Contains(page, "pod ") {
			t.Errorf("%v: at %s is %v, and no page of a pod:\n%s", b, addr, err, page)
		}
	}
}

// nothingRuns wants that the documents have left no process, and no socket of one.
func (u *user) nothingRuns(t *testing.T) {
	t.Helper()
	desk.Eventually(t, "the end of the background process", func() error {
		if all, err := running(); err != nil || len(all) > 0 {
			return errors.Join(err, fmt.Errorf("the processes %v are there", all))
		}
		if _, err := os.Lstat(filepath.Join(u.Runtime, "culvert", "control.sock")); err == nil {
			return errors.New("its socket is there")
		}
		return nil
	})
}

// lacking are the lines that a block's document shows and that were not printed. Where
// the machine has no IPv6, lines that begin with its addresses are not wanted.
func lacking(b block, printed string) []string {
	all := strings.Split(printed, "\n")
	var out []string
	for _, want := range b.shown {
		if strings.HasPrefix(want, "Forwarding from [::1]") && !hasIPv6() {
			continue
		}
		if !slices.Contains(all, want) {
			out = append(out, want)
		}
	}
	return out
}

func hasIPv6() bool {
	l, err := net.Listen("tcp", "[::1]:0")
	if err == nil {
		l.Close()
	}
	return err == nil
}

var forwarding = regexp.MustCompile(`(?m)^Forwarding from (\S+) -> `)

// addresses are those that were printed.
func addresses(printed string) []string {
	var out []string
	for _, m := range forwarding.FindAllStringSubmatch(printed, -1) {
		out = append(out, m[1])
	}
	return out
}

func get(t *testing.T, url string) (string, error) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := (&http.Client{Timeout: desk.Patience}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// culvertOf finds the culvert that a shell runs, or has become.
func culvertOf(shell int) (int, error) {
	all, err := running()
	if err != nil {
		return 0, err
	}
	for _, pid := range all {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		_, tail, _ := strings.Cut(string(data), ") ") // PID (NAME) STATE PARENT ...
		f := strings.Fields(tail)
		if pid == shell || len(f) > 1 && f[1] == strconv.Itoa(shell) {
			return pid, nil
		}
	}
	return 0, fmt.Errorf("the shell %d runs no culvert", shell)
}

// running are the processes of the program under test in this network, which is the
// tests' own.
func running() ([]int, error) {
	network, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return nil, err
	}
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var out []int
	for _, dir := range dirs {
		exe, gone := os.Readlink(filepath.Join(dir, "exe"))
		in, gone2 := os.Readlink(filepath.Join(dir, "ns", "net"))
		if gone != nil || gone2 != nil || in != network {
			continue // it has ended, or is none of ours
		}
		// Another package's tests may have built the program anew meanwhile.
		if strings.TrimSuffix(filepath.Base(exe), " (deleted)") != filepath.Base(os.Getenv(inside)) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			return nil, err
		}
		out = append(out, pid)
	}
	return out, nil
}

// targets wants that each line of a block makes something that can be made.
func targets(t *testing.T, b block) {
	t.Helper()
	text, err := os.ReadFile(makefile)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range b.lines {
		target, ok := strings.CutPrefix(line, "make ")
		target, _, _ = strings.Cut(target, " ")
		if !ok || !strings.Contains(string(text), "\n"+target+":") {
			t.Errorf("%v: %q is no target of the Makefile", b, line)
		}
	}
}
