package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/ui/parts"
)

func TestProfileViews(t *testing.T) {
	f, list := threeProfiles()
	list = append(list, profiles.Profile{ID: "ops", Path: "/x/ops.yaml", Line: 3, Err: &tunnels.Error{Err: errors.New("a tab is no indent"), Hint: "use spaces"}})
	views := profileViews(list, f.all(), "dev")
	for i, want := range []profileView{
		{id: "default", name: "Default", total: 2, running: 1, path: list[0].Path},
		{id: "on-call", name: "On call", place: 1, quiet: true, path: list[1].Path},
		{id: "dev", name: "Shop, dev", place: 2, chosen: true, total: 2, running: 1, attention: 1, tags: "team-a", path: list[2].Path},
		{id: "ops", name: "ops", place: 3, path: "/x/ops.yaml", trouble: "ops.yaml cannot be read, line 3. A tab is no indent. Use spaces."},
	} {
		if views[i] != want {
			t.Errorf("profile %d is %+v, want %+v", i, views[i], want)
		}
	}
	for i, want := range []string{"1/2 bookmark", "0 bookmark", "1/2 circle-alert", "0 triangle-alert"} {
		if got := views[i].count() + " " + views[i].icon(); got != want {
			t.Errorf("profile %d shows %q, want %q", i, got, want)
		}
	}
	if got := views[2].tip(); got != "Shop, dev · 1 of 2 running\n1 tunnel needs attention\nTags: team-a" {
		t.Errorf("the tip is %q", got)
	}
	if a, b := (profileView{place: 8}).key(), (profileView{place: 9}).key(); a != "Ctrl+9" || b != "" {
		t.Errorf("the ninth has the key %q, the tenth %q", a, b)
	}
}

func TestWhenProfilesAreWorthShowing(t *testing.T) {
	def, dev := profiles.Profile{ID: "default"}, profiles.Profile{ID: "dev"}
	for _, tt := range []struct {
		name string
		list []profiles.Profile
		want bool
	}{
		{"none", nil, false},
		{"the one that comes by itself", []profiles.Profile{def}, false},
		{"another one", []profiles.Profile{dev}, true},
		{"two", []profiles.Profile{def, dev}, true},
		{"one that cannot be read", []profiles.Profile{{ID: "default", Err: &tunnels.Error{Err: errors.New("no")}}}, true},
	} {
		if got := worthShowing(tt.list); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestTheProfileOfANewTunnel(t *testing.T) {
	one, two := []profiles.Profile{{ID: "dev"}}, []profiles.Profile{{ID: "dev"}, {ID: "ops"}}
	for _, tt := range []struct {
		name  string
		list  []profiles.Profile
		shown string
		want  string
	}{
		{"there is none", nil, "", ""},
		{"there is one", one, "", "dev"},
		{"there are two", two, "", ""},
		{"one of two is on show", two, "ops", "ops"},
		{"the one on show has gone", two, "old", ""},
	} {
		b := profileBook{list: tt.list, shown: tt.shown}
		if got := b.home(); got != tt.want {
			t.Errorf("%s: it is %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What is made is found at once, and what the watch has told meanwhile stays.
func TestAMadeProfileJoinsWhatTheWatchTold(t *testing.T) {
	dev, ops, made := profiles.Profile{ID: "dev"}, profiles.Profile{ID: "ops"}, profiles.Profile{ID: "mine"}
	tagged := profiles.Profile{ID: "mine", Tags: []string{"mine"}}
	for _, tt := range []struct {
		name  string
		drawn []profiles.Profile
		told  []profiles.Profile // by the watch, not drawn yet
		want  string
	}{
		{"nothing was told", []profiles.Profile{dev}, nil, "dev mine"},
		{"another one came", []profiles.Profile{dev}, []profiles.Profile{dev, ops}, "dev mine ops"},
		{"it was told of already", []profiles.Profile{dev}, []profiles.Profile{dev, tagged, ops}, "dev mine[mine] ops"},
		{"another one went", []profiles.Profile{dev, ops}, []profiles.Profile{ops}, "mine ops"},
	} {
		b := profileBook{list: tt.drawn}
		b.latest.Store(&tt.drawn)
		if tt.told != nil {
			b.latest.Store(&tt.told)
		}
		b.add(made)
		b.take()
		var got []string
		for _, p := range b.list {
			text := p.ID
			if len(p.Tags) > 0 {
				text += fmt.Sprint(p.Tags)
			}
			got = append(got, text)
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: there are %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNamesOfProfiles(t *testing.T) {
	_, list := threeProfiles()
	for _, tt := range []struct{ name, id, want string }{
		{"Ops", "", ""},
		{"Ünïcode 2", "", ""},
		{"  ", "", "Give the profile a name."},
		{"default", "", "There is a profile “Default” already: choose another name."},
		{" Shop, dev ", "", "There is a profile “Shop, dev” already: choose another name."},
		{"Shop, Dev", "dev", ""},
		{"…", "", "A name needs a letter or a digit."},
		{"x\ty", "", "A name has letters, digits, signs and spaces only: remove what cannot be seen."},
		{"a\u202eb", "", "A name has letters, digits, signs and spaces only: remove what cannot be seen."},
		{strings.Repeat("x", 200), "", ""}, // as long as in a file
		{strings.Repeat("x", 201), "", "That is too long for a name: give at most 200 letters."},
	} {
		if got := nameComplaint(tt.name, tt.id, list); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.name, got, tt.want)
		}
	}
	list = append(list, profiles.Profile{ID: "c", Name: "Default copy"})
	if got := freeName("Default", list); got != "Default copy 2" {
		t.Errorf("a copy is called %q", got)
	}
	long := strings.Repeat("ü", 200)
	if got := freeName(long, list); !strings.HasSuffix(got, "ü copy") || nameComplaint(got, "", list) != "" {
		t.Errorf("the copy of one with a long name is called %q", got)
	}
}

func optionKeys(options []parts.Option) string {
	var out []string
	for _, o := range options {
		k := o.Key
		if o.Head {
			k = "[" + o.Text + "]"
		}
		if o.On {
			k += "*"
		}
		out = append(out, k)
	}
	return strings.Join(out, " ")
}

func TestMenusOfProfiles(t *testing.T) {
	v := profileView{id: "dev", name: "Dev", total: 2, running: 1}
	for _, tt := range []struct {
		name          string
		v             profileView
		runs, exports bool
		want          string
	}{
		{"some run", v, true, false, "start stop restart rename duplicate tags notify* delete"},
		{"none runs", profileView{total: 2, quiet: true}, true, false, "start rename duplicate tags notify delete"},
		{"none there", profileView{}, true, false, "rename duplicate tags notify* delete"},
		{"with a file", profileView{path: "/x/dev.yaml"}, false, true, "rename duplicate tags notify* open folder export delete"},
	} {
		if got := optionKeys(profileOptions(tt.v, tt.runs, tt.exports)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	all := tally{total: 5, running: 2}
	if got := optionKeys(chooserOptions([]profileView{{id: "a"}, v}, all, false)); got != "all* show:a show:dev /new" {
		t.Errorf("the list of profiles is %s", got)
	}
	v.chosen = true
	options := chooserOptions([]profileView{{id: "a"}, v}, all, false)
	if got := optionKeys(options); got != "all show:a show:dev* /new [Dev] rename duplicate tags notify* delete" {
		t.Errorf("with one chosen the list of profiles is %s", got)
	}
	if options[0].Note != "2 of 5 running · Ctrl+0" || options[1].Note != "no tunnels · Ctrl+1" {
		t.Errorf("the notes are %q and %q", options[0].Note, options[1].Note)
	}
	specs := []tunnels.Spec{{}, {Profile: "default"}}
	if got := optionKeys(moveOptions([]profileView{{id: "default"}, v}, specs)); got != "show:default* show:dev /new" {
		t.Errorf("tunnels can be moved to %s", got)
	}
	if got := optionKeys(profileOptionsFor("", []profileView{v})); got != "dev default /new" {
		t.Errorf("a tunnel can be kept in %s", got)
	}
}

func TestTagsOfProfilesAreThoseOfTheirTunnels(t *testing.T) {
	f, list := threeProfiles()
	snap := f.all()
	snap[2].Spec.Tags = []string{"http", "team-a"}
	names := targetNames{profiles: wordsOfProfiles(list)}
	if got := names.tags(snap[2].Spec); !slices.Equal(got, []string{"http", "team-a"}) {
		t.Errorf("api has the tags %v", got)
	}
	if got := tagsOf(snap, names); !slices.Equal(got, []tagCount{{"http", 1}, {"team-a", 2}}) {
		t.Errorf("the tags are %v", got)
	}
	if got := idsOf(only{tag: "team-a"}.of(snap, names)); !slices.Equal(got, []tunnels.ID{"api", "jaeger"}) {
		t.Errorf("with the tag of the profile are %v", got)
	}
	for search, want := range map[string]bool{"shop, dev": true, "on call": false, "team-a": true} {
		if got := matches(&snap[3], names, search); got != want {
			t.Errorf("%q matches jaeger: %v", search, got)
		}
	}
}

func TestRowsByProfile(t *testing.T) {
	f, list := threeProfiles()
	views := make(map[string]profileView)
	for _, v := range profileViews(list, f.all(), "") {
		views[v.id] = v
	}
	in := tableInput{snap: f.all(), rates: &meter{}, now: noon, group: groupByProfile, profiles: views, defaults: targetNames{profiles: wordsOfProfiles(list)}, whole: true}
	shape := func() string {
		var out []string
		for _, r := range tableRows(in) {
			if r.group {
				r.name = "[" + r.name + ": " + r.note + "]"
			}
			out = append(out, r.name)
		}
		return strings.Join(out, " ")
	}
	if got := shape(); got != "[Default: 1 of 2 running] web redis [Shop, dev: 1 of 2 running · team-a] api jaeger [On call: no tunnels]" {
		t.Errorf("the rows are %s", got)
	}
	in.search = "web"
	if got := shape(); got != "[Default: 1 of 2 running] web" {
		t.Errorf("a search leaves %s", got)
	}
}

func TestWhereADraggedRowLandsInAnotherProfile(t *testing.T) {
	f, list := threeProfiles()
	views := make(map[string]profileView)
	for _, v := range profileViews(list, f.all(), "") {
		views[v.id] = v
	}
	// [Default] web redis [Shop, dev] api jaeger [On call]
	in := tableInput{snap: f.all(), rates: &meter{}, now: noon, group: groupByProfile, profiles: views, whole: true}
	rows := tableRows(in)
	for _, tt := range []struct {
		id   tunnels.ID
		gap  int
		want string
	}{
		{"web", 0, ""},
		{"web", 1, ""},
		{"web", 3, ""},
		{"web", 4, "dev api"},
		{"web", 5, "dev jaeger"},
		{"web", 6, "dev "},
		{"web", 7, "on-call "},
		{"api", 1, "default web"},
		{"api", 3, "default "},
		{"api", 6, ""},
		{"x", 4, ""},
	} {
		profile, before, ok := dropProfile(rows, tt.id, tt.gap)
		got := ""
		if ok {
			got = profile + " " + string(before)
		}
		if got != tt.want {
			t.Errorf("%s dropped at %d goes to %q, want %q", tt.id, tt.gap, got, tt.want)
		}
	}
	in.group = groupByContext
	if _, _, ok := dropProfile(tableRows(in), "web", 3); ok {
		t.Error("a row goes to another profile although rows do not stand by profile")
	}
}

func TestMovesAndTheWayBack(t *testing.T) {
	snap := tunnels.Snapshot{
		in("a", stopped(spec("1", "", "", "p", "1"))), in("a", stopped(spec("2", "", "", "p", "2"))), in("a", stopped(spec("3", "", "", "p", "3"))),
		in("b", stopped(spec("4", "", "", "p", "4"))),
	}
	moves := movesTo(snap, []tunnels.ID{"2", "1", "4"}, "b", "4")
	if len(moves) != 2 || moves[0].id != "1" || moves[1].id != "2" || moves[0].before != "4" {
		t.Fatalf("the moves are %+v", moves)
	}
	snap[0].Spec.Profile, snap[1].Spec.Profile = "b", "b"
	var got []string
	for _, m := range back(moves, snap) {
		got = append(got, string(m.id)+" to "+m.to+" before "+string(m.before))
	}
	if want := []string{"2 to a before 3", "1 to a before 2"}; !slices.Equal(got, want) {
		t.Errorf("the way back is %v, want %v", got, want)
	}
	if got := movedText(moves, "B"); got != "Moved 2 tunnels to B." {
		t.Errorf("it says %q", got)
	}
	if got := movedText(moves[:1], "B"); got != "Moved “1” to B." {
		t.Errorf("it says %q", got)
	}
}

func TestBannerOfABrokenFile(t *testing.T) {
	e := &tunnels.Error{Err: errors.New("did not find ]"), Hint: "mend it"}
	for _, tt := range []struct {
		name string
		p    profiles.Profile
		want bannerView
	}{
		{"a file", profiles.Profile{ID: "dev", Path: "/x/dev.yaml", Err: e, Line: 12}, bannerView{
			title: "dev.yaml cannot be read, line 12.", text: "Did not find ]. Mend it.", button: "Open file", opens: "/x/dev.yaml",
		}},
		{"an unknown line and no file", profiles.Profile{ID: "dev", Err: e}, bannerView{
			title: "dev.yaml cannot be read.", text: "Did not find ]. Mend it.", button: "Copy",
			copies: "dev.yaml cannot be read. Did not find ]. Mend it.",
		}},
	} {
		got := profileFacts([]profiles.Profile{{ID: "fine"}, tt.p})
		tt.want.key = "profile dev did not find ]"
		if len(got) != 1 || got[0].key == "" {
			t.Fatalf("%s: %+v", tt.name, got)
		}
		got[0].key = tt.want.key
		if b := got[0]; b.title != tt.want.title || b.text != tt.want.text || b.button != tt.want.button || b.opens != tt.want.opens || b.copies != tt.want.copies {
			t.Errorf("%s: %+v, want %+v", tt.name, b, tt.want)
		}
	}
}

func TestWhatAnEmptyProfileShows(t *testing.T) {
	cat := newFakeCatalog()
	w := newWorld(t, newFakeTunnels(), cat)
	for _, tt := range []struct {
		name string
		by   narrowing
		kind welcomeKind
		want string
	}{
		{"nothing else chosen", narrowing{profile: "Dev"}, welcomeNoneHere, "No tunnels in “Dev” yet"},
		{"a search", narrowing{profile: "Dev", search: "x"}, welcomeNoMatch, "Nothing matches “x” in Dev"},
		{"running", narrowing{profile: "Dev", filter: filterRunning}, welcomeNoMatch, "No tunnel of Dev is running"},
	} {
		if v := welcomeOf(w.app.browser, tally{total: 3}, 0, tt.by); v.kind != tt.kind || v.title != tt.want {
			t.Errorf("%s: %d %q", tt.name, v.kind, v.title)
		}
	}
}

func TestFileURLs(t *testing.T) {
	if got := fileURL("/home/me/a b#c.yaml").String(); got != "file:///home/me/a%20b%23c.yaml" {
		t.Errorf("it is %s", got)
	}
}

func TestKeysOfProfilesAreListedOnce(t *testing.T) {
	w, _ := newProfileWorld(t)
	_, text := newBindingList(w.app.keys).Box()
	if !strings.Contains(text, "Ctrl+1 … 9 Show one profile, as listed\n") || strings.Contains(text, "Ctrl+2") {
		t.Errorf("the keys are\n%s", text)
	}
	plainWorld := newWorld(t, two(), newFakeCatalog())
	if _, text := newBindingList(plainWorld.app.keys).Box(); strings.Contains(text, "profile") {
		t.Error("keys of profiles are listed where there are none")
	}
}
