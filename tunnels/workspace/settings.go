package workspace

// Settings are what the user has chosen for the whole program. The zero value is
// what is so at first.
type Settings struct {
	// Restore says that what ran when the program ended runs again when it starts;
	// else only tunnels with AutoStart do.
	Restore bool `json:"restore,omitempty" yaml:"restore,omitempty"`
	// CloseQuits says that closing the window ends the program also where a tray
	// would keep it.
	CloseQuits bool `json:"closeQuits,omitempty" yaml:"closeQuits,omitempty"`
	// Quiet says that nobody is to be notified of anything.
	Quiet bool `json:"quiet,omitempty" yaml:"quiet,omitempty"`
}
