package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/crash"
	"culvert/tunnels/speaks"
)

// The exit statuses of all verbs.
const (
	ExitOK    = 0 // done, or ended by SIGINT, SIGTERM or SIGHUP
	ExitError = 1 // it could not be done
	ExitUsage = 2 // the command line is wrong
)

// Window opens the window and blocks until it is closed or ctx is done.
type Window func(ctx context.Context, o WindowOptions) error

// Deps are what main gives to the command line.
type Deps struct {
	Version string
	// Called is how this program was called, os.Args[0]; empty means culvert.
	Called string
	// Window is nil in a program built without one.
	Window Window
	// HasDisplay says whether a window can be shown; nil means no.
	HasDisplay func() bool
	// Program is the path of this program, see [kube.Options]; empty for none.
	Program string
	// Folder is Culvert's config folder; empty means none.
	Folder string
	// Keyring is the system's; nil means none.
	Keyring keyring.Store
	// Terminal asks the user; nil when nobody is there to be asked.
	Terminal Terminal
	// Find looks for the Culvert that runs; nil looks where the user's is.
	Find Find
	// Browser opens an address in the user's browser, and Ask asks a local port what it
	// speaks; nil means as usual.
	Browser func(url string) error
	Ask     func(ctx context.Context, addr string) (speaks.Spoken, error)
	// Editor lets the user edit a file and waits for the end; nil means the one that
	// VISUAL or EDITOR names.
	Editor func(ctx context.Context, path string) error
	// Tray says whether something shows icons in a panel; nil in a program built
	// without a window.
	Tray     func(ctx context.Context) bool
	In       io.Reader
	Out, Err io.Writer
	// Log is where is told what is done; nil makes one that goes to Err and LogFile.
	Log *slog.Logger
	// LogFile is the log's path, see package logfile; empty means none.
	LogFile string
	// CrashFolder is where crash reports are, see package crash; empty means none. Crashes
	// contains panics and reports them; nil makes one that reports there.
	CrashFolder string
	Crashes     *crash.Reporter
}

// warn tells of something that is wrong but hinders nobody.
func (d Deps) warn(err error) {
	if d.Err != nil {
		fmt.Fprintf(d.Err, "culvert: %s\n", harmless(err.Error()))
	}
}

// open opens the user's clusters.
func (d Deps) open(o kube.Options) (*kube.Clusters, error) {
	o.Folder, o.Program, o.Log, o.Crashes = d.Folder, d.Program, d.Log, d.Crashes
	o.Keyring = keyring.New(d.Keyring, func(text string) { fmt.Fprintln(d.Err, text) })
	return kube.Open(o)
}

// Run carries out one command line, without the program's name, and returns
// the exit status. The first SIGINT, SIGTERM or SIGHUP ends the verb in an orderly
// way, for which it has two seconds; a second one ends the process. A SIGHUP that is
// ignored stays so. SIGPIPE is ignored from then on, and garbage collected
// earlier than usual unless GOGC says how early. What package kube starts the
// program for comes before all that.
func Run(d Deps, args []string) int {
	if status, done := kube.RunPart(args); done {
		return status
	}
	ctx, stop := untilSignal(os.Exit)
	defer stop()
	// Who reads our output may stop doing so, as head -1 does for a port's
	// number; the tunnels stay.
	signal.Ignore(syscall.SIGPIPE)
	kube.LogTo(slog.New(slog.DiscardHandler))
	d = d.withCrashes()
	kube.ContainLibraries(d.Crashes)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	return execute(ctx, d, args)
}

// gcPercent is how far the heap may grow beyond what is in use. The bytes of
// connections go through buffers that are used again and again, so collecting
// earlier costs little, and what thousands of short connections leave behind
// does not stay.
const gcPercent = 50

func execute(ctx context.Context, d Deps, args []string) int {
	d = d.withCrashes()
	root := newRoot(d)
	ours := asOurs(root, args)
	root.SetArgs(ours)
	if cmd, _, err := root.Find(ours); err == nil { // else the command line is wrong, which is told below
		defer d.watchCrashes(cmd)()
	}
	err := root.ExecuteContext(ctx)
	called := callingOf(d.Called)
	if err == nil {
		return ExitOK
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok && path.Op == "write" && path.Path == os.Stdout.Name() {
		if err = unwritten(path); err == nil {
			return ExitOK
		}
	}
	if errors.Is(err, control.ErrGone) {
		err = errEnded
	}
	if errors.Is(err, errNoAccess) || errors.Is(err, errUnwell) {
		return ExitError
	}
	if said, ok := errors.AsType[*SaidError](err); ok {
		fmt.Fprintln(d.Err, harmless(said.Text))
		return said.Status
	}
	if ended, ok := errors.AsType[*statusError](err); ok {
		if ended.err != nil {
			called.printError(d.Err, ended.err)
		}
		return ended.status
	}
	called.printError(d.Err, err)
	var usage *usageError
	if errors.As(err, &usage) {
		return ExitUsage
	}
	return ExitError
}

// Command returns the whole command line of a version, for its documentation.
func Command(version string) *cobra.Command { return newRoot(Deps{Version: version}) }

func newRoot(d Deps) *cobra.Command {
	var o WindowOptions
	called, verbose := callingOf(d.Called), newVerbosity()
	d = d.withLog(verbose)
	root := &cobra.Command{
		Use:   called.file + " [FILE...]",
		Short: "Keep Kubernetes port-forwards running",
		Long: "Culvert keeps Kubernetes port-forwards running: the local ports stay bound while pods,\n" +
			"API servers and networks come and go. Without a command it opens the window, or shows the one that is\n" +
			"open, and offers to add the tunnels of FILEs: profiles, scripts, and what other programs export.",
		Example: "  culvert                                   # open the window, or show the one that is open\n" +
			"  culvert forward svc/web 8080:http         # forward in this terminal, as `kubectl port-forward` does\n" +
			"  culvert demo                              # try it out without a cluster",
		SuggestionsMinimumDistance: 2,

		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: called.words},
		Version:       d.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          wrongUsage(filesOnly),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Files = args
			return openWindow(cmd, d, o)
		},
	}
	root.SetOut(d.Out)
	root.SetErr(d.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{wrongFlag(cmd, err), cmd.CommandPath()}
	})
	root.SetVersionTemplate("culvert {{.Version}}\n")
	root.PersistentFlags().VarP(verbose, "verbose", "v", "tell on stderr what is done; -v=2 tells all")
	root.PersistentFlags().Lookup("verbose").NoOptDefVal = "1"
	root.Flags().StringVar(&o.Kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	root.Flags().BoolVar(&o.Hidden, "hidden", false, "show the icon in the panel alone, where there is a panel for it")
	root.AddCommand(newForward(d), newTargets(d), newNamespaces(d), newAccess(d))
	root.AddCommand(newContexts(d), newLogin(d), newLogout(d), newDemo(d))
	root.AddCommand(tunnelVerbs(d)...)
	root.AddCommand(toolVerbs(d)...)
	root.AddCommand(newCompletion(called.file))
	root.SetGlobalNormalizationFunc(asKubectlWrites)
	arrange(root)
	called.rename(root)
	completeAll(d, root)
	return root
}

// filesOnly refuses a word that is neither a verb nor a file. A folder needs to
// be written as a path, lest one be taken for a verb.
func filesOnly(cmd *cobra.Command, args []string) error {
	for i, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case err == nil && (!info.IsDir() || strings.ContainsRune(arg, filepath.Separator)):
		case strings.ContainsRune(arg, filepath.Separator) || i > 0:
			return fmt.Errorf("there is no file %s", arg)
		default:
			return unknownVerb(cmd, arg)
		}
	}
	return nil
}

func openWindow(cmd *cobra.Command, d Deps, o WindowOptions) error {
	if d.Window == nil {
		if len(o.Files) > 0 {
			return &usageError{errors.New("this build has no window to open files in"), cmd.CommandPath()}
		}
		err := cmd.Help()
		fmt.Fprintln(d.Err, "\nThis build of Culvert has no window, only these commands.")
		return err
	}
	if d.HasDisplay == nil || !d.HasDisplay() {
		return &tunnels.Error{
			Err:  errors.New("there is no display to open the window on"),
			Hint: "Use `culvert forward` here, or start Culvert from a desktop session.",
		}
	}
	o.Folder, o.Keyring, o.Program, o.Shell, o.Version = d.Folder, d.Keyring, d.Program, shellOfWindow(), d.Version
	o.Log, o.Crashes = d.Log, d.Crashes
	d.begin("window")
	return d.Window(cmd.Context(), o)
}

// shellOfWindow says how the window uses the login shell: whoever opens it from
// a terminal has its environment already.
func shellOfWindow() kube.ShellUse {
	for _, f := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		if term.IsTerminal(int(f.Fd())) {
			return kube.ShellForMissing
		}
	}
	return kube.ShellAtOnce
}

// SaidError ends a verb with what another process has said: a text for the user, and
// the exit status.
type SaidError struct {
	Text   string
	Status int
}

func (s *SaidError) Error() string { return s.Text }

// usageError is a command line that makes no sense.
type usageError struct {
	err     error
	command string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// wrongUsage marks what check reports as wrong usage.
func wrongUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &usageError{err, cmd.CommandPath()}
		}
		return nil
	}
}

// printError writes an error and, below it, what to do.
func printError(w io.Writer, err error) { callingOf("").printError(w, err) }

func (c calling) printError(w io.Writer, err error) {
	fmt.Fprintf(w, "culvert: %s\n", harmless(err.Error()))
	var usage *usageError
	var known *tunnels.Error
	switch {
	case errors.As(err, &known) && known.Hint != "":
		fmt.Fprintf(w, "%s\n", harmless(c.in(known.Hint)))
	case errors.As(err, &usage):
		fmt.Fprintf(w, "See '%s --help'.\n", usage.command)
	}
}
