package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"culvert/e2e/real"
)

// victim chooses a workload of one of the kinds.
func (w *World) victim(r *rand.Rand, kinds ...Kind) (Workload, error) {
	fitting := slices.DeleteFunc(slices.Clone(w.Workloads), func(l Workload) bool { return !slices.Contains(kinds, l.Kind) })
	load, ok := choose(r, fitting)
	if !ok {
		return load, fmt.Errorf("the world has no workload of the kinds %v", kinds)
	}
	return load, nil
}

// podDeleted deletes a pod of any workload, with its own grace period or none.
func podDeleted(atOnce bool) deed {
	return func(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
		load, err := w.victim(r, Deployment, StatefulSet, BarePod)
		if err != nil {
			return err
		}
		pods, err := w.pods(ctx, load)
		if err != nil {
			return err
		}
		pod, ok := choose(r, pods)
		if !ok {
			return fmt.Errorf("%s has no pods", load)
		}
		gone := between(r, 0, 3*time.Second) // until a bare pod is made again
		h.Workloads = []Workload{load}
		h.Note = fmt.Sprintf("deleted a pod of %s", load)
		options := metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(pod.UID))}
		if atOnce {
			now := int64(0)
			options.GracePeriodSeconds = &now
			h.Note += " without grace"
		}
		if err := w.Cluster.API().CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, options); err != nil {
			return err
		}
		after, cancel := afterwards(ctx)
		defer cancel()
		if _, err := w.Cluster.AwaitPod(after, pod.Namespace, pod.Name, real.Gone(pod.UID)); err != nil || load.Kind != BarePod {
			return err
		}
		return errors.Join(pause(ctx, gone), w.Cluster.CreatePod(after, again(pod)))
	}
}

// again returns a pod like one that is gone.
func again(p corev1.Pod) *corev1.Pod {
	spec := *p.Spec.DeepCopy()
	spec.NodeName = ""
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name, Labels: p.Labels, Annotations: p.Annotations},
		Spec:       spec,
	}
}

// rolled replaces the pods of a workload one after the other, as kubectl rollout
// restart does.
func rolled(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	load, err := w.victim(r, Deployment, StatefulSet)
	if err != nil {
		return err
	}
	h.Workloads = []Workload{load}
	h.Note = "rolled " + load.String()
	at := time.Now().Format(time.RFC3339Nano)
	return w.patch(ctx, load, fmt.Sprintf(`{"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": %q}}}}}`, at))
}

// scaledToNone takes all pods away from a workload for a while.
func scaledToNone(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	load, err := w.victim(r, Deployment, StatefulSet)
	if err != nil {
		return err
	}
	none := between(r, time.Second, 6*time.Second)
	pods, err := w.pods(ctx, load)
	if err != nil {
		return err
	}
	h.Workloads = []Workload{load}
	h.Note = fmt.Sprintf("scaled %s to none, and %v after its end to %d", load, none, len(pods))
	after, cancel := afterwards(ctx)
	defer cancel()
	err = w.scale(ctx, load, 0)
	if err == nil {
		err = retry(after, func() error {
			left, err := w.pods(after, load)
			if err == nil && len(left) > 0 {
				err = fmt.Errorf("%d pods are left", len(left))
			}
			return err
		})
	}
	if err == nil {
		err = pause(ctx, none)
	}
	return errors.Join(err, w.scale(after, load, len(pods)))
}

func (w *World) scale(ctx context.Context, load Workload, to int) error {
	return w.patch(ctx, load, fmt.Sprintf(`{"spec": {"replicas": %d}}`, to))
}

// patch changes a deployment or a stateful set.
func (w *World) patch(ctx context.Context, load Workload, merge string) error {
	var err error
	if apps := w.Cluster.API().AppsV1(); load.Kind == Deployment {
		_, err = apps.Deployments(load.Namespace).Patch(ctx, load.Name, types.MergePatchType, []byte(merge), metav1.PatchOptions{})
	} else {
		_, err = apps.StatefulSets(load.Namespace).Patch(ctx, load.Name, types.MergePatchType, []byte(merge), metav1.PatchOptions{})
	}
	return err
}
