package peers

import (
	"errors"
	"strings"
	"testing"
)

func TestReplace(t *testing.T) {
	text := "# Title\n" + tableBegin + "\nold\n" + tableEnd + "\nthe end\n"
	got, err := Replace([]byte(text), "new\n")
	if want := "# Title\n" + tableBegin + "\nnew\n" + tableEnd + "\nthe end\n"; err != nil || string(got) != want {
		t.Errorf("the text is %q, %v", got, err)
	}
	if _, err := Replace([]byte("nothing"), "new"); !errors.Is(err, errNoMarkers) {
		t.Errorf("without markers the error is %v", err)
	}
}

func TestTable(t *testing.T) {
	good := Observation{Row: "a", Peer: "culvert", Started: true, Served: true, Accepts: true}
	bad := Observation{Row: "a", Peer: "kubectl", Started: true, Exit: "status 1", Said: "error: lost | gone"}
	worse, better := good, bad
	worse.Peer, better.Peer = bad.Peer, good.Peer
	r := Report{Peers: []string{"culvert", "kubectl"}, Results: []Result{
		{Row: "a", Faults: "7", What: "This.", Observations: []Observation{good, bad}},
		{Row: "b", What: "That.", Observations: []Observation{better, worse}},
		{Row: "c", What: "Nothing.", Trouble: "the cluster was away"},
	}}
	table := r.Table()
	for _, want := range []string{
		"| What goes wrong | Culvert | kubectl |\n|---|---|---|\n",
		"| a (7) | ● goes on | ○ exits, status 1 |\n",
		"| b | ○ exits, status 1 | ● goes on |\n",
		"| c | not measured | not measured |\n",
		"- **b** · Culvert: exits, status 1 · kubectl: goes on\n",
		"- **c**: Nothing.\n  Not measured: the cluster was away\n",
		"- **a** · kubectl: `error: lost / gone`\n",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	r.Results = r.Results[:1]
	if table := r.Table(); !strings.Contains(table, "In no row of this run") {
		t.Errorf("where Culvert is never behind the document does not say so:\n%s", table)
	}
}

func TestRowsAreTold(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range Rows() {
		if r.Name == "" || r.What == "" || r.do == nil || seen[r.Name] {
			t.Errorf("the row %q has no name of its own, or does not tell what it does", r.Name)
		}
		seen[r.Name] = true
	}
}

func TestCommand(t *testing.T) {
	programs := Programs{Culvert: "/c", Kubectl: "/k", Library: "/l"}
	target := Target{Namespace: "ns", Name: "pod/p", Ports: []Mapping{{20000, "9001"}, {20001, "http"}}}
	for name, want := range map[string]string{
		"culvert":      "/c forward -n ns pod/p 20000:9001 20001:http",
		"kubectl-spdy": "/k port-forward -n ns pod/p 20000:9001 20001:http",
		"forwarder":    "/l -n ns pod/p 20000:9001 20001:http",
	} {
		some, err := selected(name)
		if err != nil || len(some) != 1 {
			t.Fatalf("%s: %v, %v", name, some, err)
		}
		if got := strings.Join(some[0].command(programs, target), " "); got != want {
			t.Errorf("%s is run as %q, want %q", name, got, want)
		}
	}
	if _, err := selected("culvert,nobody"); err == nil {
		t.Error("an unknown peer is not an error")
	}
}
