package redact

import (
	"os"
	"os/user"
)

// Private returns the names of this computer and of who uses it.
func Private() []Name {
	var out []Name
	if u, err := user.Current(); err == nil {
		out = append(out, Name{Name: u.HomeDir, Kind: "home"}, Name{Name: u.Username, Kind: "user"})
	}
	if host, err := os.Hostname(); err == nil {
		out = append(out, Name{Name: host, Kind: "host"})
	}
	return out
}
