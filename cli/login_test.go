package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"culvert/kube/keyring"
	"culvert/kube/kubetest"
)

// store is a keyring of the system.
type store struct {
	mu      sync.Mutex
	secrets map[string]string
	err     error
}

func (s *store) Set(_, name, secret string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.secrets[name] = secret
	}
	return s.err
}

func (s *store) Get(_, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if secret, ok := s.secrets[name]; ok {
		return secret, s.err
	}
	return "", keyring.ErrNotFound
}

func (s *store) Delete(_, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.secrets, name)
	return s.err
}

// person answers at a terminal, one answer for each question.
type person struct {
	answers []string
	asked   []string
}

func (p *person) Ask(_ context.Context, question string) (string, error) {
	p.asked = append(p.asked, question)
	if len(p.answers) == 0 {
		return "", errors.New("nobody answers")
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	return answer, nil
}

func (p *person) Secret(ctx context.Context, question string) (string, error) {
	return p.Ask(ctx, question)
}

// user is somebody with a home who runs one command line after the other.
type user struct {
	t      *testing.T
	folder string
	keys   *store
}

func newUser(t *testing.T) *user {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("KUBECONFIG", filepath.Join(dir, "kubeconfig"))
	return &user{t, filepath.Join(dir, "culvert"), &store{secrets: make(map[string]string)}}
}

// runs runs a command line to its end and returns what it said.
func (u *user) runs(terminal Terminal, stdin string, args ...string) (code int, out, errs string) {
	u.t.Helper()
	var o, e strings.Builder
	code = execute(u.t.Context(), Deps{
		Out: &o, Err: &e, In: strings.NewReader(stdin), Terminal: terminal, Folder: u.folder, Keyring: u.keys,
	}, args)
	return code, o.String(), e.String()
}

// file writes a file of the user and returns its path.
func (u *user) file(data []byte) string {
	u.t.Helper()
	path := filepath.Join(filepath.Dir(u.folder), "ca.crt")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		u.t.Fatal(err)
	}
	return path
}

func openShift(t *testing.T, elsewhere bool) *kubetest.Server {
	t.Helper()
	o := podsrv()
	o.OAuth = &kubetest.OAuth{Passwords: map[string]string{"kim": "pässword"}, Elsewhere: elsewhere}
	s, _ := cluster(t, o)
	return s
}

func TestLoginForwardLogout(t *testing.T) {
	s := openShift(t, false)
	u := newUser(t)
	token := s.SignIn("kim")
	code, out, errs := u.runs(nil, token+"\n", "login", "--server", s.URL(), "--token-stdin", "--certificate-authority", u.file(s.CA()), "--name", "dev")
	if code != ExitOK || !strings.Contains(out, "as kim") || !strings.Contains(out, "called dev") || len(u.keys.secrets) != 1 {
		t.Fatalf("exit status %d: %s%s", code, out, errs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var said syncBuilder
	done := make(chan int)
	go func() {
		done <- execute(ctx, Deps{Out: &said, Err: &said, Folder: u.folder, Keyring: u.keys}, []string{"forward", "--context", "dev", "podsrv", ":9006", "--address", "127.0.0.1"})
	}()
	port := said.await(t, regexp.MustCompile(`127\.0\.0\.1:(\d+) ->`))
	if page := get(t, "127.0.0.1:"+port); !strings.Contains(page, "podsrv") {
		t.Errorf("the page is %q", page)
	}
	cancel()
	if code := <-done; code != ExitOK {
		t.Errorf("exit status %d: %s", code, said.String())
	}
	contexts, err := os.ReadFile(filepath.Join(u.folder, "contexts.yaml"))
	if err != nil || !strings.Contains(string(contexts), "- default") {
		t.Errorf("the namespace is not remembered: %s, %v", contexts, err)
	}
	code, out, errs = u.runs(nil, "", "logout", "dev")
	if code != ExitOK || errs != "" || out != "Signed out of dev.\n" || len(u.keys.secrets) != 0 || s.SignIns("kim") != 0 {
		t.Errorf("exit status %d: %s%s", code, out, errs)
	}
}

// syncBuilder collects what several goroutines write.
type syncBuilder struct {
	mu   sync.Mutex
	text strings.Builder
	news chan struct{}
}

func (b *syncBuilder) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.news != nil {
		close(b.news)
		b.news = nil
	}
	return b.text.Write(p)
}

func (b *syncBuilder) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// await returns the first group of what is written sooner or later.
func (b *syncBuilder) await(t *testing.T, what *regexp.Regexp) string {
	t.Helper()
	for {
		b.mu.Lock()
		m := what.FindStringSubmatch(b.text.String())
		if b.news == nil {
			b.news = make(chan struct{})
		}
		news := b.news
		b.mu.Unlock()
		if m != nil {
			return m[1]
		}
		select {
		case <-news:
		case <-t.Context().Done():
			t.Fatalf("it said %q", b.String())
		}
	}
}

func TestLoginConfirmsCertificates(t *testing.T) {
	s := openShift(t, true)
	u := newUser(t)
	args := []string{"login", s.URL(), "-u", "kim", "--name", "dev"}

	// Without a terminal the fingerprints have to be given.
	given := args
	for range 2 {
		code, _, errs := u.runs(nil, "pässword\n", given...)
		m := regexp.MustCompile(`--fingerprint ([0-9A-F:]{95})\n`).FindStringSubmatch(errs)
		if code != ExitError || m == nil || strings.Contains(errs, "pässword") {
			t.Fatalf("exit status %d: %s", code, errs)
		}
		given = append(given, "--fingerprint", m[1])
	}
	if code, out, errs := u.runs(nil, "pässword\n", given...); code != ExitOK || !strings.Contains(out, "until 20") {
		t.Errorf("exit status %d: %s%s", code, out, errs)
	}

	for name, tt := range map[string]struct {
		answers []string
		code    int
	}{
		"both confirmed":      {[]string{"pässword", "y", "Yes "}, ExitOK},
		"one confirmed":       {[]string{"pässword", "y", "n"}, ExitError},
		"just Enter":          {[]string{"pässword", ""}, ExitError},
		"gone while it asked": {[]string{"pässword"}, ExitError},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t)
			p := &person{answers: tt.answers}
			code, _, errs := u.runs(p, "", args...)
			if code != tt.code || len(p.answers) != 0 || p.asked[0] != "Password of kim: " || !strings.Contains(errs, "SHA-256") {
				t.Errorf("exit status %d after %q: %s", code, p.asked, errs)
			}
			if (len(u.keys.secrets) == 1) != (tt.code == ExitOK) {
				t.Errorf("the keyring has %d", len(u.keys.secrets))
			}
		})
	}
}

func TestLoginPaste(t *testing.T) {
	s := openShift(t, false)
	token := s.SignIn("kim")
	ca := newUser(t).file(s.CA())
	line := "$ oc login --token=" + token[:20] + "\n" + token[20:] + " --server=" + s.URL() + "\n"
	for name, tt := range map[string]struct {
		terminal Terminal
		stdin    string
		code     int
	}{
		"from a pipe":         {nil, line, ExitOK},
		"at a terminal":       {&person{answers: strings.Split(strings.TrimSpace(line), "\n")}, "", ExitOK},
		"not all of it":       {&person{answers: []string{"oc login " + s.URL(), ""}}, "", ExitError},
		"user, then password": {&person{answers: []string{"oc login -u kim " + s.URL(), "pässword"}}, "", ExitOK},
		"user in a pipe":      {nil, "oc login -u kim " + s.URL(), ExitError},
		"nothing":             {nil, "", ExitError},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := newUser(t).runs(tt.terminal, tt.stdin, "login", "--paste", "--certificate-authority", ca)
			if code != tt.code || strings.Contains(out+errs, token[20:]) {
				t.Errorf("exit status %d: %s%s", code, out, errs)
			}
		})
	}
}

// TestAuthorityThatIsNoFile: a pasted line may name anything.
func TestAuthorityThatIsNoFile(t *testing.T) {
	u := newUser(t)
	for name, tt := range map[string]struct{ path, says string }{
		"a device":  {"/dev/zero", "is not a file"},
		"a folder":  {t.TempDir(), "is not a file"},
		"too large": {u.file(make([]byte, maxAuthority+1)), "more than 1048576 bytes"},
		"missing":   {"/no/such/file", "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			line := "oc login https://api.test --token=sha256~topsecret" + strings.Repeat("x", 34) + " --certificate-authority=" + tt.path
			code, out, errs := u.runs(nil, line, "login", "--paste")
			if code != ExitError || !strings.Contains(errs, tt.says) || strings.Contains(out+errs, "topsecret") {
				t.Errorf("exit status %d: %s%s", code, out, errs)
			}
		})
	}
}

func TestLoginFails(t *testing.T) {
	const secret = "sha256~topsecret"
	tests := []struct {
		name, args string
		code       int
		says       []string
	}{
		{"a token by habit", "login --server https://x --token=" + secret, ExitUsage, []string{"--token is not taken", "--token-stdin"}},
		{"a token and its way", "login --server https://x --token-stdin --token " + secret, ExitUsage, []string{"--token is not taken"}},
		{"a password by habit", "login --server https://x -u kim -p" + secret, ExitUsage, []string{"--password is not taken"}},
		{"a password in long", "login --server https://x -u kim --password=" + secret, ExitUsage, []string{"--password is not taken"}},
		{"no way", "login --server https://x", ExitUsage, []string{"say how to sign in"}},
		{"two ways", "login --server https://x -u kim --paste", ExitUsage, []string{"say how to sign in"}},
		{"no server", "login --token-stdin", ExitUsage, []string{"server is missing"}},
		{"two servers", "login https://x --server https://y --token-stdin", ExitUsage, []string{"given twice"}},
		{"an empty token", "login https://x --token-stdin", ExitError, []string{"token is missing"}},
		{"no fingerprint", "login https://x --token-stdin --fingerprint xyz", ExitError, []string{"SHA-256"}},
		{"no file", "login https://x -u kim --certificate-authority /no/such/file", ExitError, []string{"password is missing"}},
		{"no TLS", "login http://x --paste", ExitError, []string{"no `oc login`"}},
		{"unknown name", "login --name dev --token-stdin", ExitError, []string{"token is missing"}},
		{"nobody signed in", "logout dev", ExitError, []string{"signed in to no cluster"}},
		{"whom to sign out", "logout", ExitUsage, []string{"the name of one cluster"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := newUser(t)
			code, out, errs := u.runs(nil, "", strings.Fields(tt.args)...)
			if code != tt.code || strings.Contains(out+errs, "topsecret") {
				t.Errorf("exit status %d: %s%s", code, out, errs)
			}
			for _, s := range tt.says {
				if !strings.Contains(errs, s) {
					t.Errorf("it says %q, which lacks %q", errs, s)
				}
			}
			if _, err := os.Stat(u.folder); err == nil {
				t.Error("the config folder was made")
			}
		})
	}
}

func TestLoginWithoutKeyring(t *testing.T) {
	s := openShift(t, false)
	u := newUser(t)
	u.keys.err = errors.New("it is locked")
	code, _, errs := u.runs(nil, "pässword", "login", s.URL(), "-u", "kim", "--certificate-authority", u.file(s.CA()))
	if code != ExitError || !strings.Contains(errs, "cannot be kept") || s.SignIns("kim") != 0 {
		t.Errorf("exit status %d: %s", code, errs)
	}
}

// TestDemoKeepsNothing: the demo has no folder and no keyring.
func TestDemoKeepsNothing(t *testing.T) {
	u := newUser(t)
	opened := false
	code := execute(t.Context(), Deps{
		Out: &strings.Builder{}, Err: &strings.Builder{}, Folder: u.folder, Keyring: u.keys,
		HasDisplay: func() bool { return true },
		Window: func(_ context.Context, o WindowOptions) error {
			opened = o.Folder == "" && o.Keyring == nil && o.Demo
			return nil
		},
	}, []string{"demo"})
	if code != ExitOK || !opened {
		t.Errorf("exit status %d, opened %v", code, opened)
	}
}
