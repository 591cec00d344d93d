package ui

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/ui/parts"
)

// manyPods are pods of a busy namespace; one in twenty is not ready.
func manyPods(n int) []kube.Pod {
	pods := make([]kube.Pod, n)
	for i := range pods {
		pods[i] = kube.Pod{
			Context: "dev", Namespace: "big", Name: fmt.Sprintf("worker-%05d-x%04x", i, i*7919%65536), Status: "Running", Ready: i%20 != 0,
			Ports: []kube.ContainerPort{{Name: "http", Number: 8080, Protocol: "TCP"}, {Name: "metrics", Number: 9090, Protocol: "TCP"}},
		}
	}
	return pods
}

// bigCatalog is a catalog with a namespace of many pods, all open.
func bigCatalog(n int) (fixedCatalog, treeInput) {
	big := podsOf{"dev", "big"}
	pods := offersOf(kube.Listing[kube.Pod]{Items: manyPods(n), Complete: true}, offerPod)
	cat := fixedCatalog{
		contexts:   listing[kube.Context]{loaded: true, items: []kube.Context{{Name: "dev", Current: true}}},
		namespaces: map[string]listing[kube.Namespace]{"dev": {loaded: true, items: []kube.Namespace{{Name: "big"}}}},
		targets:    map[groupOf]listing[offer]{{big, podGroup}: {loaded: true, items: pods.Items}},
	}
	return cat, treeInput{open: map[podsOf]bool{{"dev", ""}: true, big: true}, groups: map[groupOf]bool{{big, podGroup}: true}, now: noon}
}

func TestLinesOfTargetsAreMadeWhenAskedFor(t *testing.T) {
	cat, in := bigCatalog(10_000)
	rows := newTree(cat, in)
	if got, want := rows.len(), 10_000+6; got != want { // the context, its namespace, three groups, the offer to type one
		t.Fatalf("there are %d lines, want %d", got, want)
	}
	if got, want := rows.at(5+42).text, "worker-00042-x"; got[:len(want)] != want {
		t.Errorf("the 43rd pod's line is %q", got)
	}
	if n := testing.AllocsPerRun(20, func() { newTree(cat, in) }); n > 60 {
		t.Errorf("a tree of 10,000 pods takes %v allocations", n)
	}
	in.filter = "worker-0999"
	found := newTree(cat, in)
	if got := found.len(); got != 10+3 {
		t.Errorf("a search finds %d lines, want ten pods in a group, a namespace and a context", got)
	}
	var texts []string
	for r := range found.all() {
		texts = append(texts, r.text[:min(len(r.text), 12)])
	}
	if want := "worker-09990"; texts[3] != want || !slices.IsSorted(texts[3:]) {
		t.Errorf("it finds %v", texts)
	}
}

func TestAnUnchangedTreeIsNotDrawn(t *testing.T) {
	c := newFakeCatalog()
	c.pods[podsOf{"dev", "shop"}] = manyPods(10_000)
	w := newWorld(t, newFakeTunnels(), c)
	w.app.openTree(podsOf{"dev", ""}, true)
	w.app.openTree(podsOf{"dev", "shop"}, true)
	w.app.openGroup(groupOf{podsOf{"dev", "shop"}, podGroup}, true)
	w.until("the pods are listed", func() bool { return w.app.tree.rows.len() > 10_000 })
	w.app.apply()
	if n := testing.AllocsPerRun(50, func() { w.app.drawTree(noon) }); n != 0 {
		t.Errorf("drawing a tree in which nothing has changed takes %v allocations", n)
	}
	before := w.app.tree.rows.len()
	w.app.rail.search.SetText("worker-00001")
	if after := w.app.tree.rows.len(); after >= before {
		t.Errorf("a search leaves %d of %d lines", after, before)
	}
}

func TestWhatIsAwaitedInTheTreeIsDrawnEachSecond(t *testing.T) {
	c := newFakeCatalog()
	delete(c.namespaces, "dev") // it never answers
	w := newWorld(t, newFakeTunnels(), c)
	w.app.openTree(podsOf{"dev", ""}, true)
	w.app.drawTree(noon)
	w.app.drawTree(noon.Add(8e9))
	if got, want := w.app.tree.rows.at(1).text, "Asking for namespaces… no answer for 8 s."; got != want {
		t.Errorf("after eight seconds it says %q", got)
	}
}

// Only the lines in sight have widgets, and those that show the same stay as
// they are.
func TestTheTreeTouchesWhatIsInSight(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(parts.NewTheme())
	cat, in := bigCatalog(10_000)
	v := newTreeView(nil, nil, nil)
	win := test.NewTempWindow(t, v)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(200, 400))
	v.apply(newTree(cat, in))
	lines := func() (all []*treeLine) {
		for _, o := range objects(v) {
			if l, ok := o.(*treeLine); ok {
				all = append(all, l)
			}
		}
		return all
	}
	if n := len(lines()); n < 10 || n > 20 {
		t.Fatalf("%d lines have widgets, some fifteen are in sight", n)
	}
	before := lines()
	items := slices.Clone(cat.targets[groupOf{podsOf{"dev", "big"}, podGroup}].items)
	items[2].state = "Terminating"
	items[2].dim = true
	cat.targets[groupOf{podsOf{"dev", "big"}, podGroup}] = listing[offer]{loaded: true, items: items}
	v.apply(newTree(cat, in))
	after := lines()
	for i := range min(len(before), len(after)) {
		if before[i] != after[i] {
			t.Fatalf("line %d has another widget", i)
		}
	}
	if got := after[5+2].row.note; got != "Terminating" {
		t.Errorf("the pod that is ending has the note %q", got)
	}
	v.list.ScrollTo(9_000)
	if got := lines()[len(lines())-1].row.text; got[:12] != "worker-08995" {
		t.Errorf("the last line in sight is %q", got)
	}
	in.filter = "worker-0000"
	v.apply(newTree(cat, in))
	if v.list.Offset() != 0 || lines()[0].row.kind != treeContext {
		t.Error("what a search leaves is not in sight")
	}
}

// objects returns what a widget consists of.
func objects(o fyne.CanvasObject) []fyne.CanvasObject {
	out := []fyne.CanvasObject{o}
	switch v := o.(type) {
	case *fyne.Container:
		for _, child := range v.Objects {
			out = append(out, objects(child)...)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(v).Objects() {
			out = append(out, objects(child)...)
		}
	}
	return out
}

// A key typed into the search of the tree, from the key to lines that are ready
// to be painted: it has 16 ms.
func BenchmarkFilterPods(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(parts.NewTheme())
	cat, in := bigCatalog(10_000)
	v := newTreeView(nil, nil, nil)
	win := test.NewTempWindow(b, v)
	win.Resize(fyne.NewSize(200, 600))
	filters := []string{"w", "99", "x1", "worker-0012", ""}
	for i := 0; b.Loop(); i++ {
		in.filter = filters[i%len(filters)]
		v.apply(newTree(cat, in))
	}
}

func TestOffersOfPodsThatStayAreKept(t *testing.T) {
	var made podOffers
	pods := manyPods(1_000)
	first := made.update(kube.Listing[kube.Pod]{Items: pods, Complete: true})
	if want := offersOf(kube.Listing[kube.Pod]{Items: pods, Complete: true}, offerPod); !reflect.DeepEqual(first, want) {
		t.Error("the offers differ from those that are made one by one")
	}
	next := slices.Clone(pods[:999])                                               // the last one is gone
	next[7].Ready, next[7].Status = false, "CrashLoopBackOff"                      // one is in trouble
	next = slices.Insert(next, 500, kube.Pod{Name: "worker-00499-y", Ready: true}) // and one is new
	var second kube.Listing[offer]
	if n := testing.AllocsPerRun(1, func() {
		again := podOffers{pods: made.pods, offers: made.offers}
		second = again.update(kube.Listing[kube.Pod]{Items: next, Complete: true})
	}); n > 20 {
		t.Errorf("two changes among 1,000 pods take %v allocations", n)
	}
	if want := offersOf(kube.Listing[kube.Pod]{Items: next, Complete: true}, offerPod); !reflect.DeepEqual(second, want) {
		t.Error("after changes the offers differ from those that are made one by one")
	}
}

// One pod of ten thousand changes: what the cluster tells becomes offers, and
// the tree is drawn.
func BenchmarkPodChange(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(parts.NewTheme())
	cat, in := bigCatalog(10_000)
	v := newTreeView(nil, nil, nil)
	win := test.NewTempWindow(b, v)
	win.Resize(fyne.NewSize(200, 600))
	pods := manyPods(10_000)
	var made podOffers
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		pods[i%len(pods)].Ready = !pods[i%len(pods)].Ready
		l := made.update(kube.Listing[kube.Pod]{Items: slices.Clone(pods), Complete: true})
		cat.targets[groupOf{podsOf{"dev", "big"}, podGroup}] = listing[offer]{loaded: true, items: l.Items}
		v.apply(newTree(cat, in))
	}
}
