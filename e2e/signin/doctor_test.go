package signin

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDoctorLooksAtTheKeyring: the doctor tells how a real keyring is, and has nobody
// asked for a password: a prompt would take until somebody answers it.
func TestDoctorLooksAtTheKeyring(t *testing.T) {
	for name, tt := range map[string]struct {
		make func(*session)
		says string
	}{
		"unlocked":        {func(s *session) { s.StartKeyring(s.t) }, "ok     keyring    It runs, and is unlocked."},
		"none on the bus": {func(*session) {}, "note   keyring    This system has no keyring. Tokens"},
		"no bus": {func(s *session) {
			s.Env = append(s.Env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(s.Dir, "nothing"))
		}, "note   keyring    This system has no keyring: there is no session bus"},
		"locked": {func(s *session) {
			s.StartKeyring(s.t).End(false)
			s.StartLockedKeyring(s.t)
		}, "note   keyring    The keyring is locked. Culvert asks for it when it needs it."},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			tt.make(s)
			began := time.Now()
			code, out := s.culvert("", "doctor", "--timeout", "20s")
			if code != 1 || !strings.Contains(out, tt.says) { // there is no kubeconfig
				t.Errorf("exit status %d:\n%s", code, out)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
