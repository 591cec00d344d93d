package cli

import "strconv"

// Status is an exit status of all verbs, and what it means.
type Status struct{ Number, Meaning string }

// Statuses are those of all verbs.
func Statuses() []Status {
	of := func(n int, meaning string) Status { return Status{strconv.Itoa(n), meaning} }
	return []Status{
		of(ExitOK, "It is done, or was ended by SIGINT, SIGTERM or SIGHUP."),
		of(ExitError, "It could not be done; stderr says why and what to do."),
		of(ExitUsage, "The command line is wrong."),
		of(ExitNothing, "There is nothing to act on: no such tunnel or profile, or no Culvert runs."),
		of(ExitWaited, "It was waited for in vain."),
	}
}
