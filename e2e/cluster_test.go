package e2e

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/real"
)

// newNamespace makes a namespace of its own for the test, and deletes it with
// what is in it.
func newNamespace(t *testing.T) string {
	t.Helper()
	ctx := testContext(t)
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"}}
	ns, err := shared.API().CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Not waited for: a later test has another namespace.
		if err := shared.API().CoreV1().Namespaces().Delete(context.Background(), ns.Name, metav1.DeleteOptions{}); err != nil {
			t.Error(err)
		}
	})
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	if _, err := shared.API().CoreV1().ServiceAccounts(ns.Name).Create(ctx, account, metav1.CreateOptions{}); err != nil && !strings.Contains(err.Error(), "already exists") {
		t.Fatal(err)
	}
	return ns.Name
}

// newPod makes a demo pod and waits until it is ready.
func newPod(t *testing.T, namespace, name string) {
	t.Helper()
	createPod(t, real.NewPod(namespace, name))
	awaitPod(t, namespace, name, real.Ready)
}

func createPod(t *testing.T, p *corev1.Pod) {
	t.Helper()
	if err := shared.CreatePod(testContext(t), p); err != nil {
		t.Fatal(err)
	}
}

func awaitPod(t *testing.T, namespace, name string, wanted func(*corev1.Pod) bool) {
	t.Helper()
	if _, err := shared.AwaitPod(testContext(t), namespace, name, wanted); err != nil {
		t.Fatal(err)
	}
}

// unscheduledPod is a pod that no node takes.
func unscheduledPod(namespace, name string) *corev1.Pod {
	p := real.NewPod(namespace, name)
	p.Spec.NodeSelector = map[string]string{"moon": "far-side"}
	return p
}

// imagelessPod is a pod on the node, whose image is not there.
func imagelessPod(namespace, name string) *corev1.Pod {
	p := real.NewPod(namespace, name)
	p.Spec.Containers[0].Image = "culvert.test/missing:1"
	return p
}

// stuck is true of a pod whose container has been given up for now.
func stuck(p *corev1.Pod) bool {
	return p != nil && len(p.Status.ContainerStatuses) > 0 && p.Status.ContainerStatuses[0].State.Waiting != nil &&
		p.Status.ContainerStatuses[0].State.Waiting.Reason != "ContainerCreating"
}
