package real

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/node"
)

// startControlPlane returns when the API server is ready.
func (c *Cluster) startControlPlane(ctx context.Context, confined bool) error {
	for _, name := range []string{Etcd, APIServer} {
		if err := c.StartComponent(name); err != nil {
			return err
		}
	}
	if confined {
		if err := c.StartComponent(Containerd); err != nil {
			return err
		}
	}
	if err := c.awaitAPI(ctx); err != nil {
		return err
	}
	// The controller manager would make it a little later; pods need it now.
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	err := retry(ctx, func() error {
		_, err := c.api.CoreV1().ServiceAccounts("default").Create(ctx, account, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("make the default service account: %w", err)
	}
	return nil
}

// startKubelet returns when the node is Ready.
func (c *Cluster) startKubelet(ctx context.Context) error {
	ctr := []string{node.InsideBin + "/ctr", "-a", node.Scratch + "/containerd.sock", "-n", "k8s.io"}
	err := retry(ctx, func() error { return c.host.call("Run", append(ctr, "version"), new(string)) })
	if err != nil {
		return fmt.Errorf("wait for containerd: %w", err)
	}
	for _, i := range []image{pauseImage, podsrvImage} {
		archive := filepath.Join(node.InsideRun, i.program+".tar")
		if err := c.host.call("Run", append(ctr, "images", "import", archive), new(string)); err != nil {
			return fmt.Errorf("import %s: %w", i.ref, err)
		}
	}
	for _, name := range []string{Kubelet, ControllerManager, Scheduler} {
		if err := c.StartComponent(name); err != nil {
			return err
		}
	}
	return c.awaitNode(ctx)
}

func (c *Cluster) awaitNode(ctx context.Context) error {
	return retry(ctx, func() error {
		n, err := c.api.CoreV1().Nodes().Get(ctx, NodeName, metav1.GetOptions{})
		if err != nil {
			return err
		}
		why := "it has not reported yet"
		for _, condition := range n.Status.Conditions {
			if condition.Type != corev1.NodeReady {
				continue
			}
			if condition.Status == corev1.ConditionTrue {
				return nil
			}
			why = condition.Message
		}
		return fmt.Errorf("the node is not Ready: %s", why)
	})
}

// awaitAPI returns when the API server says that it is ready.
func (c *Cluster) awaitAPI(ctx context.Context) error {
	return retry(ctx, func() error {
		var ended bool
		if err := c.host.call("Ended", APIServer, &ended); err != nil || ended {
			return fmt.Errorf("the API server has ended: %w", errors.Join(err, errOver))
		}
		_, err := c.api.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err
	})
}

// errOver in an error tells retry that trying again is useless.
var errOver = errors.New("see its log")

// retry calls try until it succeeds, or returns its last error.
func retry(ctx context.Context, try func() error) error {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil || errors.Is(err, errOver) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%w; last: %w", context.Cause(ctx), err)
		}
	}
}
