package kube

import (
	"context"
	"fmt"

	"culvert/tunnels"

	"k8s.io/apimachinery/pkg/labels"
)

// Watch is [tunnels.Backend].Watch. Empty fields of the target are those of
// the current context.
//
// A pod by name is forwarded to as kubectl does: Endpoint.Ready means that it
// runs, is not being deleted, and that the containers that declare the wanted
// ports, or any container if none does, have started. A readiness probe that
// fails does not count: the user asked for this very pod. Reason tells of it
// all the same. Of all other targets a pod is ready when its Ready condition
// holds, of services also when they publish it in spite of that.
//
// The ports of a service are its own, and lead to where its EndpointSlices say;
// without the right to read these, to where its selector and the pods' declared
// ports say. A CronJob means the pods of its newest Job.
//
// Where the user may not list or watch an object it is read every 15 s, and pods
// at once when dialling one has failed.
func (c *Clusters) Watch(ctx context.Context, t tunnels.Target, ports []tunnels.Port, fn func(tunnels.Resolution, error)) error {
	if err := CheckTarget(t); err != nil {
		return err
	}
	if full, err := c.Complete(t); err == nil {
		t = full
	}
	q := newInquiry(ctx, c, t, ports)
	defer q.end()
	switch t.Kind {
	case tunnels.KindPod:
		q.run(newPodInquiry(q).resolve, fn)
	case tunnels.KindSelector:
		q.run(newSelectorInquiry(q).resolve, fn)
	case tunnels.KindService:
		q.run(newServiceInquiry(q).resolve, fn)
	default:
		q.run(newWorkloadInquiry(q).resolve, fn)
	}
	return nil
}

// CheckTarget returns an *tunnels.Error for a target that no cluster can have:
// its name is wrong or, of a KindSelector, no label selector.
func CheckTarget(t tunnels.Target) error {
	wrong := func(err error, hint string) error {
		return &tunnels.Error{Op: "resolve " + t.String(), Err: err, Hint: hint, Cause: tunnels.CauseInvalid, Permanent: true}
	}
	parsed, err := tunnels.ParseTarget(t.String())
	if err != nil {
		return wrong(err, "Name it as svc/web, deploy/api, pod/web-1 or selector/app=web.")
	}
	if t.Kind != tunnels.KindSelector {
		return nil
	}
	sel, err := labels.Parse(parsed.Name)
	if err != nil {
		return wrong(fmt.Errorf("it is no label selector: %w", presentable(err)), "Write it as `kubectl get pods -l` takes it, as app=web,tier!=old.")
	}
	if sel.Empty() {
		return wrong(fmt.Errorf("the selector is empty and would mean every pod"), "Write it as selector/app=web.")
	}
	return nil
}
