package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/control"
)

// The exit statuses of run beside those of the command itself, as a shell has them.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
	exitSignal        = 128 // and the signal's number
)

// runFlags are those of run.
type runFlags struct {
	files       []string
	wait        time.Duration
	noWait, yes bool
	kubeconfig  string
}

// runWait is how long run waits by itself.
const runWait = time.Minute

func newRun(d Deps) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:        "run [PROFILE | TUNNEL | PATH]... -- COMMAND [ARGUMENT]...",
		SuggestFor: []string{"exec"},
		Short:      "Run a command with tunnels that are there for as long as it runs",
		Long: "Starts tunnels, as `culvert up` finds them, waits until all are ready and runs the command. When it has ended, those\n" +
			"tunnels stop that did not run before.\n\n" +
			"The command finds the addresses in its environment: CULVERT_NAME_ADDR, _HOST and _PORT of each tunnel's first port,\n" +
			"and CULVERT_NAME_REMOTE_ADDR, _HOST and _PORT of each. NAME is the tunnel's in capitals, with _ for all but\n" +
			"letters and digits.\n\n" +
			"Exit status: that of the command, 128 and the signal's number when a signal has ended it, 126 when it cannot be\n" +
			"executed, 127 when there is none. When it was not run: 1 it could not be done, 2 wrong command line, 3 no such\n" +
			"tunnel or profile, 4 the tunnels did not become ready, 130 interrupted.",
		Example: "  culvert run dev -- sh -c 'psql -h \"$CULVERT_POSTGRES_HOST\" -p \"$CULVERT_POSTGRES_PORT\"'\n" +
			"  culvert run -- make integration-test     # this project's " + projectFile + "\n" +
			"  culvert run -f tunnels.yaml --wait 2m -- ./smoke.sh",
		ValidArgsFunction: completeWords(d, profilesAndTunnels|files),
		Args: wrongUsage(func(cmd *cobra.Command, args []string) error {
			switch dash := cmd.ArgsLenAtDash(); {
			case dash < 0:
				return errors.New("the command is missing: write it behind --, as `culvert run dev -- make test`")
			case dash == len(args):
				return errors.New("there is no command behind --")
			case f.wait <= 0 && !f.noWait:
				return errors.New("--wait must be more than 0: give a time as 30s, or use --no-wait")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			dash := cmd.ArgsLenAtDash()
			return runWith(cmd.Context(), d, f, args[:dash], args[dash:])
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVarP(&f.files, "file", "f", nil, "a `file` with tunnels; may be given several times")
	fs.DurationVar(&f.wait, "wait", runWait, "how `long` to wait until all tunnels are ready")
	fs.BoolVar(&f.noWait, "no-wait", false, "run the command at once")
	yesFlag(fs, &f.yes)
	kubeconfigFlag(fs, &f.kubeconfig)
	return cmd
}

// runWith runs a command with tunnels. It returns a statusError unless the command ended
// with 0.
func runWith(ctx context.Context, d Deps, f runFlags, args, command []string) error {
	path, err := executable(command[0])
	if err != nil {
		return err
	}
	r, err := d.find(ctx)
	switch {
	case errors.Is(err, ErrNobody):
		d.begin("run")
		r, err = d.own(f.kubeconfig, true, d.warn, nil)
	case err == nil:
		err = checkKubeconfigs(AskedKubeconfigs(f.kubeconfig), r.Kubeconfigs)
	}
	if r != nil {
		defer r.Close()
	}
	if err != nil {
		return err
	}
	with, err := hold(ctx, d, r, f, args)
	if err != nil {
		return interrupted(ctx, err)
	}
	defer with.end(d, r)
	env, err := with.environment(ctx, r)
	if err != nil {
		return interrupted(ctx, err)
	}
	return perform(ctx, d, r, path, command, env)
}

// interrupted is the status of a command that was not run since a signal came first,
// or err.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &statusError{nil, exitSignal + int(syscall.SIGINT)}
	}
	return err
}

// executable returns the path of a program.
func executable(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, fs.ErrPermission):
		return "", &statusError{&tunnels.Error{Op: name, Err: fs.ErrPermission, Hint: "It cannot be executed: look at its mode."}, exitNotExecutable}
	case errors.Is(err, exec.ErrDot):
		return "", &statusError{&tunnels.Error{Op: name, Err: errors.New("it is in this folder, which is not searched"), Hint: "Write ./" + name + "."}, exitNotFound}
	}
	return "", &statusError{&tunnels.Error{Op: name, Err: errors.New("there is no such command"), Hint: "Nothing was started."}, exitNotFound}
}

// holding are tunnels that run for a command.
type holding struct {
	brought
	release func(context.Context) error
}

// hold starts tunnels for a command, and waits for them.
func hold(ctx context.Context, d Deps, r *Running, f runFlags, args []string) (*holding, error) {
	sources, err := wanted(ctx, d, r, args, f.files)
	if err != nil {
		return nil, err
	}
	b, err := bring(ctx, d, r, sources, contextsFor(d, r, f.kubeconfig), f.yes)
	if err != nil {
		return nil, err
	}
	h := &holding{brought: b, release: func(context.Context) error { return nil }}
	release, err := r.Hold(ctx, b.ids)
	if err == nil {
		h.release = release
		if !f.noWait {
			err = await(ctx, r, b.ids, toBeReady, f.wait, d.toStderr)
		}
	}
	if err != nil {
		h.end(d, r)
		return nil, err
	}
	return h, nil
}

// end lets the tunnels go. It takes less time than a verb has to end.
func (h *holding) end(d Deps, r *Running) {
	ctx, cancel := context.WithTimeout(context.Background(), leaveWithin*3/4)
	defer cancel()
	err := errors.Join(h.release(ctx), h.undo(ctx, r))
	if err != nil && !errors.Is(err, control.ErrGone) { // with it they are gone, and that is told elsewhere
		d.warn(err)
	}
}

// environment returns that of this process with the addresses of the tunnels.
func (h *holding) environment(ctx context.Context, r *Running) ([]string, error) {
	s, _, err := r.List(ctx)
	if err != nil {
		return nil, err
	}
	vars, err := variables(chosen(s, h.ids))
	if err != nil {
		return nil, err
	}
	env := os.Environ()
	for _, v := range vars {
		env = append(env, v.name+"="+v.value)
	}
	return env, nil
}

// perform runs a command to its end. From then on signals are the command's: those of
// the keyboard it gets from the terminal, the others are passed on.
func perform(ctx context.Context, d Deps, r *Running, path string, command, env []string) error {
	//nolint:noctx // it ends by itself
	cmd := exec.Command(path, command[1:]...)
	cmd.Args[0] = command[0]
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, d.In, d.Out, d.Err
	cmd.WaitDelay = leaveWithin // where our ends are no files
	heard, ok := takeSignals(ctx)
	if !ok {
		return interrupted(ctx, nil)
	}
	// What is ignored here would be ignored there too: a program whose output nobody
	// reads any more is to end of it.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	quit := make(chan os.Signal, 1) // from the keyboard, too
	signal.Notify(quit, syscall.SIGQUIT)
	defer signal.Stop(quit)
	if err := cmd.Start(); err != nil {
		status := exitNotExecutable
		if errors.Is(err, fs.ErrNotExist) {
			status = exitNotFound
		}
		return &statusError{&tunnels.Error{Op: command[0], Err: bare(err)}, status}
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }() // ends with the command
	gone := r.Gone
	for {
		select {
		case s := <-heard:
			pass(cmd.Process, s)
		case <-gone:
			d.warn(errEnded)
			gone = nil
		case err := <-done:
			return statusOf(cmd.ProcessState, err)
		}
	}
}

// statusOf is how a command has ended.
func statusOf(state *os.ProcessState, err error) error {
	switch {
	case state == nil:
		return &statusError{fmt.Errorf("wait for the command: %w", err), ExitError}
	case state.Success():
		return nil
	}
	return &statusError{nil, exitStatus(state)}
}
