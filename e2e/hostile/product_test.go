package hostile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// person is whose home and kubeconfig a process of culvert works with.
type person struct {
	home string
	env  []string
}

func newPerson(t *testing.T, kubeconfig []byte) *person {
	t.Helper()
	p := &person{home: t.TempDir()}
	run := filepath.Join(p.home, "run")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.home, "kubeconfig")
	p.write(t, "kubeconfig", kubeconfig)
	p.env = append(os.Environ(), "HOME="+p.home, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR="+run, "KUBECONFIG="+file,
		"DBUS_SESSION_BUS_ADDRESS=", "HTTPS_PROXY=", "HTTP_PROXY=", "https_proxy=", "http_proxy=", "SHELL=/bin/false")
	return p
}

func (p *person) write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.home, name), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *person) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir = p.env, p.home
	return cmd
}

// told is one line of what `up -o json` prints.
type told struct {
	Event  string
	Tunnel string
	State  string
	Reason string
	Error  string
	Hint   string
	// Warning is about something that is wrong while the tunnel serves.
	Warning string
	Bound   []struct {
		Address string
		Port    uint16
	}
}

// running is `culvert up`.
type running struct {
	cmd   *exec.Cmd
	began time.Time
	ended chan struct{}

	mu      sync.Mutex
	told    map[string][]told
	at      map[string][]time.Duration
	errors  bytes.Buffer
	changed chan struct{}
}

func (p *person) up(t *testing.T) *running {
	t.Helper()
	r := &running{cmd: p.command("up", "-f", "tunnels.yaml", "-o", "json"), began: time.Now(), ended: make(chan struct{}), told: make(map[string][]told), at: make(map[string][]time.Duration), changed: make(chan struct{})}
	r.cmd.Stderr = &r.errors
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // until culvert has ended
		defer close(r.ended)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			r.note(lines.Bytes())
		}
		_ = r.cmd.Wait() // ProcessState has it
	}()
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		<-r.ended
		if t.Failed() {
			t.Logf("stderr: %s", &r.errors)
		}
	})
	return r
}

func (r *running) note(line []byte) {
	var l told
	if json.Unmarshal(line, &l) != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told[l.Tunnel] = append(r.told[l.Tunnel], l)
	r.at[l.Tunnel] = append(r.at[l.Tunnel], time.Since(r.began))
	close(r.changed)
	r.changed = make(chan struct{})
}

// find returns the first line of a tunnel that is so, and when it came; and a channel
// that is closed when there is more.
func (r *running) find(tunnel string, so func(told) bool) (l told, at time.Duration, ok bool, more <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, l := range r.told[tunnel] {
		if so(l) {
			return l, r.at[tunnel][i], true, nil
		}
	}
	return told{}, 0, false, r.changed
}

// await is find that waits.
func (r *running) await(tunnel string, until time.Time, so func(told) bool) (told, time.Duration, error) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for {
		l, at, ok, more := r.find(tunnel, so)
		if ok {
			return l, at, nil
		}
		select {
		case <-more:
		case <-r.ended:
			return l, 0, fmt.Errorf("culvert has ended: %v", r.cmd.ProcessState)
		case <-timer.C:
			r.mu.Lock()
			defer r.mu.Unlock()
			var said []string
			for _, l := range r.told[tunnel] {
				said = append(said, fmt.Sprintf("%s/%s %s %s", l.Event, l.State, l.Reason, l.Error))
			}
			return l, 0, fmt.Errorf("not told in time; it has said:\n\t%s", strings.Join(said, "\n\t"))
		}
	}
}

// address returns where a tunnel listens.
func (r *running) address(tunnel string, until time.Time) (string, error) {
	l, _, err := r.await(tunnel, until, func(l told) bool { return len(l.Bound) > 0 })
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s:%d", l.Bound[0].Address, l.Bound[0].Port), nil
}

// peak returns the most memory that a process has had, in KiB.
func peak(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	line, _, _ := strings.Cut(rest, "kB")
	return strconv.Atoi(strings.TrimSpace(line))
}

// busy returns the processor time of a process so far.
func busy(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, err
}

// end asks culvert to end, and wants it soon.
func (r *running) end() (time.Duration, error) {
	began := time.Now()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-r.ended:
	case <-time.After(10 * time.Second):
		return 0, fmt.Errorf("it has not ended within 10 s")
	}
	if code := r.cmd.ProcessState.ExitCode(); code != 0 {
		return 0, fmt.Errorf("its exit status is %d: %s", code, &r.errors)
	}
	return time.Since(began), nil
}
