package plugin

import (
	"flag"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Job is one run of a plugin.
type Job struct {
	Name string // the command, as the kubeconfig has it
	Args []string
	// Path is where a command without a folder is looked for, as PATH.
	Path string
	// Parent is the process that wants the credentials.
	Parent int
	// Limit is the time for all, waiting for Lock included.
	Limit time.Duration
	// Lock is a file that is locked meanwhile, so that the same job does not
	// run twice at once; empty for none. Its folder is made.
	Lock string
}

// The exit statuses beside the plugin's own, as of timeout(1) and of shells.
const (
	ExitTime    = 124 // its time was over
	ExitMissing = 127 // there is no such command, or it cannot be started
	exitEnded   = 130 // the supervisor was told to end
	exitFailed  = 1
)

// Command returns the arguments with which [Run] does the job.
func (j Job) Command() []string {
	args := []string{
		"-path=" + j.Path, fmt.Sprintf("-parent=%d", j.Parent), "-limit=" + j.Limit.String(), "-lock=" + j.Lock, "--", j.Name,
	}
	return append(args, j.Args...)
}

// parseJob is the reverse of Command.
func parseJob(args []string) (Job, error) {
	var j Job
	fs := flag.NewFlagSet("plugin", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&j.Path, "path", "", "")
	fs.IntVar(&j.Parent, "parent", 0, "")
	fs.DurationVar(&j.Limit, "limit", 0, "")
	fs.StringVar(&j.Lock, "lock", "", "")
	if err := fs.Parse(args); err != nil {
		return j, err
	}
	if fs.NArg() == 0 || j.Limit <= 0 {
		return j, fmt.Errorf("%d arguments and a limit of %v are no job", fs.NArg(), j.Limit)
	}
	j.Name = fs.Arg(0)
	if fs.NArg() > 1 {
		j.Args = fs.Args()[1:]
	}
	return j, nil
}

// Find returns where a command is: itself when it names a folder, and otherwise
// the first program of this name in path, a list as in PATH. Relative folders
// there are passed over.
func Find(path, command string) (string, error) {
	if strings.ContainsRune(command, filepath.Separator) {
		return exec.LookPath(command)
	}
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if found, err := exec.LookPath(filepath.Join(dir, command)); err == nil {
			return found, nil
		}
	}
	return "", &exec.Error{Name: command, Err: exec.ErrNotFound}
}
