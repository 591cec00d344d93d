package workspace

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"sync"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// guestBook holds the profiles that stand for guests. Who changes it has the
// workspace's turn; it may be read without.
type guestBook struct {
	mu      sync.Mutex
	now     []profiles.Profile          // by name; immutable
	removed map[tunnels.ID]tunnels.Spec // or kept by the user, from profiles that are there
	changed chan struct{}               // closed at the next change of now
}

func newGuestBook() *guestBook {
	return &guestBook{removed: make(map[tunnels.ID]tunnels.Spec), changed: make(chan struct{})}
}

// look returns the profiles, and what is closed when they are others.
func (b *guestBook) look() (now []profiles.Profile, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now, b.changed
}

func (b *guestBook) list() []profiles.Profile {
	now, _ := b.look()
	return now
}

// find returns a profile by its ID.
func (b *guestBook) find(id string) (profiles.Profile, bool) {
	for _, p := range b.list() {
		if p.ID == id {
			return p, true
		}
	}
	return profiles.Profile{}, false
}

// of returns the profile in which a tunnel is.
func (b *guestBook) of(id tunnels.ID) (profiles.Profile, bool) {
	for _, p := range b.list() {
		if slices.ContainsFunc(p.Tunnels, func(s tunnels.Spec) bool { return s.ID == id }) {
			return p, true
		}
	}
	return profiles.Profile{}, false
}

// put adds a profile, or takes it in place of the one with its ID.
func (b *guestBook) put(p profiles.Profile) {
	b.change(func(now []profiles.Profile) []profiles.Profile {
		b.forgetLocked(p.ID)
		return append(slices.DeleteFunc(now, func(o profiles.Profile) bool { return o.ID == p.ID }), p)
	})
}

// drop forgets a profile.
func (b *guestBook) drop(id string) {
	b.change(func(now []profiles.Profile) []profiles.Profile {
		b.forgetLocked(id)
		return slices.DeleteFunc(now, func(o profiles.Profile) bool { return o.ID == id })
	})
}

// forgetLocked forgets what was removed from a profile.
func (b *guestBook) forgetLocked(id string) {
	for of, s := range b.removed {
		if s.Profile == id {
			delete(b.removed, of)
		}
	}
}

// remove takes a tunnel out because the user removes or keeps it; see putBack.
func (b *guestBook) remove(id tunnels.ID) {
	b.without(func(s tunnels.Spec) bool {
		if s.ID == id {
			b.removed[id] = s
		}
		return s.ID == id
	})
}

// without takes tunnels out of all profiles.
func (b *guestBook) without(gone func(tunnels.Spec) bool) {
	b.change(func(now []profiles.Profile) []profiles.Profile {
		for i := range now {
			now[i].Tunnels = slices.DeleteFunc(slices.Clone(now[i].Tunnels), gone)
		}
		return now
	})
}

// knows says whether a tunnel is among the guests just so, or was when it was removed.
func (b *guestBook) knows(spec tunnels.Spec) bool {
	same := func(s tunnels.Spec) bool { return reflect.DeepEqual(bare(s), bare(spec)) }
	if p, ok := b.of(spec.ID); ok {
		return slices.ContainsFunc(p.Tunnels, same)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.removed[spec.ID]
	return ok && same(s)
}

// putBack puts a tunnel that was removed among the guests again, behind the others.
func (b *guestBook) putBack(spec tunnels.Spec) {
	b.change(func(now []profiles.Profile) []profiles.Profile {
		s, ok := b.removed[spec.ID]
		i := slices.IndexFunc(now, func(p profiles.Profile) bool { return p.ID == s.Profile })
		if ok && i >= 0 {
			delete(b.removed, spec.ID)
			now[i].Tunnels = append(slices.Clone(now[i].Tunnels), s)
		}
		return now
	})
}

// change gives a copy of the profiles to fn and takes what that returns.
func (b *guestBook) change(fn func(now []profiles.Profile) []profiles.Profile) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := fn(slices.Clone(b.now))
	slices.SortFunc(now, func(x, y profiles.Profile) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), strings.Compare(x.ID, y.ID))
	})
	if reflect.DeepEqual(now, b.now) {
		return
	}
	b.now = now
	close(b.changed)
	b.changed = make(chan struct{})
}
