package real

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"

	"culvert/kube/kubetest/demopod"
)

//go:embed manifests/demo.yaml
var demoManifest string

// Users of the demo manifest, beside whom any other name has no rights at all.
const (
	Alice = "alice" // may get pods and forward ports in the namespace default, but not list or watch
	Bob   = "bob"   // may get, list and watch pods there, but not forward
)

// ApplyDemo makes the pod podsrv in the namespace default, and the rights of
// Alice and Bob. It returns when the pod is ready.
func (c *Cluster) ApplyDemo(ctx context.Context) error {
	return c.stages.run("demo pod", func() error {
		if err := c.Apply(demoManifest); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		_, err := c.AwaitPod(ctx, "default", "podsrv", Ready)
		return err
	})
}

// Apply makes the objects of a manifest, as kubectl apply does.
func (c *Cluster) Apply(manifest string) error {
	cmd := c.Command(c.KubectlPath(), "apply", "-f", "-")
	cmd.Env = append(cmd.Environ(), "KUBECONFIG="+c.Kubeconfig())
	cmd.Stdin = strings.NewReader(manifest)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("kubectl apply: %w\n%s", err, out)
	}
	return nil
}

// NewPod returns a pod of the demo image, to be made with CreatePod.
func NewPod(namespace, name string) *corev1.Pod {
	no, now := false, int64(1)
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken:  &no,
			TerminationGracePeriodSeconds: &now,
			Containers: []corev1.Container{{
				Name: "podsrv", Image: PodImage(), ImagePullPolicy: corev1.PullNever,
				// Without it a pod counts as ready before its program listens.
				ReadinessProbe: &corev1.Probe{
					ProbeHandler:  corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(demopod.PortEcho)}},
					PeriodSeconds: 1,
				},
			}},
		},
	}
}

// NewSlowPod returns a pod of the demo image that counts as ready as soon as its
// program runs, but listens only a while after that.
func NewSlowPod(namespace, name string, listensAfter time.Duration) *corev1.Pod {
	p := NewPod(namespace, name)
	p.Spec.Containers[0].ReadinessProbe = nil
	p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "PODSRV_DELAY", Value: listensAfter.String()}}
	return p
}

// DemoPorts are the ports that podsrv declares.
func DemoPorts() []corev1.ContainerPort {
	return []corev1.ContainerPort{
		{Name: "echo", ContainerPort: demopod.PortEcho},
		{Name: "http", ContainerPort: demopod.PortHTTPAlt},
	}
}

// CreatePod makes a pod. It does not wait until the pod runs.
func (c *Cluster) CreatePod(ctx context.Context, p *corev1.Pod) error {
	_, err := c.api.CoreV1().Pods(p.Namespace).Create(ctx, p, metav1.CreateOptions{})
	return err
}

// DeletePod deletes a pod and returns when its name is free again.
func (c *Cluster) DeletePod(ctx context.Context, namespace, name string, options metav1.DeleteOptions) error {
	p, err := c.api.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := c.api.CoreV1().Pods(namespace).Delete(ctx, name, options); err != nil {
		return err
	}
	_, err = c.AwaitPod(ctx, namespace, name, Gone(p.UID))
	return err
}

// Ready is true of a pod that serves.
func Ready(p *corev1.Pod) bool {
	if p == nil || p.DeletionTimestamp != nil {
		return false
	}
	ready := readiness(p)
	return ready != nil && ready.Status == corev1.ConditionTrue
}

// readiness returns the pod's condition Ready, or nil if it has none.
func readiness(p *corev1.Pod) *corev1.PodCondition {
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == corev1.PodReady {
			return &p.Status.Conditions[i]
		}
	}
	return nil
}

// Gone returns what is true when the pod of that UID is no more.
func Gone(uid types.UID) func(*corev1.Pod) bool {
	return func(p *corev1.Pod) bool { return p == nil || p.UID != uid }
}

// AwaitPod watches a pod until it is as wanted. A pod that does not exist is
// nil to the function. It outlives restarts of the API server.
func (c *Cluster) AwaitPod(ctx context.Context, namespace, name string, wanted func(*corev1.Pod) bool) (*corev1.Pod, error) {
	var last *corev1.Pod
	var over bool
	err := retry(ctx, func() error {
		seen, ok, err := c.watchPod(ctx, namespace, name, wanted)
		if err == nil || seen != nil {
			last, over = seen, ok
		}
		if err == nil && !over {
			err = errors.New("the watch has ended")
		}
		return err
	})
	if err != nil {
		status := "it does not exist"
		if last != nil {
			status = fmt.Sprintf("it is %s: %+v", last.Status.Phase, last.Status.ContainerStatuses)
		}
		return nil, fmt.Errorf("wait for pod %s: %s: %w", name, status, err)
	}
	return last, nil
}

// watchPod returns the pod's last known state, and whether that is the one
// wanted or the watch ended before.
func (c *Cluster) watchPod(ctx context.Context, namespace, name string, wanted func(*corev1.Pod) bool) (*corev1.Pod, bool, error) {
	pods, options := c.api.CoreV1().Pods(namespace), metav1.ListOptions{FieldSelector: "metadata.name=" + name}
	list, err := pods.List(ctx, options)
	if err != nil {
		return nil, false, err
	}
	var last *corev1.Pod
	if len(list.Items) > 0 {
		last = &list.Items[0]
	}
	if wanted(last) {
		return last, true, nil
	}
	options.ResourceVersion = list.ResourceVersion
	w, err := pods.Watch(ctx, options)
	if err != nil {
		return last, false, err
	}
	defer w.Stop()
	for event := range w.ResultChan() {
		switch p, ok := event.Object.(*corev1.Pod); {
		case !ok:
			return last, false, apierrors.FromObject(event.Object)
		case event.Type == watch.Deleted:
			last = nil
		default:
			last = p
		}
		if wanted(last) {
			return last, true, nil
		}
	}
	return last, false, nil
}
