package signin

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"culvert/e2e/desk"
	"culvert/e2e/real"
	"culvert/kube/kubetest"
)

// program is the path of the program under test.
var program string

func TestMain(m *testing.M) {
	if err := build(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: build culvert: %v\n", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func build() error {
	options, err := real.OptionsFromEnv()
	if err != nil {
		return err
	}
	cache, err := options.CacheDir()
	if err != nil {
		return err
	}
	module, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	program = filepath.Join(cache, "bin", "kubectl-culvert")
	return real.GoBuild(filepath.Dir(module), program, "-tags", "nogui", "-ldflags", "-s -w", ".")
}

const password = "a pässword that is nowhere"

func serve(t *testing.T) *kubetest.Server {
	t.Helper()
	s, err := kubetest.New(kubetest.Options{
		Pods:  []kubetest.Pod{{Name: "podsrv"}},
		OAuth: &kubetest.OAuth{Passwords: map[string]string{"kim": password}, Elsewhere: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestSignIn signs in with a token and with a password, uses that in other
// processes, and signs out. The secrets are in the keyring and nowhere else.
func TestSignIn(t *testing.T) {
	for name, tt := range map[string]struct {
		secret func(*kubetest.Server) string
		args   []string
	}{
		"token":    {func(s *kubetest.Server) string { return s.SignIn("kim") }, []string{"--token-stdin"}},
		"password": {func(*kubetest.Server) string { return password }, []string{"-u", "kim"}},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, s := serve(t), newSession(t)
			s.StartKeyring(t)
			secret := tt.secret(cluster)
			out := login(t, s, secret, append([]string{"login", "--server", cluster.URL(), "--name", "dev"}, tt.args...))
			if !strings.Contains(out, "as kim") || s.Secrets(t) != 1 || cluster.SignIns("kim") != 1 {
				t.Errorf("the keyring has %d secrets, the cluster %d: %s", s.Secrets(t), cluster.SignIns("kim"), out)
			}
			out += forward(t, s)
			code, said := s.culvert("", "logout", "dev")
			if code != 0 || s.Secrets(t) != 0 || cluster.SignIns("kim") != 0 {
				t.Errorf("exit status %d, the keyring has %d secrets, the cluster %d: %s", code, s.Secrets(t), cluster.SignIns("kim"), said)
			}
			code, after := s.culvert("", "forward", "--context", "dev", "podsrv", ":9006")
			if code == 0 {
				t.Errorf("it still forwards: %s", after)
			}
			for _, secret := range []string{secret, "sha256~"} {
				s.holdsNo(secret)
				if strings.Contains(out+said+after, secret) {
					t.Errorf("it was printed: %s", out+said+after)
				}
			}
		})
	}
}

var fingerprint = regexp.MustCompile(`--fingerprint [0-9A-F:]{95}`)

// login runs a sign-in and confirms what it asks to confirm.
func login(t *testing.T, s *session, secret string, args []string) string {
	t.Helper()
	all := ""
	for range 3 {
		code, out := s.culvert(secret, args...)
		s.holdsNo(secret)
		all += out
		if code == 0 {
			return all
		}
		found := fingerprint.FindString(out)
		if found == "" {
			t.Fatalf("exit status %d: %s", code, out)
		}
		args = append(args, strings.Fields(found)...)
	}
	t.Fatalf("it asks again and again: %s", all)
	return ""
}

var forwarding = regexp.MustCompile(`Forwarding from (127\.0\.0\.1:\d+) -> 9006`)

// forward gets a page from the pod through another process, and returns what
// that has printed.
func forward(t *testing.T, s *session) string {
	t.Helper()
	p := s.start("", "forward", "--context", "dev", "podsrv", ":9006")
	var addr string
	desk.Eventually(t, "the tunnel", func() error {
		m := forwarding.FindStringSubmatch(p.Printed())
		if m == nil {
			return fmt.Errorf("it has printed %q", p.Printed())
		}
		addr = m[1]
		return nil
	})
	resp, err := http.Get("http://" + addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if page, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(page), "podsrv") {
		t.Errorf("the page is %q, %v", page, err)
	}
	s.interrupt(p)
	<-p.Ended
	s.holdsNo("sha256~")
	return p.Printed()
}

// TestNoKeyring: without a keyring nothing is kept, and it is told in time.
func TestNoKeyring(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*session)
		says  string
	}{
		"none on the bus": {func(*session) {}, "this system has no keyring"},
		"no bus": {func(s *session) {
			s.Env = append(s.Env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(s.Dir, "nothing"))
		}, "this system has no keyring"},
		"locked, and nobody to ask": {func(s *session) { s.LockKeyring(s.t) }, "the keyring is locked"},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, s := serve(t), newSession(t)
			tt.spoil(s)
			ca := filepath.Join(s.Path, "ca.crt")
			if err := os.WriteFile(ca, cluster.CA(), 0o600); err != nil {
				t.Fatal(err)
			}
			token := cluster.SignIn("kim")
			code, out := s.culvert(token, "login", cluster.URL(), "--token-stdin", "--certificate-authority", ca)
			if code != 1 || !strings.Contains(out, "cannot be kept") || !strings.Contains(out, tt.says) || strings.Contains(out, token) {
				t.Errorf("exit status %d: %s", code, out)
			}
			s.holdsNo(token)
			if _, err := os.Stat(filepath.Join(s.Path, ".config", "culvert")); err == nil {
				t.Error("the cluster is known though nobody is signed in")
			}
		})
	}
}
