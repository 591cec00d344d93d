package loginshell

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// limit bounds reading, whatever profile scripts do.
	limit = 5 * time.Second
	// maxOutput bounds what is read: the environment and the noise.
	maxOutput = 1 << 20
)

// Guard is set in the environment of the shell that is asked, so that its
// scripts can tell, and a Culvert that they start does not ask again.
const Guard = "CULVERT_READS_SHELL"

// quiet keeps what is known to get in the way from starting.
var quiet = [...]string{Guard + "=1", "DISABLE_AUTO_UPDATE=true", "ZSH_TMUX_AUTOSTARTED=true", "ZSH_TMUX_AUTOSTART=false"}

// Options say how to read. Printer is needed.
type Options struct {
	// Shell is the path of a shell; empty for the user's.
	Shell string
	// Printer is a command line with the full path of a program that calls
	// [Print] with one more argument.
	Printer []string
	// Limit replaces the 5 s that reading may take; 0 leaves them.
	Limit time.Duration
}

// Read blocks until the shell has told its environment, until its time is over
// or until ctx is done, and ends the shell and its children. The error says which
// shell did what; it holds nothing that the shell has printed.
func Read(ctx context.Context, o Options) (map[string]string, error) {
	if os.Getenv(Guard) != "" {
		return nil, errors.New("the login shell is being read already, and has started this program")
	}
	if o.Limit == 0 {
		o.Limit = limit
	}
	ctx, cancel := context.WithTimeout(ctx, o.Limit)
	defer cancel()
	if o.Shell == "" {
		shell, err := userShell(ctx)
		if err != nil || shell == "" {
			return nil, err
		}
		o.Shell = shell
	}
	env, err := o.read(ctx)
	switch {
	case err == nil:
		return env, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("it was not done within %v", o.Limit)
	}
	return nil, fmt.Errorf("read the environment of the login shell %s: %w", o.Shell, err)
}

// read tries one way to start the shell after the other.
func (o Options) read(ctx context.Context) (env map[string]string, err error) {
	for _, way := range waysToStart(o.Shell) {
		mark := rand.Text()
		script, err := quoted(append(o.Printer[:len(o.Printer):len(o.Printer)], mark))
		if err != nil {
			return nil, err
		}
		var out []byte
		if out, err = o.run(ctx, way, "exec "+script, frame(mark)); err == nil {
			return parse(out, frame(mark))
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, errNotStarted) || errors.Is(err, errTooMuch) {
			return nil, err
		}
	}
	return nil, errors.New("it ended without a word of it")
}

var (
	errNotStarted = errors.New("it cannot be started")
	errTooMuch    = fmt.Errorf("it printed more than %d bytes", maxOutput)
)

// way is one way to start a shell.
type way struct {
	name  string   // its argument 0
	flags []string // what goes before the script
}

// waysToStart returns how to start a shell for a script: login and interactive
// first, then with less, for a shell that refuses this or whose interactive files
// start another program.
func waysToStart(shell string) []way {
	name := filepath.Base(shell)
	switch name {
	case "tcsh", "csh", "bsd-csh":
		// -l goes with no other flag; the dash says it too.
		return []way{{"-" + name, []string{"-i", "-c"}}, {"-" + name, []string{"-c"}}}
	case "bash", "zsh", "sh", "dash", "ash", "ksh", "ksh93", "mksh", "fish":
		return []way{{shell, []string{"-l", "-i", "-c"}}, {shell, []string{"-l", "-c"}}}
	}
	return []way{{shell, []string{"-l", "-i", "-c"}}, {shell, []string{"-l", "-c"}}, {shell, []string{"-c"}}}
}

// quoted returns a command line that all shells read in the same way.
func quoted(args []string) (string, error) {
	for _, a := range args {
		if strings.ContainsAny(a, "'\\!\r\n") {
			return "", fmt.Errorf("the path %q has a character that shells read differently", a)
		}
	}
	return "'" + strings.Join(args, "' '") + "'", nil
}
