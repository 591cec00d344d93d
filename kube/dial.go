package kube

import (
	"context"
	"errors"
	"net/http"

	"culvert/kube/portforward"
	"culvert/tunnels"
)

// Dial is [tunnels.Backend].Dial. A refused credential is tried once more at
// once when something can renew it.
func (c *Clusters) Dial(ctx context.Context, e tunnels.Endpoint, via tunnels.Via) (tunnels.Session, error) {
	a := action{
		op:   "dial pod/" + e.Pod,
		verb: "create", resource: "pods/portforward", namespace: e.Namespace, name: e.Pod,
	}
	if via != tunnels.ViaAuto && via != tunnels.ViaSPDY {
		return nil, &tunnels.Error{
			Op: a.op, Err: errors.New("transport " + string(via) + " is unknown"),
			Hint: "Use " + string(tunnels.ViaSPDY) + ".", Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	for _, name := range []string{e.Namespace, e.Pod} {
		if err := checkSegment(name); err != nil {
			return nil, err
		}
	}
	cl, err := c.cluster(e.Context)
	if err != nil {
		return nil, err
	}
	pod := portforward.PodRef{Namespace: e.Namespace, Name: e.Pod}
	session, err := cl.sessions.Dial(ctx, pod, tunnels.ViaSPDY)
	if refused, ok := errors.AsType[*portforward.StatusError](err); ok &&
		refused.Code == http.StatusUnauthorized && cl.refreshes() {
		session, err = cl.sessions.Dial(ctx, pod, tunnels.ViaSPDY)
	}
	if err != nil {
		c.poke(podKey(cl.context.Name, e.Namespace, e.Pod))
		return nil, cl.explain(a, dialError(err))
	}
	return session, nil
}

// poke lets whoever polls a pod look at it now.
func (c *Clusters) poke(key feedKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.feeds[key].(*feed[candidate]); ok {
		f.pokeNow()
	}
}

// dialError makes the errors of package portforward those that explain judges.
func dialError(err error) error {
	if st, ok := errors.AsType[*portforward.StatusError](err); ok {
		return &responseError{
			Code: st.Code, Reason: clean(st.Reason, mostText), Message: clean(st.Message, mostMessage),
			RetryAfter: st.RetryAfter, Location: clean(st.Location, mostText), Page: st.Code == http.StatusOK,
		}
	}
	if p, ok := errors.AsType[*portforward.ProxyError](err); ok {
		return &proxyError{p.Proxy, p.Code}
	}
	if c, ok := errors.AsType[*portforward.CredentialsError](err); ok && errors.Is(c.Err, context.DeadlineExceeded) {
		return errPluginHangs
	}
	return err
}
