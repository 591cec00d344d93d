package kube

import (
	"context"
	"fmt"
	"slices"

	"culvert/kube/portforward"
	"culvert/tunnels"
)

// Dial is [tunnels.Backend].Dial. For a place under the server's limits it waits
// up to ten seconds more.
func (c *Clusters) Dial(ctx context.Context, e tunnels.Endpoint, via tunnels.Via) (tunnels.Session, error) {
	if err := checkDial(e, via); err != nil {
		return nil, err
	}
	cl, _, err := c.clusterFor(ctx, e.Context)
	if err != nil {
		return nil, err
	}
	leave, err := cl.limits.enter(ctx)
	if err != nil {
		return nil, cl.explain(action{op: dialOp(e)}, err)
	}
	pod := portforward.PodRef{Namespace: e.Namespace, Name: e.Pod, Node: e.Node, UID: e.UID}
	session, failed := cl.dial(ctx, pod, via)
	if session == nil {
		leave()
		c.poke(cl.context.Name, e.Namespace)
		return nil, cl.explainDial(e, via, failed)
	}
	go c.crashes.Guard("the end of a session", func() { // until the session ends, which is its owner's part
		<-session.Done()
		leave()
	})
	return session, nil
}

// dial returns a session, or the attempts that failed.
func (cl *cluster) dial(ctx context.Context, pod portforward.PodRef, via tunnels.Via) (*portforward.Session, []attempt) {
	if via == tunnels.ViaAuto {
		return cl.dialAuto(ctx, pod)
	}
	a := cl.attempt(ctx, pod, via)
	if a.err != nil {
		return nil, []attempt{a}
	}
	return a.session, nil
}

func dialOp(e tunnels.Endpoint) string { return "dial pod/" + e.Pod }

// checkDial returns an *tunnels.Error for what cannot be dialled at all.
func checkDial(e tunnels.Endpoint, via tunnels.Via) error {
	if err := checkVia(dialOp(e), via); err != nil {
		return err
	}
	names := []string{e.Namespace, e.Pod}
	if via == tunnels.ViaNode {
		if e.Node == "" {
			return &tunnels.Error{
				Op: dialOp(e), Err: fmt.Errorf("pod %s is on no node yet", e.Pod),
				Hint: "It is used as soon as it runs.", Cause: tunnels.CausePodNotReady,
			}
		}
		names = append(names, e.Node)
	}
	for _, name := range names {
		if err := checkSegment(name); err != nil {
			return err
		}
	}
	return nil
}

// checkVia returns an *tunnels.Error for a transport that there is not.
func checkVia(op string, via tunnels.Via) error {
	if via == tunnels.ViaAuto || slices.Contains(tunnels.Vias[:], via) {
		return nil
	}
	return &tunnels.Error{
		Op: op, Err: fmt.Errorf("transport %s is unknown", via),
		Hint:  fmt.Sprintf("Use %s, %s or %s, or leave the choice to Culvert.", tunnels.ViaSPDY, tunnels.ViaWebSocket, tunnels.ViaNode),
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// poke lets whoever polls pods of a namespace, or the slices that name them, look
// now.
func (c *Clusters) poke(kubeContext, namespace string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, f := range c.feeds {
		polled, ok := f.(interface{ pokeNow() })
		of := key.view == podsView || key.view == slicesView
		if ok && of && key.context == kubeContext && key.namespace == namespace {
			polled.pokeNow()
		}
	}
}
