package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/kube"
	"culvert/tunnels"
)

// fixedCatalog is a catalog at one moment.
type fixedCatalog struct {
	contexts   listing[kube.Context]
	namespaces map[string]listing[kube.Namespace]
	targets    map[groupOf]listing[offer]
	checks     map[string]checked
}

func (c fixedCatalog) Contexts() listing[kube.Context]             { return c.contexts }
func (c fixedCatalog) Namespaces(k string) listing[kube.Namespace] { return c.namespaces[k] }
func (c fixedCatalog) Targets(g groupOf) listing[offer]            { return c.targets[g] }
func (c fixedCatalog) Check(k string) checked                      { return c.checks[k] }

func someCatalog() fixedCatalog {
	unreachable := &tunnels.Error{Op: "list namespaces", Err: errors.New("the server does not answer"), Hint: "check the VPN", Cause: tunnels.CauseUnreachable}
	forbidden := &tunnels.Error{Err: errors.New("you may not"), Cause: tunnels.CauseForbidden}
	return fixedCatalog{
		contexts: listing[kube.Context]{loaded: true, items: []kube.Context{
			{Name: "dev", Current: true},
			{Name: "far"},
			{Name: "limited"},
			{Name: "broken", Err: &tunnels.Error{Err: errors.New("its user is missing"), Hint: "sign in again"}},
		}},
		namespaces: map[string]listing[kube.Namespace]{
			"dev":     {loaded: true, items: []kube.Namespace{{Name: "big"}, {Name: "data"}, {Name: "shop"}, {Name: "slow"}}},
			"far":     {loaded: true, err: unreachable},
			"limited": {loaded: true, err: forbidden, refused: true, items: []kube.Namespace{{Name: "mine"}}},
		},
		targets: map[groupOf]listing[offer]{
			{podsOf{"dev", "big"}, podGroup}:  {loaded: true, partial: true, items: []offer{offerPod(kube.Pod{Name: "p-1", Ready: true})}},
			{podsOf{"dev", "data"}, podGroup}: {loaded: true},
			{podsOf{"dev", "shop"}, serviceGroup}: {loaded: true, items: []offer{
				offerService(kube.Service{Name: "web"}), offerService(kube.Service{Name: "away", ExternalName: "example.net"}),
			}},
			{podsOf{"dev", "shop"}, workloadGroup}: {
				loaded: true, items: []offer{offerWorkload(kube.Workload{Kind: tunnels.KindDeployment, Name: "web", Ready: 2, Status: "2/3"})},
				missing: []kube.Missing{{Kind: tunnels.KindJob, Err: forbidden}, {Kind: tunnels.KindCronJob, Err: forbidden}, {Kind: tunnels.KindDaemonSet, Err: unreachable}},
			},
			{podsOf{"dev", "shop"}, podGroup}: {loaded: true, items: []offer{
				offerPod(kube.Pod{Name: "cart-0", Status: "Pending"}), offerPod(kube.Pod{Name: "web-1", Ready: true}),
			}},
			{podsOf{"dev", "slow"}, podGroup}:          {since: noon.Add(-8 * time.Second)},
			{podsOf{"limited", "mine"}, serviceGroup}:  {loaded: true, err: unreachable},
			{podsOf{"limited", "mine"}, workloadGroup}: {loaded: true, err: unreachable},
			{podsOf{"limited", "mine"}, podGroup}:      {loaded: true, err: forbidden, refused: true},
		},
	}
}

func TestTreeRows(t *testing.T) {
	all := map[podsOf]bool{
		{"dev", ""}: true, {"dev", "big"}: true, {"dev", "data"}: true, {"dev", "shop"}: true, {"dev", "slow"}: true,
		{"far", ""}: true, {"limited", ""}: true, {"limited", "mine"}: true, {"broken", ""}: true,
	}
	groups := map[groupOf]bool{
		{podsOf{"dev", "big"}, podGroup}: true, {podsOf{"dev", "data"}, podGroup}: true, {podsOf{"dev", "slow"}, podGroup}: true,
	}
	for g := range targetGroup(targetGroups) {
		groups[groupOf{podsOf{"dev", "shop"}, g}] = true
		groups[groupOf{podsOf{"limited", "mine"}, g}] = true
	}
	tests := []struct {
		name string
		in   treeInput
		want []string
	}{
		{"all closed", treeInput{}, []string{"▸ dev (current)", "▸ far !", "▸ limited", "▸ broken !"}},
		{"all open", treeInput{open: all, groups: groups, typed: map[string][]string{"limited": {"other", "mine"}}}, []string{
			"▾ dev (current)",
			"  ▾ big", "    ▸ Services", "    ▸ Workloads", "    ▾ Pods (1…)", "      • p-1",
			"  ▾ data", "    ▸ Services", "    ▸ Workloads", "    ▾ Pods (0)", "      There are no pods in this namespace.",
			"  ▾ shop", "    ▾ Services (2)", "      • web", "      • away (ExternalName)",
			"    ▾ Workloads (1)", "      ✗ The server does not answer. Check the VPN.",
			"      You may not list jobs and cron jobs here: type the name of one in New tunnel.", "      • deploy/web (2/3 ready)",
			"    ▾ Pods (2)", "      • cart-0 (Pending)", "      • web-1",
			"  ▾ slow", "    ▸ Services", "    ▸ Workloads", "    ▾ Pods", "      Asking for pods… no answer for 8 s.",
			"  + Type a namespace…",
			"▾ far !", "  ✗ The server does not answer. Check the VPN.", "  + Type a namespace…",
			"▾ limited", "  You may not list the namespaces here: type the name of yours.",
			"  ▾ mine", "    ▾ Services", "      ✗ The server does not answer. Check the VPN.", "    ▾ Workloads",
			"    ▾ Pods", "      You may not list pods here: type the name of one in New tunnel.", "  ▸ other", "  + Type a namespace…",
			"▾ broken !", "  ✗ Its user is missing. Sign in again.",
		}},
		{"a search in what is open", treeInput{open: all, groups: groups, filter: "WEB"}, []string{
			"▾ dev (current)", "  ▾ shop", "    ▾ Services (2)", "      • web",
			"    ▾ Workloads (1)", "      ✗ The server does not answer. Check the VPN.",
			"      You may not list jobs and cron jobs here: type the name of one in New tunnel.", "      • deploy/web (2/3 ready)",
			"    ▾ Pods (2)", "      • web-1",
		}},
		{"a search for nothing", treeInput{open: all, groups: groups, filter: "zzz"}, []string{
			"Nothing that is open here is called so. Open a context, namespace or group to search in it.",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.now = noon
			var got []string
			rows := newTree(someCatalog(), tt.in)
			for r := range rows.all() {
				got = append(got, treeText(r))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func treeText(r treeRow) string {
	mark := map[treeKind]string{treeTarget: "• ", treeTypeName: "+ ", treeError: "✗ "}[r.kind]
	if r.canOpen() {
		mark = "▸ "
		if r.open {
			mark = "▾ "
		}
	}
	s := strings.Repeat("  ", r.depth) + mark + r.text
	if r.note != "" {
		s += fmt.Sprintf(" (%s)", r.note)
	}
	if r.trouble {
		s += " !"
	}
	return s
}

func TestMarksOfTheTreeDiffer(t *testing.T) {
	rows := []treeRow{
		{kind: treeContext, context: "a"},
		{kind: treeNamespace, context: "a", namespace: "b"},
		{kind: treeGroup, context: "a", namespace: "b"},
		{kind: treeTarget, context: "a", namespace: "b", target: "svc/c"},
		{kind: treeTarget, context: "a", namespace: "b", target: "c"},
		{kind: treeTypeName, context: "a"},
		{kind: treeError, context: "a"},
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.mark()] {
			t.Errorf("%q is there twice", r.mark())
		}
		seen[r.mark()] = true
	}
}

func TestWelcome(t *testing.T) {
	c := someCatalog()
	none := fixedCatalog{contexts: listing[kube.Context]{loaded: true, err: &tunnels.Error{
		Err: errors.New("there is no kubeconfig at /home/u/.kube/config"), Hint: "put one there",
	}}}
	tests := []struct {
		name   string
		cat    fixedCatalog
		t      tally
		rows   int
		f      filter
		search string
		want   welcomeKind
		says   string
	}{
		{"there are rows", c, tally{total: 2}, 3, filterAll, "", welcomeNone, ""},
		{"nothing is known", fixedCatalog{}, tally{}, 0, filterAll, "", welcomeReading, ""},
		{"no kubeconfig", none, tally{}, 0, filterAll, "", welcomeNoCluster, "There is no kubeconfig at /home/u/.kube/config. Put one there."},
		{"no tunnels", c, tally{}, 0, filterAll, "", welcomeFirst, "4 contexts were found."},
		{"no match", c, tally{total: 2}, 0, filterAll, "zzz", welcomeNoMatch, "The search looks at"},
		{"none runs", c, tally{total: 2}, 0, filterRunning, "", welcomeNoMatch, "Start one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := welcomeOf(tt.cat, tt.t, tt.rows, narrowing{filter: tt.f, search: tt.search})
			if got.kind != tt.want || !strings.HasPrefix(got.text, tt.says) {
				t.Errorf("got %+v", got)
			}
			if tt.want == welcomeFirst && len(got.contexts) != 4 {
				t.Errorf("it lists %d contexts", len(got.contexts))
			}
		})
	}
}

func TestContextCards(t *testing.T) {
	broken := &tunnels.Error{Err: errors.New("its user is missing"), Hint: "sign in again"}
	tests := []struct {
		name string
		c    kube.Context
		k    checked
		word string
		note string
	}{
		{"not asked", kube.Context{}, checked{}, "Not checked yet", ""},
		{"a plugin", kube.Context{ExecPlugin: "aws"}, checked{}, "Not checked yet", "Checking runs aws"},
		{"production", kube.Context{Production: true}, checked{}, "Not checked yet", "Marked as production"},
		{"asking", kube.Context{}, checked{running: true}, "Checking…", ""},
		{"answered", kube.Context{}, checked{done: true, took: 84 * time.Millisecond}, "Answers in 84 ms", ""},
		{"expired", kube.Context{}, checked{done: true, err: &tunnels.Error{Err: errors.New("the token has expired"), Cause: tunnels.CauseSignIn}}, "Sign in", "The token has expired."},
		{"broken", kube.Context{Err: broken}, checked{}, "Cannot be used", "Its user is missing. Sign in again."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cardOf(tt.c, 0, tt.k); got.word != tt.word || got.note != tt.note {
				t.Errorf("got %q and %q", got.word, got.note)
			}
		})
	}
}
