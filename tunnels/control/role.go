package control

import "time"

// Role is what one process of a user is the first in. Each has a lock and a socket of
// its own.
type Role uint8

// The roles.
const (
	// RoleWindow has the one window: see [Server.Serve], [Client.Raise] and
	// [Client.Args]. Its files are window.lock and window.sock.
	RoleWindow Role = iota
	// RoleTunnels keeps the tunnels: see [Server.ServeEngine] and [Client.Engine]. Its
	// files are control.lock and control.sock.
	RoleTunnels
)

// file is how the role's files are called.
func (r Role) file() string {
	if r == RoleTunnels {
		return "control"
	}
	return "window"
}

// The kinds of a process that is first.
const (
	KindWindow     = "window"     // it has a window
	KindBackground = "background" // it has neither window nor terminal, see Options.Quit
)

// About is what a process says of itself.
type About struct {
	Kind        string   // KindWindow or KindBackground
	Kubeconfigs []string // the files that it uses, absolute; empty means those that the system names
}

// Version says who serves.
type Version struct {
	Version string `json:"version"`
	API     int    `json:"api"`
	PID     int    `json:"pid"`
	// Started is when the process began to serve. With the process id it names the
	// first.
	Started     time.Time `json:"started"`
	Kind        string    `json:"kind,omitempty"`
	Kubeconfigs []string  `json:"kubeconfigs,omitempty"`
}
