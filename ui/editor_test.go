package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

func TestCreatingATunnelFromTheTree(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.tapTree(treeRow{kind: treeContext, context: "dev"})
	w.app.tapTree(treeRow{kind: treeNamespace, context: "dev", namespace: "shop"})
	w.app.tapTree(treeRow{kind: treeGroup, context: "dev", namespace: "shop", group: podGroup})
	var pod treeRow
	w.until("the pods are listed", func() bool {
		for r := range w.app.tree.rows.all() {
			if r.kind == treeTarget && strings.HasPrefix(r.target, "web-") {
				pod = r
				return true
			}
		}
		return false
	})
	w.app.tapTree(pod)
	e := w.app.editor
	if e == nil {
		t.Fatal("a click on a pod opens no form")
	}
	if e.form.ports != "5000 9090" || e.form.pod != pod.target {
		t.Errorf("the form has %+v, the ports that the pod declares are 5000 and 9090", e.form)
	}
	if len(e.sheet.view.chips) != 2 || !e.sheet.view.chips[0].on {
		t.Errorf("the declared ports are offered as %+v", e.sheet.view.chips)
	}
	e.sheet.chips[1].OnTap()
	if e.form.ports != "5000" {
		t.Errorf("a click on a taken port leaves %q", e.form.ports)
	}
	e.set(func(f *form) { f.ports = ":5000" })
	test.Tap(e.sheet.createStart)
	w.until("the tunnel runs", func() bool { return len(w.names()) == 1 && w.app.table.state.rows[1].on })
	if w.app.editor != nil || w.app.window.Canvas().Overlays().Top() != nil {
		t.Error("the form is still open")
	}
	st := w.tunnels.all()[0]
	if got := st.Spec.Target; got != (tunnels.Target{Context: "dev", Namespace: "shop", Kind: tunnels.KindPod, Name: pod.target}) {
		t.Errorf("the target is %+v", got)
	}
	if w.app.chosen != st.Spec.ID || !w.app.frame.details {
		t.Error("the new tunnel is not selected")
	}
}

func TestErrorsComeAsOneTypes(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.newTunnel()
	s := w.app.editor.sheet
	if got := s.view.bad; got.any() {
		t.Errorf("an untouched form complains: %+v", got)
	}
	w.app.editor.set(func(f *form) { f.ports = "80:Abc" })
	if got := s.portsBad.Text(); got != "“Abc” is neither a number nor a port's name: give a number from 1 to 65535, or a name as the pod or service declares it." {
		t.Errorf("below the ports stands %q", got)
	}
	w.app.editor.set(func(f *form) { f.ports = "6000:5000" })
	if s.portsBad.Text() != "" {
		t.Error("the complaint stays")
	}
	if got := s.view.ports.verdicts[0]; got != taken("web") {
		t.Errorf("of a port that another tunnel has it says %+v", got)
	}
	w.app.editor.openSearch()
	test.Type(s.pod.Entry, "Web_1")
	if !s.pod.Bad() {
		t.Error("Web_1 is taken for a pod's name")
	}
	w.app.editor.set(func(f *form) { f.listen = "10.0.0" })
	if s.listenRow.bad.Text() == "" {
		t.Error("10.0.0 is taken for an address")
	}
}

func TestAnEmptyFormSaysWhatIsMissingAndStaysOpen(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.newTunnel()
	e := w.app.editor
	if e.form.context != "dev" || e.form.namespace != "shop" {
		t.Errorf("the form starts with %+v, not with the current context and its namespace", e.form)
	}
	test.Tap(e.sheet.createStart)
	if w.app.editor == nil || e.sheet.podBad.Text() == "" || e.sheet.portsBad.Text() == "" {
		t.Errorf("complaints are %+v", e.sheet.view.bad)
	}
	if f := w.app.window.Canvas().Focused(); f != fyne.Focusable(e.sheet.pod.Entry) {
		t.Errorf("the keyboard is at %T, not at the first wrong field", f)
	}
}

func TestARefusedTunnelKeepsTheForm(t *testing.T) {
	f := newFakeTunnels()
	f.putErr = &tunnels.Error{Op: "address", Err: errors.New("8.8.8.8 is not an address of this machine"), Cause: tunnels.CauseInvalid}
	w := newWorld(t, f, newFakeCatalog())
	w.app.newTunnel()
	e := w.app.editor
	e.set(func(f *form) { f.pod = "web-1" })
	e.set(func(f *form) { f.ports = "5000" })
	test.Tap(e.sheet.create)
	w.until("the refusal stands below the field", func() bool {
		return e.sheet.listenRow.bad.Text() == "8.8.8.8 is not an address of this machine."
	})
	if w.app.editor != e || e.form.pod != "web-1" || e.sheet.create.Disabled() {
		t.Error("the form is gone, changed, or cannot be sent again")
	}
}

func TestADraftIsKept(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.newTunnel()
	test.Type(w.app.editor.sheet.ports.rows[0].local.Entry, "6000")
	w.key(fyne.KeyEscape)
	if w.app.editor != nil {
		t.Fatal("Escape leaves the form open")
	}
	w.app.newTunnel()
	e := w.app.editor
	if e.form.ports != "6000:" || e.sheet.ports.rows[0].local.Text() != "6000" || !e.sheet.over.Visible() {
		t.Errorf("the form comes back with %q", e.form.ports)
	}
	test.Tap(e.sheet.over)
	if e.form.ports != "" || e.sheet.over.Visible() {
		t.Errorf("starting over leaves %q", e.form.ports)
	}
}

func TestEditingKeepsTheTunnelsIdentity(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.edit("web")
	e := w.app.editor
	if e.form.ports != "6000:5000 :9090" || e.sheet.name.Text() != "web" {
		t.Errorf("the form has %+v", e.form)
	}
	e.sheet.name.SetText("shop web")
	test.Tap(e.sheet.create)
	w.until("the name has changed", func() bool { return slices.Contains(w.names(), "shop web") })
	if w.app.table.state.rows[1].id != "web" || !w.row("shop web").on {
		t.Error("it is another tunnel, or it was stopped")
	}
}

func TestTheFormWatchesWhatItNamesAndLetsGo(t *testing.T) {
	c := newFakeCatalog()
	w := newWorld(t, newFakeTunnels(), c)
	w.app.newTunnel()
	e := w.app.editor
	e.openSearch()
	want := []string{"[Services]", "svc/legacy", "svc/web", "[Workloads]", "deploy/web", "sts/cart", "[Pods]", "cart-0", "web-7d4b9c6f5-x2x9k"}
	w.until("all targets are offered", func() bool { return slices.Equal(offered(e), want) })
	e.sheet.pod.SetText("Web")
	if got := offered(e); !slices.Equal(got, []string{"[Services]", "svc/web", "[Workloads]", "deploy/web", "[Pods]", "web-7d4b9c6f5-x2x9k"}) {
		t.Errorf("with web typed the list has %v", got)
	}
	if e.sheet.pods.Key(fyne.KeyReturn); e.form.pod != "svc/web" {
		t.Errorf("Return takes %q, not the first target", e.form.pod)
	}
	if got := offered(e); !slices.Equal(got, []string{"legacy", "web"}) {
		t.Errorf("once a target is chosen the list of its group has %v", got)
	}
	e.openSearch()
	e.sheet.pod.SetText("not-yet-there")
	if got := offered(e); e.form.pod != "svc/web" || !slices.Equal(got, []string{"Use “pod/not-yet-there”"}) {
		t.Errorf("what is typed is taken as %q before it is chosen among %v", e.form.pod, got)
	}
	e.sheet.pods.Key(fyne.KeyReturn)
	if got := e.sheet.podNote.Text(); !strings.Contains(got, "will wait") {
		t.Errorf("for a pod that does not exist the note says %q", got)
	}
	e.chooseContext("prod")
	w.until("dev is let go and prod is watched", func() bool {
		return c.watched("dev/shop") == 0 && c.watched("dev/shop/services") == 0 && c.watched("dev/shop/workloads") == 0 && c.watched("dev") == 0 && c.watched("prod") == 1
	})
	if e.form.namespace != "default" || e.form.pod != "not-yet-there" {
		t.Errorf("after another context was chosen the form has %+v", e.form)
	}
	w.key(fyne.KeyEscape)
	w.until("nothing is watched", func() bool { return c.watched("prod") == 0 && c.watched("prod/default") == 0 })
}

// offered are the targets that the sheet offers, with their headings.
func offered(e *editor) []string {
	var out []string
	for _, o := range e.sheet.pods.Items() {
		text := o.Text
		if o.Head {
			text = "[" + text + "]"
		}
		out = append(out, text)
	}
	return out
}

func TestAServiceIsChosenWithItsPortsAndAPolicy(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.newTunnel()
	e := w.app.editor
	e.openSearch()
	w.until("all targets are offered", func() bool { return len(offered(e)) == 9 })
	if e.sheet.policy.Visible() {
		t.Error("there is a choice of pods before there is a target")
	}
	e.sheet.pods.OnChoose("svc/web")
	if e.form.pod != "svc/web" || e.sheet.pods.Chosen() != "svc/web" {
		t.Errorf("the form has %+v", e.form)
	}
	labels := []string{e.sheet.chips[0].Label(), e.sheet.chips[1].Label()}
	if !slices.Equal(labels, []string{"80 http", "8081 admin"}) || len(e.sheet.view.chips) != 2 {
		t.Errorf("the ports are %v", labels)
	}
	e.sheet.chips[0].OnTap()
	e.sheet.chips[1].OnTap()
	if e.form.ports != ":80 8081" {
		t.Errorf("the ports are %q", e.form.ports)
	}
	if !e.sheet.policy.Visible() || e.sheet.policy.Value() != "sticky" {
		t.Error("there is no choice of pods")
	}
	e.sheet.policy.OnChoose("round-robin")
	test.Tap(e.sheet.create)
	w.until("the tunnel is there", func() bool { return len(w.tunnels.all()) == 1 })
	got := w.tunnels.all()[0].Spec
	if got.Target.String() != "svc/web" || got.Policy != tunnels.PolicyRoundRobin {
		t.Errorf("the tunnel is %+v", got)
	}
}

func TestWhatMayNotBeListedHidesNothing(t *testing.T) {
	c := newFakeCatalog()
	forbidden := &tunnels.Error{Err: errors.New("you may not"), Cause: tunnels.CauseForbidden}
	c.podErr[podsOf{"dev", "shop"}], c.pods[podsOf{"dev", "shop"}] = forbidden, nil
	l := c.workloads[podsOf{"dev", "shop"}]
	l.Missing = []kube.Missing{{Kind: tunnels.KindJob, Err: forbidden}}
	c.workloads[podsOf{"dev", "shop"}] = l
	w := newWorld(t, newFakeTunnels(), c)
	w.app.newTunnel()
	e := w.app.editor
	e.openSearch()
	w.until("the rest is offered", func() bool { return len(offered(e)) == 6 })
	w.until("the note tells what is not", func() bool {
		return e.sheet.podNote.Text() == "You may not list jobs and pods here: type a name, as svc/web or web-1."
	})
}

func TestTenThousandPodsAreOfferedOnce(t *testing.T) {
	var lists targetLists
	for i := range 10_000 {
		lists[podGroup].items = append(lists[podGroup].items, offerPod(kube.Pod{Name: fmt.Sprintf("web-%d", i), Ready: true}))
	}
	var c choices
	all := c.update(&lists, allGroups, "")
	if again := c.update(&lists, allGroups, " "); len(all) != 10_001 || &again[0] != &all[0] {
		t.Errorf("%d options are made anew although nothing has changed", len(again))
	}
	if n := testing.AllocsPerRun(1, func() { c.update(&lists, allGroups, "") }); n != 0 {
		t.Errorf("%v allocations for what has not changed", n)
	}
	if got := c.update(&lists, allGroups, "WEB-9999"); len(got) != 2 || got[1].Key != "web-9999" {
		t.Errorf("the search finds %v", got)
	}
}

func TestANamespaceThatCannotBeListedIsTyped(t *testing.T) {
	c := newFakeCatalog()
	c.pods[podsOf{"prod", "team-a"}] = nil
	w := newWorld(t, newFakeTunnels(), c)
	w.app.tapTree(treeRow{kind: treeContext, context: "prod"})
	w.app.askNamespace("prod")
	o, ok := w.app.window.Canvas().Overlays().Top().(*parts.Overlay)
	if !ok {
		t.Fatal("nothing asks for the name")
	}
	field := find[*parts.Field](o)
	test.Type(field.Entry, "team-")
	if field.Bad() {
		t.Error("team- is a mistake although one still types")
	}
	field.Entry.OnSubmitted("")
	if !field.Bad() {
		t.Error("team- is taken for a namespace")
	}
	field.SetText("")
	if field.Bad() {
		t.Error("an empty field is a mistake already")
	}
	test.Type(field.Entry, "Team A")
	if !field.Bad() {
		t.Error("Team A is taken for a namespace as one types")
	}
	field.Entry.OnSubmitted("")
	if !field.Bad() || !o.IsOpen() {
		t.Error("Team A is taken for a namespace")
	}
	field.SetText("team-a")
	field.Entry.OnSubmitted("")
	w.until("team-a is watched", func() bool { return c.watched("prod/team-a/services") == 1 })
	if o.IsOpen() {
		t.Error("the question is still there")
	}
}

func TestWhatIsNoNamespaceIsNotAskedFor(t *testing.T) {
	c := newFakeCatalog()
	w := newWorld(t, newFakeTunnels(), c)
	w.app.newTunnel()
	e := w.app.editor
	for _, bad := range []string{"a/../b", "Bad?x=1", "Team A"} {
		e.sheet.namespace.OnChoose(bad)
		if got := e.sheet.targetBad.Text(); !strings.HasSuffix(got, ".") {
			t.Errorf("for %q the sheet says %q", bad, got)
		}
		if n := c.watched("dev/" + bad); n != 0 {
			t.Errorf("%q is asked for", bad)
		}
	}
	e.sheet.namespace.OnChoose("team-a")
	if got := e.sheet.targetBad.Text(); got != "" {
		t.Errorf("for team-a the sheet says %q", got)
	}
	w.until("team-a is watched", func() bool { return c.watched("dev/team-a") == 1 })
}

// find returns the first widget of a type in a tree of objects.
func find[T fyne.CanvasObject](o fyne.CanvasObject) T {
	var none T
	if found, ok := o.(T); ok {
		return found
	}
	switch v := o.(type) {
	case *fyne.Container:
		for _, c := range v.Objects {
			if f := find[T](c); any(f) != any(none) {
				return f
			}
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(v).Objects() {
			if f := find[T](c); any(f) != any(none) {
				return f
			}
		}
	}
	return none
}
