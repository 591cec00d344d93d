package window

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/e2e/desk"
)

// atOnce is how long an answer to a click may take on a machine that is busy with
// other things; it is logged how long it took. It includes the start of xdotool.
const atOnce = 2 * time.Second

// answers does something and wants that the boxes show it at once.
func (w *window) answers(what string, do func(), wanted func(desk.Boxes) error) {
	w.t.Helper()
	began := time.Now()
	do()
	w.Await(what, wanted)
	took := time.Since(began)
	w.t.Logf("%-44s %4d ms", what, took.Milliseconds())
	if took > atOnce {
		w.t.Errorf("%s: after %v, want at most %v", what, took, atOnce)
	}
}

// While the API server's process stands still, everything that one clicks on
// answers at once, and what waits says so in its own place.
func TestFrozenCluster(t *testing.T) {
	d := newDesktop(t)
	cluster := desk.NewCluster(t, d.Home)
	w := d.open(t, exec.Command(shared.culvert, "--kubeconfig", cluster.Kubeconfig))
	w.Click("tree:demo")
	w.Click("tree:demo/shop")
	for _, name := range []string{"web", "api"} {
		w.Click("tree:demo/shop/svc/" + name)
		w.SeeThat("form/line", "has the target", func(s string) bool { return strings.HasPrefix(s, "svc/"+name+" ") })
		w.Click("form/create-start")
		w.Want("row:"+name, "Ready")
	}
	addr := w.Texts("row:web/address:", 2)[0]
	desk.Host().WantPage(t, addr, "web-")

	cluster.Freeze(t)
	click := func(mark string) func() { return func() { w.Click(mark) } }
	w.answers("a namespace opens in the tree", click("tree:demo/data"), desk.Has("tree-group:demo/data/services", "Services"))
	w.answers("what it waits for is said there", func() {}, desk.Has("tree-note:demo/data", "Asking for services…"))
	w.answers("a search in the tree", func() { w.Click("tree-search"); w.Write("cart") }, desk.Lacks("tree:demo/default"))
	w.answers("no search in the tree", func() { w.Press("Escape") }, desk.Has("tree:demo/default", "default"))
	w.answers("a search in the table", func() { w.Click("search"); w.Write("api") }, desk.Lacks("row:web"))
	w.answers("no search in the table", func() { w.Press("ctrl+a", "BackSpace") }, desk.Has("row:web", ""))
	w.answers("the details of another tunnel", click("row:web"), desk.Has("details/toggle", ""))
	w.answers("the sheet opens", func() { w.Press("ctrl+n") }, desk.Has("form/context", "demo"))
	w.answers("a target is typed", func() { w.Click("form/line"); w.Write("svc/api") }, desk.Has("form/line", "svc/api"))
	w.answers("the sheet closes", func() { w.Press("Escape") }, desk.Lacks("form/context"))
	w.answers("a tunnel stops", click("row:api/toggle"), desk.Has("row:api", "Stopped"))
	w.answers("and starts", click("row:api/toggle"), desk.Has("row:api", "Starting"))
	w.answers("the details of what starts", click("row:api"), desk.Has("details/toggle", "on"))

	w.SeeThat("row:web", "says that there is no answer", func(s string) bool { return s != "Ready" })
	w.Click("row:web")
	w.Await("the details say why", func(b desk.Boxes) error {
		said := func(x desk.Box) bool {
			return strings.HasPrefix(x.Mark, "details/") && (strings.Contains(x.Text, "not answer") || strings.Contains(x.Text, "no answer"))
		}
		if !slices.ContainsFunc(b.Boxes, said) {
			return fmt.Errorf("they do not")
		}
		return nil
	})
	w.SeeThat("tree-note:demo/data", "says that there is no answer", func(s string) bool { return strings.Contains(s, "answer") })

	cluster.Thaw(t)
	w.Want("row:web", "Ready")
	w.Want("row:api", "Ready")
	w.See("tree:demo/data/svc/postgres")
	desk.Host().WantPage(t, addr, "web-")
	w.Close()
}
