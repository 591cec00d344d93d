package cli

// The exit statuses of the verbs that act on tunnels, beside those of all verbs.
const (
	ExitNothing = 3 // there is nothing to act on: no such tunnel or profile, or no Culvert that runs
	ExitWaited  = 4 // it was waited for in vain
)

// statusError ends a verb with an exit status of its own.
type statusError struct {
	err    error // what is told; nil for nothing
	status int
}

func (s *statusError) Error() string {
	if s.err == nil {
		return "the command has ended"
	}
	return s.err.Error()
}

func (s *statusError) Unwrap() error { return s.err }

// What the help of the verbs says of exit statuses: of those that wait for tunnels, of
// those that need some to act on, and of one that does without.
const (
	exitHelpAlone  = "Exit status: 0 done, or ended by a signal; 1 it could not be done; 2 wrong command line"
	exitHelpListed = exitHelpAlone + "; 3 no such tunnel\nor profile."
	exitHelpRuns   = exitHelpAlone + "; 3 no such tunnel or\nprofile, or no Culvert runs"
	exitHelpActs   = exitHelpRuns + "."
	exitHelpWaits  = exitHelpRuns + "; 4 waited in vain."
)
