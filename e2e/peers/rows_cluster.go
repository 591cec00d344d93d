package peers

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// clusterRows hurt the cluster's components, under a stream and five new
// connections a second.
func clusterRows() []Row {
	return []Row{
		{
			Name: "API server restarts", Faults: "34", alone: true,
			What: "The API server ends in good order and is started again.",
			do:   away(real.APIServer, stopComponent),
		},
		{
			Name: "API server is killed", Faults: "33, 34", alone: true,
			What: "The API server is ended by SIGKILL and started again.",
			do:   away(real.APIServer, killComponent),
		},
		{
			Name: "kubelet restarts", Faults: "34", alone: true,
			What: "The kubelet ends in good order and is started again.",
			do:   away(real.Kubelet, stopComponent),
		},
		{
			Name: "containerd restarts", Faults: "34, 22", alone: true,
			What: "containerd ends in good order and is started again; the pod runs on.",
			do:   away(real.Containerd, stopComponent),
		},
		{
			Name: "API server freezes", Faults: "30, 32", alone: true, Long: true,
			What: "The API server stands still for 30 s and goes on.",
			do:   frozen,
		},
	}
}

func stopComponent(ctx context.Context, c *real.Cluster, name string) error {
	return c.StopComponent(ctx, name)
}

func killComponent(_ context.Context, c *real.Cluster, name string) error { return c.Kill(name) }

// away takes a component away and brings it back. The fault is over when the
// cluster can forward to the pod again, as far as one can ask it.
func away(component string, take func(context.Context, *real.Cluster, string) error) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		pod, err := s.newPod(ctx, nil)
		if err != nil {
			return err
		}
		if err := s.disturb(ctx, "pod/"+pod); err != nil {
			return err
		}
		if err := take(ctx, s.c, component); err != nil {
			return err
		}
		if err := s.c.StartComponent(component); err != nil {
			return err
		}
		if err := s.c.AwaitReady(ctx, component); err != nil {
			return err
		}
		if err := s.known(ctx, pod); err != nil {
			return err
		}
		s.settle(ctx, time.Now(), patience)
		return nil
	}
}

// disturb starts every peer on a target, and a stream and new connections
// through each.
func (s *scene) disturb(ctx context.Context, target string) error {
	if err := s.withStream(ctx, target); err != nil {
		return err
	}
	s.knock(knockEvery)
	return nil
}

// withStream starts every peer on a target, and a stream through each.
func (s *scene) withStream(ctx context.Context, target string) error {
	if err := s.launch(namespace, target, fmt.Sprint(echoPort), fmt.Sprint(demopod.PortSlow)); err != nil {
		return err
	}
	s.served(ctx)
	s.streams(ctx, 1)
	return nil
}

// known waits until the kubelet tells of a pod: it does not know its pods when
// it starts.
func (s *scene) known(ctx context.Context, pod string) error {
	api := s.c.API().CoreV1().RESTClient()
	return until(ctx, func() error {
		if _, err := s.c.API().CoreV1().Pods(namespace).Get(ctx, pod, metav1.GetOptions{}); err != nil {
			return err
		}
		var pods corev1.PodList
		if err := api.Get().AbsPath("/api/v1/nodes", real.NodeName, "proxy/pods").Do(ctx).Into(&pods); err != nil {
			return err
		}
		for _, p := range pods.Items {
			if p.Name == pod {
				return nil
			}
		}
		return errors.New("the kubelet does not know the pod")
	})
}

// until tries until it works, for a minute at most.
func until(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("not within a minute: %w", err)
		}
	}
}

// frozenFor is longer than a client waits for an answer.
const frozenFor = 30 * time.Second

func frozen(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	if err := s.withStream(ctx, "pod/"+pod); err != nil {
		return err
	}
	if err := s.c.Freeze(real.APIServer); err != nil {
		return err
	}
	s.knock(time.Second)
	pause(ctx, frozenFor)
	if err := s.c.Thaw(real.APIServer); err != nil {
		return err
	}
	if err := s.c.AwaitReady(ctx, real.APIServer); err != nil {
		return err
	}
	s.settle(ctx, time.Now(), patience)
	return nil
}
