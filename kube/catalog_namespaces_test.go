package kube

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"culvert/kube/kubetest"
	"culvert/tunnels"
)

func TestNamespacesWithFewRights(t *testing.T) {
	nothing := []kubetest.Rule{}
	projects := []kubetest.Rule{{Verbs: []string{"get"}, Resources: []string{"projects"}, Names: []string{"blue", "green", "red"}}}
	tests := []struct {
		name      string
		openShift bool
		user      kubetest.User
		used      []string
		want      string
		refused   bool
	}{
		{"all rights", false, kubetest.User{}, []string{"used-1"}, "blue listed, default listed, green listed", false},
		{"all rights on OpenShift", true, kubetest.User{}, nil, "blue listed, default listed, green listed", false},
		{"none", false, kubetest.User{Allow: nothing}, nil, "team own", true},
		{"none, with some used before", false, kubetest.User{Allow: nothing}, []string{"zoo", "team", "alpha", "No Name"}, "alpha used, team own, zoo used", true},
		{"projects", true, kubetest.User{Allow: projects}, []string{"used-1"}, "blue project, green project", false},
		{"no project", true, kubetest.User{Allow: nothing}, nil, "", false},
		{
			"no projects", true,
			kubetest.User{Allow: nothing, Deny: []kubetest.Rule{{Resources: []string{"projects"}}}},
			[]string{"used-1"},
			"team own, used-1 used", true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.user.Name = "dev"
			s, err := kubetest.New(kubetest.Options{
				Contexts: []kubetest.Context{{Name: "dev", User: "dev", Namespace: "team"}}, Users: []kubetest.User{tt.user},
				Namespaces: []string{"green", "blue"}, OpenShift: tt.openShift,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			c, err := Open(Options{Data: s.Kubeconfig()})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.loaded.entries["dev"].context.Recent = tt.used
			l := untilNamespaces(t, c, func(l Listing[Namespace]) bool { return l.Complete })
			if got := sources(l); got != tt.want {
				t.Errorf("the namespaces are %s, not %s", got, tt.want)
			}
			e := tunnels.AsError(l.Err)
			if refused := e != nil && e.Cause == tunnels.CauseForbidden && strings.Contains(e.Hint, "type the namespace's name"); refused != tt.refused || e != nil && !refused {
				t.Errorf("the error is %v", l.Err)
			}
		})
	}
}

func TestProjectsAreFollowed(t *testing.T) {
	s, err := kubetest.New(kubetest.Options{
		Users: []kubetest.User{{Name: "admin", Allow: []kubetest.Rule{{Verbs: []string{"get"}, Resources: []string{"projects"}}}}}, OpenShift: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := Open(Options{Data: s.Kubeconfig()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	untilNamespaces(t, c, func(l Listing[Namespace]) bool {
		s.AddNamespace("new") // does nothing the second time
		return sources(l) == "default project, new project"
	})
}

// TestNamespacesThatMayBeListedLater: rights that are given while the namespaces
// are watched are noticed, and so are namespaces used meanwhile.
func TestNamespacesThatMayBeListedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := scripted(func(r *http.Request) (*http.Response, error) {
			switch {
			case strings.Contains(r.URL.Path, "project.openshift.io"):
				return answer(404, ""), nil
			case time.Since(start) < time.Minute:
				return answer(403, ""), nil
			case isWatch(r):
				return silent(r), nil
			}
			return answer(200, `{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"blue"}}]}`), nil
		})
		defer c.Close()
		time.AfterFunc(5*time.Second, func() { // as RememberNamespace does
			c.mu.Lock()
			defer c.mu.Unlock()
			c.loaded.entries["c"].context.Recent = []string{"zoo"}
			close(c.changed)
			c.changed = make(chan struct{})
		})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		var told []string
		c.WatchNamespaces(ctx, "", func(l Listing[Namespace]) { told = append(told, sources(l)) })
		if got := slices.Compact(told); fmt.Sprint(got) != "[team own team own, zoo used blue listed]" {
			t.Errorf("told were %q", got)
		}
	})
}

// sources lists namespaces with where they are from.
func sources(l Listing[Namespace]) string {
	var out []string
	for _, n := range l.Items {
		out = append(out, fmt.Sprintf("%s %s", n.Name, n.Source))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// untilNamespaces returns what is told of the current context first that is as the
// test wants it.
func untilNamespaces(t *testing.T, c *Clusters, ok func(Listing[Namespace]) bool) (found Listing[Namespace]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	over := false
	var last Listing[Namespace]
	c.WatchNamespaces(ctx, "", func(l Listing[Namespace]) {
		last = l
		if !over && ok(l) {
			over, found = true, l
			cancel()
		}
	})
	if !over {
		t.Fatalf("the last that was told is %+v", last)
	}
	return found
}
