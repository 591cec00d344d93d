package signin

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"culvert/e2e/desk"
)

// session is a user's session with a bus of its own, which ends with the test.
type session struct {
	*desk.Home
	t      *testing.T
	traces string // where the program's calls of the system are written; empty for nowhere
}

// newSession starts a session without a keyring.
func newSession(t *testing.T) *session {
	t.Helper()
	s := &session{Home: desk.NewHome(t), t: t}
	s.StartBus(t)
	return s
}

// start starts the program in the session, with standard input.
func (s *session) start(stdin string, args ...string) *desk.Child {
	s.t.Helper()
	cmd := exec.Command(program, args...)
	if s.traces != "" {
		cmd = traced(s.t, s.traces, cmd.Args)
	}
	cmd.Dir, cmd.Stdin = s.Path, strings.NewReader(stdin)
	return s.Start(s.t, "culvert", cmd, false)
}

// culvert runs the program to its end, with standard input, and returns its exit
// status and all that it has printed.
func (s *session) culvert(stdin string, args ...string) (int, string) {
	s.t.Helper()
	c := s.start(stdin, args...)
	return c.Status(s.t), c.Printed()
}

// holdsNo fails when a secret is in a file of the session, the keyring's own
// included, for that is encrypted.
func (s *session) holdsNo(secret string) {
	s.t.Helper()
	files := 0
	err := filepath.WalkDir(s.Dir, func(path string, e fs.DirEntry, err error) error {
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
