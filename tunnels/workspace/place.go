package workspace

import (
	"strconv"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// place names a tunnel from one process to the next, in which it has another ID:
// its profile, a slash, which is in no profile's ID, and its key.
type place string

// ofGuest says whether the tunnel is a guest.
func (p place) ofGuest() bool { return profiles.IsGuest(string(p)) }

// placesOf names all tunnels of profiles. Of several with one key those that come
// later have a number.
func placesOf(ps []profiles.Profile) map[tunnels.ID]place {
	out := make(map[tunnels.ID]place)
	for _, p := range ps {
		count := make(map[string]int)
		for _, s := range p.Tunnels {
			name := profiles.Key(s)
			count[name]++
			if n := count[name]; n > 1 {
				name += "#" + strconv.Itoa(n)
			}
			out[s.ID] = place(p.ID + "/" + name)
		}
	}
	return out
}
