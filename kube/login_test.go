package kube_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/kube/kubetest"
	"culvert/kube/login"
	"culvert/tunnels"
)

// desktop is what the processes of one user share: a config folder and the
// system's keyring.
type desktop struct {
	t      *testing.T
	folder string

	mu      sync.Mutex
	secrets map[string]string
	locked  bool
	warned  []string
}

func newDesktop(t *testing.T) *desktop {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("KUBECONFIG", filepath.Join(dir, "kubeconfig"))
	d := &desktop{t: t, folder: filepath.Join(dir, "culvert"), secrets: make(map[string]string)}
	if err := os.Mkdir(d.folder, 0o700); err != nil { // what does not exist yet is only looked for every 5 s
		t.Fatal(err)
	}
	return d
}

// process opens the clusters as another process would.
func (d *desktop) process() *kube.Clusters {
	d.t.Helper()
	return open(d.t, kube.Options{Folder: d.folder, Keyring: keyring.New(d, nil), Warn: func(err error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.warned = append(d.warned, err.Error())
	}})
}

func (d *desktop) warnings(about string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Count(strings.Join(d.warned, "\n"), about)
}

func (d *desktop) file() string { return filepath.Join(d.folder, "clusters.yaml") }

var errLocked = errors.New("the collection is locked")

func (d *desktop) Set(service, name, secret string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.locked {
		return errLocked
	}
	d.secrets[service+"/"+name] = secret
	return nil
}

func (d *desktop) Get(service, name string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.locked {
		return "", errLocked
	}
	if s, ok := d.secrets[service+"/"+name]; ok {
		return s, nil
	}
	return "", keyring.ErrNotFound
}

func (d *desktop) Delete(service, name string) error {
	if _, err := d.Get(service, name); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.secrets, service+"/"+name)
	return nil
}

func (d *desktop) kept() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.secrets)
}

func (d *desktop) lock(locked bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.locked = locked
}

// lose empties the keyring.
func (d *desktop) lose() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.secrets)
}

// holdsNo fails when a secret is in any file.
func (d *desktop) holdsNo(secret string) {
	d.t.Helper()
	err := filepath.WalkDir(filepath.Dir(d.folder), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), secret) {
			d.t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil {
		d.t.Error(err)
	}
}

func signIn(t *testing.T, c *kube.Clusters, r kube.LoginRequest) kube.LoginResult {
	t.Helper()
	result, err := c.Login(t.Context(), r)
	if err != nil {
		t.Fatal(err, tunnels.AsError(err).Hint)
	}
	return result
}

func TestLoginWithToken(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-1"}, {Namespace: "team", Name: "web-2"}}})
	d := newDesktop(t)
	first, second := d.process(), d.process()
	if _, err := first.Contexts(); !isCause(err, tunnels.CauseNotFound) || !strings.Contains(tunnels.AsError(err).Hint, "culvert login") {
		t.Errorf("before, the error is %v", err)
	}
	r := signIn(t, first, kube.LoginRequest{Name: "dev", Server: s.URL() + "/", CA: s.CA(), Token: " " + s.Token("admin") + "\n"})
	want := kube.Context{Name: "dev", Origin: kube.OriginSignedIn, Cluster: "dev", Server: s.URL(), User: "admin", With: kube.WithToken, Namespace: "default", Current: true}
	if !reflect.DeepEqual(r.Context, want) || r.InMemory != nil {
		t.Errorf("got %+v", r)
	}
	watching(t, pods(first, "", ""))("the pod", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "web-1" })
	watching(t, contexts(second))("the context in another process", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "dev*" })
	if _, err := second.Check(t.Context(), "dev"); err != nil {
		t.Error(err)
	}
	d.holdsNo(s.Token("admin"))
	if info, err := os.Stat(d.file()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	// Again, by the server alone: the name, the authority and the namespace stay.
	signIn(t, first, kube.LoginRequest{Server: s.URL(), Token: s.Token("admin"), Namespace: "team"})
	r = signIn(t, first, kube.LoginRequest{Name: "dev", Token: s.Token("admin")})
	if r.Context.Name != "dev" || r.Context.Namespace != "team" || d.kept() != 1 {
		t.Errorf("renewed it is %+v, and the keyring has %d", r, d.kept())
	}
}

func openShift(o kubetest.OAuth) kubetest.Options {
	o.Passwords = map[string]string{"kim": "pässword"}
	return kubetest.Options{OAuth: &o, Pods: []kubetest.Pod{{Name: "web-1"}}}
}

// TestLoginWithPassword confirms the certificates of both servers, one after the
// other, as a person does.
func TestLoginWithPassword(t *testing.T) {
	s := serve(t, openShift(kubetest.OAuth{Elsewhere: true, Lifetime: time.Hour}))
	d := newDesktop(t)
	c := d.process()
	r := kube.LoginRequest{Server: s.URL(), User: "kim", Password: "pässword"}
	hosts := make(map[string]bool)
	var result kube.LoginResult
	for {
		var err error
		result, err = c.Login(t.Context(), r)
		var u *login.UntrustedError
		if !errors.As(err, &u) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if d.kept() != 0 || s.SignIns("kim") != 0 || hosts[u.Host] {
			t.Fatalf("%s is not trusted (again), yet %d tokens are kept", u.Host, d.kept())
		}
		hosts[u.Host] = true
		r.Fingerprints = append(r.Fingerprints, u.Fingerprint())
	}
	got := result.Context
	if len(hosts) != 2 || got.User != "kim" || got.With != kube.WithPassword || time.Until(got.Expires) < 59*time.Minute {
		t.Errorf("asked for %v, got %+v", hosts, result)
	}
	d.holdsNo("pässword")
	d.holdsNo("sha256~")
	// What was confirmed is kept: nothing is asked again.
	signIn(t, c, kube.LoginRequest{Name: got.Name, User: "kim", Password: "pässword"})
	watching(t, pods(c, got.Name, ""))("the pod", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "web-1" })
}

func TestLoginRefused(t *testing.T) {
	s := serve(t, openShift(kubetest.OAuth{}))
	other := start(t, kubetest.Options{})
	down := start(t, kubetest.Options{})
	down.Down()
	d := newDesktop(t)
	c := d.process()
	write(t, os.Getenv("KUBECONFIG"), kubeconfig(t, "https://api.test", nil))
	watching(t, contexts(c))("the kubeconfig", func(l []kube.Context, err error) bool { return err == nil && len(l) == 1 })
	signIn(t, c, kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), Token: s.Token("kim")})
	token := s.SignIn("kim")
	good := kube.LoginRequest{Name: "new", Server: s.URL(), CA: s.CA(), Token: token}
	tests := []struct {
		name   string
		change func(*kube.LoginRequest)
		cause  tunnels.Cause
		says   string
	}{
		{"no server", func(r *kube.LoginRequest) { r.Server = "" }, tunnels.CauseInvalid, "server is missing"},
		{"no TLS", func(r *kube.LoginRequest) { r.Server = "http://x" }, tunnels.CauseInvalid, "without TLS"},
		{"no credentials", func(r *kube.LoginRequest) { r.Token = "" }, tunnels.CauseInvalid, "neither"},
		{"no password", func(r *kube.LoginRequest) { r.Token, r.User = "", "kim" }, tunnels.CauseInvalid, "neither"},
		{"too many", func(r *kube.LoginRequest) { r.User = "kim" }, tunnels.CauseInvalid, "a token and a user"},
		{"no token", func(r *kube.LoginRequest) { r.Token = "a token" + "\x00" }, tunnels.CauseInvalid, "characters"},
		{"a name that is none", func(r *kube.LoginRequest) { r.Name = "-x y" }, tunnels.CauseInvalid, "name"},
		{"a kubeconfig's name", func(r *kube.LoginRequest) { r.Name = "c" }, tunnels.CauseInvalid, "a kubeconfig has a context c"},
		{"a name of another server", func(r *kube.LoginRequest) { r.Name, r.Server = "dev", other.URL() }, tunnels.CauseInvalid, "already"},
		{"no namespace", func(r *kube.LoginRequest) { r.Namespace = "A" }, tunnels.CauseInvalid, "namespace"},
		{"no authority", func(r *kube.LoginRequest) { r.CA = []byte("x") }, tunnels.CauseInvalid, "no certificate"},
		{"another authority", func(r *kube.LoginRequest) { r.CA = other.CA() }, tunnels.CauseTLS, "SHA-256"},
		{"another fingerprint", func(r *kube.LoginRequest) { r.CA, r.Fingerprints = nil, []string{strings.Repeat("00", 32)} }, tunnels.CauseTLS, "SHA-256"},
		{"another name in it", func(r *kube.LoginRequest) { r.ServerName = "api.test" }, tunnels.CauseTLS, "another name"},
		{"a wrong token", func(r *kube.LoginRequest) { r.Token = "wrong" }, tunnels.CauseSignIn, "refuses the token"},
		{"a wrong password", func(r *kube.LoginRequest) { r.Token, r.User, r.Password = "", "kim", "wrong" }, tunnels.CauseSignIn, "does not accept"},
		{"no OpenShift", func(r *kube.LoginRequest) {
			r.Server, r.CA, r.Token, r.User, r.Password = other.URL(), other.CA(), "", "kim", "x"
		}, tunnels.CauseProtocol, "no OpenShift"},
		{"nothing there", func(r *kube.LoginRequest) { r.Server = down.URL() }, tunnels.CauseUnreachable, "connection refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := good
			tt.change(&r)
			_, err := c.Login(t.Context(), r)
			e := tunnels.AsError(err)
			if e == nil || e.Cause != tt.cause || !strings.Contains(e.Error(), tt.says) || e.Hint == "" && tt.says != "namespace" {
				t.Fatalf("the error is %v, %+v", err, e)
			}
			if tt.cause == tunnels.CauseTLS && strings.Contains(e.Hint, "kubeconfig") {
				t.Errorf("the hint is %q", e.Hint)
			}
			if said := e.Error() + e.Hint; r.Token != "" && strings.Contains(said, r.Token) && r.Token != "wrong" {
				t.Errorf("it says %q", said)
			}
		})
	}
	if d.kept() != 1 || s.SignIns("kim") != 1 {
		t.Errorf("the keyring has %d, the server %d", d.kept(), s.SignIns("kim"))
	}
}

// TestLoginWithoutKeyring keeps the token in memory with a note, or refuses
// where it has to last.
func TestLoginWithoutKeyring(t *testing.T) {
	s := serve(t, openShift(kubetest.OAuth{}))
	d := newDesktop(t)
	d.lock(true)
	c := d.process()
	r := kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), User: "kim", Password: "pässword", Lasting: true}
	_, err := c.Login(t.Context(), r)
	judge(t, "lasting", err, tunnels.CauseSignIn, true, "cannot be kept")
	if list, _ := c.Contexts(); len(list) != 0 || s.SignIns("kim") != 0 {
		t.Errorf("there are %v, and %d tokens", list, s.SignIns("kim"))
	}
	r.Lasting = false
	if result := signIn(t, c, r); result.InMemory == nil || result.InMemory.Hint == "" {
		t.Errorf("got %+v", result)
	}
	if _, err := c.Check(t.Context(), "dev"); err != nil {
		t.Error(err)
	}
	d.lock(false)
	_, err = d.process().Check(t.Context(), "dev")
	judge(t, "another process", err, tunnels.CauseSignIn, true, "not kept here")
	left, err := c.Logout(t.Context(), "dev")
	if len(left) > 0 || err != nil || s.SignIns("kim") != 0 {
		t.Errorf("signing out leaves %v, %v", left, err)
	}
}

func TestLoginWithoutFolder(t *testing.T) {
	c := open(t, kube.Options{Data: kubeconfig(t, "https://api.test", nil)})
	_, err := c.Login(t.Context(), kube.LoginRequest{Server: "https://x", Token: "y"})
	judge(t, "login", err, tunnels.CauseInvalid, true, "not possible here")
	_, err = c.Logout(t.Context(), "x")
	judge(t, "logout", err, tunnels.CauseNotFound, true, "signed in to no cluster")
}

func TestLogout(t *testing.T) {
	s := serve(t, openShift(kubetest.OAuth{}))
	d := newDesktop(t)
	c, other := d.process(), d.process()
	r := kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), User: "kim", Password: "pässword"}
	signIn(t, c, r)
	_, err := c.Logout(t.Context(), "de")
	judge(t, "unknown", err, tunnels.CauseNotFound, true, "no cluster that was signed in to")
	left, err := c.Logout(t.Context(), "dev")
	if len(left) > 0 || err != nil || d.kept() != 0 || s.SignIns("kim") != 0 {
		t.Errorf("it leaves %v, %v, %d in the keyring, %d on the server", left, err, d.kept(), s.SignIns("kim"))
	}
	if _, err := c.Complete(tunnels.Target{Context: "dev"}); !isCause(err, tunnels.CauseNotFound) {
		t.Errorf("the context is still there: %v", err)
	}
	watching(t, contexts(other))("the end in another process", func(l []kube.Context, _ error) bool { return len(l) == 0 })

	signIn(t, c, r)
	s.Down()
	left, err = c.Logout(t.Context(), "dev")
	if len(left) != 1 || !strings.Contains(left[0].Error(), "refused") || err != nil || d.kept() != 0 {
		t.Errorf("without the server it leaves %v, %v", left, err)
	}
	if err := s.Up(); err != nil {
		t.Fatal(err)
	}
	signIn(t, c, r)
	d.lock(true)
	if left, err = c.Logout(t.Context(), "dev"); len(left) != 1 || !strings.Contains(left[0].Error(), "keyring") || err != nil {
		t.Errorf("with a locked keyring it leaves %v, %v", left, err)
	}
}

// TestLogoutThatCannotWrite deletes nothing, so that it can be tried again.
func TestLogoutThatCannotWrite(t *testing.T) {
	s := serve(t, openShift(kubetest.OAuth{}))
	d := newDesktop(t)
	c := d.process()
	signIn(t, c, kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), User: "kim", Password: "pässword"})
	lock := d.file() + ".lock"
	if err := errors.Join(os.RemoveAll(lock), os.Mkdir(lock, 0o700)); err != nil {
		t.Fatal(err)
	}
	if left, err := c.Logout(t.Context(), "dev"); len(left) > 0 || err == nil || d.kept() != 1 || s.SignIns("kim") != 1 {
		t.Errorf("it leaves %v, %v, %d in the keyring, %d on the server", left, err, d.kept(), s.SignIns("kim"))
	}
	if _, err := c.Check(t.Context(), "dev"); err != nil {
		t.Error(err)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	if left, err := c.Logout(t.Context(), "dev"); len(left) > 0 || err != nil || d.kept() != 0 || s.SignIns("kim") != 0 {
		t.Errorf("again it leaves %v, %v", left, err)
	}
}

// TestSignInEnds: a tunnel whose sign-in ends asks for it, and goes on by
// itself, on the same port, after another process has signed in.
func TestSignInEnds(t *testing.T) {
	endings := map[string]func(*kubetest.Server, *desktop){
		"revoked":         func(s *kubetest.Server, _ *desktop) { s.EndSignIns("kim") },
		"signed out":      func(_ *kubetest.Server, d *desktop) { d.process().Logout(d.t.Context(), "dev") },
		"watches too end": func(s *kubetest.Server, _ *desktop) { s.EndSignIns("kim"); s.EndWatches() },
	}
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			s := serve(t, openShift(kubetest.OAuth{}))
			d := newDesktop(t)
			c, other := d.process(), d.process()
			r := kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), User: "kim", Password: "pässword"}
			signIn(t, c, r)
			m := tunnels.NewManager(c, tunnels.Options{})
			t.Cleanup(m.Close)
			spec := tunnels.Spec{
				ID: tunnels.NewID(), Target: tunnels.Target{Context: "dev", Namespace: "default", Kind: tunnels.KindPod, Name: "web-1"},
				Mappings: []tunnels.Mapping{{Local: tunnels.AnyPort, Remote: tunnels.Port{Number: 9006}}}, Listen: []string{"127.0.0.1"},
			}
			if err := errors.Join(m.Put(spec), m.Start(t.Context(), spec.ID)); err != nil {
				t.Fatal(err)
			}
			before := until(t, m, spec.ID, tunnels.Ready)
			end(s, d)
			s.DropSessions()
			st := until(t, m, spec.ID, tunnels.NeedsUser)
			if name != "signed out" && (st.Err.Cause != tunnels.CauseSignIn || !strings.Contains(st.Err.Hint, "culvert login --name dev -u kim")) {
				t.Errorf("it needs the user for %v, %s", st.Err, st.Err.Hint)
			}
			signIn(t, other, r)
			after := until(t, m, spec.ID, tunnels.Ready)
			if before.Bound[0] != after.Bound[0] || after.Reconnects != 1 {
				t.Errorf("bound to %v before, to %v after, %d reconnects", before.Bound, after.Bound, after.Reconnects)
			}
			resp, err := http.Get(fmt.Sprintf("http://%s/", after.Bound[0].Addr))
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("it answers %v, %v", resp, err)
			}
			resp.Body.Close()
			http.DefaultClient.CloseIdleConnections()
		})
	}
}

// until waits for a tunnel's state.
func until(t *testing.T, m *tunnels.Manager, id tunnels.ID, want tunnels.State) tunnels.Status {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var last tunnels.Status
	found := false
	m.Watch(ctx, func(s tunnels.Snapshot) {
		last, _ = s.Find(id)
		if last.State == want {
			found = true
			cancel()
		}
	})
	if !found {
		t.Fatalf("waited for %v; it is %v: %s", want, last.State, last.Reason)
	}
	return last
}

// TestMissingToken: an emptied keyring is like an expired sign-in.
func TestMissingToken(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-1"}}})
	d := newDesktop(t)
	r := kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), Token: s.Token("admin")}
	signIn(t, d.process(), r)
	d.lose()
	c := d.process()
	await := watching(t, pods(c, "dev", ""))
	await("the request to sign in", func(_ []kube.Pod, err error) bool {
		return isCause(err, tunnels.CauseSignIn) && strings.Contains(tunnels.AsError(err).Hint, "culvert login --name dev --token-stdin")
	})
	_, err := c.Dial(t.Context(), tunnels.Endpoint{Context: "dev", Namespace: "default", Pod: "web-1"}, tunnels.ViaAuto)
	judge(t, "dial", err, tunnels.CauseSignIn, true, "not kept here any more")
	if n := s.Requests("create", "pods/portforward"); n != 0 {
		t.Errorf("%d requests were sent without a token", n)
	}
	signIn(t, d.process(), r)
	await("the pod", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "web-1" })
	d.lock(true)
	_, err = d.process().Check(t.Context(), "dev")
	judge(t, "locked", err, tunnels.CauseSignIn, true, "locked")
}

// TestSignInAndKubeconfig: a kubeconfig's context of the same name wins, and a
// kubeconfig that breaks does not take the sign-ins away.
func TestSignInAndKubeconfig(t *testing.T) {
	s := serve(t, kubetest.Options{})
	d := newDesktop(t)
	c := d.process()
	path := os.Getenv("KUBECONFIG")
	signIn(t, c, kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), Token: s.Token("admin")})
	await := watching(t, contexts(c))
	write(t, path, renamed(kubeconfig(t, "https://api.test", nil), "dev"))
	await("the kubeconfig's", func(l []kube.Context, err error) bool {
		return err == nil && contextNames(l) == "dev*" && l[0].Origin == kube.OriginKubeconfig
	})
	write(t, path, kubeconfig(t, "https://api.test", nil))
	await("both", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "c* dev" })
	if n := d.warnings("sign-in for dev is not used"); n != 1 {
		t.Errorf("%d warnings: %q", n, d.warned)
	}
	write(t, path, []byte("clusters: [\n"))
	await("the error", func(l []kube.Context, err error) bool { return isCause(err, tunnels.CauseInvalid) && len(l) == 2 })
	signIn(t, d2(d), kube.LoginRequest{Name: "dev2", Server: s.URL(), CA: s.CA(), Token: s.Token("admin")})
	await("a sign-in meanwhile", func(l []kube.Context, err error) bool { return err != nil && contextNames(l) == "c* dev dev2" })
}

// d2 is another process that opens although the kubeconfig is broken.
func d2(d *desktop) *kube.Clusters {
	return open(d.t, kube.Options{Patient: true, Folder: d.folder, Keyring: keyring.New(d, nil)})
}

// TestBrokenSignIns: a broken file is told and left alone, and takes nothing
// away.
func TestBrokenSignIns(t *testing.T) {
	s := serve(t, kubetest.Options{})
	d := newDesktop(t)
	write(t, os.Getenv("KUBECONFIG"), kubeconfig(t, "https://api.test", nil))
	c := d.process()
	r := kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), Token: s.Token("admin")}
	signIn(t, c, r)
	good, err := os.ReadFile(d.file())
	if err != nil {
		t.Fatal(err)
	}
	await := watching(t, contexts(c))
	for name, data := range map[string]string{
		"no YAML":        "clusters: [\n",
		"a newer one":    "version: 2\nclusters: []\n",
		"an http server": strings.Replace(string(good), "https://", "http://", 1),
		"no name":        strings.Replace(string(good), "name: dev", "name: \"\\e[31m\"", 1),
	} {
		write(t, d.file(), []byte(data))
		await(name, func(l []kube.Context, err error) bool {
			return isCause(err, tunnels.CauseInvalid) && contextNames(l) == "c* dev"
		})
		_, err := c.Login(t.Context(), r)
		judge(t, name, err, tunnels.CauseInvalid, true, "clusters.yaml")
		if list, _ := d.process().Contexts(); contextNames(list) != "c*" {
			t.Errorf("%s: another process has %q", name, contextNames(list))
		}
		write(t, d.file(), good)
		await("the good one", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "c* dev" })
	}
	if d.warnings("clusters.yaml") < 4 {
		t.Errorf("the warnings are %q", d.warned)
	}
}

// TestNewCertificate: a server that has another certificate than the confirmed
// one is not trusted, and signing in again asks.
func TestNewCertificate(t *testing.T) {
	s, impostor := serve(t, kubetest.Options{}), start(t, kubetest.Options{})
	d := newDesktop(t)
	c := d.process()
	signIn(t, c, kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), Token: s.Token("admin")})
	data, err := os.ReadFile(d.file())
	if err != nil {
		t.Fatal(err)
	}
	write(t, d.file(), []byte(strings.ReplaceAll(string(data), s.URL(), impostor.URL())))
	other := d.process()
	_, err = other.Check(t.Context(), "dev")
	judge(t, "check", err, tunnels.CauseTLS, true, "not the one confirmed when signing in")
	if hint := tunnels.AsError(err).Hint; !strings.Contains(hint, "Sign in again") {
		t.Errorf("the hint is %q", hint)
	}
	_, err = other.Login(t.Context(), kube.LoginRequest{Name: "dev", Token: s.Token("admin")})
	var u *login.UntrustedError
	if !errors.As(err, &u) {
		t.Errorf("the error is %v", err)
	}
}

func TestKeyOfAnAuthorityIsNotStored(t *testing.T) {
	s := serve(t, kubetest.Options{})
	d := newDesktop(t)
	const key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
	signIn(t, d.process(), kube.LoginRequest{Name: "dev", Server: s.URL(), CA: append([]byte(key), s.CA()...), Token: s.Token("admin")})
	d.holdsNo("c2VjcmV0")
}

// TestHintNamesNoStrangeUser: hints are copied into shells, and the server says
// what the user is called.
func TestHintNamesNoStrangeUser(t *testing.T) {
	const strange = "$(touch x); `ls`"
	s := serve(t, kubetest.Options{OAuth: &kubetest.OAuth{Passwords: map[string]string{strange: "x"}}})
	c := newDesktop(t).process()
	signIn(t, c, kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), User: strange, Password: "x"})
	s.EndSignIns(strange)
	_, err := c.Check(t.Context(), "dev")
	judge(t, "check", err, tunnels.CauseSignIn, true, "expired")
	if hint := tunnels.AsError(err).Hint; !strings.Contains(hint, "-u USER") || strings.Contains(hint, "touch") {
		t.Errorf("the hint is %q", hint)
	}
}

// TestSettingsOfASignIn: a cluster that was signed in to can be marked too.
func TestSettingsOfASignIn(t *testing.T) {
	s := serve(t, kubetest.Options{})
	c := newDesktop(t).process()
	signIn(t, c, kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), Token: s.Token("admin")})
	if err := errors.Join(c.MarkProduction("dev", true), c.RememberNamespace("dev", "team")); err != nil {
		t.Fatal(err)
	}
	list, err := c.Contexts()
	if err != nil || len(list) != 1 || !list[0].Production || len(list[0].Recent) != 1 {
		t.Errorf("the contexts are %+v, %v", list, err)
	}
}
