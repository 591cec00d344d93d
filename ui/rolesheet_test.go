package ui

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/tunnels"
)

// forbiddenTunnel is a tunnel whose user lacks a right.
func forbiddenTunnel() *fakeTunnels {
	st := tunnels.Status{Spec: spec("web", "dev", "shop", "web", "8080"), State: tunnels.NeedsUser, Reason: "no right"}
	st.Spec.Target.Kind = tunnels.KindService
	st.Err = &tunnels.Error{Err: errors.New("you may not create pods/portforward in namespace shop"), Hint: "ask for the right", Cause: tunnels.CauseForbidden}
	return newFakeTunnels(st)
}

// fewRights is the answer to who may see pods, but not forward to them.
func fewRights(t tunnels.Target) (kube.Access, error) {
	return kube.Access{
		Target: t, User: "dev", Version: "1.35", Verdict: kube.VerdictNo, Reason: "you may not create pods/portforward in namespace shop",
		Limits: []string{"without the right to watch pods changes show later"},
		Checks: []kube.Check{
			{Verb: "create", Resource: "pods", Subresource: "portforward", Namespace: "shop", Need: kube.NeedAll},
			{Verb: "get", Resource: "pods", Namespace: "shop", Need: kube.NeedAll, Allowed: true},
		},
	}, nil
}

func TestTheRoleIsOfferedWhereARightIsMissing(t *testing.T) {
	w := newWorld(t, forbiddenTunnel(), newFakeCatalog())
	w.catalog.access = fewRights
	w.app.choose("web")
	if !w.app.details.role.Visible() {
		t.Fatal("the details do not offer the Role")
	}
	test.Tap(w.app.details.role)
	s := find[*roleSheet](w.app.window.Canvas().Overlays().Top())
	w.until("the Role is there", func() bool { return s.yaml.Text != "" })
	if !strings.Contains(s.yaml.Text, "pods/portforward") || s.verdict.Text() != "You may not create pods/portforward in namespace shop." {
		t.Errorf("the sheet says %q and\n%s", s.verdict.Text(), s.yaml.Text)
	}
	test.Tap(s.copy)
	if got := w.app.deps.App.Clipboard().Content(); got != s.yaml.Text {
		t.Errorf("what is copied is %q", got)
	}
	w.key(fyne.KeyEscape)
	if w.app.window.Canvas().Overlays().Top() != nil {
		t.Error("Escape leaves the sheet open")
	}
}

func TestTheRoleIsNotOfferedForOtherTrouble(t *testing.T) {
	w := newWorld(t, scene(), newFakeCatalog())
	w.app.choose("auth")
	if w.app.details.role.Visible() {
		t.Error("an expired token shows the Role")
	}
}

func TestRoleViews(t *testing.T) {
	all := kube.Access{
		Target:  tunnels.Target{Context: "dev", Namespace: "shop", Kind: tunnels.KindPod, Name: "web"},
		Verdict: kube.VerdictYes, Reason: "you may", User: "dev",
		Checks: []kube.Check{{Verb: "create", Resource: "pods", Subresource: "portforward", Namespace: "shop", Need: kube.NeedAll, Allowed: true}},
	}
	if v := roleViewOf(all, nil); v.bad || v.yaml == "" || !strings.HasPrefix(v.ask, "No right is missing now") {
		t.Errorf("with all rights the sheet says %+v", v)
	}
	err := &tunnels.Error{Err: errors.New("the server does not answer"), Hint: "check the VPN", Cause: tunnels.CauseUnreachable}
	if v := roleViewOf(kube.Access{}, err); v != (roleView{verdict: "The server does not answer. Check the VPN.", bad: true}) {
		t.Errorf("without an answer the sheet says %+v", v)
	}
}

func TestSwapAndRemember(t *testing.T) {
	f := two()
	f.change("", "web", func(s *tunnels.Status) { s.PodsReady, s.PodsAll = 2, 3 })
	w := newWorld(t, f, newFakeCatalog())
	has := func(id tunnels.ID) bool {
		st, _ := w.app.snap.Find(id)
		for _, v := range w.app.rowMenuItems(st, nil) {
			if v.key == "swap" {
				return true
			}
		}
		return false
	}
	if !has("web") || has("redis") {
		t.Error("the menu offers to swap the pod where there is one, or not where there are several")
	}
	w.app.swapPod("web")
	w.until("the pod is swapped", func() bool { return len(f.called()) == 1 && f.called()[0] == "swap web" })
	w.app.start1("redis")
	w.until("the namespace is remembered", func() bool { return w.catalog.watched("remembered prod/data") == 1 })
}
