package peers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"culvert/e2e/load"
)

// scene is a row that is being done: all peers in the same situation.
type scene struct {
	*Run
	row Row
	all []*subject

	// Where and as whom the peers run; the zero values are the cluster's network
	// and its administrator.
	place      place
	kubeconfig string
	wrap       []string // comes before the program

	// ctx ends when the row does: it bounds what runs beside it.
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	undo    []func(context.Context) error // in the order of their making
	trouble chan error                    // of what runs beside; has room for one
}

// tellTrouble notes what has gone wrong with something that runs beside the
// row; the first of it is told.
func (s *scene) tellTrouble(err error) {
	select {
	case s.trouble <- err:
	default:
	}
}

// place is where peers and their clients run.
type place interface {
	Command(name string, args ...string) *exec.Cmd
	Dial(ctx context.Context, network, addr string) (net.Conn, error)
}

// subject is one peer in a scene.
type subject struct {
	*scene
	peer    Peer
	process *process
	ports   []int // local, in the order of what was asked for
	o       Observation
	stream  *stream  // nil when the row has none
	kept    net.Conn // made by hold
	knocks  *load.Knocks
	began   time.Time // of the fault
}

// atEnd registers what has to be undone when the row is over.
func (s *scene) atEnd(do func(context.Context) error) { s.undo = append(s.undo, do) }

// launch starts every peer on a target, whose ports are numbers or names of the
// target's. Equal local ports in given are used for all; 0 means a new one.
func (s *scene) launch(ns, name string, remotes ...string) error {
	return s.launchAt(ns, name, func(*subject) []int { return s.newPorts(len(remotes)) }, remotes...)
}

// launchAt is launch with the local ports that are asked for.
func (s *scene) launchAt(ns, name string, locals func(*subject) []int, remotes ...string) error {
	for _, p := range s.peers {
		u := &subject{scene: s, peer: p, o: Observation{Row: s.row.Name, Peer: p.Name}}
		u.ports = locals(u)
		s.all = append(s.all, u)
		t := Target{Namespace: ns, Name: name}
		for i, remote := range remotes {
			t.Ports = append(t.Ports, Mapping{u.ports[i], remote})
		}
		if err := u.start(t); err != nil {
			return fmt.Errorf("start %s: %w", p.Name, err)
		}
	}
	return nil
}

func (u *subject) start(t Target) error {
	if err := os.MkdirAll(filepath.Join(u.home, u.peer.Name), 0o755); err != nil {
		return err
	}
	kubeconfig := u.kubeconfig
	if kubeconfig == "" {
		kubeconfig = u.c.Kubeconfig()
	}
	args := append(append([]string{}, u.wrap...), u.peer.command(u.Programs, t)...)
	cmd := u.at().Command(args[0], args[1:]...)
	cmd.Env = u.environ(u.peer, kubeconfig)
	var err error
	u.process, err = start(cmd)
	return err
}

func (s *scene) at() place {
	if s.place == nil {
		return s.c
	}
	return s.place
}

// addr returns where a client finds the i-th port.
func (u *subject) addr(i int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(u.ports[i])) }

// each calls do for all peers at once.
func (s *scene) each(do func(*subject)) {
	var all sync.WaitGroup
	for _, u := range s.all {
		all.Go(func() { do(u) })
	}
	all.Wait()
}

// served waits until every peer has echoed through its first port, or has ended.
func (s *scene) served(ctx context.Context) {
	s.each(func(u *subject) {
		u.o.Started = u.until(ctx, startPatience, func() error {
			return load.EchoOnce(ctx, u.at().Dial, u.addr(0), time.Second*3)
		})
	})
}

// startPatience is how long a peer may take until it serves, and calm how long
// nothing is done before a fault.
const (
	startPatience = 20 * time.Second
	calm          = 500 * time.Millisecond
)

// until tries until it works, the process has ended or the time is over.
func (u *subject) until(ctx context.Context, patience time.Duration, try func() error) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if try() == nil {
			return true
		}
		if u.process.exit() != "" {
			return false
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
}

// knock makes new connections from now on. It returns when the fault may begin:
// the connections made before that do not count.
func (s *scene) knock(every time.Duration) {
	for _, u := range s.all {
		u.knocks = load.StartKnocks(s.ctx, u.at().Dial, u.addr(0), every, knockWithin)
	}
	pause(s.ctx, calm)
	for _, u := range s.all {
		u.began = time.Now()
	}
}

// The usual clients: five connections a second, each of which waits as long as
// clients do that have a timeout.
const (
	knockEvery  = 200 * time.Millisecond
	knockWithin = 12 * time.Second
	// patience is how long a peer may take to serve again.
	patience = 20 * time.Second
)

// settle waits until each peer serves new connections after the fault was over,
// or has ended, or the time is over.
func (s *scene) settle(ctx context.Context, healed time.Time, patience time.Duration) {
	s.each(func(u *subject) { u.settle(ctx, healed, patience) })
	pause(ctx, time.Second) // some serve once and end then
}

// pause waits.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func (u *subject) settle(ctx context.Context, healed time.Time, patience time.Duration) {
	u.o.Patience = patience.Seconds()
	ctx, cancel := context.WithDeadline(ctx, healed.Add(patience))
	defer cancel()
	watched, over := context.WithCancel(ctx)
	defer over()
	u.running.Go(func() {
		select {
		case <-u.process.ended:
			over()
		case <-watched.Done():
		}
	})
	if at, err := u.knocks.Answered(watched, u.began, healed); err == nil {
		u.o.Served, u.o.After = true, max(0, at.Sub(healed).Seconds())
	}
}

// end looks at every peer once more, ends what runs and undoes what was done.
func (s *scene) end(ctx context.Context) error {
	var errs []error
	for _, u := range s.all {
		if u.process == nil {
			continue
		}
		u.finish(ctx)
		if u.stream != nil {
			u.o.Transfer = u.stream.end()
		}
	}
	s.cancel()
	var mu sync.Mutex
	s.each(func(u *subject) {
		if u.process == nil {
			return
		}
		if u.knocks != nil {
			u.o.lost(u.knocks.End(), u.began)
		}
		_, err := u.process.stop(10 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		errs = append(errs, err)
	})
	s.running.Wait()
	for i := len(s.undo) - 1; i >= 0; i-- {
		errs = append(errs, s.undo[i](ctx))
	}
	select {
	case err := <-s.trouble:
		errs = append(errs, err)
	default:
	}
	return errors.Join(errs...)
}

// finish notes whether the process lives and its port takes connections.
func (u *subject) finish(ctx context.Context) {
	if u.o.Stopped > 0 {
		return // it was asked to end
	}
	u.o.Exit, u.o.Said = u.process.exit(), u.process.last()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if conn, err := u.at().Dial(ctx, "tcp", u.addr(0)); err == nil {
		u.o.Accepts = true
		conn.Close()
	}
}

// lost counts the connections that began after the fault, and those of them
// that were not served.
func (o *Observation) lost(all []load.Knock, since time.Time) {
	slices.SortFunc(all, func(a, b load.Knock) int { return a.Began.Compare(b.Began) })
	for _, k := range all {
		if k.Began.Before(since) {
			continue
		}
		o.New++
		if k.Err == nil {
			continue
		}
		if o.Lost++; o.Lost == 1 {
			o.FirstLost = fmt.Sprintf("made %.1f s after the fault began, %s %.1f s later",
				k.Began.Sub(since).Seconds(), reason(k.Err), k.Ended.Sub(k.Began).Seconds())
		}
	}
}

// reason says how a new connection has failed.
func reason(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case errors.Is(err, net.ErrClosed), errors.Is(err, context.DeadlineExceeded):
		return "given up"
	case errors.Is(err, io.EOF):
		return "ended"
	}
	return redact(err.Error())
}
