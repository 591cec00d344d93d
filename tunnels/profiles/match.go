package profiles

import (
	"slices"

	"culvert/tunnels"
)

// mostGone is how many tunnels are remembered that are in no file any more.
const mostGone = 1000

// gone is a tunnel that was taken out of its file, with how it was written there.
type gone struct {
	spec tunnels.Spec // with its ID and profile
	like entry
}

// alike are the ways in which a tunnel of a file that was edited is known again,
// the surest first.
var alike = [...]func(old, now tunnels.Spec) bool{
	sameSpec,
	func(old, now tunnels.Spec) bool { return Key(old) == Key(now) },
	func(old, now tunnels.Spec) bool { old.Name = now.Name; return sameSpec(old, now) },
	func(old, now tunnels.Spec) bool {
		return old.Name == now.Name && old.Target == now.Target
	},
}

// match gives to tunnels without an ID those of the tunnels that they were before
// their file was edited, and returns the old ones that are none of them.
func match(old, now []tunnels.Spec) (left []tunnels.Spec) {
	left = slices.Clone(old)
	for _, same := range alike {
		left = take(left, now, same)
	}
	return left
}

// take gives the IDs of old tunnels to new ones without, each once, and returns
// those that are left.
func take(old, now []tunnels.Spec, same func(old, now tunnels.Spec) bool) []tunnels.Spec {
	for i := range now {
		if now[i].ID != "" {
			continue
		}
		k := slices.IndexFunc(old, func(o tunnels.Spec) bool { return same(o, now[i]) })
		if k >= 0 {
			now[i].ID = old[k].ID
			old = slices.Delete(old, k, k+1)
		}
	}
	return old
}

// merge returns what is to be of a tunnel that somebody has changed from base to
// want while it became now in its file: each field as who changed it wants it.
func merge(base, want, now tunnels.Spec) tunnels.Spec {
	m := want
	keep := func(same bool, take func()) {
		if same {
			take()
		}
	}
	keep(want.Name == base.Name, func() { m.Name = now.Name })
	keep(want.Target == base.Target, func() { m.Target = now.Target })
	keep(slices.Equal(want.Listen, base.Listen), func() { m.Listen = now.Listen })
	keep(slices.Equal(want.Mappings, base.Mappings), func() { m.Mappings = now.Mappings })
	keep(want.Via == base.Via, func() { m.Via = now.Via })
	keep(want.Policy == base.Policy, func() { m.Policy = now.Policy })
	keep(sameHold(want, base), func() { m.Hold = now.Hold })
	keep(want.StopAfter == base.StopAfter, func() { m.StopAfter = now.StopAfter })
	keep(slices.Equal(want.Tags, base.Tags), func() { m.Tags = now.Tags })
	keep(want.AutoStart == base.AutoStart, func() { m.AutoStart = now.AutoStart })
	keep(want.Profile == base.Profile, func() { m.Profile = now.Profile })
	if check(m) != nil {
		return want
	}
	return m
}
