package kube_test

import (
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// mirror answers as an API server and tells what it was asked.
func mirror(t *testing.T) (s *httptest.Server, ca string, asked <-chan *http.Request) {
	t.Helper()
	requests := make(chan *http.Request, 100)
	s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"major": "1"}`)
	}))
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.crt")
	write(t, ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	return s, ca, requests
}

func TestOverrides(t *testing.T) {
	s, ca, asked := mirror(t)
	// What the kubeconfig has leads nowhere, and signs in as somebody else.
	token := kubeconfig(t, "https://nowhere.invalid", func(c *api.Cluster, u *api.AuthInfo) {
		c.CertificateAuthority, c.TLSServerName, u.Token = "/no/such/ca.crt", "elsewhere", "the-files"
	})
	plugin := kubeconfig(t, "https://nowhere.invalid", func(_ *api.Cluster, u *api.AuthInfo) {
		u.Exec = &api.ExecConfig{Command: "/no/such/plugin", APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.NeverExecInteractiveMode}
	})
	basic := kubeconfig(t, "https://nowhere.invalid", func(_ *api.Cluster, u *api.AuthInfo) { u.Username, u.Password = "file", "files" })
	for name, tt := range map[string]struct {
		config []byte
		over   kube.Overrides
		want   map[string]string
	}{
		"server and authority": {token, kube.Overrides{CertificateAuthority: ca}, map[string]string{"Authorization": "Bearer the-files"}},
		"no trust":             {token, kube.Overrides{Insecure: true}, map[string]string{"Authorization": "Bearer the-files"}},
		"a name":               {token, kube.Overrides{CertificateAuthority: ca, TLSServerName: "example.com"}, nil},
		"the context by name":  {token, kube.Overrides{Context: "c", Insecure: true}, nil},
		"a token":              {token, kube.Overrides{Insecure: true, Token: "given"}, map[string]string{"Authorization": "Bearer given"}},
		"a token for a plugin": {plugin, kube.Overrides{Insecure: true, Token: "given"}, map[string]string{"Authorization": "Bearer given"}},
		"a token for a user":   {basic, kube.Overrides{Insecure: true, Token: "given"}, map[string]string{"Authorization": "Bearer given"}},
		"a user for a token":   {token, kube.Overrides{Insecure: true, Username: "u", Password: "p"}, map[string]string{"Authorization": "Basic dTpw"}},
		"somebody else": {
			token,
			kube.Overrides{Insecure: true, As: "eve", AsUID: "7", AsGroups: []string{"dev", "ops"}, AsExtra: map[string][]string{"Reason": {"test"}}},
			map[string]string{
				"Impersonate-User": "eve", "Impersonate-Uid": "7", "Impersonate-Group": "dev,ops", "Impersonate-Extra-Reason": "test",
				"Authorization": "Bearer the-files",
			},
		},
		"plain answers": {token, kube.Overrides{Insecure: true, NoCompression: true}, map[string]string{"Accept-Encoding": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.over.Server = s.URL
			c := open(t, kube.Options{Data: tt.config, Overrides: tt.over})
			if _, err := c.Check(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			got := <-asked
			for header, want := range tt.want {
				if is := strings.Join(got.Header.Values(header), ","); is != want {
					t.Errorf("%s is %q, want %q", header, is, want)
				}
			}
			list, err := c.Contexts()
			if err != nil || len(list) != 1 || list[0].Server != s.URL {
				t.Errorf("the contexts are %+v, %v", list, err)
			}
		})
	}
}

// TestOverridesAlone: with a server no kubeconfig is needed.
func TestOverridesAlone(t *testing.T) {
	s, ca, asked := mirror(t)
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	c := open(t, kube.Options{Overrides: kube.Overrides{Server: s.URL, CertificateAuthority: ca, Token: "given"}})
	full, err := c.Complete(tunnels.Target{Kind: tunnels.KindPod, Name: "x"})
	if err != nil || full.Context != kube.CommandLine || full.Namespace != "default" {
		t.Errorf("the target is %+v, %v", full, err)
	}
	if _, err := c.Check(t.Context(), full.Context); err != nil {
		t.Fatal(err)
	}
	if got := (<-asked).Header.Get("Authorization"); got != "Bearer given" {
		t.Errorf("it signs in with %q", got)
	}
}

func TestOverridesByName(t *testing.T) {
	s, other := serve(t, kubetest.Options{}), start(t, kubetest.Options{Name: "other"})
	data := kubetest.Kubeconfig(s, other)
	if _, err := open(t, kube.Options{Data: data, Overrides: kube.Overrides{Cluster: "other", User: "admin@other"}}).Check(t.Context(), ""); err != nil {
		t.Error(err)
	}
	if other.Requests("get", "") == 0 && s.Requests("get", "") > 0 {
		t.Error("the context's own cluster was asked")
	}
	_, err := open(t, kube.Options{Data: data, Overrides: kube.Overrides{User: "admin@other"}}).Check(t.Context(), "")
	judge(t, "another cluster's user", err, tunnels.CauseSignIn, true, "demo")
	_, err = open(t, kube.Options{Data: data, Overrides: kube.Overrides{Cluster: "none"}}).Check(t.Context(), "")
	judge(t, "no such cluster", err, tunnels.CauseInvalid, true, "its cluster “none” is not in the kubeconfig")
	_, err = open(t, kube.Options{Data: data, Overrides: kube.Overrides{User: "none"}}).Check(t.Context(), "")
	judge(t, "no such user", err, tunnels.CauseInvalid, true, "its user “none” is not in the kubeconfig")
	if _, err := open(t, kube.Options{Data: data, Overrides: kube.Overrides{Context: "other", User: "none"}}).Check(t.Context(), "demo"); err != nil {
		t.Errorf("a context that the overrides are not for: %v", err)
	}
}

// TestOverridesCertificate: a token does not leave the certificate in charge that the
// user has alone.
func TestOverridesCertificate(t *testing.T) {
	s, ca, asked := mirror(t)
	config := kubeconfig(t, s.URL, func(c *api.Cluster, u *api.AuthInfo) {
		c.CertificateAuthority = ca
		u.ClientCertificate, u.ClientKey = "/no/such/tls.crt", "/no/such/tls.key"
	})
	if _, err := open(t, kube.Options{Data: config, Overrides: kube.Overrides{Token: "given"}}).Check(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if got := (<-asked).Header.Get("Authorization"); got != "Bearer given" {
		t.Errorf("it signs in with %q", got)
	}
}

// TestOverridesTellNothing: errors do not repeat what was given.
func TestOverridesTellNothing(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		http.Error(w, "go away "+r.Header.Get("Authorization")+" "+user+" "+password, http.StatusTeapot)
	}))
	t.Cleanup(s.Close)
	for name, o := range map[string]kube.Overrides{
		"a token":            {Server: s.URL, Insecure: true, Token: "the-hidden-thing"},
		"a password":         {Server: s.URL, Insecure: true, Username: "joe", Password: "the-hidden-thing"},
		"a server":           {Server: "https://joe:the-hidden-thing@127.0.0.1:1%%"},
		"a server that is":   {Server: "https://joe:the-hidden-thing@127.0.0.1:1"},
		"a proxy":            {Server: s.URL, ProxyURL: "socks9://joe:the-hidden-thing@127.0.0.1:1"},
		"a proxy that is":    {Server: s.URL, Insecure: true, ProxyURL: "http://joe:the-hidden-thing@127.0.0.1:1"},
		"no such user at it": {Server: s.URL, Insecure: true, Token: "the-hidden-thing", User: "none"},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, kube.Options{Data: kubeconfig(t, "https://nowhere.invalid", nil), Overrides: o})
			_, err := c.Check(t.Context(), "")
			e, ok := errors.AsType[*tunnels.Error](err)
			if !ok {
				t.Fatalf("it is %v", err)
			}
			if said := e.Error() + e.Hint + e.Raw; strings.Contains(said, "hidden") {
				t.Errorf("it says %s", said)
			}
		})
	}
}

// TestOverridesElsewhere: what was signed in to goes to no other server.
func TestOverridesElsewhere(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "imported")
	s, ca, asked := mirror(t)
	pemCA, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	write(t, config, kubeconfig(t, s.URL, func(c *api.Cluster, u *api.AuthInfo) { c.CertificateAuthorityData, u.Token = pemCA, "kept" }))
	t.Setenv("KUBECONFIG", filepath.Join(dir, "none"))
	folder := filepath.Join(dir, "folder")
	first := open(t, kube.Options{Folder: folder})
	if err := first.Import(config); err != nil {
		t.Fatal(err)
	}
	const name = "c (imported)"
	_, err = open(t, kube.Options{Folder: folder, Overrides: kube.Overrides{Context: name, Server: "https://127.0.0.1:1"}}).Check(t.Context(), name)
	judge(t, "another server", err, tunnels.CauseInvalid, true, "go nowhere else")
	if _, err := open(t, kube.Options{Folder: folder, Overrides: kube.Overrides{Context: name, As: "eve"}}).Check(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got.Header.Get("Impersonate-User") != "eve" || got.Header.Get("Authorization") != "Bearer kept" {
		t.Errorf("it was asked with %v", got.Header)
	}
}

// TestOverridesTimeout: a request is given up when its time is over.
func TestOverridesTimeout(t *testing.T) {
	wait := make(chan struct{})
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-wait }))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(wait) })
	c := open(t, kube.Options{Data: kubeconfig(t, s.URL, nil), Overrides: kube.Overrides{Insecure: true, Timeout: 50 * time.Millisecond}})
	_, err := c.Check(t.Context(), "")
	judge(t, "a slow server", err, tunnels.CauseUnreachable, false, "127.0.0.1")
}
