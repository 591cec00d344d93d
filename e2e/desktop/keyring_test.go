package desktop

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"culvert/e2e/desk"
)

// signIn puts a token for the cluster into the keyring, as `culvert login` does, and
// keeps a profile that needs it.
func (s *session) signIn() {
	s.t.Helper()
	ca := filepath.Join(s.Path, "ca.crt")
	s.write(ca, string(s.cluster.CA()))
	cmd := exec.Command(program, "login", s.cluster.URL(), "--name", "dev", "--token-stdin", "--certificate-authority", ca)
	cmd.Stdin = strings.NewReader(s.cluster.SignIn("admin"))
	if c := s.Start(s.t, "login", cmd, false); c.Status(s.t) != 0 {
		s.t.Fatalf("the sign-in has failed: %s", c.Printed())
	}
	if n := s.Secrets(s.t); n != 1 {
		s.t.Fatalf("the keyring has %d secrets, want 1", n)
	}
	s.keep("data.yaml", `version: 1
context: dev
namespace: data
tunnels:
  - name: postgres
    target: svc/postgres
    ports: [":5432"]
    autostart: true
`)
}

// The window reads tokens from the keyring. Where that is locked or missing, it says
// so and what to do, and nothing hangs.
func TestKeyring(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spoil func(*session)
		says  string // in the banner; empty for no trouble
	}{
		"unlocked": {func(*session) {}, ""},
		"locked":   {func(s *session) { s.keyring.End(false); s.StartLockedKeyring(s.t) }, "The keyring is locked."},
		"none":     {func(s *session) { s.keyring.End(false) }, "No keyring is running."},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			s.signIn()
			tt.spoil(s)
			w := s.open()
			if tt.says == "" {
				w.Want("row:postgres", "Ready")
				desk.Host().WantEcho(t, address(w, "postgres"))
				return
			}
			w.Await("a note about the keyring", func(b desk.Boxes) error {
				x, ok := b.Find("banner")
				if !ok || !strings.Contains(x.Text, tt.says) {
					return fmt.Errorf("the banner says %q", x.Text)
				}
				return nil
			})
			w.Click("row:postgres") // it answers
			w.See("details/toggle")
		})
	}
}
