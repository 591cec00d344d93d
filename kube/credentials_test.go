package kube_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// tokenPlugin is a credential plugin that gives out what is in a file, and counts
// how often it ran.
type tokenPlugin struct {
	t    *testing.T
	dir  string
	data []byte // a kubeconfig that uses it
}

func newTokenPlugin(t *testing.T, s *kubetest.Server) *tokenPlugin {
	t.Helper()
	p := &tokenPlugin{t: t, dir: t.TempDir()}
	script := fmt.Sprintf(`#!/bin/sh
echo >> %[1]s/runs
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'$(cat %[1]s/token)'"}}'
`, p.dir)
	command := filepath.Join(p.dir, "plugin")
	if err := os.WriteFile(command, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	p.data = kubeconfig(t, s.URL(), func(cl *api.Cluster, u *api.AuthInfo) {
		cl.CertificateAuthorityData = s.CA()
		u.Exec = &api.ExecConfig{Command: command, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.IfAvailableExecInteractiveMode}
	})
	return p
}

func (p *tokenPlugin) give(token string) {
	p.t.Helper()
	write(p.t, filepath.Join(p.dir, "token"), []byte(token))
}

func (p *tokenPlugin) runs() int {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, "runs"))
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.Count(string(b), "\n")
}

// echo sends a word through a session to the end, as the node's half leaks a
// goroutine when the session ends first.
func echo(t *testing.T, session tunnels.Session) {
	t.Helper()
	stream, err := session.Open(t.Context(), 9001)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if _, err := stream.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := stream.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	got := new(strings.Builder)
	if _, err := stream.WriteTo(got); err != nil || got.String() != "hello" {
		t.Errorf("the echo is %q, %v", got, err)
	}
}

var web1 = tunnels.Endpoint{Namespace: "team", Pod: "web-1", Node: "node-1"}

// TestFault56TokenExpires: a session outlives its token, and the next dial gets a
// new one by itself.
func TestFault56TokenExpires(t *testing.T) {
	for _, via := range append([]tunnels.Via{tunnels.ViaAuto}, tunnels.Vias[:]...) {
		t.Run(string(via), func(t *testing.T) {
			s := serve(t, kubetest.Options{PassFIN: true, Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
			p := newTokenPlugin(t, s)
			p.give(s.Token("admin"))
			c := open(t, kube.Options{Data: p.data})
			first, err := c.Dial(t.Context(), web1, via)
			if err != nil {
				t.Fatal(err)
			}
			defer first.Close(nil)
			s.RevokeToken("admin")
			echo(t, first)
			p.give(s.Token("admin"))
			second, err := c.Dial(t.Context(), web1, via)
			if err != nil {
				t.Fatal(err)
			}
			defer second.Close(nil)
			echo(t, second)
			echo(t, first)
			if n := p.runs(); n != 2 {
				t.Errorf("the plugin ran %d times", n)
			}
		})
	}
}

// TestFault23Unauthorized: a refused credential is renewed once, and then the user
// has to sign in; no other transport is tried.
func TestFault23Unauthorized(t *testing.T) {
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
	p := newTokenPlugin(t, s)
	p.give("outdated")
	c := open(t, kube.Options{Data: p.data})
	_, err := c.Dial(t.Context(), web1, tunnels.ViaAuto)
	if e := tunnels.AsError(err); e == nil || e.Cause != tunnels.CauseSignIn || !e.Permanent || !strings.Contains(e.Hint, "Sign in again") {
		t.Errorf("the error is %+v", e)
	}
	if n := s.Requests("create", "pods/portforward"); n != 2 {
		t.Errorf("%d requests were sent", n)
	}
	if n := s.Requests("get", "pods/portforward"); n != 0 {
		t.Errorf("%d were sent for the other transport", n)
	}
}

// TestFault24OneRight: whoever may use one transport only uses that.
func TestFault24OneRight(t *testing.T) {
	for name, tt := range map[string]struct {
		options kubetest.Options
		want    string
		gets    int
		creates int
	}{
		"only get, before Kubernetes 1.35": {
			options: kubetest.Options{Version: "1.34", Users: []kubetest.User{{
				Name: "dev", Deny: []kubetest.Rule{{Verbs: []string{"create"}, Resources: []string{"pods/portforward"}}},
			}}},
			want: "WebSocket", creates: 1, gets: 2,
		},
		"only create": {
			options: kubetest.Options{Users: []kubetest.User{{
				Name: "dev", Deny: []kubetest.Rule{{Verbs: []string{"get"}, Resources: []string{"pods/portforward"}}},
			}}},
			want: "SPDY", creates: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := tt.options
			o.PassFIN = true
			o.Contexts = []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team"}}
			o.Pods = []kubetest.Pod{{Namespace: "team", Name: "web-1"}}
			s := serve(t, o)
			c := open(t, kube.Options{Data: s.Kubeconfig()})
			for range 2 {
				session, err := c.Dial(t.Context(), web1, tunnels.ViaAuto)
				if err != nil {
					t.Fatal(err)
				}
				if got := session.Load().Transport; got != tt.want {
					t.Errorf("the transport is %q", got)
				}
				echo(t, session)
				session.Close(nil)
			}
			if gets, creates := s.Requests("get", "pods/portforward"), s.Requests("create", "pods/portforward"); gets != tt.gets || creates != tt.creates {
				t.Errorf("%d gets and %d creates were sent", gets, creates)
			}
		})
	}
}

// TestFault25NodeRoutes: every place where an API server may have its proxy to the
// nodes is found, and what is missing there is told apart.
func TestFault25NodeRoutes(t *testing.T) {
	for name, route := range map[string]kubetest.NodeRoute{
		"/api/v1/nodes": kubetest.NodeRouteAPI, "/proxy/nodes": kubetest.NodeRouteNodes, "/proxy/minions": kubetest.NodeRouteMinions,
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, kubetest.Options{PassFIN: true, NodeRoute: route, Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
			c := open(t, kube.Options{Data: s.Kubeconfig()})
			session, err := c.Dial(t.Context(), web1, tunnels.ViaNode)
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close(nil)
			echo(t, session)
		})
	}
	s := serve(t, kubetest.Options{Pods: []kubetest.Pod{{Namespace: "team", Name: "web-1"}}})
	c := open(t, kube.Options{Data: s.Kubeconfig()})
	replaced, elsewhere, gone := web1, web1, web1
	replaced.UID, elsewhere.Node, gone.Pod = "another", "node-9", "web-2"
	fail := func(what string, e tunnels.Endpoint, cause tunnels.Cause, says string) {
		t.Helper()
		_, err := c.Dial(t.Context(), e, tunnels.ViaNode)
		if x := tunnels.AsError(err); x == nil || x.Cause != cause || !strings.Contains(x.Error(), says) || x.Hint == "" {
			t.Errorf("%s: %+v", what, x)
		}
	}
	fail("a pod that was replaced", replaced, tunnels.CauseNotFound, "node node-1 does not run this pod web-1 any more")
	fail("a pod that is gone", gone, tunnels.CauseNotFound, "node node-1 does not run this pod web-2 any more")
	fail("a node that is gone", elsewhere, tunnels.CauseNotFound, "the cluster has no node node-9")
	s.SetTransport(kubetest.TransportNode, kubetest.TransportRefused)
	fail("handlers off", web1, tunnels.CauseProtocol, "node node-1 forwards no ports: the API server answered 405")
}
