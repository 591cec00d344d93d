package profiles

import "culvert/tunnels"

// Profile is a list of tunnels that a user keeps together, in a file of its own.
// Its slices are immutable.
type Profile struct {
	// ID names the profile for as long as its file has its name, without ".yaml".
	ID   string
	Name string // shown to the user
	Path string // of the file; empty where profiles are kept in memory
	Tags []string
	// Quiet says that nobody is to be notified of what happens to its tunnels.
	Quiet bool
	// Guest says that the tunnels were brought by a file which is not among the
	// user's profiles, as a project's: nobody keeps them, and they are not edited here.
	Guest bool
	// Tunnels are in the order in which they are shown; ID and Profile are set.
	Tunnels []tunnels.Spec
	// Err is why the file cannot be read now, with Line and Column where it is
	// wrong, from 1 and 0 where that is not known; the rest is as it was last.
	Err          *tunnels.Error
	Line, Column int
}

// Change is what is to become of a profile; nil fields stay as they are.
type Change struct {
	Name  *string
	Tags  *[]string
	Quiet *bool
}

// Deleted is a profile that was deleted, with all that is needed to bring its
// file back as it was.
type Deleted struct {
	Profile Profile
	base    string // of the file
	data    []byte
	was     bygone
}
