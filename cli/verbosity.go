package cli

import (
	"fmt"
	"log/slog"
	"strconv"
)

// verbosity is how much is told on stderr: 0 is what the user has to know, 1 what is
// done, and from 2 on all. It is a flag's value, and the log's level.
type verbosity struct {
	n     int
	level slog.LevelVar
}

func newVerbosity() *verbosity {
	v := new(verbosity)
	v.set(0)
	return v
}

func (v *verbosity) String() string { return strconv.Itoa(v.n) }

// Type is the word for the value in the help.
func (*verbosity) Type() string { return "level" }

// Level implements [slog.Leveler].
func (v *verbosity) Level() slog.Level { return v.level.Level() }

// Set reads a level, or yes and no.
func (v *verbosity) Set(s string) error {
	if n, err := strconv.ParseUint(s, 10, 8); err == nil && n <= mostVerbose {
		v.set(int(n))
		return nil
	}
	on, err := strconv.ParseBool(s)
	switch {
	case err != nil:
		return fmt.Errorf("%q is no level: use -v, or -v=2 for all", s)
	case on:
		v.set(1)
	default:
		v.set(0)
	}
	return nil
}

func (v *verbosity) set(n int) {
	v.n = n
	switch n {
	case 0:
		v.level.Set(silent)
	case 1:
		v.level.Set(slog.LevelInfo)
	default:
		v.level.Set(slog.LevelDebug)
	}
}
