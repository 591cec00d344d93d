package tunnels

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"culvert/tunnels/crash"
)

const (
	// testFor bounds a test whose context has no deadline.
	testFor = 10 * time.Second
	// testPatience is how many round trips longer than gateTrust a test waits for a
	// refusal: one is on its way with the node's answer.
	testPatience = 3
)

// PortTest is what came of trying one mapping of a spec.
type PortTest struct {
	Mapping Mapping
	Pod     string        // that was asked
	Took    time.Duration // to find the pod and to have a session to it that answers
	Err     *Error        // why the port does not answer; nil when it does
}

// Test tries a spec without listening anywhere and without touching tunnels that
// run: it looks for the target, opens a session to the pod that the spec's policy
// would choose, and one stream to each remote port. The results are in the order
// of the mappings. An error, an *Error, means that it did not get that far. It
// takes as long as ctx allows, or 10 s where ctx has no deadline, and leaves
// nothing behind. The spec needs no ID.
//
// A port without an error has taken a connection, or has at least not refused it
// for as long as a node takes to tell. That proves the way to the pod, the rights
// for it, and that something listens there. It proves neither that the program
// speaks the protocol that a client expects, nor that it is well, nor that the
// local ports are free. A program sees a connection that ends without a byte.
func (m *Manager) Test(ctx context.Context, spec Spec) ([]PortTest, error) {
	if spec.ID == "" {
		spec.ID = NewID()
	}
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, testFor)
		defer cancel()
	}
	began := time.Now()
	e, err := m.lookUp(ctx, spec)
	if err != nil {
		return nil, err
	}
	session, latency, err := dialled(ctx, m.backend, e, spec.Via, m.crashes.Contain, func(Session) {})
	if err != nil {
		return nil, testError(ctx, spec, err)
	}
	defer session.Close(nil)
	return testPorts(ctx, m.crashes, session, spec, PortTest{Pod: e.Pod, Took: time.Since(began)}, e, gateTrust+testPatience*latency), nil
}

// lookUp returns the pod that a spec leads to now.
func (m *Manager) lookUp(ctx context.Context, spec Spec) (Endpoint, *Error) {
	c, err := m.firstWord(ctx, spec)
	if err != nil {
		return Endpoint{}, testError(ctx, spec, err)
	}
	r := &run{spec: spec} // for its policy alone
	if e, ok := r.pick(c, ""); ok {
		return e, nil
	}
	if c.err != nil {
		return Endpoint{}, c.err
	}
	return Endpoint{}, &Error{
		Err:   errors.New(whyNone(spec, c.Resolution)),
		Hint:  "A tunnel waits for a pod that is ready.",
		Cause: CausePodNotReady,
	}
}

// firstWord returns the first thing that the cluster tells of a spec's target.
func (m *Manager) firstWord(ctx context.Context, spec Spec) (candidates, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	said := make(chan candidates, 1)
	ended := make(chan error, 1)
	ports := remotesOf(spec.Mappings)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(m.crashes.Contained("the watch of a target", func() {
		ended <- m.backend.Watch(ctx, spec.Target, ports, func(found Resolution, err error) {
			if found.Partial {
				return
			}
			select {
			case said <- candidates{found, 1, AsError(err)}:
			default: // the first one counts
			}
		})
	}, func(p *crash.Panic) { ended <- PanicError(p) }))
	select {
	case c := <-said:
		return c, nil
	case err := <-ended:
		if err == nil {
			err = errors.New("the cluster stopped telling about it")
		}
		return candidates{}, err
	}
}

func remotesOf(ms []Mapping) []Port {
	ports := make([]Port, len(ms))
	for i, m := range ms {
		ports[i] = m.Remote
	}
	return ports
}

// testError says why a test has not come to its end.
func testError(ctx context.Context, spec Spec, err error) *Error {
	if ctx.Err() == nil {
		return AsError(err)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return &Error{Err: fmt.Errorf("test %s: %w", spec.Target, context.Canceled)}
	}
	return &Error{
		Op:    "test " + spec.Target.String(),
		Err:   errors.New("the cluster did not answer in time"),
		Hint:  "Check the network and the VPN, and try again.",
		Cause: CauseUnreachable,
	}
}

// testPorts tries all mappings at once. All results begin as like.
func testPorts(ctx context.Context, crashes *crash.Reporter, s Session, spec Spec, like PortTest, e Endpoint, patience time.Duration) []PortTest {
	out := make([]PortTest, len(spec.Mappings))
	errs, _ := portProblems(e, spec.Mappings)
	var wg sync.WaitGroup
	for i, m := range spec.Mappings {
		out[i] = like
		out[i].Mapping, out[i].Err = m, errs[m.Remote]
		if out[i].Err == nil {
			wg.Go(crashes.Contained("a test", func() {
				out[i].Err = testPort(ctx, crashes, s, e.Ports[m.Remote].Number, patience)
				if out[i].Err == nil && ctx.Err() != nil { // silence that was cut short proves nothing
					out[i].Err = testError(ctx, spec, ctx.Err())
				}
			}, func(p *crash.Panic) { out[i].Err = PanicError(p) }))
		}
	}
	wg.Wait()
	return out
}

// testPort returns why a port takes no connection; nil when it does, or says
// nothing for as long as patience.
func testPort(ctx context.Context, crashes *crash.Reporter, s Session, port uint16, patience time.Duration) *Error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	st, err := s.Open(ctx, port)
	if err != nil {
		return AsError(err)
	}
	defer st.Close()
	read := make(chan error, 1)
	go crashes.Contained("a test", func() { // until the stream is reset, which is below
		_, err := st.Read(make([]byte, 1))
		read <- err
	}, func(p *crash.Panic) { read <- PanicError(p) })()
	select {
	case err = <-read:
	case <-ctx.Done():
		st.Reset(errTested)
		err = <-read
	}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, errTested) {
		return nil // it spoke, or listened
	}
	if e := AsError(err); e.Cause != CauseReset { // a program may well cut a connection that says nothing
		return e
	}
	return nil
}

var errTested = errors.New("the test is over")
