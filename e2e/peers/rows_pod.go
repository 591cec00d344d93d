package peers

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"culvert/e2e/real"
)

// podRows are about pods that come and go.
func podRows() []Row {
	now := int64(0)
	return []Row{
		{
			Name: "pod deleted, made again", Faults: "18, 19",
			What: "The pod is deleted with its grace period of a second, and another of the same name is made.",
			do:   replaced(metav1.DeleteOptions{}),
		},
		{
			Name: "pod deleted at once, made again", Faults: "19",
			What: "The same without a grace period.",
			do:   replaced(metav1.DeleteOptions{GracePeriodSeconds: &now}),
		},
		{
			Name: "pod of a service deleted", Faults: "18",
			What: "One of the two pods of a service is deleted, the one that was forwarded to.",
			do:   oneOfTwo,
		},
		{
			Name: "program is killed", Faults: "9, 11",
			What: "The pod's program is killed, and the kubelet starts it again.",
			do:   hurts((*scene).killProgram, func(p *corev1.Pod) bool { return restarts(p) > 0 }),
		},
		{
			Name: "sandbox is killed", Faults: "22",
			What: "The process that holds the pod's network is killed, and the kubelet makes the pod a new one.",
			do:   hurts((*scene).killSandbox, func(p *corev1.Pod) bool { return restarts(p) > 0 }),
		},
		{
			Name: "namespace deleted, made again", Faults: "20",
			What: "The pod's namespace is deleted; when it is gone, it is made again with a pod of the same name.",
			do:   namespaceDeleted,
		},
	}
}

// replaced deletes the pod and makes it again. The fault is over when the new
// pod is ready.
func replaced(how metav1.DeleteOptions) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		pod, err := s.newPod(ctx, nil)
		if err != nil {
			return err
		}
		if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
			return err
		}
		s.served(ctx)
		s.knock(knockEvery)
		if err := s.c.DeletePod(ctx, namespace, pod, how); err != nil {
			return err
		}
		if err := s.makePod(ctx, namespace, pod, nil); err != nil {
			return err
		}
		s.settle(ctx, time.Now(), patience)
		return nil
	}
}

// oneOfTwo makes a service with one pod, and a second pod once all peers have
// gone to the first, which is then deleted.
func oneOfTwo(ctx context.Context, s *scene) error {
	name, err := s.newService(ctx, nil)
	if err != nil {
		return err
	}
	first, err := s.newPod(ctx, labelled(name))
	if err != nil {
		return err
	}
	if err := s.launch(namespace, "svc/"+name, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	s.served(ctx)
	if _, err := s.newPod(ctx, labelled(name)); err != nil {
		return err
	}
	s.knock(knockEvery)
	if err := s.c.DeletePod(ctx, namespace, first, metav1.DeleteOptions{}); err != nil {
		return err
	}
	s.settle(ctx, time.Now(), patience)
	return nil
}

// newService makes a service whose pods have its name as their label app, and
// whose port is the echo's of the pods. Change may be nil.
func (s *scene) newService(ctx context.Context, change func(*corev1.Service)) (string, error) {
	name := s.newName()
	svc := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": name},
			Ports:    []corev1.ServicePort{{Name: "echo", Port: echoPort, TargetPort: intstr.FromInt32(echoPort)}},
		},
	}
	if change != nil {
		change(svc)
	}
	_, err := s.c.API().CoreV1().Services(namespace).Create(ctx, svc, metav1.CreateOptions{})
	return name, err
}

// restarts is how often the pod's program was started again.
func restarts(p *corev1.Pod) int32 {
	if len(p.Status.ContainerStatuses) == 0 {
		return 0
	}
	return p.Status.ContainerStatuses[0].RestartCount
}

// hurts does something to a pod that the kubelet mends. The fault is over when
// the pod is ready again and as given.
func hurts(hurt func(*scene, string) error, mended func(*corev1.Pod) bool) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		pod, err := s.newPod(ctx, nil)
		if err != nil {
			return err
		}
		if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
			return err
		}
		s.served(ctx)
		s.knock(knockEvery)
		if err := hurt(s, pod); err != nil {
			return err
		}
		_, err = s.c.AwaitPod(ctx, namespace, pod, func(p *corev1.Pod) bool { return real.Ready(p) && mended(p) })
		if err != nil {
			return err
		}
		s.settle(ctx, time.Now(), patience)
		return nil
	}
}

func namespaceDeleted(ctx context.Context, s *scene) error {
	own, pod := namespace+"-"+s.newName(), s.newName()
	if err := s.makeNamespace(ctx, own); err != nil {
		return err
	}
	if err := s.makePod(ctx, own, pod, nil); err != nil {
		return err
	}
	if err := s.launch(own, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	s.served(ctx)
	s.knock(knockEvery)
	all := s.c.API().CoreV1().Namespaces()
	if err := all.Delete(ctx, own, metav1.DeleteOptions{}); err != nil {
		return err
	}
	err := until(ctx, func() error {
		_, err := all.Get(ctx, own, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return errors.Join(err, errors.New("the namespace is still there"))
	})
	if err != nil {
		return err
	}
	if err := s.makeNamespace(ctx, own); err != nil {
		return err
	}
	if err := s.makePod(ctx, own, pod, nil); err != nil {
		return err
	}
	s.settle(ctx, time.Now(), patience)
	return nil
}
