package real

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"culvert/kube/kubetest/demopod"
)

// standinPod is a demo pod in this process: each of its ports is some port of
// the loopback interface.
type standinPod struct {
	name   string
	uid    types.UID
	cancel context.CancelFunc
	ended  chan error

	listening chan struct{} // closed when all ports are there

	mu    sync.Mutex
	addrs map[uint16]string
}

// begin makes the pod known to the node. It returns when the pod serves, if it
// does.
func (s *standin) begin(p *corev1.Pod, serves bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p.Namespace + "/" + p.Name
	if old := s.pods[key]; old != nil {
		if old.uid == p.UID {
			return nil
		}
		old.stop()
	}
	ctx, cancel := context.WithCancel(context.Background())
	pod := &standinPod{
		name: key, uid: p.UID, cancel: cancel, ended: make(chan error, 1),
		listening: make(chan struct{}), addrs: make(map[uint16]string),
	}
	s.pods[key] = pod
	if !serves {
		pod.ended <- nil
		return nil
	}
	// Ends with stop.
	go func() { pod.ended <- demopod.Serve(ctx, pod.listen, p.Name, demopod.Standard(), 0) }()
	select {
	case <-pod.listening:
		return nil
	case err := <-pod.ended:
		pod.ended <- err
		return fmt.Errorf("serve: %w", err)
	}
}

func (s *standin) end(p *corev1.Pod) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p.Namespace + "/" + p.Name
	if pod := s.pods[key]; pod != nil && pod.uid == p.UID {
		pod.stop()
		delete(s.pods, key)
	}
}

// stop ends the pod's services and connections and waits for that.
func (p *standinPod) stop() {
	p.cancel()
	if err := <-p.ended; err != nil {
		log.Printf("stand-in: pod %s: %v", p.name, err)
	}
}

func (p *standinPod) listen(port uint16) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.addrs[port] = l.Addr().String()
	if len(p.addrs) == len(demopod.Standard()) {
		close(p.listening)
	}
	return l, nil
}

// PortForward carries one connection, in the way of containerd: the client's
// end of input is not passed on, and cuts the answer off a second later.
func (p *standinPod) PortForward(ctx context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	p.mu.Lock()
	addr, ok := p.addrs[uint16(port)]
	p.mu.Unlock()
	if !ok {
		return fmt.Errorf("failed to execute portforward in network namespace %q: failed to connect to localhost:%[2]d inside namespace %[1]q: dial tcp4 127.0.0.1:%[2]d: connect: connection refused", p.uid, port)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp4", addr)
	if err != nil {
		return fmt.Errorf("connect to port %d: %w", port, err)
	}
	defer conn.Close()
	copied := make(chan error, 2)
	go func() { _, err := io.Copy(stream, conn); copied <- err }() // both end when
	go func() { _, err := io.Copy(conn, stream); copied <- err }() // the two are closed
	err = <-copied
	select {
	case second := <-copied:
		if err == nil {
			err = second
		}
	case <-time.After(time.Second):
	}
	return err
}
