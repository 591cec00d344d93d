package profiles

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path/filepath"
	"runtime"
	"strings"

	"culvert/tunnels"
)

// guestMark begins the IDs of guests. No file whose name begins with it is a profile.
const guestMark = ".guest-"

// GuestID returns the ID of the guest profile of a file or, where there is none, of
// that name: always the same for the same, and never one of a [Store]. The path is
// not in it.
func GuestID(path, name string) string {
	what := "name " + name
	if path != "" {
		path = filepath.Clean(path)
		if runtime.GOOS == "windows" {
			path = strings.ToLower(path)
		}
		what = "path " + path
	}
	sum := sha256.Sum256([]byte(what))
	return guestMark + hex.EncodeToString(sum[:8])
}

// IsGuest says whether an ID is one of [GuestID].
func IsGuest(id string) bool { return strings.HasPrefix(id, guestMark) }

// Guest returns the guest profile of tunnels that come from a file which is none of
// a store's. All of it may come from anywhere, and is held to what a profile's file
// may say. IDs are given as a store does: tunnels that are like those of before, which
// is what the same file brought earlier, have theirs, and others have new ones, made
// of their [Key] and unlike all that taken is true of. IDs, profiles and AutoStart of specs
// count for nothing. An empty name means the file's.
func Guest(path, name string, specs, before []tunnels.Spec, taken map[tunnels.ID]bool) (Profile, error) {
	if path != "" && !filepath.IsAbs(path) {
		return Profile{}, refused("path", "", "%q does not begin at the root: give the whole path", clean(path))
	}
	if err := checkLine("path", path, maxPath); err != nil {
		return Profile{}, err
	}
	p := Profile{ID: GuestID(path, name), Name: name, Guest: true}
	if path != "" {
		p.Path = filepath.Clean(path)
	}
	if name == "" && path != "" {
		p.Name = guestName(p.Path)
	}
	if err := checkTitle(p.Name); err != nil {
		return Profile{}, err
	}
	if len(specs) > maxTunnels {
		return Profile{}, refused("tunnels", "", "%d are too many: bring at most %d", len(specs), maxTunnels)
	}
	for _, s := range specs {
		s.ID, s.Profile, s.AutoStart = "", p.ID, false
		if err := check(s); err != nil {
			return Profile{}, inTunnel(s, err)
		}
		p.Tunnels = append(p.Tunnels, tidy(s))
	}
	match(before, p.Tunnels)
	all := map[tunnels.ID]bool{}
	maps.Copy(all, taken)
	giveNames(p.Tunnels, all)
	return p, nil
}

// maxPath bounds the path of a guest's file, in letters.
const maxPath = 4096

// guestName is what the guests of a file are called: as the file or, where its name
// is hidden and always the same, as its folder.
func guestName(path string) string {
	name := filepath.Base(path)
	for _, e := range endings {
		name = strings.TrimSuffix(name, e)
	}
	if strings.HasPrefix(name, ".") {
		if folder := filepath.Base(filepath.Dir(path)); strings.Trim(folder, `/\.`) != "" {
			name = folder
		}
	}
	return clean(name)
}
