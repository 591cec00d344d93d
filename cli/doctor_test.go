package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/crash"
	"culvert/tunnels/profiles"
)

// healthy are the probes of a machine on which nothing is wrong; change alters them.
func healthy(change func(*probes)) probes {
	p := probes{
		system: "linux", env: func(string) string { return "" },
		stat:     func(string) (fs.FileInfo, error) { return fileInfo{mode: 0o600}, nil },
		count:    func(string) (int, error) { return 2, nil },
		listen:   func(context.Context, string) error { return nil },
		dial:     func(context.Context, string) error { return nil },
		writable: func(string) error { return nil },
		keyring:  func(context.Context) (keyring.Condition, bool) { return keyring.Condition{}, false },
		window:   true, display: func() bool { return true }, tray: func(context.Context) bool { return true },
		folder: "/home/kim/.config/culvert", state: func() (string, error) { return "/home/kim/.local/state/culvert", nil },
		profiles: func() []profiles.Profile { return nil },
		crashes:  func() ([]crash.Report, error) { return nil, nil },
		running:  func(context.Context) (*control.Version, error) { return nil, nil },
	}
	if change != nil {
		change(&p)
	}
	return p
}

// fileInfo is a file or a folder of some mode.
type fileInfo struct {
	fs.FileInfo
	mode fs.FileMode
}

func (f fileInfo) Mode() fs.FileMode { return f.mode }
func (f fileInfo) IsDir() bool       { return f.mode.IsDir() }

// fakeClusters are contexts that answer as they are told.
type fakeClusters struct {
	files    []string
	contexts []kube.Context
	err      error
	imports  []kube.Import
	plugins  []kube.Plugin
	proxies  map[string]string
	answers  map[string]error
	hang     map[string]bool
	asked    chan string
}

func (f *fakeClusters) Kubeconfigs() []string                 { return f.files }
func (f *fakeClusters) Contexts() ([]kube.Context, error)     { return f.contexts, f.err }
func (f *fakeClusters) Imports() []kube.Import                { return f.imports }
func (f *fakeClusters) Plugins(context.Context) []kube.Plugin { return f.plugins }
func (f *fakeClusters) Complete(t tunnels.Target) (tunnels.Target, error) {
	return t, &tunnels.Error{Err: errors.New("there is no current context"), Hint: "…"}
}

func (f *fakeClusters) Proxy(name string) (*url.URL, error) {
	if f.proxies[name] == "" {
		return nil, nil
	}
	return url.Parse(f.proxies[name])
}

func (f *fakeClusters) Check(ctx context.Context, name string) (time.Duration, error) {
	if f.asked != nil {
		f.asked <- name
	}
	if f.hang[name] {
		<-ctx.Done()
		return 0, &tunnels.Error{Err: ctx.Err()}
	}
	return 84 * time.Millisecond, f.answers[name]
}

// want is what a finding is to be; a text stands for a part of it.
type want struct {
	about    string
	severity severity
	found    string
	remedy   string
}

func compare(t *testing.T, got []finding, wants ...want) {
	t.Helper()
	if len(got) != len(wants) {
		t.Fatalf("found are %+v, want %+v", got, wants)
	}
	for i, w := range wants {
		g := got[i]
		if g.about != w.about || g.severity != w.severity || !strings.Contains(g.found, w.found) || !strings.Contains(g.remedy, w.remedy) {
			t.Errorf("found is %+v, want %+v", g, w)
		}
		if (g.severity == isOK) != (g.remedy == "") {
			t.Errorf("%v comes with the remedy %q", g.severity, g.remedy)
		}
	}
}

func TestDoctorKubeconfigs(t *testing.T) {
	missing := func(string) (fs.FileInfo, error) { return nil, fs.ErrNotExist }
	tests := []struct {
		name   string
		change func(*probes)
		c      *fakeClusters
		told   error
		want   []want
	}{
		{"one", nil, &fakeClusters{files: []string{"/a"}}, nil, []want{{"/a", isOK, "2 contexts", ""}}},
		{
			"none", func(p *probes) { p.stat = missing }, &fakeClusters{files: []string{"/a", "/b"}}, nil,
			[]want{{"", isWrong, "Looked for /a, /b.", "culvert login"}},
		},
		{
			"none that is named", func(p *probes) { p.stat, p.kubeconfig = missing, "/a" }, &fakeClusters{files: []string{"/a"}}, nil,
			[]want{{"", isWrong, "as --kubeconfig says", "--kubeconfig"}},
		},
		{"none in the environment", func(p *probes) {
			p.stat, p.env = missing, func(name string) string { return map[string]string{"KUBECONFIG": "/a"}[name] }
		}, &fakeClusters{files: []string{"/a"}}, nil, []want{{"", isWrong, "as KUBECONFIG says", "KUBECONFIG"}}},
		{"without a home", func(p *probes) { p.stat = missing }, &fakeClusters{}, nil, []want{{"", isWrong, "no home folder", "KUBECONFIG"}}},
		{
			"none is needed", func(p *probes) { p.stat = missing }, &fakeClusters{files: []string{"/a"}, contexts: []kube.Context{{Name: "shop"}}}, nil,
			[]want{{"", isOK, "1 context is known without one", ""}},
		},
		{"one of two", func(p *probes) {
			p.stat = func(path string) (fs.FileInfo, error) {
				if path == "/b" {
					return nil, fs.ErrNotExist
				}
				return fileInfo{mode: 0o600}, nil
			}
		}, &fakeClusters{files: []string{"/a", "/b"}}, nil, []want{{"/a", isOK, "2 contexts", ""}, {"/b", isNote, "no such file", "KUBECONFIG"}}},
		{"broken", func(p *probes) {
			p.count = func(string) (int, error) {
				return 0, &tunnels.Error{Err: errors.New("yaml: line 3"), Hint: "Correct it."}
			}
		}, &fakeClusters{files: []string{"/a"}, err: errors.New("the same")}, nil, []want{{"/a", isWrong, "yaml: line 3", "Correct it."}}},
		{"others can read it", func(p *probes) {
			p.stat = func(string) (fs.FileInfo, error) { return fileInfo{mode: 0o644}, nil }
		}, &fakeClusters{files: []string{"/a"}}, nil, []want{{"/a", isNote, "other users may read it", "chmod go-rwx /a"}}},
		{"others can change it", func(p *probes) {
			p.stat = func(string) (fs.FileInfo, error) { return fileInfo{mode: 0o622}, nil }
		}, &fakeClusters{files: []string{"/a"}}, nil, []want{{"/a", isNote, "other users may change it (its mode is 0622)", "chmod"}}},
		{"Windows has no such modes", func(p *probes) {
			p.system = "windows"
			p.stat = func(string) (fs.FileInfo, error) { return fileInfo{mode: 0o666}, nil }
		}, &fakeClusters{files: []string{"/a"}}, nil, []want{{"/a", isOK, "2 contexts", ""}}},
		{
			"no contexts", func(p *probes) { p.count = func(string) (int, error) { return 0, nil } }, &fakeClusters{files: []string{"/a"}}, nil,
			[]want{{"/a", isNote, "no contexts in it", "culvert login"}},
		},
		{"may not be looked at", func(p *probes) {
			p.stat = func(string) (fs.FileInfo, error) { return nil, fs.ErrPermission }
		}, &fakeClusters{files: []string{"/a"}}, nil, []want{{"/a", isWrong, "permission denied", "right to read"}}},
		{
			"together they are wrong", nil, &fakeClusters{files: []string{"/a"}, err: &tunnels.Error{Err: errors.New("settings broken"), Hint: "Mend them."}}, nil,
			[]want{{"/a", isOK, "", ""}, {"", isWrong, "settings broken", "Mend them."}},
		},
		{
			"an added file is gone", nil, &fakeClusters{files: []string{"/a"}, imports: []kube.Import{{Path: "/i", Err: errors.New("gone")}, {Path: "/j"}}}, nil,
			[]want{{"/a", isOK, "", ""}, {"/i", isWrong, "gone", "contexts remove /i"}},
		},
		{
			"a warning", nil, &fakeClusters{files: []string{"/a"}}, errors.New("two contexts of one name"),
			[]want{{"/a", isOK, "", ""}, {"", isNote, "two contexts of one name.", "Mend"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var told warnings
			if tt.told != nil {
				told.add(tt.told)
			}
			compare(t, kubeconfigCheck(healthy(tt.change), tt.c, &told)(t.Context()), tt.want...)
		})
	}
}

func TestDoctorContexts(t *testing.T) {
	contexts := []kube.Context{
		{Name: "allow", File: "/i.yaml", Consent: &kube.Consent{}, Err: &tunnels.Error{Err: errors.New("not allowed")}},
		{Name: "broken", Err: &tunnels.Error{Err: errors.New("there is no cluster x"), Hint: "Correct it."}},
		{Name: "dev", Current: true, Namespace: "shop"},
		{Name: "down"},
		{Name: "eks dev", ExecPlugin: "aws"},
		{Name: "live", Production: true},
		{Name: "open", Unverified: "its server is talked to without TLS"},
		{Name: "signed", Origin: kube.OriginSignedIn},
		{Name: "slow"},
		{Name: "unsure", Unsure: true},
	}
	c := &fakeClusters{
		contexts: contexts, hang: map[string]bool{"slow": true},
		answers: map[string]error{"down": &tunnels.Error{Err: errors.New("connection refused")}, "nobody": &tunnels.Error{Err: errors.New("there is no context nobody"), Hint: "Do you mean down?"}},
	}
	current := want{"", isOK, "dev is the current one; its namespace is shop", ""}
	allow := want{"allow", isNote, "not allowed yet", "culvert contexts add /i.yaml"}
	broken := want{"broken", isWrong, "no cluster x", "Correct it."}
	dev := want{"dev", isOK, "It answers.", ""}
	down := want{"down", isWrong, "connection refused", "kubectl --context down version"}
	open := want{"open", isNote, "read and change all, the credentials included: its server is talked to without TLS", "https"}
	opened := want{"open", isOK, "It answers.", ""}
	slow := want{"slow", isWrong, "did not answer within 10s", "VPN"}
	tests := []struct {
		name   string
		named  []string
		all    bool
		locked bool
		want   []want
	}{
		{"as the window does", nil, false, true, []want{
			current, allow, broken,
			{"eks dev", isNote, "runs the credential plugin aws", "culvert doctor 'eks dev'"},
			{"live", isNote, "marked as production", "culvert doctor live"},
			{"signed", isNote, "keyring, which is locked", "culvert doctor signed"},
			{"unsure", isNote, "may be marked as production", "culvert doctor unsure"},
			open, dev, down, opened, slow,
		}},
		{"all", nil, true, true, []want{
			current, allow, broken, open, dev, down, {"eks dev", isOK, "It answers.", ""}, {"live", isOK, "", ""}, opened, {"signed", isOK, "", ""}, slow, {"unsure", isOK, "", ""},
		}},
		{"named", []string{"live", "eks dev", "nobody", "broken"}, false, false, []want{
			broken, {"eks dev", isOK, "", ""}, {"live", isOK, "", ""}, {"nobody", isWrong, "no context nobody", "Do you mean down?"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				locked := func(context.Context) bool { return tt.locked }
				got := contextTests{clusters: c, named: tt.named, all: tt.all, timeout: 10 * time.Second, locked: locked}.check(t.Context())
				compare(t, got, tt.want...)
				for _, f := range got {
					if (f.took == 84*time.Millisecond) != (f.severity == isOK && f.about != "") {
						t.Errorf("%s took %v", f.about, f.took)
					}
				}
			})
		})
	}
	none := contextTests{clusters: &fakeClusters{contexts: []kube.Context{{Name: "a"}}}, timeout: time.Second, locked: func(context.Context) bool { return false }}
	compare(t, none.check(t.Context()), want{"", isNote, "no current context", "use-context"}, want{"a", isOK, "", ""})
	none.clusters = &fakeClusters{}
	compare(t, none.check(t.Context()), want{"", isNote, "none to test", "culvert login"})
}

// TestDoctorAsksAFewAtATime counts how many servers are asked before one has answered.
func TestDoctorAsksAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClusters{hang: make(map[string]bool), asked: make(chan string, 100)}
		for i := range 3 * atOnce {
			name := fmt.Sprint(i)
			c.contexts = append(c.contexts, kube.Context{Name: name})
			c.hang[name] = true
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan []finding)
		go func() {
			done <- contextTests{clusters: c, timeout: time.Minute, locked: func(context.Context) bool { return false }}.check(ctx)
		}()
		synctest.Wait()
		if n := len(c.asked); n != atOnce {
			t.Errorf("%d are asked at a time", n)
		}
		cancel()
		<-done
	})
}

func TestDoctorPlugins(t *testing.T) {
	tests := []struct {
		name string
		all  []kube.Plugin
		want want
	}{
		{"none", nil, want{"", isOK, "No context runs", ""}},
		{"there", []kube.Plugin{{Command: "aws", Contexts: []string{"a"}, Path: "/usr/bin/aws"}}, want{"aws", isOK, "/usr/bin/aws; for context a.", ""}},
		{"by the shell", []kube.Plugin{{Command: "aws", Contexts: []string{"a", "b", "c"}, Path: "/opt/aws", Shell: true}}, want{"aws", isOK, "login shell alone, which Culvert asks; for context a and 2 more.", ""}},
		{"located", []kube.Plugin{{Command: "aws", Contexts: []string{"a"}, Path: "/opt/aws", Located: true}}, want{"aws", isOK, "as you have said", ""}},
		{"missing", []kube.Plugin{{Command: "aws", Contexts: []string{"a"}}}, want{"aws", isWrong, "not on PATH; context a cannot sign in", "culvert contexts locate aws PATH"}},
		{"located elsewhere", []kube.Plugin{{Command: "aws", Contexts: []string{"a"}, Located: true}}, want{"aws", isWrong, "not where you have said", "locate aws"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			compare(t, pluginCheck(&fakeClusters{plugins: tt.all})(t.Context()), tt.want)
		})
	}
}

func TestDoctorProxies(t *testing.T) {
	const secret = "s3cret"
	refused := func(context.Context, string) error { return errors.New("dial tcp: connection refused") }
	tests := []struct {
		name string
		env  map[string]string
		dial func(context.Context, string) error
		c    *fakeClusters
		want []want
	}{
		{"none", nil, nil, &fakeClusters{contexts: []kube.Context{{Name: "a"}}}, []want{{"", isOK, "None is set", ""}}},
		{
			"a proxy with a password",
			map[string]string{"HTTPS_PROXY": "http://kim:" + secret + "@proxy.corp:3128", "no_proxy": "10.0.0.0/8,.corp"},
			nil,
			&fakeClusters{contexts: []kube.Context{{Name: "a"}, {Name: "b"}, {Name: "c"}}, proxies: map[string]string{"a": "http://proxy.corp:3128", "b": "http://proxy.corp:3128"}},
			[]want{
				{"HTTPS_PROXY", isOK, "http://proxy.corp:3128, with a user name and a password", ""},
				{"no_proxy", isOK, "10.0.0.0/8,.corp", ""},
				{"http://proxy.corp:3128", isOK, "Contexts a and b are reached by it.", ""},
				{"", isOK, "Context c is reached directly.", ""},
			},
		},
		{"without a scheme", map[string]string{"https_proxy": "proxy:3128"}, nil, &fakeClusters{}, []want{{"https_proxy", isOK, "http://proxy:3128", ""}}},
		{"no URL", map[string]string{"HTTP_PROXY": "http://:" + secret + "@%zz"}, nil, &fakeClusters{}, []want{{"HTTP_PROXY", isWrong, "no address", "http://host:port"}}},
		{"ALL_PROXY", map[string]string{"ALL_PROXY": "socks5://x:1"}, nil, &fakeClusters{}, []want{{"ALL_PROXY", isNote, "not heeded", "HTTPS_PROXY"}}},
		{
			"down", nil, refused, &fakeClusters{contexts: []kube.Context{{Name: "a"}}, proxies: map[string]string{"a": "socks5://proxy"}},
			[]want{{"socks5://proxy", isWrong, "Context a is reached by it, but it cannot be connected to: connection refused", "VPN"}},
		},
		{
			"a private server", nil, nil, &fakeClusters{contexts: []kube.Context{{Name: "a", Server: "https://10.1.2.3:6443"}}, proxies: map[string]string{"a": "http://proxy:1"}},
			[]want{{"http://proxy:1", isOK, "", ""}, {"a", isNote, "10.1.2.3 is in a private network", "add 10.1.2.3 to NO_PROXY"}},
		},
		{"a broken context", nil, nil, &fakeClusters{contexts: []kube.Context{{Name: "a", Err: &tunnels.Error{Err: errors.New("x")}}}}, []want{{"", isOK, "None is set", ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := healthy(func(p *probes) {
				p.env = func(name string) string { return tt.env[name] }
				if tt.dial != nil {
					p.dial = tt.dial
				}
			})
			got := proxyCheck(p, tt.c)(t.Context())
			compare(t, got, tt.want...)
			if strings.Contains(fmt.Sprintf("%+v", got), secret) {
				t.Error("the password is told")
			}
		})
	}
	for in, want := range map[string]string{"https://api.example.com": "", "https://8.8.8.8:6443": "", "https://kube": "kube", "https://api.corp.internal": "api.corp.internal", "https://[fd00::1]": "fd00::1", "%": ""} {
		if got := privateHost(in); got != want {
			t.Errorf("of %s the private host is %q", in, got)
		}
	}
	for in, want := range map[string]string{"http://p": "p:80", "https://p": "p:443", "socks5://p": "p:1080", "http://[::1]:3128": "[::1]:3128"} {
		u, err := url.Parse(in)
		if err != nil || hostPort(u) != want {
			t.Errorf("%s listens at %s", in, hostPort(u))
		}
	}
}

func TestDoctorKeyring(t *testing.T) {
	because := &tunnels.Error{Err: errors.New("it is so"), Hint: "Do that."}
	tests := []struct {
		name     string
		c        keyring.Condition
		idle     bool
		signedIn int
		want     want
	}{
		{"fine", keyring.Condition{}, false, 1, want{"", isOK, "unlocked", ""}},
		{"idle", keyring.Condition{}, true, 1, want{"", isOK, "started when it is first used", ""}},
		{"locked", keyring.Condition{State: keyring.Locked, Err: because}, false, 1, want{"", isNote, "It is so. Culvert asks", "Do that."}},
		{"absent, and not needed", keyring.Condition{State: keyring.Absent, Err: because}, false, 0, want{"", isNote, "kubeconfigs need none", "Do that."}},
		{"absent", keyring.Condition{State: keyring.Absent, Err: because}, false, 1, want{"", isWrong, "so 1 context that you have signed in to cannot", "Do that."}},
		{"none in this program", keyring.Condition{State: keyring.Absent}, false, 0, want{"", isNote, "has no keyring", "gnome-keyring"}},
		{"broken", keyring.Condition{State: keyring.Broken, Err: because}, false, 0, want{"", isNote, "It is so.", "Do that."}},
		{"broken, and needed", keyring.Condition{State: keyring.Broken, Err: because}, false, 2, want{"", isWrong, "2 contexts", "Do that."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &fakeClusters{}
			for range tt.signedIn {
				c.contexts = append(c.contexts, kube.Context{Origin: kube.OriginSignedIn})
			}
			p := healthy(func(p *probes) {
				p.keyring = func(context.Context) (keyring.Condition, bool) { return tt.c, tt.idle }
			})
			compare(t, keyringCheck(p, c)(t.Context()), tt.want)
		})
	}
}

func TestDoctorDisplayAndTray(t *testing.T) {
	with := func(name string) func(string) string {
		return func(n string) string { return map[string]string{name: ":7"}[n] }
	}
	noTray := want{"", isOK, "Not needed", ""}
	tray := want{"", isOK, "Something shows icons", ""}
	tests := []struct {
		name    string
		change  func(*probes)
		display want
		tray    want
	}{
		{"there", func(p *probes) { p.env = with("DISPLAY") }, want{"", isOK, "can be opened", ""}, tray},
		{"none", func(p *probes) { p.display = func() bool { return false } }, want{"", isNote, "neither DISPLAY nor WAYLAND_DISPLAY", "desktop session"}, tray},
		{"left over", func(p *probes) { p.display, p.env = func() bool { return false }, with("WAYLAND_DISPLAY") }, want{"", isWrong, "Nothing answers at WAYLAND_DISPLAY=:7", "left over"}, tray},
		{"no window", func(p *probes) { p.window, p.display, p.tray = false, nil, nil }, want{"", isNote, "There is none (neither", "install the build"}, noTray},
		{"no window on a desktop", func(p *probes) { p.window, p.display, p.tray, p.env = false, nil, nil, with("DISPLAY") }, want{"", isNote, "has no window", "install the build"}, noTray},
		{"no window on Windows", func(p *probes) { p.window, p.display, p.tray, p.system = false, nil, nil, "windows" }, want{"", isNote, "None is used", "install the build"}, noTray},
		{"no tray", func(p *probes) { p.tray = func(context.Context) bool { return false } }, want{"", isOK, "", ""}, want{"", isNote, "StatusNotifierWatcher", "AppIndicator"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := healthy(tt.change)
			compare(t, displayCheck(p)(t.Context()), tt.display)
			compare(t, trayCheck(p)(t.Context()), tt.tray)
		})
	}
}

func TestDoctorNetworkAndPorts(t *testing.T) {
	without := func(which string) func(context.Context, string) error {
		return func(_ context.Context, address string) error {
			if strings.HasPrefix(address, which) {
				return errors.New("listen tcp: bind: cannot assign requested address")
			}
			return nil
		}
	}
	p := healthy(nil)
	compare(t, networkCheck(p)(t.Context()), want{"IPv4", isOK, "", ""}, want{"IPv6", isOK, "", ""})
	p.listen = without("[::1]")
	compare(t, networkCheck(p)(t.Context()), want{"IPv4", isOK, "", ""}, want{"IPv6", isNote, "[::1] cannot be listened on: cannot assign requested address.", "Tunnels listen on 127.0.0.1 alone"})
	p.system = "windows"
	compare(t, networkCheck(p)(t.Context()), want{"IPv4", isOK, "", ""}, want{"IPv6", isNote, "", "network adapters"})
	p.listen = without("127.")
	compare(t, networkCheck(p)(t.Context()), want{"IPv4", isWrong, "127.0.0.1 cannot", "loopback"}, want{"IPv6", isOK, "", ""})

	p = healthy(func(p *probes) {
		p.profiles = func() []profiles.Profile {
			return []profiles.Profile{{Tunnels: []tunnels.Spec{
				{Name: "web", Mappings: []tunnels.Mapping{{Local: 80}, {Local: 8080}}}, {Name: "shop", Mappings: []tunnels.Mapping{{Local: 80}, {Local: tunnels.AnyPort}}},
			}}}
		}
	})
	compare(t, portCheck(p)(t.Context()))
	p.listen = func(_ context.Context, address string) error {
		if address != "127.0.0.1:80" {
			t.Errorf("%s is listened on", address)
		}
		return &os.PathError{Err: os.ErrPermission}
	}
	compare(t, portCheck(p)(t.Context()), want{"80", isNote, "Wanted by web, shop;", "ip_unprivileged_port_start=80"})
}

func TestDoctorFolders(t *testing.T) {
	at := func(modes map[string]fs.FileMode) func(string) (fs.FileInfo, error) {
		return func(path string) (fs.FileInfo, error) {
			if m, ok := modes[path]; ok {
				return fileInfo{mode: m}, nil
			}
			return nil, fs.ErrNotExist
		}
	}
	config, state := "/home/kim/.config/culvert", "/home/kim/.local/state/culvert"
	full := &os.PathError{Op: "open", Path: "/x", Err: errors.New("no space left on device")}
	tests := []struct {
		name   string
		change func(*probes)
		want   []want
	}{
		{"all there", func(p *probes) {
			p.stat = at(map[string]fs.FileMode{config: fs.ModeDir | 0o700, config + "/profiles": fs.ModeDir | 0o700, state: fs.ModeDir | 0o700})
		}, []want{{"settings", isOK, "can be written", ""}, {"profiles", isOK, "", ""}, {"state", isOK, "", ""}}},
		{
			"none there yet", func(p *probes) { p.stat = at(map[string]fs.FileMode{"/home/kim": fs.ModeDir | 0o700}) },
			[]want{{"settings", isOK, "is made when", ""}, {"state", isOK, "", ""}},
		},
		{"none can be made", func(p *probes) {
			p.stat = at(map[string]fs.FileMode{"/home/kim": fs.ModeDir | 0o500})
			p.writable = func(dir string) error { return fmt.Errorf("in %s: %w", dir, fs.ErrPermission) }
		}, []want{{"settings", isWrong, "/home/kim cannot be written to", "HOME"}, {"state", isWrong, "", "HOME"}}},
		{"the disk is full", func(p *probes) {
			p.stat = at(map[string]fs.FileMode{config: fs.ModeDir | 0o700, state: fs.ModeDir | 0o700})
			p.writable = func(string) error { return full }
		}, []want{{"settings", isWrong, "no space left on device", "full"}, {"state", isWrong, "", "full"}}},
		{"others may write", func(p *probes) {
			p.stat = at(map[string]fs.FileMode{config: fs.ModeDir | 0o770, state: 0o600})
		}, []want{{"settings", isNote, "its mode is 0770", "chmod go-w " + config}, {"state", isWrong, "is no folder", "Move it"}}},
		{"no home", func(p *probes) { p.folder = "" }, []want{{"", isWrong, "has no home", "HOME"}}},
		{"no state", func(p *probes) {
			p.stat = at(map[string]fs.FileMode{config: fs.ModeDir | 0o700})
			p.state = func() (string, error) {
				return "", &tunnels.Error{Err: errors.New("the system names none"), Hint: "Set HOME."}
			}
		}, []want{{"settings", isOK, "", ""}, {"state", isWrong, "names none", "Set HOME."}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { compare(t, folderCheck(healthy(tt.change))(t.Context()), tt.want...) })
	}
}

func TestDoctorProfilesAndInstance(t *testing.T) {
	broken := profiles.Profile{Path: "/p/b.yaml", Line: 3, Column: 5, Err: &tunnels.Error{Op: "b.yaml, line 3", Err: errors.New("it has a tab"), Hint: "Correct the file."}}
	p := healthy(func(p *probes) {
		p.profiles = func() []profiles.Profile { return []profiles.Profile{{Tunnels: make([]tunnels.Spec, 3)}, broken} }
	})
	compare(t, profileCheck(p)(t.Context()), want{"/p/b.yaml:3:5", isWrong, "It has a tab.", "Correct the file."})
	p.profiles = func() []profiles.Profile { return []profiles.Profile{{Tunnels: make([]tunnels.Spec, 3)}} }
	compare(t, profileCheck(p)(t.Context()), want{"", isOK, "1 profile with 3 tunnels.", ""})

	tests := []struct {
		name string
		v    *control.Version
		err  error
		want want
	}{
		{"nobody", nil, nil, want{"", isOK, "No Culvert runs", ""}},
		{"one", &control.Version{Version: "1.0", PID: 7, Kind: control.KindWindow}, nil, want{"", isOK, "1.0 runs with a window, as process 7", ""}},
		{"another version", &control.Version{Version: "0.9", PID: 7}, nil, want{"", isNote, "0.9 runs, as process 7, and this one is 1.0", "Quit"}},
		{"no place", nil, fmt.Errorf("%w: it belongs to another user", control.ErrNoPlace), want{"", isWrong, "belongs to another user. The window", "XDG_RUNTIME_DIR"}},
		{"silent", nil, &tunnels.Error{Err: errors.New("does not answer"), Hint: "End it."}, want{"", isWrong, "does not answer", "End it."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p.running = func(context.Context) (*control.Version, error) { return tt.v, tt.err }
			compare(t, instanceCheck(p, "1.0")(t.Context()), tt.want)
		})
	}
}

func TestDoctorLeavesAHungCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		checks := []check{
			{"slow", func(context.Context) []finding { <-release; return nil }},
			{"fast", func(context.Context) []finding { return []finding{fine("Well.")} }},
		}
		var told [][]finding
		got := examine(t.Context(), checks, 3*time.Second, func(f []finding) { told = append(told, f) })
		compare(t, got, want{"", isWrong, "not found out within 3s", "--timeout"}, want{"", isOK, "Well.", ""})
		if len(told) != 2 || got[0].check != "slow" || got[1].check != "fast" {
			t.Errorf("told were %v", told)
		}
		close(release)
	})
}

func TestDoctorPrints(t *testing.T) {
	var out bytes.Buffer
	all := []finding{
		{check: "context", about: "dev\x1b", found: "It answers.", took: 84300 * time.Microsecond},
		{check: "network", about: "IPv6", severity: isNote, found: "There is none.", remedy: "Do this."},
	}
	p := newDoctorPrinter(&out, true)
	p.print(all)
	if err := p.end(all); err != nil {
		t.Fatal(err)
	}
	want := "ok     context    dev?: It answers. (84ms)\n" +
		"note   network    IPv6: There is none.\n" +
		"                  -> Do this.\n\nNothing is wrong; there is 1 note.\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	p.colour = true
	if got := p.word(isWrong); got != "\x1b[31mwrong  \x1b[0m" {
		t.Errorf("in colour it is %q", got)
	}
	for in, want := range map[[2]int]string{{0, 0}: "All is well.", {1, 0}: "1 thing is wrong.", {2, 0}: "2 things are wrong.", {1, 1}: "1 thing is wrong, and there is 1 note.", {2, 2}: "2 things are wrong, and there are 2 notes."} {
		if got := verdict(in[0], in[1]); got != want {
			t.Errorf("the verdict is %q, want %q", got, want)
		}
	}
}

// TestDoctorVerb runs the verb on this machine, with a cluster that answers.
func TestDoctorVerb(t *testing.T) {
	home := t.TempDir()
	for name, value := range map[string]string{"HOME": home, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "KUBECONFIG": "", "DBUS_SESSION_BUS_ADDRESS": "disabled:"} {
		t.Setenv(name, value)
	}
	_, config := cluster(t, podsrv())
	var out, stderr bytes.Buffer
	d := Deps{Version: "test", Folder: filepath.Join(home, "culvert"), Out: &out, Err: &stderr}
	if status := execute(t.Context(), d, []string{"doctor", "--kubeconfig", config, "-o", "json"}); status != ExitOK {
		t.Fatalf("exit status %d: %s%s", status, out.String(), stderr.String())
	}
	var got doctorJSON
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || !got.OK {
		t.Fatalf("%v: %s", err, out.String())
	}
	answered := false
	for _, f := range got.Findings {
		answered = answered || f.Check == "context" && f.About != "" && f.Result == "ok" && f.TookMillis > 0
	}
	if !answered {
		t.Errorf("the context is not tested: %s", out.String())
	}
	out.Reset()
	if status := execute(t.Context(), d, []string{"doctor"}); status != ExitError || !strings.Contains(out.String(), "wrong  kubeconfig") || !strings.HasSuffix(out.String(), "notes.\n") || stderr.Len() > 0 {
		t.Errorf("without a kubeconfig the exit status is %d:\n%s%s", status, out.String(), stderr.String())
	}
	document, err := os.ReadFile(filepath.Join("..", "docs", "doctor.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Findings {
		if !strings.Contains(string(document), "| `"+f.Check+"` |") {
			t.Errorf("docs/doctor.md does not tell of the check %s", f.Check)
		}
	}
	for _, args := range [][]string{{"doctor", "--timeout", "0s"}, {"doctor", "--all", "x"}, {"doctor", "-o", "yaml"}} {
		if status := execute(t.Context(), d, args); status != ExitUsage {
			t.Errorf("%v: exit status %d", args, status)
		}
	}
}
