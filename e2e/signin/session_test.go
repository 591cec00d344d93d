package signin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// session is a user's desktop session: a home, a session bus and a keyring that
// end with the test.
type session struct {
	t   *testing.T
	dir string // everything that it writes is below
	env []string
}

// busConfig is a session bus that starts no services by itself: which keyring
// there is, the test says.
const busConfig = `<busconfig>
  <type>session</type>
  <listen>%s</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// newSession starts a session without a keyring.
func newSession(t *testing.T) *session {
	t.Helper()
	// A short name: the paths of sockets are limited to some 100 bytes.
	dir, err := os.MkdirTemp("", "culvert-signin")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s := &session{t: t, dir: dir}
	for _, name := range []string{"home", "run"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	bus := "unix:path=" + filepath.Join(dir, "run", "bus")
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, bus), 0o600); err != nil {
		t.Fatal(err)
	}
	s.env = []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "HOME=" + filepath.Join(dir, "home"),
		"XDG_RUNTIME_DIR=" + filepath.Join(dir, "run"), "DBUS_SESSION_BUS_ADDRESS=" + bus,
	}
	s.start("", "dbus-daemon", "--nofork", "--config-file="+config)
	s.eventually("the session bus", func() error {
		_, err := s.ask("org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetId")
		return err
	})
	return s
}

// startKeyring starts a keyring and unlocks it.
func (s *session) startKeyring() *process {
	s.t.Helper()
	p := s.start("the keyring's password", "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	s.eventually("the keyring", func() error {
		said, err := s.ask("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.DBus.Properties.Get",
			"string:org.freedesktop.Secret.Service", "string:Collections")
		if err == nil && !strings.Contains(said, "/collection/login") {
			err = fmt.Errorf("there is no keyring to log in with:\n%s", said)
		}
		return err
	})
	return p
}

// lockKeyring starts a keyring that has been unlocked once and is locked now.
func (s *session) lockKeyring() {
	s.t.Helper()
	p := s.startKeyring()
	p.cmd.Process.Kill()
	<-p.ended
	s.start("", "gnome-keyring-daemon", "--foreground", "--components=secrets")
	s.eventually("the locked keyring", func() error {
		said, err := s.ask("org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login", "org.freedesktop.DBus.Properties.Get",
			"string:org.freedesktop.Secret.Collection", "string:Locked")
		if err == nil && !strings.Contains(said, "boolean true") {
			err = fmt.Errorf("it is not locked:\n%s", said)
		}
		return err
	})
}

// items returns how many secrets of culvert the keyring has.
func (s *session) items() int {
	s.t.Helper()
	said, err := s.ask("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SearchItems",
		"dict:string:string:service,culvert")
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Count(said, "/collection/")
}

// ask calls a method on the bus.
func (s *session) ask(service, path, method string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "dbus-send", append([]string{"--session", "--print-reply", "--dest=" + service, path, method}, args...)...)
	cmd.Env = s.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", method, err, out)
	}
	return string(out), err
}

// process is a program that runs.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}

	mu  sync.Mutex
	out bytes.Buffer // of both streams
}

// Write collects what it prints.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *process) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// start starts a program in the session; the end of the test kills it, and so
// does that of the test's process.
func (s *session) start(stdin, name string, args ...string) *process {
	s.t.Helper()
	p := &process{cmd: exec.Command(name, args...), ended: make(chan struct{})}
	p.cmd.Env, p.cmd.Dir = s.env, filepath.Join(s.dir, "home")
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = strings.NewReader(stdin), p, p
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		s.t.Fatalf("%v; `tools/deps.sh window` brings what is needed", err)
	}
	go func() {
		p.cmd.Wait() // its status is in ProcessState
		close(p.ended)
	}()
	s.t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
		if s.t.Failed() {
			s.t.Logf("%s\n%s", strings.Join(p.cmd.Args, " "), p.printed())
		}
	})
	return p
}

// culvert runs the program to its end, with standard input, and returns its exit
// status and all that it has printed.
func (s *session) culvert(stdin string, args ...string) (int, string) {
	s.t.Helper()
	p := s.start(stdin, program, args...)
	select {
	case <-p.ended:
	case <-time.After(patience):
		s.t.Fatalf("culvert %s does not end: %s", strings.Join(args, " "), p.printed())
	}
	return p.cmd.ProcessState.ExitCode(), p.printed()
}

// holdsNo fails when a secret is in a file of the session, the keyring's own
// included, for that is encrypted.
func (s *session) holdsNo(secret string) {
	s.t.Helper()
	files := 0
	err := filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if bytes.Contains(data, []byte(secret)) {
			s.t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil || files == 0 {
		s.t.Errorf("%d files were read, %v", files, err)
	}
}

// eventually calls try again and again until it returns nil.
func (s *session) eventually(what string, try func() error) {
	s.t.Helper()
	limit, tick := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			s.t.Fatalf("%s: not within %v: %v", what, patience, err)
		}
	}
}
