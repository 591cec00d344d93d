package kube

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

func TestNamesCannotLeaveTheirPlaceInAPath(t *testing.T) {
	tests := []struct{ base, namespace, want string }{
		{"https://api.test", "team-a", "https://api.test/api/v1/namespaces/team-a/pods"},
		{"https://api.test/k8s/c-1/", "team-a", "https://api.test/k8s/c-1/api/v1/namespaces/team-a/pods"},
		{"https://api.test/a%2Fb", "team-a", "https://api.test/a%2Fb/api/v1/namespaces/team-a/pods"},
		{"https://api.test", "a/../b", "https://api.test/api/v1/namespaces/a%2F..%2Fb/pods"},
		{"https://api.test", "Bad?x=1", "https://api.test/api/v1/namespaces/Bad%3Fx=1/pods"},
		{"https://api.test", "a#b%2F", "https://api.test/api/v1/namespaces/a%23b%252F/pods"},
		{"https://api.test", "a\r\nb", "https://api.test/api/v1/namespaces/a%0D%0Ab/pods"},
		{"https://api.test", "..", ""},
		{"https://api.test", ".", ""},
		{"https://api.test", "", ""},
	}
	for _, tt := range tests {
		base, err := url.Parse(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		u, err := below(base, podsResource.path(tt.namespace))
		if tt.want == "" {
			if e, ok := errors.AsType[*tunnels.Error](err); !ok || e.Cause != tunnels.CauseInvalid || e.Hint == "" {
				t.Errorf("%q leads to %v, %v", tt.namespace, u, err)
			}
			continue
		}
		if err != nil || u.String() != tt.want {
			t.Errorf("%q leads to %v, %v instead of %s", tt.namespace, u, err, tt.want)
		}
	}
}

func TestSelectorValue(t *testing.T) {
	if got := selectorValue(`x,y=z\`); got != `x\,y\=z\\` {
		t.Errorf("got %s", got)
	}
}

func TestBadNamesAreAskedForAsTheyAre(t *testing.T) {
	for _, bad := range []string{"a/../b", "Bad?x=1", ".."} {
		t.Run(bad, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := scripted(func(r *http.Request) (*http.Response, error) {
					want := podsResource.path(bad)
					if got := r.URL.EscapedPath(); got != want && got != namespacesResource.object("", bad) || bad == ".." {
						t.Errorf("%s was asked for", r.URL)
					}
					if got := r.URL.Query().Get("fieldSelector"); got != "metadata.name=x" && r.URL.EscapedPath() == want {
						t.Errorf("the selector is %s", got)
					}
					return answer(404, ""), nil
				})
				defer c.Close()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				told := false
				target := tunnels.Target{Kind: tunnels.KindPod, Namespace: bad, Name: "x"}
				if err := c.Watch(ctx, target, nil, func(_ tunnels.Resolution, err error) { told = told || err != nil }); err != nil || !told {
					t.Errorf("no error was told, %v", err)
				}
				if _, err := c.Dial(ctx, tunnels.Endpoint{Context: "c", Namespace: "..", Pod: "x"}, tunnels.ViaAuto); tunnels.AsError(err) == nil {
					t.Error("a session to .. was tried")
				}
			})
		})
	}
}
