package kube_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tmp, path); err != nil {
		t.Fatal(err)
	}
}

func contexts(c *kube.Clusters) func(context.Context, func([]kube.Context, error)) {
	return c.WatchContexts
}

func contextNames(list []kube.Context) string {
	var out []string
	for _, c := range list {
		if c.Current {
			c.Name += "*"
		}
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

func renamed(data []byte, to string) []byte {
	data = bytes.ReplaceAll(data, []byte("name: c\n"), []byte("name: "+to+"\n"))
	return bytes.ReplaceAll(data, []byte("current-context: c\n"), []byte("current-context: "+to+"\n"))
}

func TestContexts(t *testing.T) {
	data := kubeconfig(t, "https://user:secret@api.test:6443", func(_ *api.Cluster, u *api.AuthInfo) {
		u.Exec = &api.ExecConfig{Command: "aws", APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.NeverExecInteractiveMode}
	})
	list, err := open(t, kube.Options{Data: data}).Contexts()
	want := kube.Context{
		Name: "c", Cluster: "cl", Server: "https://api.test:6443", User: "u", Namespace: "default", Current: true, ExecPlugin: "aws",
	}
	if err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], want) {
		t.Errorf("the contexts are %+v, %v", list, err)
	}
}

func TestContextThatCannotBeUsed(t *testing.T) {
	data := kubeconfig(t, "https://api.test", func(c *api.Cluster, _ *api.AuthInfo) { c.CertificateAuthority = "/no/such/ca.crt" })
	c := open(t, kube.Options{Data: data})
	list, err := c.Contexts()
	if err != nil || len(list) != 1 || list[0].Err == nil {
		t.Fatalf("the contexts are %+v, %v", list, err)
	}
	judge(t, "context", list[0].Err, tunnels.CauseInvalid, true, "/no/such/ca.crt")
	_, err = c.Check(t.Context(), "c")
	judge(t, "check", err, tunnels.CauseInvalid, true, "/no/such/ca.crt")
}

func TestKubeconfigList(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	write(t, one, renamed(kubeconfig(t, "https://one.test", nil), "b-one"))
	write(t, two, renamed(kubeconfig(t, "https://two.test", nil), "a-two"))
	t.Setenv("KUBECONFIG", strings.Join([]string{one, filepath.Join(dir, "missing"), two}, string(os.PathListSeparator)))
	c := open(t, kube.Options{})
	list, err := c.Contexts()
	if got := contextNames(list); err != nil || got != "a-two b-one*" {
		t.Errorf("the contexts are %q, %v", got, err)
	}
	full, err := c.Complete(tunnels.Target{Kind: tunnels.KindPod, Name: "x"})
	if err != nil || full.Context != "b-one" || full.Namespace != "default" {
		t.Errorf("the target is %+v, %v", full, err)
	}
	_, err = c.Complete(tunnels.Target{Context: "b-on"})
	if e := tunnels.AsError(err); e == nil || e.Hint != "Did you mean b-one?" || !e.Permanent {
		t.Errorf("an unknown context gives %+v", e)
	}
}

func TestNoKubeconfig(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "later")
	t.Setenv("KUBECONFIG", path)
	c := open(t, kube.Options{})
	list, err := c.Contexts()
	if len(list) != 0 {
		t.Errorf("there are contexts: %v", list)
	}
	judge(t, "contexts", err, tunnels.CauseNotFound, true, path)
	_, err = c.Complete(tunnels.Target{})
	judge(t, "complete", err, tunnels.CauseNotFound, true, path)

	await := watching(t, contexts(c))
	write(t, path, kubeconfig(t, "https://api.test", nil))
	await("the file", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "c*" })
}

func TestBrokenKubeconfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	_, err := kube.Open(kube.Options{Path: path})
	judge(t, "missing", err, tunnels.CauseNotFound, true, "there is no file "+path)
	write(t, path, []byte("clusters: [\n"))
	_, err = kube.Open(kube.Options{Path: path})
	judge(t, "broken", err, tunnels.CauseInvalid, true, path)
	_, err = kube.Open(kube.Options{Data: []byte("clusters: [\n")})
	judge(t, "broken data", err, tunnels.CauseInvalid, true, "kubeconfig: ")
}

func TestPatientOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	c := open(t, kube.Options{Path: path, Patient: true})
	await := watching(t, contexts(c))
	await("the missing file", func(l []kube.Context, err error) bool { return len(l) == 0 && isCause(err, tunnels.CauseNotFound) })
	write(t, path, []byte("clusters: [\n"))
	await("the broken file", func(l []kube.Context, err error) bool { return len(l) == 0 && isCause(err, tunnels.CauseInvalid) })
	_, err := c.Complete(tunnels.Target{})
	judge(t, "complete", err, tunnels.CauseInvalid, true, path)
	write(t, path, kubeconfig(t, "https://api.test", nil))
	await("the good file", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "c*" })
}

func TestFault58KubeconfigIsFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	good := kubeconfig(t, "https://api.test", nil)
	write(t, path, good)
	c := open(t, kube.Options{Path: path})
	await := watching(t, contexts(c))
	is := func(want string) func([]kube.Context, error) bool {
		return func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == want }
	}
	await("the first", is("c*"))
	write(t, path, renamed(good, "d"))
	await("another", is("d*"))
	write(t, path, []byte("clusters: [\n"))
	await("the last good one and the error", func(l []kube.Context, err error) bool {
		return isCause(err, tunnels.CauseInvalid) && contextNames(l) == "d*"
	})
	write(t, path, renamed(good, "d"))
	await("the same again", is("d*"))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	await("the file gone", func(l []kube.Context, err error) bool {
		return isCause(err, tunnels.CauseNotFound) && contextNames(l) == "d*"
	})
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	await("the file written in place", is("c*"))
}

func TestFault58WatchFollowsTheKubeconfig(t *testing.T) {
	first := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "old-1"}}})
	second := start(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "new-1"}}})
	path := filepath.Join(t.TempDir(), "config")
	write(t, path, first.Kubeconfig())
	c := open(t, kube.Options{Path: path})
	await := watching(t, pods(c, "demo", "default"))
	await("the first cluster", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "old-1" })
	write(t, path, second.Kubeconfig())
	await("the second cluster", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "new-1" })
	write(t, path, kubeconfig(t, "https://api.test", nil))
	await("no such context", func(_ []kube.Pod, err error) bool { return isCause(err, tunnels.CauseNotFound) })
	write(t, path, first.Kubeconfig())
	await("the first cluster again", func(p []kube.Pod, err error) bool { return err == nil && names(p) == "old-1" })
}

func TestContextThatComesLater(t *testing.T) {
	s := serve(t, kubetest.Options{
		Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team"}},
		Pods:     []kubetest.Pod{{Namespace: "team", Name: "web-1"}, {Namespace: "other", Name: "web-2"}},
	})
	path := filepath.Join(t.TempDir(), "config")
	t.Setenv("KUBECONFIG", path)
	c := open(t, kube.Options{})
	await := watching(t, pods(c, "", ""))
	await("no kubeconfig", func(_ []kube.Pod, err error) bool { return isCause(err, tunnels.CauseNotFound) })
	write(t, path, s.Kubeconfig())
	list := await("the pods of the context's namespace", func(p []kube.Pod, err error) bool { return err == nil && len(p) > 0 })
	if names(list) != "web-1" || list[0].Context != "dev" {
		t.Errorf("the pods are %+v", list)
	}
}

func TestFault58CertificateIsFollowed(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Name: "web-1"}}})
	other := start(t, kubetest.Options{})
	dir := t.TempDir()
	ca, token := filepath.Join(dir, "ca.crt"), filepath.Join(dir, "token")
	write(t, ca, other.CA())
	write(t, token, []byte(s.Token("admin")))
	write(t, filepath.Join(dir, "config"), kubeconfig(t, s.URL(), func(cl *api.Cluster, u *api.AuthInfo) {
		cl.CertificateAuthority, u.TokenFile = "ca.crt", "token"
	}))
	c := open(t, kube.Options{Path: filepath.Join(dir, "config")})
	await := watching(t, pods(c, "", ""))
	await("distrust", func(_ []kube.Pod, err error) bool { return isCause(err, tunnels.CauseTLS) })
	write(t, ca, s.CA())
	await("the pod", func(p []kube.Pod, err error) bool { return err == nil && len(p) == 1 })
}

func TestPluginCredentials(t *testing.T) {
	s := serve(t, kubetest.Options{})
	dir := t.TempDir()
	plugin := filepath.Join(dir, "plugin")
	script := `#!/bin/sh
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"` + s.Token("admin") + `"}}'
`
	if err := os.WriteFile(plugin, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	c := open(t, kube.Options{Data: kubeconfig(t, s.URL(), func(cl *api.Cluster, u *api.AuthInfo) {
		cl.CertificateAuthorityData = s.CA()
		u.Exec = &api.ExecConfig{Command: plugin, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.IfAvailableExecInteractiveMode}
	})})
	if _, err := c.Check(t.Context(), ""); err != nil {
		t.Error(errors.Unwrap(err), err)
	}
}

// TestFault58ReplacedKubeconfig: however a file comes to be another one.
func TestFault58ReplacedKubeconfig(t *testing.T) {
	good := kubeconfig(t, "https://api.test", nil)
	for name, replace := range map[string]func(t *testing.T, path string, data []byte){
		"renamed over": func(t *testing.T, path string, data []byte) { write(t, path, data) },
		"written in place": func(t *testing.T, path string, data []byte) {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"deleted and made anew": func(t *testing.T, path string, data []byte) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			write(t, path, data)
		},
		"a link to another file": func(t *testing.T, path string, data []byte) {
			write(t, path+".other", data)
			link(t, path+".other", path)
		},
		"its folder is another one": func(t *testing.T, path string, data []byte) { // as a mounted Secret
			old, err := os.Readlink(filepath.Join(filepath.Dir(path), "..data"))
			if err != nil {
				t.Fatal(err)
			}
			mount(t, path, old+".new", data)
			if err := os.RemoveAll(filepath.Join(filepath.Dir(path), old)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config")
			if strings.HasPrefix(name, "its folder") {
				mount(t, path, "..one", good)
				link(t, "..data/config", path)
			} else {
				write(t, path, good)
			}
			c := open(t, kube.Options{Path: path})
			await := watching(t, contexts(c))
			await("the first", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "c*" })
			for _, to := range []string{"d", "e"} {
				replace(t, path, renamed(good, to))
				await(to, func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == to+"*" })
			}
		})
	}
}

// mount puts a file where the kubelet puts those of a Secret: into a folder of
// its own, which the link ..data leads to.
func mount(t *testing.T, path, folder string, data []byte) {
	t.Helper()
	dir := filepath.Dir(path)
	if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, folder, filepath.Base(path)), data)
	link(t, folder, filepath.Join(dir, "..data"))
}

// link makes a symbolic link, in place of another one.
func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path+".new"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// TestPasswordsOfAddresses: what a kubeconfig has in an address is not told, also
// where the address is none because of it.
func TestPasswordsOfAddresses(t *testing.T) {
	const good, mark = "https://127.0.0.1:6443", "Hunter2Marker"
	tests := []struct{ server, proxy, shown string }{
		{"https://bob:" + mark + "@127.0.0.1:6443", "", good},
		{"https://bob:" + mark + "@127.0.0.1:6443/a@b", "", good + "/a@b"},
		{"https://bob:a%" + mark + "@127.0.0.1:6443", "", good},
		{"https://bob:a@" + mark + "@127.0.0.1:6443", "", good},
		{"https://bob:a/" + mark + "@127.0.0.1:6443", "", good},
		{"https://bob:\"\\" + mark + "@ho st:6443", "", "https://ho st:6443"},
		{"bob:" + mark + "@127.0.0.1:6443", "", "127.0.0.1:6443"},
		{good, "http://bob:a%" + mark + "@127.0.0.1:1", good},
		{good, "http://bob:\"" + mark + "@127.0.0.1:1 ", good},
		{good, "://" + mark + "@x", good},
		{good + "/a@b", "", good + "/a@b"},
	}
	for _, tt := range tests {
		data := kubeconfig(t, tt.server, func(cl *api.Cluster, _ *api.AuthInfo) { cl.ProxyURL = tt.proxy })
		c := open(t, kube.Options{Data: data})
		list, err := c.Contexts()
		if err != nil || len(list) != 1 || list[0].Server != tt.shown {
			t.Errorf("%s: there are %+v, %v", tt.server, list, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err = c.Check(ctx, list[0].Name)
		cancel()
		for _, err := range []error{err, list[0].Err} {
			if e := tunnels.AsError(err); e != nil && strings.Contains(e.Error()+e.Hint+e.Raw, mark) {
				t.Errorf("%s by %s tells: %v | %s", tt.server, tt.proxy, e, e.Raw)
			}
		}
	}
}
