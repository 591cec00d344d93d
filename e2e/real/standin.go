package real

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
)

// The kubelet's own limits.
const (
	streamIdle     = 4 * time.Hour
	streamCreation = 30 * time.Second
)

// standin is a node without containers: to the API server it is a kubelet, and
// each pod of the demo image is served from this process.
type standin struct {
	api    kubernetes.Interface
	server *http.Server
	port   int
	cancel context.CancelFunc
	ended  sync.WaitGroup

	mu   sync.Mutex
	pods map[string]*standinPod // by namespace/name
}

// startStandin returns when the node is known to the API server.
func (c *Cluster) startStandin(ctx context.Context) error {
	pki := filepath.Join(c.run, "pki")
	cert, err := tls.LoadX509KeyPair(filepath.Join(pki, "kubelet.crt"), filepath.Join(pki, "kubelet.key"))
	if err != nil {
		return err
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})
	if err != nil {
		return err
	}
	running, cancel := context.WithCancel(context.Background())
	s := &standin{api: c.api, port: l.Addr().(*net.TCPAddr).Port, cancel: cancel, pods: make(map[string]*standinPod)}
	mux := http.NewServeMux()
	mux.HandleFunc("/portForward/{namespace}/{pod}", s.serveForward)
	mux.HandleFunc("/portForward/{namespace}/{pod}/{uid}", s.serveForward)
	s.server = &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	c.standin = s
	s.ended.Go(func() {
		if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintf(c.stages.out, "e2e: the node's stand-in: %v\n", err)
		}
	})
	if err := s.register(ctx); err != nil {
		return err
	}
	s.ended.Go(func() { s.run(running) })
	return nil
}

func (s *standin) stop() error {
	s.cancel()
	err := s.server.Close()
	s.ended.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, p := range s.pods {
		p.stop()
		delete(s.pods, key)
	}
	return err
}

func (s *standin) register(ctx context.Context) error {
	n, err := s.api.CoreV1().Nodes().Create(ctx, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: NodeName}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	now := metav1.Now()
	n.Status = corev1.NodeStatus{
		Addresses:       []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: int32(s.port)}},
		Conditions:      []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "Standin", LastHeartbeatTime: now, LastTransitionTime: now}},
	}
	_, err = s.api.CoreV1().Nodes().UpdateStatus(ctx, n, metav1.UpdateOptions{})
	return err
}

// run does the scheduler's and the kubelet's work until ctx is done.
func (s *standin) run(ctx context.Context) {
	for ctx.Err() == nil {
		w, err := s.api.CoreV1().Pods("").Watch(ctx, metav1.ListOptions{})
		if err != nil {
			select { // the API server restarts
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
			continue
		}
		for event := range w.ResultChan() {
			p, ok := event.Object.(*corev1.Pod)
			if !ok {
				continue
			}
			if err := s.sync(ctx, p, event.Type == "DELETED"); err != nil && ctx.Err() == nil {
				log.Printf("stand-in: pod %s: %v", p.Name, err)
			}
		}
	}
}

// sync makes the world look as the pod's spec wants.
func (s *standin) sync(ctx context.Context, p *corev1.Pod, deleted bool) error {
	pods := s.api.CoreV1().Pods(p.Namespace)
	switch {
	case deleted:
		s.end(p)
		return nil
	case p.DeletionTimestamp != nil:
		s.end(p)
		if ready := readiness(p); ready != nil && ready.Status == corev1.ConditionTrue {
			ready.Status = corev1.ConditionFalse
			if _, err := pods.UpdateStatus(ctx, p, metav1.UpdateOptions{}); err != nil {
				return err
			}
		}
		now := int64(0)
		return pods.Delete(ctx, p.Name, metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &p.UID}})
	case p.Spec.NodeName == "":
		if len(p.Spec.NodeSelector) > 0 {
			return nil // there is no such node
		}
		return pods.Bind(ctx, &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: p.Name}, Target: corev1.ObjectReference{Kind: "Node", Name: NodeName}}, metav1.CreateOptions{})
	case p.Status.PodIP != "":
		return nil // all is done
	}
	serves := p.Spec.Containers[0].Image == PodImage()
	if err := s.begin(p, serves); err != nil {
		return err
	}
	p = p.DeepCopy()
	p.Status = standinStatus(p, serves)
	_, err := pods.UpdateStatus(ctx, p, metav1.UpdateOptions{})
	return err
}

// standinStatus is what a kubelet says of a pod that serves, or of one whose
// image is missing.
func standinStatus(p *corev1.Pod, serves bool) corev1.PodStatus {
	now, ready, phase := metav1.Now(), corev1.ConditionFalse, corev1.PodPending
	container := corev1.ContainerStatus{
		Name: p.Spec.Containers[0].Name, Image: p.Spec.Containers[0].Image,
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImageNeverPull"}},
	}
	if serves {
		ready, phase, container.Ready = corev1.ConditionTrue, corev1.PodRunning, true
		container.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
	}
	st := corev1.PodStatus{
		Phase: phase, StartTime: &now, HostIP: "127.0.0.1",
		PodIP: "127.0.0.1", PodIPs: []corev1.PodIP{{IP: "127.0.0.1"}},
		Conditions: []corev1.PodCondition{
			{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: now},
			{Type: corev1.PodInitialized, Status: corev1.ConditionTrue, LastTransitionTime: now},
		},
		ContainerStatuses: []corev1.ContainerStatus{container},
	}
	for _, t := range []corev1.PodConditionType{corev1.ContainersReady, corev1.PodReady} {
		st.Conditions = append(st.Conditions, corev1.PodCondition{Type: t, Status: ready, LastTransitionTime: now})
	}
	return st
}

func (s *standin) serveForward(w http.ResponseWriter, r *http.Request) {
	opts, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	p := s.pods[r.PathValue("namespace")+"/"+r.PathValue("pod")]
	s.mu.Unlock()
	if p == nil {
		http.Error(w, "pod does not exist", http.StatusNotFound)
		return
	}
	portforward.ServePortForward(w, r, p, p.name, string(p.uid), opts, streamIdle, streamCreation, portforward.SupportedProtocols)
}
