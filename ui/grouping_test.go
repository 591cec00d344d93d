package ui

import (
	"errors"
	"slices"
	"testing"
	"time"

	"culvert/kube"
	"culvert/tunnels"
)

func TestTableRowsInGroups(t *testing.T) {
	tagged := func(name, context, namespace string, tags ...string) tunnels.Status {
		s := spec(name, context, namespace, "p", "80")
		s.Tags = tags
		return stopped(s)
	}
	in := tableInput{
		snap: tunnels.Snapshot{
			tagged("d", "prod", "shop"), tagged("c", "dev", "shop", "http", "db"), tagged("b", "prod", "data", "db"), tagged("a", "dev", "data", "http"),
		},
		rates: &meter{}, now: noon, defaults: targetNames{production: map[string]bool{"prod": true}},
		words: map[string]contextWord{"dev": {text: "API answers in 18 ms"}},
	}
	tests := []struct {
		name   string
		group  grouping
		order  sortOrder
		closed groupKey
		want   []string
	}{
		{"contexts", groupByContext, sortOrder{}, groupKey{}, []string{"[prod] PROD 2 tunnels", "d shop", "b data", "[dev] 2 tunnels API answers in 18 ms", "c shop", "a data"}},
		{"contexts, sorted within", groupByContext, sortOrder{by: byName}, groupKey{}, []string{"[prod] PROD 2 tunnels", "b data", "d shop", "[dev] 2 tunnels API answers in 18 ms", "a data", "c shop"}},
		{"one folded away", groupByContext, sortOrder{}, groupKey{context: "prod"}, []string{"[prod] PROD 2 tunnels", "[dev] 2 tunnels API answers in 18 ms", "c shop", "a data"}},
		{"namespaces of each context", groupByNamespace, sortOrder{}, groupKey{}, []string{
			"[shop] PROD prod · 1 tunnel", "d shop", "[shop] dev · 1 tunnel API answers in 18 ms", "c shop", "[data] PROD prod · 1 tunnel", "b data", "[data] dev · 1 tunnel API answers in 18 ms", "a data",
		}},
		{"first tags, those without last", groupByTag, sortOrder{}, groupKey{}, []string{"[http] 2 tunnels", "c shop · dev", "a data · dev", "[db] 1 tunnel", "b data · prod PROD", "[No tag] 1 tunnel", "d shop · prod PROD"}},
		{"nothing", groupByNone, sortOrder{by: byName}, groupKey{}, []string{"a data · dev", "b data · prod PROD", "c shop · dev", "d shop · prod PROD"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := in
			in.group, in.order, in.closed = tt.group, tt.order, map[groupKey]bool{tt.closed: tt.closed != groupKey{}}
			if got := rowTexts(tableRows(in)); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func rowTexts(rows []rowView) []string {
	var out []string
	for _, r := range rows {
		s := r.name
		if r.group {
			s = "[" + s + "]"
			if r.production {
				s += " PROD"
			}
			s += " " + r.note
			if r.answer != "" {
				s += " " + r.answer
			}
		} else {
			s += " " + r.below
			if r.tagged {
				s += " PROD"
			}
		}
		out = append(out, s)
	}
	return out
}

func TestGroupingsOfferTagsOnlyWhereThereAreSome(t *testing.T) {
	snap := tunnels.Snapshot{stopped(spec("a", "", "", "p", "80"))}
	if got := groupings(snap, targetNames{}); slices.Contains(got, groupByTag) || len(got) != 3 {
		t.Errorf("without tags one can group by %v", got)
	}
	snap[0].Spec.Tags = []string{"db"}
	if got := groupings(snap, targetNames{}); !slices.Contains(got, groupByTag) {
		t.Errorf("with tags one can group by %v", got)
	}
}

func TestContextWord(t *testing.T) {
	signIn := &tunnels.Error{Err: errors.New("expired"), Hint: "sign in", Cause: tunnels.CauseSignIn}
	refused := &tunnels.Error{Err: errors.New("nothing listens"), Cause: tunnels.CauseRefused}
	tests := []struct {
		name   string
		c      kube.Context
		k      checked
		tunnel tunnels.Status
		want   string
		bad    bool
	}{
		{"not asked", kube.Context{}, checked{}, tunnels.Status{}, "", false},
		{"answers", kube.Context{}, checked{done: true, took: 18 * time.Millisecond}, tunnels.Status{}, "API answers in 18 ms", false},
		{"does not answer", kube.Context{}, checked{done: true, err: errors.New("no route")}, tunnels.Status{}, "No answer", true},
		{"cannot be used", kube.Context{Err: refused}, checked{done: true}, tunnels.Status{}, "Cannot be used", true},
		{"wants a sign-in", kube.Context{}, checked{done: true, err: signIn}, tunnels.Status{}, "Sign-in needed", true},
		{"a tunnel knows better", kube.Context{}, checked{done: true}, tunnels.Status{State: tunnels.NeedsUser, Err: signIn}, "Sign-in needed", true},
		{"a stopped tunnel knows nothing", kube.Context{}, checked{}, tunnels.Status{Err: signIn}, "", false},
		{"what is wrong with the tunnel alone", kube.Context{}, checked{}, tunnels.Status{State: tunnels.Degraded, Err: refused}, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if w := contextWordOf(tt.c, tt.k).worse(&tt.tunnel); w.text != tt.want || w.bad != tt.bad {
				t.Errorf("got %+v, want %q, bad %v", w, tt.want, tt.bad)
			}
		})
	}
}
