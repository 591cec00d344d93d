package kube_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"culvert/kube"
	"culvert/tunnels"

	"sigs.k8s.io/yaml"
)

// said is what Culvert keeps beside kubeconfigs, with whatever is in the file.
type said map[string]any

// readSaid reads the file; nil where there is none.
func readSaid(t *testing.T, path string) said {
	t.Helper()
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var s said
	if err = errors.Join(err, yaml.Unmarshal(data, &s)); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return s
}

// without returns the same without one setting of a context, which an edit is to
// change. What is empty then does not differ from what is missing.
func (s said) without(name, setting string) said {
	out := said{}
	for field, v := range s {
		contexts, ok := v.(map[string]any)
		if field != "contexts" || !ok {
			out[field] = v
			continue
		}
		kept := map[string]any{}
		for k, v := range contexts {
			of, _ := v.(map[string]any)
			of = maps.Clone(of)
			if k == name {
				delete(of, setting)
			}
			maps.DeleteFunc(of, func(_ string, v any) bool { return v == nil || v == false || v == "" || reflect.DeepEqual(v, []any{}) })
			if len(of) > 0 {
				kept[k] = of
			}
		}
		if len(kept) > 0 {
			out[field] = kept
		}
	}
	maps.DeleteFunc(out, func(_ string, v any) bool {
		return v == nil || reflect.DeepEqual(v, []any{}) || reflect.DeepEqual(v, map[string]any{})
	})
	return out
}

// checkForPeople fails the test for an error that says nothing to do, or would drive a
// terminal.
func checkForPeople(t *testing.T, err error) {
	t.Helper()
	var e *tunnels.Error
	if err == nil {
		return
	}
	if !errors.As(err, &e) || e.Hint == "" || strings.ContainsAny(err.Error()+e.Hint+e.Raw, "\x1b\x00\r\n\u009b") {
		t.Fatalf("%T %q, %+v", err, err, e)
	}
}

// FuzzKubeconfig reads any kubeconfig and any file of what was said of its contexts,
// and edits it. No kubeconfig is ever written. An edit is refused, and the file is as
// it was then, or it changes what was asked and keeps all else.
func FuzzKubeconfig(f *testing.F) {
	own := kubeconfigOf("https://own.test")
	for _, stored := range []string{
		"", "contexts:\n  c:\n    production: true\n    recent: [a, b]\n  gone:\n    consent: abc\nplugins:\n  aws: /bin/aws\n", "contexts: {c: null}\n",
		"imports:\n- path: /x\n  label: x\n", "unknown: 1\ncontexts: {}\n", "contexts: [", "contexts:\n  c: {production: yes, more: 1}\n", "{}", "null\n", "---\n---\n", "a: &a [*a]\n",
		"contexts:\n  c: {recent: [x]}\n  c: {recent: [y]}\n",
	} {
		for op := range uint8(4) {
			f.Add([]byte(own), []byte(stored), op, "c", "shop")
		}
	}
	f.Add([]byte(strings.ReplaceAll(own, "own.test", "own.test\x1b[2J")), []byte(""), uint8(1), "c", "a\x1b[2Jb")
	f.Add([]byte("apiVersion: v1\nkind: Config\nextra: {kept: true}\nusers: [{name: u, user: {exec: {command: x}}}]\n"), []byte(""), uint8(2), "c", "x")
	f.Fuzz(func(t *testing.T, config, stored []byte, op uint8, name, word string) {
		dir := t.TempDir()
		path, team, folder := filepath.Join(dir, "config"), filepath.Join(dir, "team.yaml"), filepath.Join(dir, "culvert")
		settings := filepath.Join(folder, "contexts.yaml")
		err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(path, config, 0o600), os.WriteFile(team, config, 0o600))
		if len(stored) > 0 {
			err = errors.Join(err, os.WriteFile(settings, stored, 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
		c, err := kube.Open(kube.Options{Path: path, Folder: folder, Patient: true})
		if err != nil {
			t.Fatalf("a patient one is refused: %v", err)
		}
		defer c.Close()
		_, err = c.Contexts()
		checkForPeople(t, err)
		in, err := c.Inspect(team)
		checkForPeople(t, err)
		for _, k := range in.Contexts {
			if strings.ContainsAny(k.Name+k.Server+k.Cluster+k.User, "\x1b\x00\r\n\u009b\u202e") {
				t.Fatalf("it would import %+v", k)
			}
		}
		changed := "imports"
		switch op % 4 {
		case 0:
			changed, err = "production", c.MarkProduction(name, !bytes.Contains(stored, []byte("production: true")))
		case 1:
			changed, err = "recent", c.RememberNamespace(name, word)
		case 2:
			err = c.Import(team)
		default:
			err = c.Forget(team)
		}
		checkForPeople(t, err)
		for _, p := range []string{path, team} {
			if now, rerr := os.ReadFile(p); rerr != nil || !bytes.Equal(now, config) {
				t.Fatalf("the kubeconfig becomes %q, %v", now, rerr)
			}
		}
		checkSaid(t, settings, stored, err, changed, name)
	})
}

// checkSaid fails the test where more was changed than was asked.
func checkSaid(t *testing.T, path string, stored []byte, refused error, changed, name string) {
	t.Helper()
	now, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		now, err = nil, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if refused != nil || bytes.Equal(now, stored) {
		if !bytes.Equal(now, stored) {
			t.Fatalf("it is refused, %v, but changes %q to %q", refused, stored, now)
		}
		return
	}
	var was said
	if err := yaml.Unmarshal(stored, &was); err != nil {
		t.Fatalf("%v, but it was changed:\n%s\n%s", err, stored, now)
	}
	before, after := was.without(name, changed), readSaid(t, path).without(name, changed)
	if changed == "imports" {
		delete(before, changed)
		delete(after, changed)
	}
	if !reflect.DeepEqual(before, after) {
		t.Fatalf("%s of %q changes more: %v\n%v\nfrom\n%s\nto\n%s", changed, name, before, after, stored, now)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if i := slices.IndexFunc(entries, func(e os.DirEntry) bool {
		return !strings.HasPrefix(strings.TrimPrefix(e.Name(), "."), "contexts.yaml")
	}); err != nil || i >= 0 {
		t.Fatalf("the folder has %v, %v", entries, err)
	}
}

// kubeconfigOf is a kubeconfig of one context c.
func kubeconfigOf(server string) string {
	return "apiVersion: v1\nkind: Config\ncurrent-context: c\npreferences: {}\nclusters:\n- name: k\n  cluster:\n    server: " + server +
		"\nusers:\n- name: u\n  user:\n    token: t\ncontexts:\n- name: c\n  context:\n    cluster: k\n    user: u\n    namespace: shop\n    extensions: [{name: x, extension: {y: 1}}]\n"
}
