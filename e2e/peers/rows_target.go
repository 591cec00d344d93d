package peers

import (
	"context"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// targetRows are about what is forwarded to.
func targetRows() []Row {
	return []Row{
		{
			Name: "target refuses", Faults: "11",
			What: "Nothing listens on one of two ports; a client connects to it, then ten to the other.",
			do:   acts(refused, demopod.PortNothing),
		},
		{
			Name: "target resets", Faults: "36, 38",
			What: "The pod's program resets a connection; then ten new ones to another port.",
			do:   acts(refused, demopod.PortReset),
		},
		{
			Name: "pod is pending", Faults: "9",
			What: "The pod cannot be scheduled for the first 5 s.",
			do:   pending,
		},
		{
			Name: "service has no pod yet", Faults: "17",
			What: "The pod of a service is made 5 s after the start.",
			do:   noPodYet,
		},
		{
			Name: "headless service", Faults: "15",
			What: "A headless service whose port is 80, and whose pods have another.",
			do:   headless,
		},
		{
			Name: "service without a selector", Faults: "16",
			What: "Nothing says which pods a service has.",
			do:   withoutSelector,
		},
		{
			Name: "named port moves", Faults: "14",
			What: "A service's port leads to a named port of its pods, whose number is another one in the pod that replaces the old one.",
			do:   portMoves,
		},
	}
}

// refused makes a connection that gets an error, whatever that looks like.
func refused(ctx context.Context, u *subject) {
	if conn, err := u.ask(ctx, ""); err == nil {
		_, _ = io.Copy(io.Discard, onlyReader{conn}) // to its end
	}
	u.beside(ctx)
}

// late is how long what is forwarded to is missing at the start.
const late = 5 * time.Second

func pending(ctx context.Context, s *scene) error {
	name := s.newName()
	p := real.NewPod(namespace, name)
	p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "culvert.test/later"}}
	if err := s.c.CreatePod(ctx, p); err != nil {
		return err
	}
	if err := s.launch(namespace, "pod/"+name, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	pause(ctx, late/2) // for the peers to start
	s.knock(knockEvery)
	pause(ctx, late/2)
	s.started()
	pods := s.c.API().CoreV1().Pods(namespace)
	err := until(ctx, func() error {
		p, err := pods.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		p.Spec.SchedulingGates = nil
		_, err = pods.Update(ctx, p, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return err
	}
	return s.whenReady(ctx, name)
}

// started notes who runs: nothing can be served yet.
func (s *scene) started() {
	for _, u := range s.all {
		u.o.Started = u.process.exit() == ""
	}
}

// whenReady settles the row from the moment the pod is ready.
func (s *scene) whenReady(ctx context.Context, pod string) error {
	if _, err := s.c.AwaitPod(ctx, namespace, pod, real.Ready); err != nil {
		return err
	}
	s.settle(ctx, time.Now(), patience)
	return nil
}

func noPodYet(ctx context.Context, s *scene) error {
	name, err := s.newService(ctx, nil)
	if err != nil {
		return err
	}
	if err := s.launch(namespace, "svc/"+name, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	pause(ctx, late/2) // for the peers to start
	s.knock(knockEvery)
	pause(ctx, late/2)
	s.started()
	pod, err := s.newPod(ctx, labelled(name))
	if err != nil {
		return err
	}
	return s.whenReady(ctx, pod)
}

// labelled makes a pod one of a service's.
func labelled(service string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Labels = map[string]string{"app": service} }
}

func headless(ctx context.Context, s *scene) error {
	name, err := s.newService(ctx, func(svc *corev1.Service) {
		svc.Spec.ClusterIP = corev1.ClusterIPNone
		svc.Spec.Ports[0].Port = 80
	})
	if err != nil {
		return err
	}
	if _, err := s.newPod(ctx, labelled(name)); err != nil {
		return err
	}
	return s.simply(ctx, "svc/"+name, "80")
}

func withoutSelector(ctx context.Context, s *scene) error {
	name, err := s.newService(ctx, func(svc *corev1.Service) { svc.Spec.Selector = nil })
	if err != nil {
		return err
	}
	// A pod that is no service's; it is ready, and nobody should lead to it.
	if _, err := s.newPod(ctx, nil); err != nil {
		return err
	}
	err = s.simply(ctx, "svc/"+name, fmt.Sprint(echoPort))
	for _, u := range s.all {
		u.o.Nobody = true
	}
	return err
}

// simply starts the peers on a target and wants new connections served.
func (s *scene) simply(ctx context.Context, target, port string) error {
	if err := s.launch(namespace, target, port); err != nil {
		return err
	}
	s.listening(ctx)
	s.after(ctx)
	return nil
}

// listening waits until every peer has taken a connection, or has ended.
func (s *scene) listening(ctx context.Context) {
	s.each(func(u *subject) {
		u.o.Started = u.until(ctx, startPatience/2, func() error {
			conn, err := u.at().Dial(ctx, "tcp", u.addr(0))
			if err == nil {
				conn.Close()
			}
			return err
		})
	})
}

func portMoves(ctx context.Context, s *scene) error {
	name, err := s.newService(ctx, func(svc *corev1.Service) {
		svc.Spec.Ports[0].Port, svc.Spec.Ports[0].TargetPort = 80, intstr.FromString("web")
	})
	if err != nil {
		return err
	}
	declares := func(port int32) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			labelled(name)(p)
			p.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "web", ContainerPort: port}}
		}
	}
	old, err := s.newPod(ctx, declares(demopod.PortHTTPAlt))
	if err != nil {
		return err
	}
	if err := s.launch(namespace, "svc/"+name, "80"); err != nil {
		return err
	}
	s.listening(ctx)
	if _, err := s.newPod(ctx, declares(echoPort)); err != nil {
		return err
	}
	if err := s.c.DeletePod(ctx, namespace, old, metav1.DeleteOptions{}); err != nil {
		return err
	}
	s.after(ctx)
	return nil
}
