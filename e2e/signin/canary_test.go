package signin

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/e2e/desk"
	"culvert/kube/kubetest"
)

// canaries are secrets by which their ways are seen. All are in a kubeconfig, or come
// from a plugin, outside of the folders that are searched.
type canaries struct {
	token, basic, plugin, refresh, id, proxy, good string
	cert, key                                      []byte // PEM
}

func newCanaries(t *testing.T, good string) canaries {
	t.Helper()
	c := canaries{
		token: "canary-token-" + rand.Text(), basic: "canary-basic-" + rand.Text(), plugin: "canary-plugin-" + rand.Text(),
		refresh: "canary-refresh-" + rand.Text(), proxy: "canary-proxy-" + rand.Text(), good: good,
		// As OIDC has it, and long expired.
		id: "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(`{"exp":1,"canary":"`+rand.Text()+`"}`)) + ".c2ln",
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kim"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	c.cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	c.key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	return c
}

// forms are the texts as which the canaries could be seen.
func (c canaries) forms() map[string]string {
	key := strings.Split(string(c.key), "\n")[2] // its second line has the secret's bytes
	return map[string]string{
		"the token": c.token, "the password": c.basic, "the password as it is sent": base64.StdEncoding.EncodeToString([]byte("kim:" + c.basic))[8:],
		"the plugin's token": c.plugin, "the refresh token": c.refresh, "the identity token": c.id, "the proxy's password": c.proxy,
		"the proxy's password as it is sent": base64.StdEncoding.EncodeToString([]byte("kim:" + c.proxy))[8:],
		"the good token":                     c.good, "the key": key, "the key as a kubeconfig has it": base64.StdEncoding.EncodeToString(c.key)[80:120],
	}
}

// kubeconfig is one with a context for each way to sign in, and for each way in which
// that goes wrong, in a folder that is not searched.
func (c canaries) kubeconfig(t *testing.T, good *kubetest.Server, dir string) string {
	t.Helper()
	// A server that says what it was told, as some proxies do in their error pages.
	parrot := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code, err := strconv.Atoi(strings.SplitN(r.URL.Path, "/", 3)[1])
		if err != nil {
			code = http.StatusForbidden
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		said := fmt.Sprintf("%s is not welcome: Authorization: %s", r.Header.Get("Authorization"), r.Header.Get("Authorization"))
		json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": said, "message": said})
	}))
	t.Cleanup(parrot.Close)
	secret := filepath.Join(dir, "secret.json")
	answer := `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"` + c.plugin + `"}}`
	plugin := filepath.Join(dir, "plugin")
	script := "#!/bin/sh\n{ tr '\\0' '\\n' </proc/$$/environ; tr '\\0' ' ' </proc/$$/cmdline; tr '\\0' '\\n' </proc/$PPID/environ; tr '\\0' ' ' </proc/$PPID/cmdline; } >\"$HOME/plugin.seen\"\ncat " + secret + "\n"
	for path, text := range map[string]string{secret: answer, plugin: script} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	type object map[string]any
	ca := good.CA()
	server := object{"server": good.URL(), "certificate-authority-data": ca}
	parrots := func(code string) object {
		return object{"server": parrot.URL + code, "insecure-skip-tls-verify": true}
	}
	all := []struct {
		name          string
		cluster, user object
	}{
		{"good", server, object{"token": c.good}},
		{"token", server, object{"token": c.token}},
		{"basic", server, object{"username": "kim", "password": c.basic}},
		{"key", server, object{"client-certificate-data": c.cert, "client-key-data": c.key}},
		{"plugin", server, object{"exec": object{"apiVersion": "client.authentication.k8s.io/v1", "command": plugin, "interactiveMode": "Never"}}},
		{"oidc", server, object{"auth-provider": object{"name": "oidc", "config": object{
			"idp-issuer-url": parrot.URL, "client-id": "x", "id-token": c.id, "refresh-token": c.refresh, "client-secret": c.token,
		}}}},
		{"proxy", object{"server": "https://nowhere.invalid", "proxy-url": "http://kim:" + c.proxy + "@127.0.0.1:1"}, object{"token": c.token}},
		{"distrust", object{"server": good.URL()}, object{"token": c.token}},
		{"parrot-token", parrots(""), object{"token": c.token}},
		{"parrot-basic", parrots(""), object{"username": "kim", "password": c.basic}},
		{"parrot-400", parrots("/400"), object{"token": c.token}},
		{"parrot-500", parrots("/500"), object{"username": "kim", "password": c.basic}},
		{"user-in-address", object{"server": "https://kim:" + c.basic + "@127.0.0.1:1"}, object{"token": c.token}},
	}
	var clusters, users, contexts []object
	for _, a := range all {
		clusters = append(clusters, object{"name": a.name, "cluster": a.cluster})
		users = append(users, object{"name": a.name, "user": a.user})
		contexts = append(contexts, object{"name": a.name, "context": object{"cluster": a.name, "user": a.name}})
	}
	data, err := json.Marshal(object{"apiVersion": "v1", "kind": "Config", "current-context": "good", "clusters": clusters, "users": users, "contexts": contexts})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "config")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// contextsOf are those of canaries.kubeconfig.
var contextsOf = [...]string{"good", "token", "basic", "key", "plugin", "oidc", "proxy", "distrust", "parrot-token", "parrot-basic", "parrot-400", "parrot-500", "user-in-address"}

// TestCanaries: after a session in which nearly everything went wrong, none of the
// user's secrets is in any file, on any output however much is told, or in the
// arguments or environment of any process.
func TestCanaries(t *testing.T) {
	good, s := serve(t), newSession(t)
	outside := t.TempDir()
	c := newCanaries(t, good.Token("admin"))
	s.Env = append(s.Env, "KUBECONFIG="+c.kubeconfig(t, good, outside))
	profile := "version: 1\ntunnels:\n"
	for _, name := range contextsOf {
		profile += fmt.Sprintf("- {name: %s, context: %s, namespace: default, target: pod/podsrv, ports: ':9006'}\n", name, name)
	}
	path := filepath.Join(s.Path, ".config", "culvert", "profiles", "all.yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}

	p := s.start("", "up", "all", "-v=2")
	desk.Eventually(t, "trouble with all of them but one", func() error {
		said := p.Printed()
		for _, name := range contextsOf[1:] {
			if !strings.Contains(said, " "+name+": ") {
				return fmt.Errorf("nothing is told of %s", name)
			}
		}
		if !strings.Contains(said, "(good)") {
			return errors.New("the good one is not ready")
		}
		return nil
	})
	c.processes(t, p.Cmd.Process.Pid)
	s.interrupt(p)
	<-p.Ended

	s.culvert("", "up", "all", "--detach", "-v=2")
	for _, args := range [][]string{
		{"list", "-v=2"},
		{"list", "-o", "json"},
		{"status", "basic"},
		{"contexts"},
		{"contexts", "-o", "json"},
		{"doctor", "--all", "-v=2", "--timeout", "5s"},
		{"export", "all", "-o", filepath.Join(s.Path, "all.yaml")},
		{"export", "all", "--format", "kubectl"},
		{"profiles", "show", "all"},
		{"targets", "--context", "parrot-token", "-v=2"},
		{"access", "pod/podsrv", "--context", "parrot-basic", "-v=2"},
		{"forward", "--context", "plugin", "podsrv", ":9006", "-v=2", "--pod-running-timeout=2s"},
		{"targets", "--context", "parrot-500", "-v=2"},
		{"namespaces", "--context", "parrot-400", "-v=2"},
		{"restart", "parrot-token"},
		{"down", "--all"},
	} {
		s.culvert("", args...)
	}
	if _, err := os.Stat(filepath.Join(s.Path, "plugin.seen")); err != nil {
		t.Errorf("the plugin has not run: %v", err)
	}
	for what, form := range c.forms() {
		s.findsNo(what, form)
	}
}

// processes looks at the arguments and the environment of a process and its children.
func (c canaries) processes(t *testing.T, pid int) {
	t.Helper()
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range append(strings.Fields(string(children)), fmt.Sprint(pid)) {
		for _, file := range []string{"cmdline", "environ"} {
			data, err := os.ReadFile(filepath.Join("/proc", id, file))
			if err != nil { // a child may have ended
				continue
			}
			for what, form := range c.forms() {
				if bytes.Contains(data, []byte(form)) {
					t.Errorf("%s is in %s of the process %s", what, file, id)
				}
			}
		}
	}
}

// findsNo fails when a form of a secret is in a file of the session, which are also
// what was printed.
func (s *session) findsNo(what, form string) {
	s.t.Helper()
	files := 0
	err := filepath.WalkDir(s.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if at := bytes.Index(data, []byte(form)); at >= 0 {
			s.t.Errorf("%s is in %s: …%s", what, path, data[max(at-400, 0):min(len(data), at+100)])
		}
		return err
	})
	if err != nil || files < 5 {
		s.t.Errorf("%d files were read, %v", files, err)
	}
}

// TestNoCoreDumps: a process that a signal or a fault ends leaves no picture of its
// memory, though the user allows them, and what it prints has no secret in it.
func TestNoCoreDumps(t *testing.T) {
	good, s := serve(t), newSession(t)
	c := newCanaries(t, good.Token("admin"))
	s.Env = append(s.Env, "KUBECONFIG="+c.kubeconfig(t, good, t.TempDir()))
	for _, signal := range []syscall.Signal{syscall.SIGABRT, syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGILL, syscall.SIGQUIT} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd := exec.Command("/bin/sh", "-c", "ulimit -c unlimited && exec "+program+" forward podsrv :9006")
			cmd.Dir = s.Path
			p := s.Start(t, "culvert", cmd, false)
			desk.Eventually(t, "the tunnel", func() error {
				if !forwarding.MatchString(p.Printed()) {
					return errors.New("it is not ready")
				}
				return nil
			})
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			<-p.Ended
			if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.CoreDump() || status.Signaled() || status.ExitStatus() == 0 {
				t.Errorf("it has ended with %v", cmd.ProcessState)
			}
			if said := p.Printed(); !strings.Contains(said, "goroutine") {
				t.Errorf("it does not say where it was: %.300s", said)
			}
		})
	}
	for what, form := range c.forms() {
		s.findsNo(what, form)
	}
}
