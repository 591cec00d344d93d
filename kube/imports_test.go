package kube_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// importing is a user with a kubeconfig of one context c, a folder for Culvert
// and a file to import.
type importing struct {
	*kube.Clusters
	t      *testing.T
	file   string
	folder string
}

func newImporting(t *testing.T, data []byte) *importing {
	t.Helper()
	dir := t.TempDir()
	own := filepath.Join(dir, "config")
	write(t, own, kubeconfig(t, "https://own.test", nil))
	i := &importing{t: t, file: filepath.Join(dir, "team", "team.yaml"), folder: filepath.Join(dir, "culvert")}
	if err := os.MkdirAll(filepath.Dir(i.file), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, i.file, data)
	i.Clusters = open(t, kube.Options{Path: own, Folder: i.folder})
	return i
}

func (i *importing) add() {
	i.t.Helper()
	if err := i.Import(i.file); err != nil {
		i.t.Fatal(err)
	}
}

// context returns a context that must be there.
func (i *importing) context(name string) kube.Context {
	i.t.Helper()
	list, err := i.Contexts()
	for _, k := range list {
		if k.Name == name {
			return k
		}
	}
	i.t.Fatalf("there is no context %q in %+v, %v", name, list, err)
	return kube.Context{}
}

const imported = "c (team.yaml)"

func TestImport(t *testing.T) {
	s := serve(t, kubetest.Options{})
	data := kubeconfig(t, s.URL(), func(cl *api.Cluster, u *api.AuthInfo) {
		cl.CertificateAuthorityData, u.Token = s.CA(), s.Token("admin")
	})
	i := newImporting(t, data)
	in, err := i.Inspect(i.file)
	if err != nil || len(in.Contexts) != 1 || in.Contexts[0].Name != imported || in.Contexts[0].Consent != nil {
		t.Errorf("it would import %+v, %v", in, err)
	}
	for range 2 { // the second time changes nothing
		i.add()
		if list, err := i.Contexts(); contextNames(list) != "c* c (team.yaml)" || err != nil {
			t.Fatalf("the contexts are %+v, %v", list, err)
		}
	}
	if _, err := i.Check(t.Context(), imported); err != nil {
		t.Error(err)
	}
	if k := i.context(imported); k.File != i.file || k.Origin != kube.OriginImported || k.Current {
		t.Errorf("it is %+v", k)
	}
	if k := i.context("c"); k.Origin != kube.OriginKubeconfig || k.Server != "https://own.test" {
		t.Errorf("the user's own is %+v", k)
	}
	await := watching(t, contexts(i.Clusters))
	write(t, i.file, renamed(data, "d"))
	await("its change", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "c* d (team.yaml)" })
	again := open(t, kube.Options{Path: i.context("c").File, Folder: i.folder})
	if list, _ := again.Contexts(); contextNames(list) != "c* d (team.yaml)" {
		t.Errorf("another process sees %+v", list)
	}
	if err := again.Forget(i.file); err != nil {
		t.Error(err)
	}
	await("what the other process did", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "c*" })
	if err := i.Forget(i.file); err == nil {
		t.Error("it is forgotten twice")
	}
	if _, err := os.Stat(i.file); err != nil {
		t.Error(err)
	}
}

// TestImportsOfOneName: each keeps its name whatever else comes and goes.
func TestImportsOfOneName(t *testing.T) {
	i := newImporting(t, kubeconfig(t, "https://one.test", nil))
	i.add()
	other := filepath.Join(filepath.Dir(filepath.Dir(i.file)), "more", "team.yaml")
	if err := os.MkdirAll(filepath.Dir(other), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, other, kubeconfig(t, "https://two.test", nil))
	if err := i.Import(other); err != nil {
		t.Fatal(err)
	}
	if k := i.context("c (more/team.yaml)"); k.Server != "https://two.test" {
		t.Errorf("the second is %+v", k)
	}
	if err := i.Forget(i.file); err != nil {
		t.Fatal(err)
	}
	if k := i.context("c (more/team.yaml)"); k.Server != "https://two.test" {
		t.Errorf("the second is %+v", k)
	}
}

// TestImportedCommand: it runs once it is allowed, and only as it was seen.
func TestImportedCommand(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
	ran := filepath.Join(t.TempDir(), "ran")
	plugin := (&desk{t, t.TempDir()}).script("plugin", `echo "$1" >> `+ran+"\n"+credential(s.Token("admin")))
	i := newImporting(t, withPlugin(t, s, plugin, "one"))
	i.add()
	refused := func(why string) kube.Consent {
		t.Helper()
		_, err := i.Check(t.Context(), imported)
		judge(t, why, err, tunnels.CauseSignIn, true, "it runs the command `"+plugin+"`, and you have not allowed that")
		e := web1
		e.Context = imported
		_, err = i.Dial(t.Context(), e, tunnels.ViaAuto)
		judge(t, why, err, tunnels.CauseSignIn, true, "you have not allowed")
		return *i.context(imported).Consent
	}
	runs := func(want string) {
		t.Helper()
		if b, _ := os.ReadFile(ran); string(b) != want {
			t.Errorf("it ran with %q, not %q", b, want)
		}
	}
	first := refused("unasked")
	runs("")
	judge(t, "another hash", i.Consent(imported, strings.Repeat("0", 64)), tunnels.CauseInvalid, true, "not what you have seen")
	judge(t, "nothing to allow", i.Consent("c", first.Hash), tunnels.CauseInvalid, true, "needs no consent")
	if err := i.Consent(imported, first.Hash); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Check(t.Context(), imported); err != nil || !i.context(imported).Consent.Given {
		t.Error(err)
	}
	runs("one\n")
	await := watching(t, contexts(i.Clusters))
	change := func(what, from, to string) {
		t.Helper()
		data, err := os.ReadFile(i.file)
		if err != nil {
			t.Fatal(err)
		}
		write(t, i.file, bytes.Replace(data, []byte(from), []byte(to), 1))
		await(what, func([]kube.Context, error) bool { return !i.context(imported).Consent.Given })
		refused(what)
		runs("one\n")
		write(t, i.file, data)
		await("the old file", func([]kube.Context, error) bool { return i.context(imported).Consent.Given })
	}
	change("another argument", "- one", "- two")
	change("another variable", "OF_KUBECONFIG", "OTHER")
	change("another server", s.URL(), "https://other.test")
	if err := errors.Join(i.Forget(i.file), i.Import(i.file)); err != nil {
		t.Fatal(err)
	}
	if second := refused("imported again"); second.Hash != first.Hash {
		t.Error("the same has another hash")
	}
}

// TestForgetLeavesOthers: what is said of a kubeconfig's own context stays, though
// it is called as if it were imported.
func TestForgetLeavesOthers(t *testing.T) {
	for name, data := range map[string][]byte{"a file": kubeconfig(t, "https://api.test", nil), "a broken one": []byte("clusters: [")} {
		t.Run(name, func(t *testing.T) {
			i := newImporting(t, kubeconfig(t, "https://api.test", nil))
			i.add()
			await := watching(t, contexts(i.Clusters))
			own := filepath.Join(filepath.Dir(i.folder), "config")
			write(t, own, renamed(kubeconfig(t, "https://own.test", nil), imported))
			await("both", func(l []kube.Context, err error) bool {
				return err == nil && contextNames(l) == imported+"* "+imported+"'"
			})
			if err := errors.Join(i.MarkProduction(imported, true), i.MarkProduction(imported+"'", true)); err != nil {
				t.Fatal(err)
			}
			write(t, i.file, data)
			await("the file", func(l []kube.Context, _ error) bool { return (len(l) == 2) == (name == "a file") })
			if err := i.Forget(i.file); err != nil {
				t.Fatal(err)
			}
			if k := i.context(imported); !k.Production {
				t.Error("the mark of the user's own context is gone")
			}
			settings, err := os.ReadFile(filepath.Join(i.folder, "contexts.yaml"))
			if err != nil || strings.Contains(string(settings), imported+"'") {
				t.Errorf("the settings are %s, %v", settings, err)
			}
		})
	}
}

// TestUnsureOfProduction: while the settings cannot be read, any context may have
// been marked.
func TestUnsureOfProduction(t *testing.T) {
	s := serve(t, kubetest.Options{})
	d := newDesktop(t)
	kubeconfigFile := os.Getenv("KUBECONFIG")
	write(t, kubeconfigFile, kubeconfig(t, "https://api.test", nil))
	settings := filepath.Join(d.folder, "contexts.yaml")
	c := d.process()
	signIn(t, c, kube.LoginRequest{Name: "dev", Server: s.URL(), CA: s.CA(), Token: s.Token("admin")})
	if err := errors.Join(c.MarkProduction("c", true), c.MarkProduction("dev", true)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	all := func(l []kube.Context, most int, unsure, production bool) bool {
		return len(l) == most && !slices.ContainsFunc(l, func(k kube.Context) bool { return k.Unsure != unsure || k.Production != production })
	}
	await := watching(t, contexts(c))
	await("the marks", func(l []kube.Context, err error) bool { return err == nil && all(l, 2, false, true) })
	write(t, settings, []byte("contexts: ["))
	await("the last marks", func(l []kube.Context, err error) bool { return err != nil && all(l, 2, true, true) })
	if list, err := d.process().Contexts(); err == nil || !all(list, 2, true, false) {
		t.Errorf("another process has %+v, %v", list, err)
	}
	write(t, settings, good)
	await("the marks again", func(l []kube.Context, err error) bool { return err == nil && all(l, 2, false, true) })
	write(t, kubeconfigFile, []byte("clusters: ["))
	if list, err := d2(d).Contexts(); err == nil || !all(list, 1, false, true) {
		t.Errorf("without the kubeconfig there are %+v, %v", list, err)
	}
}

func TestImportedDemands(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*api.Cluster, *api.AuthInfo)
		says   []string
	}{
		"a token":                  {func(_ *api.Cluster, u *api.AuthInfo) { u.Token = "abc" }, nil},
		"a name and password":      {func(_ *api.Cluster, u *api.AuthInfo) { u.Username, u.Password = "me", "secret" }, nil},
		"an authority beside it":   {func(c *api.Cluster, _ *api.AuthInfo) { c.CertificateAuthority = "sub/ca.crt" }, nil},
		"an authority elsewhere":   {func(c *api.Cluster, _ *api.AuthInfo) { c.CertificateAuthority = "../ca.crt" }, []string{"trusts the authority in the file /"}},
		"a token file beside it":   {func(_ *api.Cluster, u *api.AuthInfo) { u.TokenFile = "token" }, []string{"sends as a token the file /"}},
		"a certificate":            {func(_ *api.Cluster, u *api.AuthInfo) { u.ClientCertificate, u.ClientKey = "/c", "/k" }, []string{"certificate the file /c", "private key in the file /k"}},
		"no check of the server":   {func(c *api.Cluster, _ *api.AuthInfo) { c.InsecureSkipTLSVerify = true }, []string{"trusts any server"}},
		"a proxy":                  {func(c *api.Cluster, _ *api.AuthInfo) { c.ProxyURL = "socks5://me:secret@proxy.test" }, []string{"proxy socks5://me:xxxxx@proxy.test"}},
		"no check, and no user":    {func(c *api.Cluster, u *api.AuthInfo) { c.InsecureSkipTLSVerify = true; *u = api.AuthInfo{} }, []string{"trusts any server"}},
		"what is beside the words": {func(_ *api.Cluster, u *api.AuthInfo) { u.TokenFile = "/a b\u202e/ü" }, []string{`"/a b\u202e/\u00fc"`}},
		"a provider": {func(_ *api.Cluster, u *api.AuthInfo) {
			u.AuthProvider = &api.AuthProviderConfig{Name: "oidc", Config: map[string]string{"idp-issuer-url": "https://idp.test", "refresh-token": "secret"}}
		}, []string{"provider oidc", `idp-issuer-url set to "https://idp.test"`}},
		"a command": {func(_ *api.Cluster, u *api.AuthInfo) {
			u.Exec = &api.ExecConfig{
				Command: "./aws", Args: []string{"eks", "a\nb\x1b[2J"}, Env: []api.ExecEnvVar{{Name: "A", Value: "c d"}},
				APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.NeverExecInteractiveMode,
			}
		}, []string{"runs the command /", "team/aws\n", `argument "eks"`, `argument "a\nb\x1b[2J"`, `variable A set to "c d"`}},
	} {
		t.Run(name, func(t *testing.T) {
			i := newImporting(t, kubeconfig(t, "https://api.test", tt.change))
			i.add()
			k := i.context(imported)
			if tt.says == nil {
				if k.Consent != nil {
					t.Errorf("it asks for %q", k.Consent.Text)
				}
				return
			}
			if k.Consent == nil || !isCause(k.Err, tunnels.CauseSignIn) {
				t.Fatalf("it asks for nothing: %+v", k)
			}
			for _, s := range append(tt.says, "talks to the server https://api.test") {
				if !strings.Contains(k.Consent.Text, s) {
					t.Errorf("it does not say %q: %s", s, k.Consent.Text)
				}
			}
			if strings.Contains(k.Consent.Text, "secret") || strings.ContainsAny(k.Consent.Text, "\x1b\u202e") {
				t.Errorf("it says %q", k.Consent.Text)
			}
		})
	}
}

// bomb is a few bytes that mean billions.
func bomb() []byte {
	var b strings.Builder
	b.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for n := range 12 {
		name := string(rune('b' + n))
		prev := string(rune('a' + n))
		if n == 0 {
			prev = "a0"
		}
		b.WriteString(name + ": &" + name + " [" + strings.Repeat("*"+prev+",", 9) + "*" + prev + "]\n")
	}
	return []byte(b.String())
}

func TestHostileImports(t *testing.T) {
	good := string(kubeconfig(t, "https://api.test", nil))
	for name, data := range map[string]string{
		"no YAML":            "clusters: [\n",
		"too large":          good + "#" + strings.Repeat("x", 1<<20),
		"aliases":            string(bomb()),
		"deep":               strings.Repeat("[", 100_000),
		"a name that drives": strings.ReplaceAll(good, "name: c\n", `name: "c\x1b[2J"`+"\n"),
		"a name that turns":  strings.ReplaceAll(good, "name: c\n", `name: "c\u202e"`+"\n"),
		"a long name":        strings.ReplaceAll(good, "name: c\n", "name: "+strings.Repeat("c", 300)+"\n"),
		"a server":           strings.ReplaceAll(good, "https://api.test", `"https://api.test\a"`),
	} {
		t.Run(name, func(t *testing.T) {
			if data == good {
				t.Fatal("it is not hostile")
			}
			i := newImporting(t, []byte(data))
			err := i.Import(i.file)
			judge(t, "import", err, tunnels.CauseInvalid, true, i.file)
			if text := err.Error(); strings.ContainsAny(text, "\x1b\u202e\a") || len(text) > 2000 {
				t.Errorf("the error is %.300q", text)
			}
			if list, err := i.Contexts(); contextNames(list) != "c*" || err != nil {
				t.Errorf("the contexts are %+v, %v", list, err)
			}
		})
	}
}

// TestBrokenImport: it has an error of its own and breaks nothing.
func TestBrokenImport(t *testing.T) {
	data := kubeconfig(t, "https://api.test", nil)
	i := newImporting(t, data)
	i.add()
	await := watching(t, contexts(i.Clusters))
	names := func(want string) func([]kube.Context, error) bool {
		return func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == want }
	}
	await("it", names("c* c (team.yaml)"))
	write(t, i.file, []byte("clusters: ["))
	await("the others", names("c*"))
	if in := i.Imports(); len(in) != 1 || !isCause(in[0].Err, tunnels.CauseInvalid) {
		t.Errorf("the imports are %+v", in)
	}
	write(t, i.file, data)
	await("it again", names("c* c (team.yaml)"))
	if err := os.Remove(i.file); err != nil {
		t.Fatal(err)
	}
	await("the others", names("c*"))
	if in := i.Imports(); len(in) != 1 || !isCause(in[0].Err, tunnels.CauseNotFound) {
		t.Errorf("the imports are %+v", in)
	}
}

func TestContextSettings(t *testing.T) {
	i := newImporting(t, nil)
	if err := i.MarkProduction("c", true); err != nil {
		t.Fatal(err)
	}
	for _, ns := range []string{"a", "b", "a", "a"} {
		if err := i.RememberNamespace("c", ns); err != nil {
			t.Fatal(err)
		}
	}
	own := i.context("c").File
	before, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, kube.Options{Path: own, Folder: i.folder})
	list, err := other.Contexts()
	if err != nil || !list[0].Production || !slices.Equal(list[0].Recent, []string{"a", "b"}) {
		t.Errorf("stored is %+v, %v", list, err)
	}
	for n := range 30 {
		if err := i.RememberNamespace("c", strings.Repeat("x", n+1)); err != nil {
			t.Fatal(err)
		}
	}
	if r := i.context("c").Recent; len(r) != 20 || len(r[0]) != 30 {
		t.Errorf("recent are %q", r)
	}
	judge(t, "no name", i.RememberNamespace("c", ""), tunnels.CauseInvalid, true, "no name")
	judge(t, "a bad name", i.RememberNamespace("c", "a\x1b"), tunnels.CauseInvalid, true, "not shown")
	judge(t, "no context", i.MarkProduction("d", true), tunnels.CauseNotFound, true, "no context")
	if err := i.MarkProduction("c", false); err != nil || i.context("c").Production {
		t.Errorf("still marked, %v", err)
	}
	if after, err := os.ReadFile(own); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the kubeconfig was written, %v", err)
	}

	settings := filepath.Join(i.folder, "contexts.yaml")
	if err := i.MarkProduction("c", true); err != nil {
		t.Fatal(err)
	}
	await := watching(t, contexts(i.Clusters))
	write(t, settings, []byte("contexts: ["))
	await("the last good ones, and the error", func(l []kube.Context, err error) bool {
		return isCause(err, tunnels.CauseInvalid) && len(l) == 1 && l[0].Production
	})
	if err := i.MarkProduction("c", false); err == nil {
		t.Error("a broken file is written")
	}
	if err := os.Remove(settings); err != nil {
		t.Fatal(err)
	}
	await("none", func(l []kube.Context, err error) bool { return err == nil && !l[0].Production })
}

func TestLocatePlugin(t *testing.T) {
	s := serve(t, kubetest.Options{})
	for name, self := range map[string]string{"alone": "", "supervised": program(t)} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "")
			path := d.script("elsewhere/its-other-name", credential(s.Token("admin")))
			c := open(t, kube.Options{Data: withPlugin(t, s, "cloud-token"), Folder: d.dir, Program: self})
			_, err := c.Check(t.Context(), "")
			judge(t, "check", err, tunnels.CauseSignIn, true, "not on PATH")
			judge(t, "no program", c.LocatePlugin("cloud-token", d.dir), tunnels.CauseInvalid, true, "not a program")
			if err := c.LocatePlugin("cloud-token", path); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Check(t.Context(), ""); err != nil {
				t.Error(err)
			}
		})
	}
}
