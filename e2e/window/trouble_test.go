package window

import (
	"path/filepath"
	"strings"
	"testing"

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
	path := filepath.Join(d.home, "troubled.kubeconfig")
	if err := (real.Kubeconfig{access(real.Alice), access("stranger").Distrustful(), nowhere}).Write(path); err != nil {
		t.Fatal(err)
	}
	w := d.open(t, cluster.Command(shared.culvert, "--kubeconfig", path))

	for _, test := range []struct{ context, sentence string }{
		{real.Alice, "type the name"},
		{"stranger", "certificate"},
		{"nowhere", "127.0.0.1:1"},
	} {
		w.click("tree:" + test.context)
		w.seeThat("tree-note:"+test.context+"/", "tells the trouble", func(s string) bool {
			return strings.Contains(s, test.sentence) && strings.HasSuffix(s, ".")
		})
		w.click("tree:" + test.context)
		w.gone("tree-note:" + test.context + "/")
	}

	w.click("new-tunnel")
	w.want("form/context", real.Alice)
	w.want("form/namespace", "default")
	w.seeThat("form/pod-note", "tells the missing right", func(s string) bool { return strings.Contains(s, "list") })
	w.fill("form/line", "podsrv :9006")
	w.fill("form/name", "mine")
	w.click("form/create-start")
	w.want("row:mine", "Ready")
	for _, addr := range w.texts("row:mine/address:", 2) {
		dialer(cluster.Dial).wantPage(t, addr, "pod podsrv,")
	}
	w.close()
}
