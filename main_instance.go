//go:build !nogui

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"github.com/spf13/pflag"

	"culvert/cli"
	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/ui"
)

// instance is the user's one window: it answers to who starts Culvert again.
type instance struct {
	server *control.Server // nil where nobody can find this one
	ended  chan struct{}   // closed when the server has ended; nil without one

	ready chan struct{} // closed when face is there
	face  face

	mu      sync.Mutex
	shown   bool
	pending []string // files that came before there was a window
}

// face is what others may ask of the window. Its functions return at once, but for
// heard, which returns when the window has seen to what was asked before, or ctx is
// done.
type face struct {
	raise       func()
	open        func(paths []string)
	kubeconfigs func() []string
	heard       func(ctx context.Context) error
}

// claim makes this process the user's one window, or hands its command line over to
// the one that runs: then there is no instance, and err is nil or says what to tell
// the user. Where nobody can be the one, that is warned of.
func claim(ctx context.Context, o cli.WindowOptions, dir string, warn func(error)) (*instance, error) {
	in := &instance{ready: make(chan struct{})}
	if o.Demo {
		return in, nil
	}
	for {
		server, first, err := control.Claim(ctx, control.Options{Role: control.RoleWindow, Dir: dir, Version: o.Version, Warn: warn, Crashes: o.Crashes})
		switch {
		case errors.Is(err, control.ErrNoPlace):
			warn(fmt.Errorf("a second Culvert will not find this one: %w", err))
			return in, nil
		case err != nil:
			return nil, err
		case server != nil:
			in.serve(server)
			return in, nil
		}
		if err := handOver(ctx, first, o); !errors.Is(err, control.ErrGone) {
			return nil, err
		}
	}
}

// serve answers until close.
func (in *instance) serve(server *control.Server) {
	in.server, in.ended = server, make(chan struct{})
	go func() { // close ends it
		defer close(in.ended)
		server.Serve(in)
	}()
}

// show lets others reach the window from now on.
func (in *instance) show(f face) {
	in.mu.Lock()
	in.face, in.shown = f, true
	files := in.pending
	in.mu.Unlock()
	close(in.ready)
	if len(files) > 0 {
		f.open(files)
	}
}

// keep keeps files for the window that is to come, and returns false when it is
// there.
func (in *instance) keep(files []string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.shown {
		return false
	}
	in.pending = append(in.pending, files...)
	return true
}

// leave has whoever comes now wait for close.
func (in *instance) leave() {
	if in.server != nil {
		in.server.Leave()
	}
}

// close lets another one be the first. Where that is done already it does nothing.
func (in *instance) close() {
	if in.server != nil {
		in.server.Close()
		<-in.ended
	}
}

// Raise implements [control.Handler].
func (in *instance) Raise(ctx context.Context) error {
	f, err := in.wait(ctx)
	if err != nil || f == nil { // a window that is still to come will be seen
		return err
	}
	f.raise()
	return f.heard(ctx)
}

// Args implements [control.Handler].
func (in *instance) Args(ctx context.Context, a control.Args) (control.Answer, error) {
	s, err := parseStart(a.Args, a.Dir)
	if err != nil {
		return control.Answer{}, err
	}
	f, err := in.wait(ctx)
	if err != nil {
		return control.Answer{}, err
	}
	if f == nil && in.keep(s.files) {
		return control.Answer{}, nil
	}
	f = &in.face
	f.raise()
	if ours := f.kubeconfigs(); s.others(ours) {
		return control.Answer{Text: otherKubeconfigs(ours, s.kubeconfigs), Status: cli.ExitError}, nil
	}
	if len(s.files) > 0 {
		f.open(s.files)
	}
	return control.Answer{}, f.heard(ctx)
}

// startWithin is how long one who asks waits for a window that is still to come: less
// than a client does.
const startWithin = time.Second

// wait returns the window, or nil when it is still to come.
func (in *instance) wait(ctx context.Context) (*face, error) {
	t := time.NewTimer(startWithin)
	defer t.Stop()
	select {
	case <-in.ready:
		return &in.face, nil
	case <-t.C:
		return nil, nil //nolint:nilnil // there is none, and that is no error
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// start is a command line of the window that was, or will be, handed over.
type start struct {
	kubeconfigs []string // empty when they do not matter
	hidden      bool
	files       []string
}

// startOf is the command line of this process, with absolute paths.
func startOf(o cli.WindowOptions) start {
	s := start{hidden: o.Hidden, kubeconfigs: cli.AskedKubeconfigs(o.Kubeconfig)}
	for _, f := range o.Files {
		s.files = append(s.files, absolute(f, ""))
	}
	return s
}

// args is how a start is handed over: as parseStart reads it.
func (s start) args() []string {
	var out []string
	for _, f := range s.kubeconfigs {
		out = append(out, "--kubeconfig", f)
	}
	if s.hidden {
		out = append(out, "--hidden")
	}
	return append(append(out, "--"), s.files...)
}

// parseStart reads a command line of the window; paths in it start from dir.
func parseStart(args []string, dir string) (start, error) {
	var s start
	flags := pflag.NewFlagSet("culvert", pflag.ContinueOnError)
	flags.StringArrayVar(&s.kubeconfigs, "kubeconfig", nil, "")
	flags.BoolVar(&s.hidden, "hidden", false, "")
	if err := flags.Parse(args); err != nil {
		return start{}, &tunnels.Error{
			Err:  fmt.Errorf("the Culvert that runs does not understand this command line: %w", err),
			Hint: "It may be of another version: quit it, and start Culvert again.",
		}
	}
	for i, f := range s.kubeconfigs {
		s.kubeconfigs[i] = absolute(f, dir)
	}
	for _, f := range flags.Args() {
		s.files = append(s.files, absolute(f, dir))
	}
	return s, nil
}

// others tells whether the start asks for other kubeconfigs than ours.
func (s start) others(ours []string) bool {
	return !cli.AreKubeconfigs(s.kubeconfigs, ours)
}

// absolute returns a path that starts from dir; an empty one means from here.
func absolute(path, dir string) string {
	if !filepath.IsAbs(path) && dir != "" {
		return filepath.Join(dir, path)
	}
	abs, err := filepath.Abs(path)
	if err != nil { // without a folder to be in
		return path
	}
	return abs
}

// otherKubeconfigs is what a second start says that asks for other kubeconfigs.
func otherKubeconfigs(ours, theirs []string) string {
	uses := strings.Join(ours, ", ")
	if uses == "" {
		uses = "none"
	}
	return fmt.Sprintf("culvert: another Culvert already runs with other kubeconfigs: %s\n"+
		"Its window is in front now. To work with %s too, run `culvert contexts add FILE`; to work with it alone, quit Culvert first.",
		uses, strings.Join(theirs, ", "))
}

// handOver lets the first do what this process was started for.
func handOver(ctx context.Context, first *control.Client, o cli.WindowOptions) error {
	s := startOf(o)
	if s.hidden && len(s.files) == 0 {
		return nil // it runs, and nobody asked to see it
	}
	dir, _ := os.Getwd() // all paths are absolute where there is one
	answer, err := first.Args(ctx, control.Args{Args: s.args(), Dir: dir})
	if err != nil || answer.Status == cli.ExitOK {
		return err
	}
	return &cli.SaidError{Text: answer.Text, Status: answer.Status}
}

// faceOf is what a window offers to others.
func faceOf(window *ui.App, kubeconfigs func() []string) face {
	return face{raise: window.Raise, open: window.OpenFiles, kubeconfigs: kubeconfigs, heard: heardBy(fyne.Do)}
}

// heardBy returns a face's heard for a toolkit that do hands work to. One that has
// not begun to run yet is not waited for: it will see to everything.
func heardBy(do func(func())) func(context.Context) error {
	var runs atomic.Bool
	go do(func() { runs.Store(true) }) // on the main goroutine the toolkit would call it at once
	return func(ctx context.Context) error {
		if !runs.Load() {
			return nil
		}
		done := make(chan struct{})
		do(func() { close(done) })
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
