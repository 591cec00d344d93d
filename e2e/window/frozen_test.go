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

// has wants a box of that name whose text contains something.
func has(mark, text string) func(desk.Boxes) error {
	return func(b desk.Boxes) error {
		x, ok := b.Find(mark)
		switch {
		case !ok:
			return fmt.Errorf("there is no %s", mark)
		case !strings.Contains(x.Text, text):
			return fmt.Errorf("%s is %q", mark, x.Text)
		}
		return nil
	}
}

// lacks wants no box of that name.
func lacks(mark string) func(desk.Boxes) error {
	return func(b desk.Boxes) error {
		if x, ok := b.Find(mark); ok {
			return fmt.Errorf("%s is there with the text %q", mark, x.Text)
		}
		return nil
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
	w.answers("a namespace opens in the tree", click("tree:demo/data"), has("tree-group:demo/data/services", "Services"))
	w.answers("what it waits for is said there", func() {}, has("tree-note:demo/data", "Asking for services…"))
	w.answers("a search in the tree", func() { w.Click("tree-search"); w.Write("cart") }, lacks("tree:demo/default"))
	w.answers("no search in the tree", func() { w.Press("Escape") }, has("tree:demo/default", "default"))
	w.answers("a search in the table", func() { w.Click("search"); w.Write("api") }, lacks("row:web"))
	w.answers("no search in the table", func() { w.Press("ctrl+a", "BackSpace") }, has("row:web", ""))
	w.answers("the details of another tunnel", click("row:web"), has("details/toggle", ""))
	w.answers("the sheet opens", func() { w.Press("ctrl+n") }, has("form/context", "demo"))
	w.answers("a target is typed", func() { w.Click("form/line"); w.Write("svc/api") }, has("form/line", "svc/api"))
	w.answers("the sheet closes", func() { w.Press("Escape") }, lacks("form/context"))
	w.answers("a tunnel stops", click("row:api/toggle"), has("row:api", "Stopped"))
	w.answers("and starts", click("row:api/toggle"), has("row:api", "Starting"))
	w.answers("the details of what starts", click("row:api"), has("details/toggle", "on"))

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
