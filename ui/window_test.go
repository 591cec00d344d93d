package ui

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/tunnels"
)

func TestRowsShowTunnelsAndTogglesActOnThem(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	web := w.row("web")
	if web.word != "Ready" || !web.on || web.lines[0].copy != "127.0.0.1:42001" || !web.lines[0].random || web.more != 0 {
		t.Errorf("the row of a ready tunnel is %+v", web)
	}
	w.app.toggle("web")
	if got := w.row("web").reason; got != "Stopping…" {
		t.Errorf("while it is being stopped the row says %q", got)
	}
	w.until("web is stopped", func() bool { return w.row("web").word == "Stopped" && w.row("web").reason == "" })
	w.app.startAll()
	w.until("both run", func() bool {
		web, redis := w.row("web"), w.row("redis")
		return web.on && redis.on && web.reason != "Starting…" && redis.reason != "Starting…"
	})
	w.app.stopAll()
	w.until("both are stopped", func() bool { return !w.row("web").on && !w.row("redis").on })
}

func TestHandlersDoNotWaitForTheManager(t *testing.T) {
	f := two()
	f.block = make(chan struct{})
	w := newWorld(t, f, newFakeCatalog())
	w.app.toggle("redis") // returns although Start does not
	w.app.toggle("redis") // a second click while the first is under way does nothing
	if got := w.row("redis").reason; got != "Starting…" {
		t.Errorf("the row says %q", got)
	}
	close(f.block)
	w.until("redis runs", func() bool { return w.row("redis").on })
	if calls := f.called(); len(calls) != 1 {
		t.Errorf("the manager was called for %v", calls)
	}
}

func TestAFailedVerbStaysInTheRow(t *testing.T) {
	f := two()
	f.fail = &tunnels.Error{Err: errors.New("the disk is full"), Hint: "make room", Cause: tunnels.CauseUnknown}
	w := newWorld(t, f, newFakeCatalog())
	w.app.choose("redis")
	w.app.toggle("redis")
	w.until("the row tells the error", func() bool { return w.row("redis").reason == "The disk is full" })
	if got := w.app.details.view.trouble; got != "The disk is full. Make room." {
		t.Errorf("the details say %q", got)
	}
}

func TestCopyingPutsTheAddressOnTheClipboardAndShowsATick(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	w.app.copyAddress("web")
	if got := w.app.deps.App.Clipboard().Content(); got != "127.0.0.1:42001" {
		t.Errorf("the clipboard has %q", got)
	}
	if w.app.table.state.copied != "127.0.0.1:42001" || w.app.details.copied != "127.0.0.1:42001" {
		t.Error("nothing shows that it was copied")
	}
	w.until("the tick goes", func() bool { return w.app.table.state.copied == "" })
	w.app.copyAddress("redis") // it is stopped: there is nothing to connect to
	if got := w.app.deps.App.Clipboard().Content(); got != "127.0.0.1:42001" {
		t.Errorf("copying a stopped tunnel put %q on the clipboard", got)
	}
}

func TestRemoveOffersUndo(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	w.key(fyne.KeyDelete)
	w.until("web is gone", func() bool { return !slices.Contains(w.names(), "web") && w.app.undo.Visible() })
	if w.app.frame.details {
		t.Error("the details of a removed tunnel are open")
	}
	test.Tap(w.app.undo.undo)
	w.until("web is back and runs", func() bool { return slices.Contains(w.names(), "web") && w.row("web").on })
	if w.app.undo.Visible() {
		t.Error("undo is still offered")
	}
	want := []string{"remove web", "put web", "move web", "start web"}
	if got := w.tunnels.called(); !slices.Equal(got, want) {
		t.Errorf("calls are %v, want %v", got, want)
	}
}

func TestKeys(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.table.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if w.app.chosen != "web" {
		t.Fatalf("Down selects %q", w.app.chosen)
	}
	w.app.table.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown}) // over the group row
	if w.app.chosen != "redis" {
		t.Fatalf("the second Down selects %q", w.app.chosen)
	}
	w.app.table.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	w.until("Enter starts redis", func() bool { return w.row("redis").on })
	w.app.table.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF5})
	w.until("F5 reconnects", func() bool { return slices.Contains(w.tunnels.called(), "kick redis") })
	w.app.choose("web")
	w.key(fyne.KeyEscape)
	if w.app.detail {
		t.Error("Escape leaves the details open")
	}
	w.app.top.search.SetText("redis")
	if got := w.names(); !slices.Equal(got, []string{"redis"}) {
		t.Errorf("the search shows %v", got)
	}
	w.key(fyne.KeyEscape)
	if got := w.names(); len(got) != 2 {
		t.Errorf("Escape leaves the search: %v", got)
	}
}

func TestFiltersAndGroups(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	test.Tap(w.app.rail.rows[filterRunning])
	if got := w.names(); !slices.Equal(got, []string{"web"}) {
		t.Errorf("Running shows %v", got)
	}
	test.Tap(w.app.rail.rows[filterAttention])
	if v := w.app.welcome.view; v.kind != welcomeNoMatch || !w.app.welcome.Visible() {
		t.Errorf("without a tunnel that needs the user the window shows %+v", v)
	}
	test.Tap(w.app.rail.rows[filterAll])
	w.app.tapRow(w.app.table.state.rows[0], 0)
	if got := w.names(); !slices.Equal(got, []string{"redis"}) {
		t.Errorf("with dev folded the table shows %v", got)
	}
}

func TestNarrowWindowsFoldTheRailAndPutDetailsBelow(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	wide := w.app.details.Size()
	if wide.Width != detailsWidth || w.app.rail.folded {
		t.Errorf("at %d units the details are %v and folded is %v", windowWidth, wide, w.app.rail.folded)
	}
	w.app.window.Resize(fyne.NewSize(leastWidth, leastHeight))
	w.app.apply()
	if !w.app.rail.folded || w.app.details.Size().Width != leastWidth-railNarrow {
		t.Errorf("at %d units the details are %v and folded is %v", leastWidth, w.app.details.Size(), w.app.rail.folded)
	}
	w.app.foldRail()
	if w.app.rail.folded {
		t.Error("the rail does not unfold")
	}
}

func TestClosingEndsAllThatTheWindowStarted(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.tapTree(treeRow{kind: treeContext, context: "dev"})
	w.until("dev is watched", func() bool { return w.catalog.watched("dev") == 1 })
	w.app.cancel()
	w.app.wg.Wait()
	if n := w.catalog.watched("dev"); n != 0 {
		t.Errorf("%d watches are left", n)
	}
}

func TestAToolkitThatDoesNotEndIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		a := &App{deps: Deps{Stuck: func() { n++ }}, returned: make(chan struct{})}
		a.watchEnd()
		a.watchEnd()
		a.wg.Wait() // the bubble's clock moves on
		if n != 1 {
			t.Errorf("Stuck is called %d times", n)
		}
		a = &App{deps: a.deps, returned: make(chan struct{})}
		a.watchEnd()
		close(a.returned)
		a.wg.Wait()
		if n != 1 {
			t.Error("Stuck is called although Run went on")
		}
	})
}

func TestTheTreeByKeyboard(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			w.app.tree.list.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	w.until("the contexts are there", func() bool { return w.app.tree.rows.len() == 2 })
	press(fyne.KeyDown, fyne.KeyRight)
	w.until("dev is open", func() bool { return w.app.tree.rows.len() == 5 })
	press(fyne.KeyDown, fyne.KeyDown, fyne.KeyRight)
	w.until("shop is open", func() bool { return w.app.tree.rows.len() == 10 })
	press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	if e := w.app.editor; e == nil || e.form.pod != "svc/web" || e.form.ports != ":80 8081" {
		t.Fatal("Enter on a service opens no form for it with its ports")
	}
	w.key(fyne.KeyEscape)
	press(fyne.KeyUp, fyne.KeyUp, fyne.KeyLeft)
	if w.app.tree.rows.len() != 8 {
		t.Errorf("Left leaves %d rows", w.app.tree.rows.len())
	}
	press(fyne.KeyUp, fyne.KeyLeft)
	if w.app.tree.rows.len() != 5 {
		t.Errorf("Left leaves %d rows", w.app.tree.rows.len())
	}
	w.app.rail.search.SetText("shop")
	if rows := w.app.tree.rows; rows.len() != 2 || rows.at(1).namespace != "shop" {
		t.Errorf("a search for shop shows %+v", rows)
	}
}

func TestTheFirstRunAsksContextsThatMayBeAsked(t *testing.T) {
	c := newFakeCatalog()
	c.contexts = append(c.contexts, kube.Context{Name: "shop", Server: "https://shop.example.net", Production: true})
	w := newWorld(t, newFakeTunnels(), c)
	w.until("dev has answered", func() bool { return w.app.browser.Check("dev").done })
	if k := w.app.browser.Check("prod"); k.done || k.running {
		t.Error("prod was asked although that runs a plugin")
	}
	if k := w.app.browser.Check("shop"); k.done || k.running {
		t.Error("shop was asked although it is marked as production")
	}
	w.app.welcome.act.context(verbAskAgain, "prod")
	w.until("prod has answered", func() bool {
		return len(w.app.welcome.view.contexts) == 3 && w.app.welcome.view.contexts[1].word == "Answers in 18 ms"
	})
}

func TestATunnelIsShownOnceItsRowIsThere(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.window.Resize(fyne.NewSize(leastWidth, leastHeight))
	w.app.choose("new")
	for i := range 20 {
		id := fmt.Sprintf("t%d", i)
		if i == 19 {
			id = "new"
		}
		if err := w.tunnels.Put(spec(id, "dev", "shop", id+"-0", "8080")); err != nil {
			t.Fatal(err)
		}
	}
	w.until("the new tunnel is in view", func() bool { return w.app.table.list.GetScrollOffset() > 0 })
}
