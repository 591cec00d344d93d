package kube

import (
	"context"
	"net/http"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// Verdict says whether a user may forward to a target.
type Verdict uint8

// The verdicts. VerdictUnknown is the zero value.
const (
	VerdictUnknown Verdict = iota // the server does not tell
	VerdictNo
	VerdictYes // perhaps with limits
)

// Access is what a user may do of all that forwarding to a target takes, as the
// server has told it. It is immutable.
type Access struct {
	Target tunnels.Target // with context and namespace
	Via    tunnels.Via    // the transport that was asked about
	// User is who the server takes us for; empty when it does not tell.
	User string
	// Version of Kubernetes, as "1.34"; empty when the server does not tell. The
	// rights that a WebSocket needs depend on it; an unknown one counts as new.
	Version string

	Verdict Verdict
	// Reason is the verdict in words: a whole sentence without its full stop.
	Reason string
	// Limits are what is restricted although it works, or not certain: a sentence
	// each, without a full stop.
	Limits []string
	// Checks are the single rights, the most important first.
	Checks []Check
}

// Works says whether the target can be forwarded to, perhaps with limits.
func (a Access) Works() bool { return a.Verdict == VerdictYes }

// Need says what a right is good for.
type Need uint8

// The needs.
const (
	NeedImproves Need = iota // it works without it, but worse
	NeedOne                  // another right would do as well
	NeedAll                  // nothing works without it
)

// Check is one right, and whether the user has it.
type Check struct {
	Verb        string // as "get"
	Group       string // of the API; empty for the core's
	Resource    string // as "pods"
	Subresource string // as "portforward"; mostly empty
	Namespace   string // empty for nodes
	Name        string // of the one object; empty for all
	Need        Need
	Purpose     string // what it is for, as "to find the service"

	Allowed bool
	Reason  string         // why not, in the server's words; often empty
	Err     *tunnels.Error // why this could not be checked; nil when it was
}

// full returns resource and subresource as rules have them.
func (c *Check) full() string {
	if c.Subresource == "" {
		return c.Resource
	}
	return c.Resource + "/" + c.Subresource
}

// String returns the right for people, as "list pods in namespace team-a".
func (c *Check) String() string {
	a := action{resource: c.full(), namespace: c.Namespace}
	if c.Subresource == "" {
		a.name = c.Name
	}
	return c.Verb + " " + clean(a.what(), mostText)
}

// How Access paces itself.
const (
	accessTimeout = 15 * time.Second
	accessAtOnce  = 4
)

// Access asks the server whether its user may forward to a target over a
// transport, and for each right that this takes. It changes nothing. Empty fields
// of the target are those of the current context. It returns within 15 s, with an
// *tunnels.Error when the server cannot be asked at all; where it only does not
// tell about rights, the verdict is VerdictUnknown.
//
// For other targets than a pod by name no pod's name is known: where the user may
// forward to single pods only, by their names, the verdict is VerdictUnknown, too,
// and tells the names.
func (c *Clusters) Access(ctx context.Context, t tunnels.Target, via tunnels.Via) (Access, error) {
	if err := CheckTarget(t); err != nil {
		return Access{}, err
	}
	op := "check access to " + t.String()
	if err := checkVia(op, via); err != nil {
		return Access{}, err
	}
	t, err := c.Complete(t)
	if err != nil {
		return Access{}, err
	}
	cl, _, err := c.clusterFor(ctx, t.Context)
	if err != nil {
		return Access{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, accessTimeout)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()

	a := Access{Target: t, Via: via}
	p := newPlan(t, via)
	var v version
	foreign := false // the cluster has no such kind
	jobs := []func(context.Context) error{
		func(ctx context.Context) (err error) { v, err = cl.version(ctx); return err },
		func(ctx context.Context) (err error) { a.User, err = cl.whoAmI(ctx); return err },
	}
	if t.Kind == tunnels.KindDeploymentConfig {
		jobs = append(jobs, func(ctx context.Context) (err error) {
			foreign, err = cl.lacksGroup(ctx, deploymentConfigsResource)
			return err
		})
	}
	for _, check := range p.checks {
		jobs = append(jobs, func(ctx context.Context) error { return cl.review(ctx, check) })
	}
	if err := together(ctx, c.crashes, accessAtOnce, jobs); err != nil {
		return Access{}, cl.explain(action{op: op}, err)
	}
	if err := p.askNames(ctx, cl); err != nil {
		return Access{}, cl.explain(action{op: op}, err)
	}
	a.Version = v.String()
	p.judge(&a, v)
	if foreign {
		a.Verdict, a.Limits = VerdictNo, nil
		a.Reason = cannot(t) + ": " + noOpenShift(deploymentConfigsResource.name())
	}
	return a, nil
}

// together runs jobs, so many at once, and waits for them. It returns the first
// error, which also cancels the others.
func together(ctx context.Context, crashes *crash.Reporter, atOnce int, jobs []func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan func(context.Context) error)
	ended := make(chan struct{}, atOnce)
	for range atOnce {
		go crashes.Guard("asking for rights", func() { // until todo is closed, below
			defer func() { ended <- struct{}{} }()
			for job := range todo {
				if ctx.Err() != nil {
					continue
				}
				if err := contained(ctx, crashes, job); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, job := range jobs {
		todo <- job
	}
	close(todo)
	for range atOnce {
		<-ended
	}
	return context.Cause(ctx)
}

// contained runs a job; its panic is an error.
func contained(ctx context.Context, crashes *crash.Reporter, job func(context.Context) error) (err error) {
	if p := crashes.Contain("asking for rights", func() { err = job(ctx) }); p != nil {
		return tunnels.PanicError(p)
	}
	return err
}

// lacksGroup says whether the server has no such API group.
func (cl *cluster) lacksGroup(ctx context.Context, r resource) (bool, error) {
	resp, err := cl.get(ctx, r.version(), nil)
	switch {
	case isStatus(err, http.StatusNotFound):
		return true, nil
	case untold(err):
		return false, nil
	case err != nil:
		return false, err
	}
	return false, resp.Body.Close()
}
