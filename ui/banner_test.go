package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels"
)

func needing(name, context string, cause tunnels.Cause) tunnels.Status {
	st := stopped(spec(name, context, "shop", name+"-0", "6000:5000"))
	st.State, st.Err = tunnels.NeedsUser, &tunnels.Error{Err: errors.New("it does not work"), Hint: "mend it", Cause: cause, Permanent: true}
	return st
}

func busyPort(name, context string) tunnels.Status {
	st := needing(name, context, tunnels.CausePortBusy)
	b := readyStatus(st.Spec).Bound[0]
	st.Unbound = []tunnels.Unbound{{Mapping: b.Mapping, Addr: b.Addr, Err: st.Err}}
	return st
}

func TestBannerTellsTheWorst(t *testing.T) {
	contexts := listing[kube.Context]{loaded: true, items: []kube.Context{
		{Name: "dev"}, {Name: "staging", Origin: kube.OriginSignedIn}, {Name: "prod", ExecPlugin: "aws"},
	}}
	broken := contexts
	broken.err = errors.New("/home/me/.kube/config: line 3: not YAML")
	sign, busy := needing("auth", "staging", tunnels.CauseSignIn), busyPort("redis", "dev")
	other := needing("lost", "dev", tunnels.CauseNotFound)
	tests := []struct {
		name  string
		in    bannerInput
		key   string
		title string
		check func(bannerView) bool
	}{
		{"nothing", bannerInput{contexts: contexts, snap: tunnels.Snapshot{readyStatus(spec("web", "dev", "shop", "web", "80"))}}, "", "", nil},
		{
			"a broken kubeconfig",
			bannerInput{contexts: broken, snap: tunnels.Snapshot{sign}},
			"kubeconfig /home/me/.kube/config: line 3: not YAML", "The kubeconfig cannot be read as it is now.",
			func(b bannerView) bool { return b.copies != "" && b.button == "Copy" },
		},
		{
			"a broken kubeconfig without contexts, which the window tells", bannerInput{contexts: listing[kube.Context]{err: broken.err}}, "", "", nil,
		},
		{
			"a sign-in before a port",
			bannerInput{contexts: contexts, snap: tunnels.Snapshot{busy, sign}},
			"sign-in staging", "Sign-in needed for staging.",
			func(b bannerView) bool {
				return b.verb == verbSignIn && b.button == "Sign in" && b.text == "1 tunnel keeps its port and waits for you."
			},
		},
		{
			"a sign-in of two tunnels",
			bannerInput{contexts: contexts, snap: tunnels.Snapshot{sign, needing("auth2", "staging", tunnels.CauseSignIn)}},
			"sign-in staging", "Sign-in needed for staging.",
			func(b bannerView) bool {
				return b.text == "2 tunnels keep their ports and wait for you." && len(b.rows) == 2
			},
		},
		{
			"a sign-in that there is no remedy for",
			bannerInput{contexts: contexts, snap: tunnels.Snapshot{needing("a", "dev", tunnels.CauseSignIn)}},
			"sign-in dev", "Sign-in needed for dev.", func(b bannerView) bool { return b.verb == "" && b.show == "a" && b.button == "Show" },
		},
		{
			"a busy port",
			bannerInput{contexts: contexts, snap: tunnels.Snapshot{busy}},
			"port redis 127.0.0.1:6000", "Another program has port 6000.", func(b bannerView) bool { return b.show == "redis" },
		},
		{
			"another need",
			bannerInput{contexts: contexts, snap: tunnels.Snapshot{other}},
			"tunnel lost " + other.Err.Error(), "“lost” needs you.", func(b bannerView) bool { return b.text == "It does not work. Mend it." },
		},
		{
			"a token in memory, last",
			bannerInput{contexts: contexts, inMemory: map[string]bool{"staging": true}},
			"memory staging", "The token of staging is not in the keyring.", func(b bannerView) bool { return b.advice && b.verb == verbSignIn },
		},
		{
			"a locked keyring before the sign-ins that hang on it",
			bannerInput{contexts: contexts, snap: tunnels.Snapshot{sign}, keyring: keyring.Condition{State: keyring.Locked}},
			"keyring The keyring is locked.", "The keyring is locked.",
			func(b bannerView) bool { return b.verb == verbUnlock && b.button == "Unlock…" && !b.advice },
		},
		{
			"a keyring that asks, with nothing to press",
			bannerInput{contexts: contexts, keyring: keyring.Condition{State: keyring.Asking}},
			"keyring asks Waiting for the keyring.", "Waiting for the keyring.",
			func(b bannerView) bool { return b.verb == "" && b.button == "" && b.advice },
		},
		{
			"no keyring",
			bannerInput{contexts: contexts, inMemory: map[string]bool{"staging": true}, keyring: keyring.Condition{State: keyring.Absent}},
			"keyring No keyring is running.", "No keyring is running.",
			func(b bannerView) bool {
				return b.button == "Try again" && b.advice && strings.Contains(b.text, "KWallet")
			},
		},
		{
			"a keyring that does not answer",
			bannerInput{contexts: contexts, keyring: keyring.Condition{State: keyring.Broken, Err: &tunnels.Error{Err: errors.New("it does not answer"), Hint: "Look for a window."}}},
			"keyring The keyring does not work.", "The keyring does not work.",
			func(b bannerView) bool { return b.text == "It does not answer. Look for a window." },
		},
		{
			"a token in memory once the keyring is dismissed",
			bannerInput{
				contexts: contexts, inMemory: map[string]bool{"staging": true}, keyring: keyring.Condition{State: keyring.Absent},
				dismissed: map[string]bool{"keyring No keyring is running.": true},
			},
			"memory staging", "The token of staging is not in the keyring.", nil,
		},
		{
			"the next one when the worst is dismissed",
			bannerInput{contexts: contexts, snap: tunnels.Snapshot{busy, sign}, dismissed: map[string]bool{"sign-in staging": true}},
			"port redis 127.0.0.1:6000", "Another program has port 6000.", nil,
		},
		{
			"the next one when the worst is in view",
			bannerInput{contexts: contexts, snap: tunnels.Snapshot{busy, sign}, visible: map[tunnels.ID]bool{"auth": true}},
			"port redis 127.0.0.1:6000", "Another program has port 6000.", nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := bannerOf(tt.in)
			if b.key != tt.key || b.title != tt.title || tt.check != nil && !tt.check(b) {
				t.Errorf("the banner is %+v", b)
			}
		})
	}
}

func TestInView(t *testing.T) {
	rows := []rowView{{group: true}, {id: "a"}, {id: "b"}, {group: true}, {id: "c"}}
	tests := []struct {
		name           string
		offset, height float32
		want           []tunnels.ID
	}{
		{"from the top", 0, groupHeight + 2*rowHeight, []tunnels.ID{"a", "b"}},
		{"half a row is not in view", 0, groupHeight + 1.5*rowHeight, []tunnels.ID{"a"}},
		{"scrolled", groupHeight + 1, 4 * rowHeight, []tunnels.ID{"b", "c"}},
		{"no room", 0, -5, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := inView(rows, tt.offset, tt.height)
			for _, id := range []tunnels.ID{"a", "b", "c"} {
				if in[id] != slices.Contains(tt.want, id) {
					t.Errorf("%s in view is %v", id, in[id])
				}
			}
		})
	}
}

func TestTheBannerHidesWhileItsRowIsInViewAndOnceDismissed(t *testing.T) {
	w := newWorld(t, newFakeTunnels(busyPort("redis", "dev")), newFakeCatalog())
	if w.app.banner.Visible() {
		t.Fatal("the banner tells what the row tells")
	}
	w.app.tapRow(w.app.table.state.rows[0], 0) // folds the group
	if !w.app.banner.Visible() || w.app.rail.Position().Y != topHeight+bannerHeight {
		t.Fatal("without the row there is no banner")
	}
	test.Tap(w.app.banner.act)
	if w.app.chosen != "redis" || !w.app.detail {
		t.Error("the banner's button does not show the tunnel")
	}
	w.app.closed[groupKey{context: "dev"}] = true
	w.app.closeDetails()
	test.Tap(w.app.banner.closer)
	if w.app.banner.Visible() || w.app.rail.Position().Y != topHeight {
		t.Error("the banner cannot be dismissed")
	}
	back := *w.app.latest.Load()
	none := tunnels.Snapshot{stopped(back[0].Spec)}
	for _, s := range []tunnels.Snapshot{none, back} { // it is mended, and happens again
		w.app.latest.Store(&s)
		w.app.draw()
	}
	if !w.app.banner.Visible() {
		t.Error("the fact has come again, but the banner stays away")
	}
}

func TestOnly(t *testing.T) {
	a, b := spec("a", "dev", "shop", "a", "80"), spec("b", "dev", "shop", "b", "80")
	a.Tags, b.Tags = []string{"db", "http"}, []string{"http"}
	snap := tunnels.Snapshot{readyStatus(a), stopped(b)}
	tests := []struct {
		name string
		only only
		want []string
	}{
		{"all", only{}, []string{"a", "b"}},
		{"a tag", only{tag: "db"}, []string{"a"}},
		{"a state whose number is zero", only{state: tunnels.Stopped, byState: true}, []string{"b"}},
		{"both", only{tag: "http", state: tunnels.Ready, byState: true}, []string{"a"}},
		{"neither", only{tag: "none"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, st := range tt.only.of(snap, targetNames{}) {
				got = append(got, st.Spec.Name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("left are %v, want %v", got, tt.want)
			}
		})
	}
	if got := tagsOf(snap, targetNames{}); !slices.Equal(got, []tagCount{{"db", 1}, {"http", 2}}) {
		t.Errorf("the tags are %v", got)
	}
}

// TestWhatIsShownIsNotHidden: the way to a tunnel, from the banner or after it is
// made, ends where its row can be seen.
func TestWhatIsShownIsNotHidden(t *testing.T) {
	f := two()
	f.snap[0].Spec.Tags = []string{"http"}
	w := newWorld(t, f, newFakeCatalog())
	w.app.onlyTag("http")
	w.app.bannerAct(bannerView{show: "redis"})
	if rowOf(w.app.table.state.rows, "redis") < 0 {
		t.Error("a tag hides the row")
	}
}

func TestTagsAndStatesNarrowTheTable(t *testing.T) {
	f := two()
	f.snap[0].Spec.Tags = []string{"http"}
	w := newWorld(t, f, newFakeCatalog())
	tap := func(o fyne.Tappable) { test.Tap(o) }
	tap(w.app.rail.chips.chips[0])
	if got := w.names(); !slices.Equal(got, []string{"web"}) {
		t.Errorf("the tag shows %v", got)
	}
	tap(w.app.rail.chips.chips[0])
	tap(w.app.strip.states[1])
	if got := w.names(); !slices.Equal(got, []string{"redis"}) {
		t.Errorf("stopped shows %v", got)
	}
	tap(w.app.strip.states[1])
	if got := w.names(); len(got) != 2 {
		t.Errorf("a second tap leaves %v", got)
	}
	tap(w.app.strip.states[1])
	w.key(fyne.KeyEscape)
	if got := w.names(); len(got) != 2 {
		t.Errorf("Escape leaves %v", got)
	}
}
