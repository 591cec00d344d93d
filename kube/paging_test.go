package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

// page is one list page of pods with a token for the next, none if it is empty.
func page(next string, names ...string) *http.Response {
	var items []string
	for _, n := range names {
		items = append(items, fmt.Sprintf(`{"metadata":{"name":%q,"namespace":"team","uid":"u"}}`, n))
	}
	return answer(200, fmt.Sprintf(`{"metadata":{"resourceVersion":"5","continue":%q},"items":[%s]}`, next, strings.Join(items, ",")))
}

// inWords is a listing of pods in a word: their names, then a mark for more to come or
// an error.
func inWords(l Listing[Pod]) string {
	var names []string
	for _, p := range l.Items {
		names = append(names, p.Name)
	}
	s := strings.Join(names, " ")
	if !l.Complete {
		s += " …"
	}
	if l.Err != nil {
		s += " !"
	}
	return s
}

// TestFirstListingIsToldPageByPage: what was told never becomes less before the
// first listing is complete, and nothing is told by halves after it.
func TestFirstListingIsToldPageByPage(t *testing.T) {
	expired := `{"kind":"Status","code":410,"reason":"Expired"}`
	tests := []struct {
		name  string
		lists []*http.Response // in the order of the requests; nil is a lost connection
		watch []string         // what each watch says; the one after the last is silent
		want  []string
	}{
		{"one page", []*http.Response{page("", "a", "b")}, nil, []string{"a b"}},
		{
			"three pages",
			[]*http.Response{page("1", "a", "b"), page("2", "c"), page("", "d")},
			nil,
			[]string{"a b …", "a b c …", "a b c d"},
		},
		{"an empty first page", []*http.Response{page("1"), page("", "a")}, nil, []string{"a"}},
		{
			"pages that expire",
			[]*http.Response{page("1", "a", "b"), page("2", "c"), answer(410, expired), page("", "a", "d")},
			nil,
			[]string{"a b …", "a b c …", "a d"},
		},
		{
			"pages that are lost",
			[]*http.Response{page("1", "a", "b"), page("2", "c"), nil, page("1", "a", "b"), page("2", "d"), page("3", "e"), page("", "f")},
			nil,
			[]string{"a b …", "a b c …", "a b c !", "a b d e …", "a b d e f"},
		},
		{
			"a listing anew",
			[]*http.Response{page("1", "a"), page("", "b"), page("1", "c"), page("", "d")},
			[]string{`{"type":"ERROR","object":` + expired + `}`},
			[]string{"a …", "a b", "c d"},
		},
		{
			"a listing anew that breaks off",
			[]*http.Response{page("", "a", "b"), page("1", "c"), nil, page("1", "c"), page("", "d")},
			[]string{`{"type":"ERROR","object":` + expired + `}`},
			[]string{"a b", "a b !", "c d"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lists, watches := tt.lists, tt.watch
				c := scripted(func(r *http.Request) (*http.Response, error) {
					switch {
					case isWatch(r) && len(watches) == 0:
						return silent(r), nil
					case isWatch(r):
						said := answer(200, watches[0])
						watches = watches[1:]
						return said, nil
					}
					time.Sleep(time.Second) // so that each page is told by itself
					if len(lists) == 0 {
						return nil, errors.New("nobody expects another listing")
					}
					a := lists[0]
					lists = lists[1:]
					if a == nil {
						return nil, errors.New("away")
					}
					return a, nil
				})
				defer c.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				var got []string
				c.WatchPods(ctx, "c", "team", func(l Listing[Pod]) { got = append(got, inWords(l)) })
				if !slices.Equal(got, tt.want) {
					t.Errorf("told were %q, not %q", got, tt.want)
				}
			})
		})
	}
}

// TestTargetsAreNeverResolvedByHalves: a tunnel would take a pod of the next page
// for one that is gone.
func TestTargetsAreNeverResolvedByHalves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := scripted(func(r *http.Request) (*http.Response, error) {
			if isWatch(r) {
				return silent(r), nil
			}
			time.Sleep(time.Second)
			if r.URL.Query().Get("continue") == "" {
				return page("1", "a", "b"), nil
			}
			return page("", "c"), nil
		})
		defer c.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		target := tunnels.Target{Kind: tunnels.KindSelector, Name: "app=web"}
		told := 0
		err := c.Watch(ctx, target, nil, func(found tunnels.Resolution, err error) {
			told++
			if len(found.Endpoints) != 3 || err != nil {
				t.Errorf("told were %d pods, %v", len(found.Endpoints), err)
			}
		})
		if err != nil || told != 1 {
			t.Errorf("it was told %d times, %v", told, err)
		}
	})
}
