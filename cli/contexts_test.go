package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const ownConfig = `apiVersion: v1
kind: Config
current-context: own
contexts:
- {name: own, context: {cluster: cl, user: u, namespace: shop}}
- {name: broken, context: {cluster: none, user: u}}
clusters:
- {name: cl, cluster: {server: "https://own.test:6443"}}
users:
- {name: u, user: {token: abc}}
`

const teamConfig = `apiVersion: v1
kind: Config
contexts:
- {name: own, context: {cluster: cl, user: u}}
- {name: plain, context: {cluster: cl, user: p}}
clusters:
- {name: cl, cluster: {server: "https://team.test"}}
users:
- name: u
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: cloud-token, args: [get, "a\u001b[2Jb"], interactiveMode: Never}
- {name: p, user: {token: abc}}
`

// desk is a user's folder, with a kubeconfig, one of the team's and Culvert's own
// folder.
type desk struct {
	t      *testing.T
	dir    string
	answer string // at the terminal; empty where there is none
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir()}
	for name, data := range map[string]string{"config": ownConfig, "team.yaml": teamConfig} {
		if err := os.WriteFile(d.path(name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

// contexts runs one command line to its end.
func (d *desk) contexts(args ...string) (status int, stdout, stderr string) {
	d.t.Helper()
	var out, errs strings.Builder
	deps := Deps{Version: "test", Folder: d.path("culvert"), Out: &out, Err: &errs}
	if d.answer != "" {
		deps.Terminal = answering(d.answer)
	}
	status = execute(d.t.Context(), deps, append([]string{"contexts", "--kubeconfig", d.path("config")}, args...))
	return status, out.String(), errs.String()
}

func (d *desk) succeed(args ...string) (stdout string) {
	d.t.Helper()
	status, stdout, stderr := d.contexts(args...)
	if status != ExitOK {
		d.t.Fatalf("%q ends with %d: %s", args, status, stderr)
	}
	return stdout
}

func (d *desk) fail(want int, says string, args ...string) (stderr string) {
	d.t.Helper()
	status, _, stderr := d.contexts(args...)
	if status != want || !strings.Contains(stderr, says) {
		d.t.Errorf("%q ends with %d: %s", args, status, stderr)
	}
	return stderr
}

// list returns the contexts by name.
func (d *desk) list() map[string]contextJSON {
	d.t.Helper()
	list := make(map[string]contextJSON)
	for line := range strings.Lines(d.succeed("-o", "json")) {
		var k contextJSON
		if err := json.Unmarshal([]byte(line), &k); err != nil {
			d.t.Fatal(err)
		}
		list[k.Name] = k
	}
	return list
}

func TestListOfContexts(t *testing.T) {
	d := newDesk(t)
	d.succeed("mark", "own", "--production")
	want := [][]string{
		{"CURRENT", "NAME", "SERVER", "USER", "NAMESPACE", "PLUGIN", "FILE", "NOTE"},
		{"broken", "u", "default", d.path("config"), `cluster "none" does not exist`},
		{"*", "own", "https://own.test:6443", "u", "shop", d.path("config"), "production"},
	}
	var got [][]string
	for line := range strings.Lines(d.succeed()) {
		got = append(got, regexp.MustCompile(`\s{2,}`).Split(strings.TrimSpace(line), -1))
	}
	if len(got) != len(want) || !slices.Equal(got[0], want[0]) || !slices.Equal(got[2], want[2]) || got[1][0] != "broken" {
		t.Errorf("printed is %q", got)
	}
	list := d.list()
	if k := list["own"]; !k.Current || !k.Production || k.Namespace != "shop" || k.Error != "" || k.File != d.path("config") {
		t.Errorf("own is %+v", k)
	}
	if k := list["broken"]; k.Error == "" || k.Hint == "" {
		t.Errorf("broken is %+v", k)
	}
	d.succeed("mark", "own", "--production=false")
	if d.list()["own"].Production {
		t.Error("it is still marked")
	}
	d.fail(ExitUsage, "say what to mark it as", "mark", "own")
	d.fail(ExitError, "no context of this name", "mark", "other", "--production")
	d.fail(ExitUsage, "is not an output format", "-o", "yaml")
	if b, err := os.ReadFile(d.path("config")); err != nil || string(b) != ownConfig {
		t.Errorf("the kubeconfig was changed: %v", err)
	}
}

// TestAddContexts: what a file runs is shown in full, and added after a yes only.
func TestAddContexts(t *testing.T) {
	const added = "own (team.yaml)"
	d := newDesk(t)
	refused := d.fail(ExitError, "not allowed", "add", d.path("team.yaml"))
	for _, s := range []string{"Context " + added + ":", "https://team.test", "runs the command cloud-token", `argument "get"`, `argument "a\x1b[2Jb"`} {
		if !strings.Contains(refused, s) {
			t.Errorf("it does not say %q: %q", s, refused)
		}
	}
	if strings.Contains(refused, "\x1b") || strings.Contains(refused, "plain (") {
		t.Errorf("it says %q", refused)
	}
	hash := regexp.MustCompile(`--yes=([0-9a-f]{64})`).FindStringSubmatch(refused)
	if hash == nil {
		t.Fatalf("there is no hash in %q", refused)
	}
	d.fail(ExitError, "not what --yes allows", "add", d.path("team.yaml"), "--yes="+strings.Repeat("0", 64))
	d.answer = "n"
	d.fail(ExitError, "Nothing was added", "add", d.path("team.yaml"))
	if len(d.list()) != 2 {
		t.Errorf("the contexts are %+v", d.list())
	}
	d.answer = ""
	out := d.succeed("add", d.path("team.yaml"), "--yes="+hash[1])
	if out != "Added context own (team.yaml)\nAdded context plain (team.yaml)\n" {
		t.Errorf("it prints %q", out)
	}
	k := d.list()[added]
	if k.Error != "" || !k.Added || k.Plugin != "cloud-token" || k.File != d.path("team.yaml") {
		t.Errorf("it is %+v", k)
	}
	d.succeed("add", d.path("team.yaml")) // it is allowed already

	other := strings.Replace(teamConfig, "[get", "[put", 1)
	if err := os.WriteFile(d.path("team.yaml"), []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	if k := d.list()[added]; !strings.Contains(k.Error, "you have not allowed that") || !strings.Contains(k.Hint, "culvert contexts add "+d.path("team.yaml")) {
		t.Errorf("with another argument it is %+v", k)
	}
	d.fail(ExitError, "not what --yes allows", "add", d.path("team.yaml"), "--yes="+hash[1])
	d.answer = "y"
	d.succeed("add", d.path("team.yaml"))
	if k := d.list()[added]; k.Error != "" {
		t.Errorf("allowed again it is %+v", k)
	}

	if err := os.Remove(d.path("team.yaml")); err != nil {
		t.Fatal(err)
	}
	if k := d.list()[""]; k.File != d.path("team.yaml") || k.Error == "" || k.Hint == "" {
		t.Errorf("the missing file is %+v", k)
	}
	d.succeed("remove", d.path("team.yaml"))
	if len(d.list()) != 2 {
		t.Errorf("the contexts are %+v", d.list())
	}
	d.fail(ExitError, "not imported", "remove", d.path("team.yaml"))
	d.fail(ExitError, "there is no file", "add", d.path("team.yaml"))
}

func TestLocatePlugin(t *testing.T) {
	d := newDesk(t)
	d.fail(ExitError, "not a program", "locate", "cloud-token", d.path("config"))
	tool := d.path("tool")
	if err := os.WriteFile(tool, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.succeed("locate", "cloud-token", tool)
	b, err := os.ReadFile(d.path("culvert/contexts.yaml"))
	if err != nil || string(b) != "plugins:\n  cloud-token: "+tool+"\n" {
		t.Errorf("stored is %q, %v", b, err)
	}
}

// answering is a terminal where somebody says always the same.
type answering string

func (a answering) Ask(context.Context, string) (string, error)    { return string(a), nil }
func (a answering) Secret(context.Context, string) (string, error) { return string(a), nil }

func TestIsYes(t *testing.T) {
	for answer, want := range map[string]bool{"y": true, "YES\r": true, "n": false, "": false, "yup": false} {
		if got := isYes(answer); got != want {
			t.Errorf("%q is %v", answer, got)
		}
	}
}
