package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
	"culvert/tunnels/speaks"
)

// said is what a verb has printed, and its exit status.
type said struct {
	out, err string
	status   int
}

// tell carries a command line out, with home as Culvert's folder and nobody running
// unless change says otherwise.
func tell(t *testing.T, home string, change func(*Deps), args ...string) said {
	t.Helper()
	var out, stderr bytes.Buffer
	d := Deps{
		Version: "test", Folder: filepath.Join(home, "culvert"), Out: &out, Err: &stderr, In: strings.NewReader(""),
		Find: func(context.Context) (*Running, error) { return nil, ErrNobody },
	}
	if change != nil {
		change(&d)
	}
	status := execute(t.Context(), d, args)
	return said{out.String(), stderr.String(), status}
}

// wants fails the test unless a verb has ended as wanted, with the texts on either
// output.
func (s said) wants(t *testing.T, status int, texts ...string) {
	t.Helper()
	if s.status != status {
		t.Errorf("the exit status is %d, want %d:\n%s%s", s.status, status, s.out, s.err)
	}
	for _, text := range texts {
		if !strings.Contains(s.out+s.err, text) {
			t.Errorf("%q is not in:\n%s%s", text, s.out, s.err)
		}
	}
}

// ownHome gives a test a home without kubeconfigs.
func ownHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{"HOME": home, "XDG_CONFIG_HOME": "", "KUBECONFIG": "", "VISUAL": "", "EDITOR": ""} {
		t.Setenv(name, value)
	}
	return home
}

// answers is a terminal at which somebody gives one answer after the other.
type answers struct {
	all   []string
	asked []string
}

func (a *answers) Ask(_ context.Context, question string) (string, error) {
	a.asked = append(a.asked, question)
	if len(a.all) == 0 {
		return "", errors.New("nobody answers")
	}
	next := a.all[0]
	a.all = a.all[1:]
	return next, nil
}

func (a *answers) Secret(ctx context.Context, question string) (string, error) {
	return a.Ask(ctx, question)
}

// keptEngine is a Culvert that runs, as far as the tools use it. What they do not use
// ends the test.
type keptEngine struct {
	control.Engine
	snap    tunnels.Snapshot
	list    []profiles.Profile
	added   []tunnels.Spec
	deleted []string
	failing error // of Add
}

func (e *keptEngine) List(context.Context) (tunnels.Snapshot, []profiles.Profile, error) {
	return e.snap, e.list, nil
}

func (e *keptEngine) CreateProfile(_ context.Context, name string) (profiles.Profile, error) {
	p := profiles.Profile{ID: strings.ToLower(name), Name: name}
	e.list = append(e.list, p)
	return p, nil
}

func (e *keptEngine) DeleteProfile(_ context.Context, id string) (profiles.Deleted, error) {
	e.deleted = append(e.deleted, id)
	return profiles.Deleted{}, nil
}

func (e *keptEngine) Add(_ context.Context, specs []tunnels.Spec) error {
	if e.failing == nil {
		e.added = append(e.added, specs...)
	}
	return e.failing
}

func (e *keptEngine) running(d *Deps) {
	d.Find = func(context.Context) (*Running, error) { return &Running{Engine: e, Close: func() {}}, nil }
}

const script = "kubectl port-forward svc/web 8080:80 &\nkubectl port-forward --address 0.0.0.0 -n data svc/db 5432\nkubectl port-forward --context nowhere pod/x :9\n"

// write writes a file into a folder.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const kubeconfigOfDev = `{apiVersion: v1, kind: Config, current-context: dev, clusters: [{name: c, cluster: {server: "https://x"}}],
users: [{name: u, user: {token: t}}], contexts: [{name: dev, context: {cluster: c, user: u, namespace: shop}}]}`

// useDev makes a kubeconfig with one context the user's.
func useDev(t *testing.T, home string) {
	t.Helper()
	t.Setenv("KUBECONFIG", write(t, home, "config", kubeconfigOfDev))
}

func TestImportShowsAndAdds(t *testing.T) {
	home := ownHome(t)
	useDev(t, home)
	path := write(t, home, "forward.sh", script)
	tell(t, home, nil, "import", "--dry-run", path).wants(t, ExitOK,
		"+ web: svc/web 8080:80  (line 1)", "- db: svc/db 5432 on 0.0.0.0  (namespace data, line 2)", "other computers will be able to connect. --all adds it",
		`There is no context "nowhere" here. --all adds it`, "Nothing was added: 1 tunnel would be.")
	tell(t, home, nil, "profiles").wants(t, ExitOK, "There are no profiles yet")
	tell(t, home, nil, "import", path).wants(t, ExitOK, `Added 1 tunnel to the profile "Default"; nothing was started.`)
	tell(t, home, nil, "import", path).wants(t, ExitOK, `"web" is there already and does the same.`)
	tell(t, home, nil, "import", "--all", "--profile", "Shop, dev", path).wants(t, ExitOK, `Added 2 tunnels to the profile "Shop, dev"`)
	tell(t, home, nil, "profiles", "-o", "name").wants(t, ExitOK, "default\nshop-dev\n")
	tell(t, home, nil, "profiles", "show", "shop-dev").wants(t, ExitOK, "db      -      5432 on 0.0.0.0  svc/db  data       -", "nowhere")
	tell(t, home, nil, "import", filepath.Join(home, "none.sh")).wants(t, ExitError, "none.sh: there is no such file")
	tell(t, home, nil, "import").wants(t, ExitUsage, "name a file")
	input := func(d *Deps) { d.In = strings.NewReader("oc port-forward pod/y 1:2\n") }
	got := tell(t, home, input, "import", "-", "-o", "json")
	got.wants(t, ExitOK)
	var j importJSON
	if err := json.Unmarshal([]byte(got.out), &j); err != nil || j.Added != 1 || len(j.Files) != 1 || j.Files[0].Name != "standard input" || len(j.Tunnels) != 1 || !j.Tunnels[0].Taken || j.Tunnels[0].Target != "pod/y" {
		t.Errorf("%v: %s", err, got.out)
	}
	if got.err != "" {
		t.Errorf("on stderr is %s", got.err)
	}
	tell(t, home, func(d *Deps) { d.In = strings.NewReader("hello\n") }, "import", "-").wants(t, ExitError, "standard input: ")
}

func TestImportAsks(t *testing.T) {
	tests := []struct {
		name, script string
		answers      []string
		args         []string
		status       int
		added        int
		asked        string
	}{
		{"yes", script, []string{""}, nil, ExitOK, 2, "Add 2 tunnels, or all 3 with those that need a look? [Y/n/all] "},
		{"all", script, []string{"All"}, nil, ExitOK, 3, "[Y/n/all]"},
		{"no", script, []string{"n"}, nil, ExitError, 0, "[Y/n/all]"},
		{"another word is no", script, []string{"maybe"}, nil, ExitError, 0, "[Y/n/all]"},
		{"nobody", script, nil, nil, ExitError, 0, "[Y/n/all]"},
		{"not asked", script, nil, []string{"--yes"}, ExitOK, 2, ""},
		{"one", "kubectl port-forward svc/web 80\n", []string{"y"}, nil, ExitOK, 1, "Add 1 tunnel? [Y/n] "},
		{"only what needs a look", "kubectl port-forward --address :: svc/web 80\n", []string{""}, nil, ExitError, 0, "Add 1 tunnel, although it needs a look? [y/N] "},
		{"what needs a look", "kubectl port-forward --address :: svc/web 80\n", []string{"yes"}, nil, ExitOK, 1, "[y/N]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			home := ownHome(t)
			path := write(t, home, "f.sh", tt.script)
			e, who := &keptEngine{}, &answers{all: tt.answers}
			got := tell(t, home, func(d *Deps) { e.running(d); d.Terminal = who }, append([]string{"import", path}, tt.args...)...)
			got.wants(t, tt.status)
			if len(e.added) != tt.added {
				t.Errorf("added are %d", len(e.added))
			}
			if asked := strings.Join(who.asked, "\n"); !strings.Contains(asked, tt.asked) || (asked == "") != (tt.asked == "") {
				t.Errorf("asked is %q", asked)
			}
		})
	}
}

func TestImportThatFailsLeavesNoProfile(t *testing.T) {
	home := ownHome(t)
	path := write(t, home, "f.sh", script)
	e := &keptEngine{failing: &tunnels.Error{Err: errors.New("the disk is full"), Hint: "Make room."}}
	tell(t, home, e.running, "import", "--profile", "New", path).wants(t, ExitError, "the disk is full", "Make room.")
	if !slices.Equal(e.deleted, []string{"new"}) {
		t.Errorf("deleted are %v", e.deleted)
	}
	guest := &keptEngine{list: []profiles.Profile{{ID: "guest", Name: "Project", Guest: true, Path: "/p/.culvert.yaml"}}}
	tell(t, home, guest.running, "import", "--profile", "Project", path).wants(t, ExitError, "not kept among your profiles", "/p/.culvert.yaml")
}

func TestExport(t *testing.T) {
	home := ownHome(t)
	useDev(t, home)
	tell(t, home, nil, "export").wants(t, ExitNothing, "no tunnels to export")
	tell(t, home, nil, "import", "--all", write(t, home, "f.sh", script)).wants(t, ExitOK)
	tell(t, home, nil, "export", "--format", "kubectl").wants(t, ExitOK, "kubectl port-forward --context dev -n shop svc/web 8080:80 &")
	tell(t, home, nil, "export", "web", "db", "--format", "yaml").wants(t, ExitUsage, "is not a format")
	tell(t, home, nil, "export", "wbe").wants(t, ExitNothing, "web")
	for _, format := range []string{"profile", "json", "culvert"} { // what is exported can be imported
		again := ownHome(t)
		useDev(t, again)
		to := filepath.Join(again, "export")
		tell(t, home, nil, "export", "default", "--format", format, "--output", to).wants(t, ExitOK)
		tell(t, again, nil, "import", "--all", to).wants(t, ExitOK, "Added 3 tunnels")
		tell(t, home, nil, "export", "--format", format, "--output", to).wants(t, ExitError, "it is there already", "--force")
		tell(t, home, nil, "export", "--format", format, "--output", to, "--force").wants(t, ExitOK)
	}
	tell(t, home, nil, "export", "--output", filepath.Join(home, "no", "where")).wants(t, ExitError, "no such file")
	lost := &keptEngine{snap: tunnels.Snapshot{{Spec: tunnels.Spec{
		ID: "1", Name: "job", Target: tunnels.Target{Kind: tunnels.KindCronJob, Name: "j"}, Mappings: []tunnels.Mapping{{Local: 1, Remote: tunnels.Port{Number: 1}}},
	}}}}
	got := tell(t, home, lost.running, "export", "job", "--format", "kubectl")
	got.wants(t, ExitOK)
	if !strings.Contains(got.err, "kubectl cannot forward to cronjob/j") {
		t.Errorf("what is lost is not told: %s", got.err)
	}
	write(t, home, "culvert/profiles/broken.yaml", "version: 1\ntunnels:\n\t- x\n")
	tell(t, home, nil, "export", "broken").wants(t, ExitError, "broken.yaml:3")
}

func TestProfilesVerbs(t *testing.T) {
	home := ownHome(t)
	tell(t, home, nil, "profiles", "create", "Shop, dev").wants(t, ExitOK, "shop-dev\n")
	tell(t, home, nil, "profiles", "create", "shop, DEV").wants(t, ExitError, "already")
	tell(t, home, nil, "profiles", "create", "").wants(t, ExitError, "empty")
	tell(t, home, nil, "profiles", "create").wants(t, ExitUsage)
	tell(t, home, nil, "profiles", "rename", "shop-dev", "Main").wants(t, ExitOK)
	tell(t, home, nil, "profiles", "rename", "Main", "main").wants(t, ExitOK)
	tell(t, home, nil, "profiles", "show", "mian").wants(t, ExitNothing, "main")
	tell(t, home, nil, "profiles", "path", "main").wants(t, ExitOK, filepath.Join(home, "culvert", "profiles", "shop-dev.yaml"))
	tell(t, home, nil, "profiles", "show", "main", "-o", "yaml").wants(t, ExitOK, "name: main")
	tell(t, home, nil, "profiles", "delete", "main").wants(t, ExitError, "--yes")
	tell(t, home, func(d *Deps) { d.Terminal = &answers{all: []string{"n"}} }, "profiles", "delete", "main").wants(t, ExitError, "Nothing was changed.")
	who := &answers{all: []string{"y"}}
	tell(t, home, func(d *Deps) { d.Terminal = who }, "profiles", "delete", "main").wants(t, ExitOK, "Deleted")
	if len(who.asked) != 1 || who.asked[0] != `Delete the profile "main" with 0 tunnels? [y/N] ` {
		t.Errorf("asked is %q", who.asked)
	}
	tell(t, home, nil, "profiles", "path", "main").wants(t, ExitNothing)
	write(t, home, "culvert/profiles/broken.yaml", "version: 1\ntunnels:\n\t- x\n")
	tell(t, home, nil, "profiles").wants(t, ExitOK, "broken.yaml:3 (cannot be read)", "tab")
	got := tell(t, home, nil, "profiles", "-o", "json")
	var j profilesJSON
	if err := json.Unmarshal([]byte(got.out), &j); err != nil || j.Running || len(j.Profiles) != 1 || j.Profiles[0].Line != 3 || j.Profiles[0].Error == "" || j.Profiles[0].Tags == nil {
		t.Errorf("%v: %s", err, got.out)
	}
	tell(t, "", func(d *Deps) { d.Folder = "" }, "profiles").wants(t, ExitError, "HOME")
}

func TestProfilesOfTheCulvertThatRuns(t *testing.T) {
	web := tunnels.Spec{ID: "1", Name: "web", Profile: "dev", Target: tunnels.Target{Kind: tunnels.KindService, Name: "web"}, Mappings: []tunnels.Mapping{{Local: 80, Remote: tunnels.Port{Number: 80}}}}
	db := web
	db.ID, db.Name = "2", "db"
	e := &keptEngine{
		snap: tunnels.Snapshot{{Spec: web, State: tunnels.Ready}, {Spec: db, State: tunnels.Stopped}},
		list: []profiles.Profile{{ID: "dev", Name: "Development", Tunnels: []tunnels.Spec{web, db}}, {ID: "guest", Name: "Project", Guest: true, Path: "/p/.culvert.yaml"}},
	}
	home := ownHome(t)
	tell(t, home, e.running, "profiles").wants(t, ExitOK, "dev      Development  2        1        -", "/p/.culvert.yaml (brought by `culvert up`)")
	tell(t, home, e.running, "profiles", "show", "dev").wants(t, ExitOK, "web     ready", "db      stopped")
	got := tell(t, home, e.running, "profiles", "show", "dev", "-o", "json")
	var j shownJSON
	if err := json.Unmarshal([]byte(got.out), &j); err != nil || j.Profile.ID != "dev" || len(j.Profile.Tunnels) != 2 || len(j.Tunnels) != 2 || j.Tunnels[0].State != "ready" {
		t.Errorf("%v: %s", err, got.out)
	}
	tell(t, home, e.running, "profiles", "path", "dev").wants(t, ExitError, "in no file")
	who := &answers{all: []string{"y"}}
	tell(t, home, func(d *Deps) { e.running(d); d.Terminal = who }, "profiles", "delete", "dev").wants(t, ExitOK)
	if !slices.Equal(e.deleted, []string{"dev"}) || !strings.Contains(who.asked[0], "with 2 tunnels (1 running now)") {
		t.Errorf("deleted are %v, asked is %q", e.deleted, who.asked)
	}
	tell(t, home, e.running, "profiles", "delete", "guest", "--yes").wants(t, ExitError, "/p/.culvert.yaml")
	tell(t, home, e.running, "profiles", "rename", "guest", "x").wants(t, ExitError, "/p/.culvert.yaml")
	tell(t, home, e.running, "__complete", "profiles", "show", "d").wants(t, ExitOK, "dev\n:4")
	tell(t, home, func(d *Deps) {
		d.Find = func(context.Context) (*Running, error) { return nil, errors.New("it does not answer") }
	}, "profiles").wants(t, ExitError, "does not answer")
}

func TestProfilesEdit(t *testing.T) {
	home := ownHome(t)
	path := write(t, home, "culvert/profiles/dev.yaml", "version: 1\n")
	texts := func(all ...string) func(context.Context, string) error {
		return func(_ context.Context, to string) error {
			if to != path {
				t.Errorf("edited is %s", to)
			}
			next := all[0]
			all = all[1:]
			return os.WriteFile(to, []byte(next), 0o600)
		}
	}
	bad, good := "version: 1\nname: x\ntunnels: 7\n", "version: 1\nname: x\n"
	tell(t, home, func(d *Deps) { d.Editor = texts("version: 1\n") }, "profiles", "edit", "dev").wants(t, ExitOK, "is as it was")
	tell(t, home, func(d *Deps) { d.Editor = texts(bad) }, "profiles", "edit", "dev").wants(t, ExitError, path+":3:10: ")
	who := &answers{all: []string{"", "n"}}
	tell(t, home, func(d *Deps) { d.Editor, d.Terminal = texts(bad, bad), who }, "profiles", "edit", "dev").wants(t, ExitError, path+":3:10: ")
	if len(who.asked) != 2 {
		t.Errorf("asked is %q", who.asked)
	}
	tell(t, home, func(d *Deps) { d.Editor, d.Terminal = texts(bad, good), &answers{all: []string{"y"}} }, "profiles", "edit", "dev").wants(t, ExitOK, "is right")
	if runs, err := os.Stat("/bin/sh"); err == nil && runs.Mode().IsRegular() {
		t.Setenv("EDITOR", `/bin/sh -c 'echo "version: 2" > "$0"'`)
		tell(t, home, nil, "profiles", "edit", "dev").wants(t, ExitError, path+":1:10", "version")
		t.Setenv("VISUAL", "/bin/sh -c 'exit 3'")
		tell(t, home, nil, "profiles", "edit", "dev").wants(t, ExitError, "exit status 3", "EDITOR")
		t.Setenv("VISUAL", filepath.Join(home, "none"))
		tell(t, home, nil, "profiles", "edit", "dev").wants(t, ExitError, "EDITOR=vim")
	}
}

func TestEditorCommand(t *testing.T) {
	for in, want := range map[string][]string{
		"vim": {"vim"}, "code --wait": {"code", "--wait"}, `"/Program Files/e" -n ''`: {"/Program Files/e", "-n", ""}, "  a\tb ": {"a", "b"}, `a"b c"d`: {"ab cd"},
	} {
		got, err := editorCommand("linux", func(name string) string { return map[string]string{"EDITOR": in}[name] })
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s is %q, %v", in, got, err)
		}
	}
	if got, err := editorCommand("windows", func(string) string { return "" }); err != nil || got[0] != "notepad" {
		t.Errorf("on Windows it is %q, %v", got, err)
	}
	t.Setenv("PATH", "")
	if _, err := editorCommand("linux", func(string) string { return "" }); err == nil {
		t.Error("an editor was found nowhere")
	}
}

func TestOpen(t *testing.T) {
	bound := func(m tunnels.Mapping, port uint16) tunnels.Bound {
		return tunnels.Bound{Mapping: m, Addr: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)}
	}
	http, grpc := tunnels.Mapping{Local: 8080, Remote: tunnels.Port{Name: "http"}}, tunnels.Mapping{Local: 9090, Remote: tunnels.Port{Number: 9090}}
	spec := func(id, name string) tunnels.Spec {
		return tunnels.Spec{ID: tunnels.ID(id), Name: name, Target: tunnels.Target{Kind: tunnels.KindService, Name: name}, Mappings: []tunnels.Mapping{http, grpc}}
	}
	e := &keptEngine{snap: tunnels.Snapshot{
		{Spec: spec("1", "web"), State: tunnels.Ready, Pod: "web-1", Bound: []tunnels.Bound{bound(http, 8080), bound(grpc, 9090)}},
		{Spec: spec("2", "off"), State: tunnels.Stopped},
		{Spec: spec("3", "lost"), State: tunnels.Reconnecting, Reason: "session lost", Bound: []tunnels.Bound{bound(http, 8081)}},
		{Spec: spec("4", "needy"), State: tunnels.NeedsUser, Reason: "port busy"},
	}}
	tests := []struct {
		name   string
		speaks map[string]speaks.Spoken
		args   []string
		answer []string
		status int
		opened string
		texts  []string
	}{
		{"http", map[string]speaks.Spoken{"127.0.0.1:8080": {Scheme: "http"}, "127.0.0.1:9090": {}}, []string{"web"}, nil, ExitOK, "http://127.0.0.1:8080/", []string{"Opening http://127.0.0.1:8080/"}},
		{"printed", map[string]speaks.Spoken{"127.0.0.1:8080": {Scheme: "https"}, "127.0.0.1:9090": {}}, []string{"web", "--print"}, nil, ExitOK, "", []string{"https://127.0.0.1:8080/\n"}},
		{"both", map[string]speaks.Spoken{"127.0.0.1:8080": {Scheme: "http"}, "127.0.0.1:9090": {Scheme: "http"}}, []string{"web"}, nil, ExitUsage, "", []string{"--port http or --port 9090"}},
		{"both, and one is chosen", map[string]speaks.Spoken{"127.0.0.1:8080": {Scheme: "http"}, "127.0.0.1:9090": {Scheme: "http"}}, []string{"web"}, []string{"2"}, ExitOK, "http://127.0.0.1:9090/", []string{"1) http://127.0.0.1:8080/  (http)"}},
		{"both, and none is chosen", map[string]speaks.Spoken{"127.0.0.1:8080": {Scheme: "http"}, "127.0.0.1:9090": {Scheme: "http"}}, []string{"web"}, []string{"3"}, ExitError, "", []string{"none was chosen"}},
		{"by the remote port", map[string]speaks.Spoken{"127.0.0.1:8080": {Scheme: "http"}}, []string{"web", "--port", "http"}, nil, ExitOK, "http://127.0.0.1:8080/", nil},
		{"by the local port", map[string]speaks.Spoken{"127.0.0.1:9090": {Scheme: "http"}}, []string{"web", "--port", "9090"}, nil, ExitOK, "http://127.0.0.1:9090/", nil},
		{"by no port", nil, []string{"web", "--port", "1"}, nil, ExitUsage, "", []string{"use one of http and 9090"}},
		{"no http", map[string]speaks.Spoken{"127.0.0.1:8080": {Said: "+PONG\x1b"}, "127.0.0.1:9090": {TLS: true}}, []string{"web"}, nil, ExitError, "", []string{`http in web-1 does not speak HTTP (it sent "+PONG?")`, "9090 in web-1 speaks TLS, but not HTTP", "127.0.0.1:9090."}},
		{"unreachable", nil, []string{"web"}, nil, ExitError, "", []string{"127.0.0.1:8080 cannot be reached now"}},
		{"not running", nil, []string{"off"}, nil, ExitError, "", []string{`"off" is not running`, "culvert up off"}},
		{"not listening", nil, []string{"needy"}, nil, ExitError, "", []string{"does not listen now: port busy"}},
		{"not ready", nil, []string{"lost"}, nil, ExitError, "", []string{"does not reach its pod now: session lost", "culvert wait lost --for=ready"}},
		{"unknown", nil, []string{"wbe"}, nil, ExitNothing, "", []string{"web"}},
		{"none named", nil, nil, nil, ExitUsage, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opened := ""
			got := tell(t, t.TempDir(), func(d *Deps) {
				e.running(d)
				d.Browser = func(url string) error { opened = url; return nil }
				d.Ask = func(_ context.Context, addr string) (speaks.Spoken, error) {
					s, ok := tt.speaks[addr]
					if !ok {
						return s, errors.New("refused")
					}
					return s, nil
				}
				if tt.answer != nil {
					d.Terminal = &answers{all: tt.answer}
				}
			}, append([]string{"open"}, tt.args...)...)
			got.wants(t, tt.status, tt.texts...)
			if opened != tt.opened {
				t.Errorf("opened is %q", opened)
			}
		})
	}
	tell(t, t.TempDir(), nil, "open", "web").wants(t, ExitNothing, "no Culvert runs")
	tell(t, t.TempDir(), e.running, "__complete", "open", "").wants(t, ExitOK, "web\nlost\n:4")
}

func TestBrowserCommand(t *testing.T) {
	for system, want := range map[string]string{"linux": "xdg-open u", "freebsd": "xdg-open u", "darwin": "open u", "windows": "rundll32 url.dll,FileProtocolHandler u"} {
		if got := strings.Join(browserCommand(system, "u"), " "); got != want {
			t.Errorf("on %s it is %q", system, got)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if err := openBrowser("http://127.0.0.1:1/"); err == nil || !strings.Contains(tunnels.AsError(err).Hint, "http://127.0.0.1:1/") {
		t.Errorf("without a browser the error is %v", err)
	}
}

func TestVersionVerb(t *testing.T) {
	got := tell(t, t.TempDir(), nil, "version")
	got.wants(t, ExitOK, "culvert test\n", "without a window", "system")
	got = tell(t, t.TempDir(), nil, "version", "-o", "json")
	var j buildJSON
	if err := json.Unmarshal([]byte(got.out), &j); err != nil || j.Version != "test" || j.Window || j.Go == "" || j.Running != nil {
		t.Errorf("%v: %s", err, got.out)
	}
	if text := runningText(buildJSON{Version: "1"}, &control.Version{Version: "2", PID: 9}); !strings.Contains(text, "process 9: 2.") {
		t.Errorf("of another one it says %q", text)
	}
	if text := runningText(buildJSON{Version: "1"}, &control.Version{Version: "1"}); text != "" {
		t.Errorf("of the same one it says %q", text)
	}
	b := buildJSON{Version: "1", Commit: "0123456789abcdef+"}
	if !strings.Contains(b.text(), "0123456789ab, and files were changed") || b.shortCommit() != "0123456789ab+" {
		t.Errorf("the commit is told as %s", b.text())
	}
}
