package profiles

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"culvert/tunnels"
)

// Find returns the profile that a user means by a word: the one with that ID, else
// with that name, else with that name in other letters' case. The error is an
// *tunnels.Error: of CauseNotFound, with names that may have been meant, where there
// is none, and of CauseInvalid where there are several.
func Find(list []Profile, word string) (Profile, error) {
	ways := [...]func(Profile) bool{
		func(p Profile) bool { return p.ID == word },
		func(p Profile) bool { return p.Name == word },
		func(p Profile) bool { return strings.EqualFold(p.Name, word) },
	}
	for _, is := range ways {
		found := those(list, is)
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return Profile{}, ambiguous("profiles", word, namesOf(found, func(p Profile) string { return p.ID }))
		}
	}
	return Profile{}, noSuch("profile", word, namesOf(list, func(p Profile) string { return cmp.Or(p.Name, p.ID) }))
}

// FindTunnel returns the tunnel that a user means by a word. The first of these ways
// counts by which there is one: its ID; its title, with the case of letters and then
// without; its profile's ID or name, a slash and its title; its target, as
// "svc/web"; a local port that it listens on or is to listen on, as "8080" or ":8080".
// Profiles are those of the tunnels. The error is an *tunnels.Error: of CauseNotFound,
// with names that may have been meant, where there is none, and of CauseInvalid, with
// words for each of them, where there are several.
func FindTunnel(all tunnels.Snapshot, list []Profile, word string) (tunnels.Status, error) {
	for _, is := range waysTo(list, word) {
		found := those(all, is)
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return tunnels.Status{}, ambiguous("tunnels", word, wordsFor(found, all, list))
		}
	}
	names := namesOf(all, func(st tunnels.Status) string { return st.Spec.Title() })
	if strings.Contains(word, "/") {
		names = slices.Concat(wordsFor(all, all, list), namesOf(all, func(st tunnels.Status) string { return st.Spec.Target.String() }))
	}
	return tunnels.Status{}, noSuch("tunnel", word, names)
}

// waysTo are the ways in which a tunnel is meant by a word, the surest first.
func waysTo(list []Profile, word string) []func(tunnels.Status) bool {
	in := make(map[string]Profile, len(list))
	for _, p := range list {
		in[p.ID] = p
	}
	return []func(tunnels.Status) bool{
		func(st tunnels.Status) bool { return string(st.Spec.ID) == word },
		func(st tunnels.Status) bool { return st.Spec.Title() == word },
		func(st tunnels.Status) bool { return strings.EqualFold(st.Spec.Title(), word) },
		func(st tunnels.Status) bool {
			return strings.EqualFold(st.Spec.Profile+"/"+st.Spec.Title(), word) ||
				strings.EqualFold(in[st.Spec.Profile].Name+"/"+st.Spec.Title(), word)
		},
		toTarget(word),
		onPort(word),
	}
}

func toTarget(word string) func(tunnels.Status) bool {
	t, err := tunnels.ParseTarget(word)
	if err != nil || !strings.Contains(word, "/") {
		return func(tunnels.Status) bool { return false }
	}
	return func(st tunnels.Status) bool { return st.Spec.Target.Kind == t.Kind && st.Spec.Target.Name == t.Name }
}

func onPort(word string) func(tunnels.Status) bool {
	n, err := strconv.ParseUint(strings.TrimPrefix(word, ":"), 10, 16)
	port := uint16(n)
	if err != nil || port == 0 {
		return func(tunnels.Status) bool { return false }
	}
	return func(st tunnels.Status) bool {
		return slices.ContainsFunc(st.Bound, func(b tunnels.Bound) bool { return b.Addr.Port() == port }) ||
			slices.ContainsFunc(st.Spec.Mappings, func(m tunnels.Mapping) bool { return m.Local.Fixed() == port })
	}
}

// wordsFor returns for each of several tunnels among all a word by which it alone is
// found: with its profile, or its ID.
func wordsFor(several, all []tunnels.Status, list []Profile) []string {
	names := make(map[string]string, len(list))
	for _, p := range list {
		names[p.ID] = p.Name
	}
	word := func(st tunnels.Status) string {
		return cmp.Or(names[st.Spec.Profile], st.Spec.Profile) + "/" + st.Spec.Title()
	}
	count := make(map[string]int)
	for _, st := range all {
		count[strings.ToLower(word(st))]++
	}
	words := make([]string, len(several))
	for i, st := range several {
		if words[i] = word(st); count[strings.ToLower(words[i])] > 1 {
			words[i] = string(st.Spec.ID)
		}
	}
	return words
}

func those[T any](all []T, is func(T) bool) []T {
	var found []T
	for _, one := range all {
		if is(one) {
			found = append(found, one)
		}
	}
	return found
}

func namesOf[T any](all []T, name func(T) string) []string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = name(one)
	}
	return names
}

func ambiguous(what, word string, names []string) error {
	return refused("", "Say which one: "+fewOf(names, " or ")+".", "%d %s are meant by %q", len(names), what, clean(word))
}

// noSuch says that there is nothing of a name, and which names are near it or, where
// none is, which there are.
func noSuch(what, word string, names []string) error {
	var each []string
	for _, n := range names {
		if !slices.Contains(each, n) {
			each = append(each, n)
		}
	}
	hint := "There are none yet."
	if near := nearest(word, names); len(near) > 0 {
		hint = "Do you mean " + fewOf(near, " or ") + "?"
	} else if len(each) > 0 {
		hint = "There is " + fewOf(each, " and ") + "."
		if len(each) > 1 {
			hint = "There are " + fewOf(each, " and ") + "."
		}
	}
	e := refused("", hint, "there is no %s %q", what, clean(word))
	e.Cause = tunnels.CauseNotFound
	return e
}

// fewOf lists names for people, and how many more there are.
func fewOf(names []string, last string) string {
	const most = 6
	shown := make([]string, 0, most)
	for _, n := range names[:min(most, len(names))] {
		shown = append(shown, clean(n))
	}
	if more := len(names) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("%d more", more))
	}
	if n := len(shown) - 1; n > 0 {
		return strings.Join(shown[:n], ", ") + last + shown[n]
	}
	return strings.Join(shown, "")
}
