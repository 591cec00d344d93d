package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// defaultProfile is the ID of the profile in which tunnels are that name none.
const defaultProfile = "default"

// profileBook is what the window knows of profiles. Its zero value knows none.
type profileBook struct {
	latest atomic.Pointer[[]profiles.Profile]
	list   []profiles.Profile // what was drawn last
	// shown is the ID of the profile that the window is narrowed to; empty for all.
	// One that there is not, or not yet, narrows nothing.
	shown string
}

// profileView is what the window shows of a profile.
type profileView struct {
	id, name string
	place    int // among the others
	chosen   bool
	quiet    bool
	guest    bool // a file has brought it: it is none of the user's profiles
	path     string
	tags     string // with commas between them

	total, running, attention int

	trouble string // why its file cannot be read; empty where all is well
}

// profileOf returns the profile in which a tunnel is kept.
func profileOf(s tunnels.Spec) string { return cmp.Or(s.Profile, defaultProfile) }

// profileViews are the profiles as the window shows them.
func profileViews(list []profiles.Profile, snap tunnels.Snapshot, chosen string) []profileView {
	out := make([]profileView, len(list))
	places := make(map[string]int, len(list))
	for i, p := range list {
		places[p.ID] = i
		out[i] = profileView{
			id: p.ID, name: profileName(p), place: i, chosen: p.ID == chosen, quiet: p.Quiet, guest: p.Guest, path: p.Path,
			tags: strings.Join(p.Tags, ", "), trouble: profileTrouble(p),
		}
	}
	for _, st := range snap {
		i, ok := places[profileOf(st.Spec)]
		if !ok {
			continue
		}
		out[i].total++
		if running(st.State) {
			out[i].running++
		}
		if needsAttention(st.State) {
			out[i].attention++
		}
	}
	return out
}

// profileName is what a profile is called.
func profileName(p profiles.Profile) string { return cmp.Or(p.Name, p.ID) }

// worthShowing says whether the user has made something of profiles: all tunnels in
// the one that comes by itself is as if there were none.
func worthShowing(list []profiles.Profile) bool {
	return len(list) > 1 || len(list) == 1 && (list[0].ID != defaultProfile || list[0].Err != nil)
}

// alert says whether something in the profile needs the user.
func (v profileView) alert() bool { return v.trouble != "" || v.attention > 0 }

// icon differs in shape where something needs the user.
func (v profileView) icon() string {
	switch {
	case v.trouble != "":
		return "triangle-alert"
	case v.attention > 0:
		return "circle-alert"
	case v.guest:
		return guestIcon
	}
	return "bookmark"
}

// count says how many of its tunnels run, in a few letters.
func (v profileView) count() string {
	if v.total == 0 {
		return "0"
	}
	return fmt.Sprintf("%d/%d", v.running, v.total)
}

// sentence says how many of its tunnels run.
func (v profileView) sentence() string {
	if v.total == 0 {
		return lang.L("no tunnels")
	}
	return lang.L("{{.Running}} of {{.All}} running", vars{"Running": v.running, "All": v.total})
}

// key is the key that shows the profile alone; empty for one beyond the ninth.
func (v profileView) key() string {
	if v.place >= profileKeys {
		return ""
	}
	return with(profileKey(v.place)).String()
}

// tip says all that there is to say of the profile.
func (v profileView) tip() string {
	out := []string{v.name + " · " + v.sentence()}
	if v.attention > 0 {
		out = append(out, plural(v.attention, "1 tunnel needs attention", "{{.N}} tunnels need attention", nil))
	}
	if v.tags != "" {
		out = append(out, lang.L("Tags: {{.Tags}}", vars{"Tags": v.tags}))
	}
	if v.guest {
		out = append(out, guestSource(v.path))
	}
	if v.quiet {
		out = append(out, lang.L("Nobody is notified of its tunnels."))
	}
	if v.trouble != "" {
		out = append(out, v.trouble)
	}
	return strings.Join(out, "\n")
}

// profileKeys is how many profiles have a key.
const profileKeys = 9

// profileKey is the key of the n-th profile, from 0.
func profileKey(n int) fyne.KeyName { return fyne.KeyName('1' + rune(n)) }

// profileWords are what names and tags of a profile add to its tunnels.
type profileWords struct {
	name  string
	tags  []string
	guest bool
	path  string // of its file, for guests
}

// wordsOfProfiles are those of each profile, by ID.
func wordsOfProfiles(list []profiles.Profile) map[string]profileWords {
	out := make(map[string]profileWords, len(list))
	for _, p := range list {
		out[p.ID] = profileWords{profileName(p), p.Tags, p.Guest, p.Path}
	}
	return out
}

// profile is the name of a tunnel's profile; empty where there are no profiles.
func (n targetNames) profile(s tunnels.Spec) string { return n.profiles[profileOf(s)].name }

// guest says whether a file has brought a tunnel.
func (n targetNames) guest(s tunnels.Spec) bool { return n.profiles[profileOf(s)].guest }

// tags are a tunnel's own and then those of its profile.
func (n targetNames) tags(s tunnels.Spec) []string {
	out := s.Tags
	for _, t := range n.profiles[profileOf(s)].tags {
		if !slices.Contains(out, t) {
			out = append(slices.Clip(out), t)
		}
	}
	return out
}

// find returns a profile as it was drawn last.
func (b *profileBook) find(id string) (profiles.Profile, bool) {
	i := slices.IndexFunc(b.list, func(p profiles.Profile) bool { return p.ID == id })
	if i < 0 {
		return profiles.Profile{}, false
	}
	return b.list[i], true
}

// chosen returns the profile that the window is narrowed to; false for none.
func (b *profileBook) chosen() (profiles.Profile, bool) { return b.find(b.shown) }

// of returns the tunnels that are left of a snapshot.
func (b *profileBook) of(snap tunnels.Snapshot) tunnels.Snapshot {
	p, ok := b.chosen()
	if !ok {
		return snap
	}
	return inProfile(snap, p.ID)
}

// inProfile returns the tunnels of a profile.
func inProfile(snap tunnels.Snapshot, id string) tunnels.Snapshot {
	var out tunnels.Snapshot
	for _, st := range snap {
		if profileOf(st.Spec) == id {
			out = append(out, st)
		}
	}
	return out
}

// take has what the watch told last be drawn.
func (b *profileBook) take() {
	if l := b.latest.Load(); l != nil {
		b.list = *l
	}
}

// add joins a profile that was made to what the watch told last, which may be newer
// than what is drawn. take then has it found before the watch tells of it.
func (b *profileBook) add(p profiles.Profile) {
	for {
		told := b.latest.Load()
		var list []profiles.Profile
		if told != nil {
			list = slices.Clone(*told)
		}
		if slices.ContainsFunc(list, func(q profiles.Profile) bool { return q.ID == p.ID }) {
			return
		}
		list = append(list, p)
		slices.SortStableFunc(list, func(x, y profiles.Profile) int {
			return cmp.Or(order(x.Guest, y.Guest), naturally(profileName(x), profileName(y)))
		})
		if b.latest.CompareAndSwap(told, &list) {
			return
		}
	}
}
