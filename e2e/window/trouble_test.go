package window

import (
	"path/filepath"
	"strings"
	"testing"

	"culvert/e2e/desk"
	"culvert/e2e/real"
)

// Contexts that cannot be used say why in the tree and leave the others alone;
// who may not list pods types their names.
func TestTroubledContexts(t *testing.T) {
	cluster := realCluster(t)
	d := newDesktop(t)
	access := func(name string) real.Access {
		a, err := cluster.Access(name, real.Identity{Name: real.Alice})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	nowhere := access("nowhere")
	nowhere.Server = "https://127.0.0.1:1"
	path := filepath.Join(d.Path, "troubled.kubeconfig")
	if err := (real.Kubeconfig{access(real.Alice), access("stranger").Distrustful(), nowhere}).Write(path); err != nil {
		t.Fatal(err)
	}
	w := d.open(t, cluster.Command(shared.culvert, "--kubeconfig", path))

	for _, test := range []struct{ context, sentence string }{
		{real.Alice, "type the name"},
		{"stranger", "certificate"},
		{"nowhere", "127.0.0.1:1"},
	} {
		w.Click("tree:" + test.context)
		w.SeeThat("tree-note:"+test.context+"/", "tells the trouble", func(s string) bool {
			return strings.Contains(s, test.sentence) && strings.HasSuffix(s, ".")
		})
		w.Click("tree:" + test.context)
		w.Gone("tree-note:" + test.context + "/")
	}

	w.Click("new-tunnel")
	w.Want("form/context", real.Alice)
	w.Want("form/namespace", "default")
	w.SeeThat("form/pod-note", "tells the missing right", func(s string) bool { return strings.Contains(s, "list") })
	w.Fill("form/line", "podsrv :9006")
	w.Fill("form/name", "mine")
	w.Click("form/create-start")
	w.Want("row:mine", "Ready")
	for _, addr := range w.Texts("row:mine/address:", 2) {
		desk.Dialer(cluster.Dial).WantPage(t, addr, "pod podsrv,")
	}
	w.Close()
}
