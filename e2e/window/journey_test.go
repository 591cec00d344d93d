package window

import (
	"slices"
	"strings"
	"testing"

	"culvert/e2e/desk"
	"culvert/e2e/real"
)

// The way of a person from a fresh window to bytes through a real cluster, and
// back to an empty one.
func TestWindowOnCluster(t *testing.T) {
	cluster := realCluster(t)
	d := newDesktop(t)
	w := d.open(t, cluster.Command(shared.culvert), "KUBECONFIG="+cluster.Kubeconfig())
	net := desk.Dialer(cluster.Dial)

	w.See("welcome/title")
	choosePod(w)
	typeWrongly(w)
	w.Fill("form/line", "podsrv :9006 9001 -n default")
	w.Click("form/create-start")
	w.Want("row:podsrv", "Ready")
	addrs := w.Texts("details/address:", 4)
	wantAddresses(t, addrs)
	short := w.Texts("row:podsrv/address:", 2)
	if want := []string{addrs[0], addrs[2]}; !slices.Equal(short, want) {
		t.Errorf("the row shows the addresses %v, want %v", short, want)
	}

	serves := func() {
		t.Helper()
		for i := range 2 {
			net.WantPage(t, addrs[i], "pod podsrv,")
			net.WantEcho(t, addrs[2+i])
		}
	}
	serves()
	w.SeeThat("details/fact:Connections", "counts four", func(s string) bool { return strings.HasSuffix(s, "of 4") })
	wantCopied(w, "row:podsrv/address:0", addrs[0])
	wantCopied(w, "details/address:3", addrs[3])

	replacePod(t, w, cluster, addrs)
	serves()

	w.Click("row:podsrv/toggle")
	w.Want("row:podsrv", "Stopped")
	for _, a := range addrs {
		net.WantRefusal(t, a)
	}
	removeAndUndo(w)
	w.Close()
}

// choosePod goes through the Cluster tree to the form.
func choosePod(w *window) {
	w.t.Helper()
	context := "tree:" + real.AdminContext
	w.Click(context)
	w.Click(context + "/default")
	w.Click("tree-group:" + real.AdminContext + "/default/pods")
	w.Click(context + "/default/podsrv")
	w.Want("form/context", real.AdminContext)
	w.Want("form/namespace", "default")
	w.SeeThat("form/line", "has the pod and its ports", func(s string) bool {
		return strings.HasPrefix(s, "pod/podsrv ") && strings.Contains(s, "9001") && strings.Contains(s, "9006")
	})
}

// typeWrongly types a pair that makes no sense: a sentence says so at once, and
// nothing of what was typed is lost, not even by closing the form.
func typeWrongly(w *window) {
	w.t.Helper()
	const line = "podsrv 80x:9006 -n default"
	w.Fill("form/line", line)
	sentence := w.SeeThat("form/line-note", "complains", func(s string) bool { return strings.Contains(s, "80x") }).Text
	if !strings.HasSuffix(sentence, ".") {
		w.t.Errorf("the sentence about the pair is %q", sentence)
	}
	w.Press("Escape")
	w.Gone("form/line")
	w.Click("tree:" + real.AdminContext + "/default/podsrv")
	w.Want("form/line", line)
	w.Want("form/line-note", sentence)
}

// wantAddresses wants two mappings on both families, the first one with a port
// of the machine's choice.
func wantAddresses(t *testing.T, addrs []string) {
	t.Helper()
	port, ok := strings.CutPrefix(addrs[0], "127.0.0.1:")
	if !ok || port == "0" || port == "9006" {
		t.Errorf("the first address is %q, want 127.0.0.1 with a free port", addrs[0])
	}
	if want := []string{"[::1]:" + port, "127.0.0.1:9001", "[::1]:9001"}; !slices.Equal(addrs[1:], want) {
		t.Errorf("the other addresses are %v, want %v", addrs[1:], want)
	}
}

// wantCopied clicks on an address and wants that another program can paste it.
func wantCopied(w *window, mark, addr string) {
	w.t.Helper()
	w.Click(mark)
	wantPasted(w, addr)
}

// replacePod deletes the pod and makes it again. The row tells of it, and the
// addresses stay.
func replacePod(t *testing.T, w *window, cluster *real.Cluster, addrs []string) {
	t.Helper()
	if _, err := cluster.Kubectl("delete", "pod", "podsrv"); err != nil {
		t.Fatal(err)
	}
	w.SeeThat("row:podsrv", "has left Ready", func(s string) bool { return s != "Ready" })
	if now := w.Texts("details/address:", 4); !slices.Equal(now, addrs) {
		t.Errorf("without a pod the addresses are %v, and were %v", now, addrs)
	}
	if err := cluster.ApplyDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Want("row:podsrv", "Ready")
	if now := w.Texts("details/address:", 4); !slices.Equal(now, addrs) {
		t.Errorf("with the new pod the addresses are %v, and were %v", now, addrs)
	}
}

// removeAndUndo removes the tunnel, brings it back and removes it for good.
func removeAndUndo(w *window) {
	w.t.Helper()
	w.Click("details/more")
	w.Click("details-menu:remove")
	w.Gone("row:podsrv")
	w.Click("undo")
	w.Want("row:podsrv", "Stopped")
	w.Click("row:podsrv")
	w.Press("Delete")
	w.Gone("row:podsrv")
	w.See("welcome/title")
}
