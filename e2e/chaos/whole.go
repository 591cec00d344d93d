package chaos

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/real"
)

// awaitWhole returns when the cluster, the way to it and all workloads serve.
func (w *World) awaitWhole(ctx context.Context) error {
	if err := w.Cluster.AwaitReady(ctx, real.Kubelet); err != nil {
		return fmt.Errorf("the cluster: %w", err)
	}
	if err := w.Host.AwaitNetwork(ctx); err != nil {
		return fmt.Errorf("the way to the cluster: %w", err)
	}
	for _, load := range w.Workloads {
		if err := retry(ctx, func() error { return w.serves(ctx, load) }); err != nil {
			return fmt.Errorf("%s %s: %w", load.Kind, load, err)
		}
	}
	return nil
}

// serves returns why a workload does not serve, if so. One that serves has all
// of its pods, all of them ready, and none that is just ending.
func (w *World) serves(ctx context.Context, load Workload) error {
	want := int32(1)
	switch load.Kind {
	case Deployment:
		d, err := w.Cluster.API().AppsV1().Deployments(load.Namespace).Get(ctx, load.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		s := d.Status
		if want = *d.Spec.Replicas; s.ObservedGeneration < d.Generation || s.UpdatedReplicas != want || s.Replicas != want || s.AvailableReplicas != want {
			return fmt.Errorf("%d of %d pods are available, and %d up to date of %d", s.AvailableReplicas, want, s.UpdatedReplicas, s.Replicas)
		}
	case StatefulSet:
		d, err := w.Cluster.API().AppsV1().StatefulSets(load.Namespace).Get(ctx, load.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		s := d.Status
		if want = *d.Spec.Replicas; s.ObservedGeneration < d.Generation || s.UpdateRevision != s.CurrentRevision || s.ReadyReplicas != want {
			return fmt.Errorf("%d of %d pods are ready, of revision %s and not %s", s.ReadyReplicas, want, s.CurrentRevision, s.UpdateRevision)
		}
	case BarePod:
	}
	pods, err := w.pods(ctx, load)
	if err != nil {
		return err
	}
	if len(pods) != int(want) {
		return fmt.Errorf("there are %d pods, not %d", len(pods), want)
	}
	for i := range pods {
		if !real.Ready(&pods[i]) {
			return fmt.Errorf("the pod %s is not ready", pods[i].Name)
		}
	}
	return nil
}

// pods returns the pods of a workload, by name.
func (w *World) pods(ctx context.Context, load Workload) ([]corev1.Pod, error) {
	options := metav1.ListOptions{LabelSelector: "app=" + load.Name}
	if load.Kind == BarePod {
		options = metav1.ListOptions{FieldSelector: "metadata.name=" + load.Name}
	}
	list, err := w.Cluster.API().CoreV1().Pods(load.Namespace).List(ctx, options)
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

// retry calls try until it returns nil, or returns its last error.
func retry(ctx context.Context, try func() error) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}
