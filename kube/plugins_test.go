package kube_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// desk is a user's machine with a login shell, whose files are in a folder.
type desk struct {
	t   *testing.T
	dir string
}

// newDesk sets SHELL to a shell that first runs profile, a script. The folder
// bin is in nobody's PATH yet.
func newDesk(t *testing.T, profile string) *desk {
	t.Helper()
	d := &desk{t, t.TempDir()}
	t.Setenv("XDG_CACHE_HOME", filepath.Join(d.dir, "cache"))
	t.Setenv("BIN", filepath.Join(d.dir, "bin"))
	d.script("sh", "echo asked >> $0.log\n"+profile+"\neval \"$4\"")
	t.Setenv("SHELL", filepath.Join(d.dir, "sh"))
	return d
}

func (d *desk) script(path, text string) string {
	d.t.Helper()
	path = filepath.Join(d.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// asked counts how often the shell was asked.
func (d *desk) asked() int {
	b, _ := os.ReadFile(filepath.Join(d.dir, "sh.log")) // it is missing before the first time
	return strings.Count(string(b), "\n")
}

func program(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// withPlugin returns a kubeconfig for a server whose user is a plugin.
func withPlugin(t *testing.T, s *kubetest.Server, command string, args ...string) []byte {
	t.Helper()
	return kubeconfig(t, s.URL(), func(cl *api.Cluster, u *api.AuthInfo) {
		cl.CertificateAuthorityData = s.CA()
		u.Exec = &api.ExecConfig{
			Command: command, Args: args, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.IfAvailableExecInteractiveMode,
			Env: []api.ExecEnvVar{{Name: "OF_KUBECONFIG", Value: "yes"}},
		}
	})
}

// credential prints what a plugin prints.
func credential(token string) string {
	return fmt.Sprintf(`echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}'`, token)
}

// TestPluginOfTheLoginShell: a plugin, and what it starts, are found where the
// login shell has them, and it has the shell's other variables.
func TestPluginOfTheLoginShell(t *testing.T) {
	for name, use := range map[string]kube.ShellUse{"when it is missing": kube.ShellForMissing, "at once": kube.ShellAtOnce} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, kubetest.Options{})
			d := newDesk(t, "export PATH=$BIN:$PATH CLOUD_PROFILE=dev")
			d.script("bin/its-part", credential(s.Token("admin")))
			d.script("bin/cloud-token", `
if read line; then exit 3; fi
if (: </dev/tty) 2>/dev/null; then exit 4; fi
[ "$1 $CLOUD_PROFILE $OF_KUBECONFIG" = "get dev yes" ] && its-part`)
			c := open(t, kube.Options{Data: withPlugin(t, s, "cloud-token", "get"), Program: program(t), Shell: use})
			if _, err := c.Check(t.Context(), ""); err != nil {
				t.Error(err)
			}
			if _, err := c.Check(t.Context(), ""); err != nil || d.asked() != 1 {
				t.Errorf("the shell was asked %d times, %v", d.asked(), err)
			}
			if os.Getenv("CLOUD_PROFILE") != "" {
				t.Error("our own environment is another one")
			}
		})
	}
}

// TestStopDoesNotAwaitTheLoginShell, which may take its 5 s.
func TestStopDoesNotAwaitTheLoginShell(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
	newDesk(t, "sleep 30")
	c := open(t, kube.Options{Data: withPlugin(t, s, "cloud-token"), Program: program(t), Shell: kube.ShellAtOnce})
	for name, wait := range map[string]func(context.Context){
		"a check": func(ctx context.Context) { _, _ = c.Check(ctx, "") },
		"access":  func(ctx context.Context) { _, _ = c.Access(ctx, pod("team", "web-1"), tunnels.ViaAuto) },
		"a list":  func(ctx context.Context) { c.WatchPods(ctx, "", "team", func(kube.Listing[kube.Pod]) {}) },
		"a watch": func(ctx context.Context) {
			_ = c.Watch(ctx, pod("team", "web-1"), []tunnels.Port{{Number: 80}}, func(tunnels.Resolution, error) {})
		},
		"signing in": func(ctx context.Context) { _, _ = c.Login(ctx, kube.LoginRequest{}) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			began := time.Now()
			if wait(ctx); time.Since(began) > time.Second || ctx.Err() == nil {
				t.Errorf("it took %v, %v", time.Since(began), ctx.Err())
			}
		})
	}
	began := time.Now()
	if c.Close(); time.Since(began) > time.Second {
		t.Errorf("closing took %v", time.Since(began))
	}
}

// TestLoginShellIsLeftAlone where nothing is missing.
func TestLoginShellIsLeftAlone(t *testing.T) {
	s := serve(t, kubetest.Options{})
	d := newDesk(t, "")
	path := d.script("bin/plugin", credential(s.Token("admin")))
	c := open(t, kube.Options{Data: withPlugin(t, s, path), Program: program(t), Shell: kube.ShellForMissing})
	if _, err := c.Check(t.Context(), ""); err != nil || d.asked() != 0 {
		t.Errorf("the shell was asked %d times, %v", d.asked(), err)
	}
}

// TestKubeconfigOfTheLoginShell: what a desktop's program lacks is heeded.
func TestKubeconfigOfTheLoginShell(t *testing.T) {
	newDesk(t, "export KUBECONFIG=$BIN/config")
	t.Setenv("KUBECONFIG", "") // to be restored
	os.Unsetenv("KUBECONFIG")
	t.Setenv("HOME", t.TempDir())
	if err := os.MkdirAll(os.Getenv("BIN"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(os.Getenv("BIN"), "config"), kubeconfig(t, "https://api.test", nil))
	c := open(t, kube.Options{Program: program(t), Shell: kube.ShellAtOnce})
	watching(t, contexts(c))("its contexts", func(l []kube.Context, err error) bool { return err == nil && contextNames(l) == "c*" })
}

func TestMissingPlugin(t *testing.T) {
	for name, o := range map[string]kube.Options{
		"alone": {}, "supervised": {Program: program(t)}, "with a shell": {Program: program(t), Shell: kube.ShellForMissing},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
			newDesk(t, "")
			o.Data = withPlugin(t, s, "cloud-token")
			c := open(t, o)
			_, checked := c.Check(t.Context(), "")
			_, dialled := c.Dial(t.Context(), web1, tunnels.ViaAuto)
			for what, err := range map[string]error{"check": checked, "dial": dialled} {
				judge(t, what, err, tunnels.CauseSignIn, true, "the credential plugin `cloud-token` is not on PATH")
				missing, ok := errors.AsType[*kube.MissingPluginError](err)
				if !ok || missing.Command != "cloud-token" {
					t.Errorf("%s: the missing one is %+v", what, missing)
				}
				if hint := tunnels.AsError(err).Hint; !strings.Contains(hint, "culvert contexts locate cloud-token /path/to/cloud-token") {
					t.Errorf("%s: the hint is %q", what, hint)
				}
			}
		})
	}
}

// TestPluginFails: its own failure is told, and its supervisor's name is not.
func TestPluginFails(t *testing.T) {
	s := serve(t, kubetest.Options{})
	d := newDesk(t, "")
	path := d.script("bin/plugin", "exit 9")
	c := open(t, kube.Options{Data: withPlugin(t, s, path), Program: program(t)})
	_, err := c.Check(t.Context(), "")
	judge(t, "check", err, tunnels.CauseSignIn, true, "plugin` failed: it ended with exit code 9")
}

// TestAnswerOfAPluginIsNotShown: what is no credential in form may be one.
func TestAnswerOfAPluginIsNotShown(t *testing.T) {
	for name, tt := range map[string]struct{ answer, says string }{
		"no kind":      {`echo '{"status":{"token":"topsecret"}}'`, "API version"},
		"YAML":         {`printf 'status:\n  token: topsecret\n'`, "API version"},
		"a word":       {`echo topsecret`, "its answer is no ExecCredential"},
		"an anchor":    {`echo 'token: *topsecret'`, "its answer is no ExecCredential"},
		"another kind": {`echo '{"kind":"topsecret","apiVersion":"client.authentication.k8s.io/v1"}'`, "its answer is no ExecCredential"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
			path := newDesk(t, "").script("bin/plugin", tt.answer)
			c := open(t, kube.Options{Data: withPlugin(t, s, path), Program: program(t)})
			_, checked := c.Check(t.Context(), "")
			_, dialled := c.Dial(t.Context(), web1, tunnels.ViaAuto)
			for what, err := range map[string]error{"check": checked, "dial": dialled} {
				judge(t, what, err, tunnels.CauseSignIn, true, tt.says)
				if e := tunnels.AsError(err); strings.Contains(e.Error()+e.Hint+e.Raw, "topsecret") {
					t.Errorf("%s: it says %v, %q", what, e, e.Raw)
				}
			}
		})
	}
}

// TestSharedPlugin: two contexts with the same plugin do not start it twice at
// once.
func TestSharedPlugin(t *testing.T) {
	one := serve(t, kubetest.Options{})
	two := start(t, kubetest.Options{})
	d := newDesk(t, "")
	path := d.script("plugin", `
echo >> $0.runs
mkdir $0.runs-now || touch $0.twice
sleep 0.3
rmdir $0.runs-now
`+credential("wrong"))
	write(t, filepath.Join(d.dir, "one"), withPlugin(t, one, path))
	write(t, filepath.Join(d.dir, "two"), []byte(strings.NewReplacer(
		"name: c\n", "name: d\n", "name: cl\n", "name: dl\n", "cluster: cl\n", "cluster: dl\n").Replace(string(withPlugin(t, two, path)))))
	t.Setenv("KUBECONFIG", filepath.Join(d.dir, "one")+string(os.PathListSeparator)+filepath.Join(d.dir, "two"))
	c := open(t, kube.Options{Program: program(t)})
	var wg sync.WaitGroup
	for _, name := range []string{"c", "d"} {
		wg.Go(func() {
			_, err := c.Check(t.Context(), name)
			judge(t, name, err, tunnels.CauseSignIn, true, "sign-in for context "+name)
		})
	}
	wg.Wait()
	if _, err := os.Stat(path + ".twice"); err == nil {
		t.Error("it ran twice at once")
	}
	if b, err := os.ReadFile(path + ".runs"); err != nil || strings.Count(string(b), "\n") < 2 {
		t.Errorf("it ran for one context only: %q, %v", b, err)
	}
}
