package peers

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"culvert/kube/kubetest/demopod"
)

// networkRows hurt what lies between the peers and the API server.
func networkRows() []Row {
	return []Row{
		{
			Name: "reset during a download", Faults: "33",
			What: "The connection to the API server is reset while a client downloads 1 GiB.",
			do:   resetDownload,
		},
		{
			Name: "idle connections are cut", Faults: "55, 62",
			What: "A load balancer resets what was idle for 25 s, and nothing goes over the forward for 55 s.", Long: true,
			do: idleCut,
		},
		{
			Name: "black hole", Faults: "32",
			What: "Every packet between the client's host and the cluster vanishes for 45 s.", Long: true,
			do: blackHole,
		},
		{
			Name: "connections are forgotten", Faults: "32",
			What: "A router forgets all connections: nothing arrives on them any more, and nobody is told. New ones work at once. Clients have 35 s.", Long: true,
			do: forgotten,
		},
		{
			Name: "address changes", Faults: "53",
			What: "The client's host moves to another network and has another address there, as another Wi-Fi or a VPN does. Clients have 35 s.", Long: true,
			do: moves,
		},
		{
			Name: "computer sleeps", Faults: "52",
			What: "The peers' processes stand still for 30 s, in which a router forgets their connections.", Long: true,
			do: sleeps,
		},
		{
			Name: "reset during an upload", Faults: "33",
			What: "The connection to the API server is reset while a client uploads; it waits for the pod to confirm.",
			do:   resetUpload,
		},
	}
}

const (
	cutAfter = 25 * time.Second // more than two of Culvert's pings are apart
	idleFor  = 55 * time.Second
	holeFor  = 45 * time.Second
	// holePatience is how long a peer has to serve after the end of a black hole.
	holePatience = 35 * time.Second
	asleep       = 30 * time.Second
)

func resetDownload(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	way, err := s.through(ctx, 0)
	if err != nil {
		return err
	}
	if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort), fmt.Sprint(demopod.PortSource)); err != nil {
		return err
	}
	s.served(ctx)
	ends := make(chan struct{}, len(s.all))
	for _, u := range s.all {
		got, err := u.download(ctx, 1<<30)
		if err != nil {
			u.o.Transfer = Told
			ends <- struct{}{}
			continue
		}
		if err := got.some(4 << 20); err != nil {
			u.o.Transfer = ending(err)
		}
		s.running.Go(func() {
			u.o.Transfer = got.rest(10 * time.Second)
			ends <- struct{}{}
		})
	}
	s.knock(knockEvery)
	way.Reset()
	healed := time.Now()
	for range s.all {
		<-ends
	}
	s.settle(ctx, healed, patience)
	return nil
}

// idleCut leaves the forward alone, so nothing but what the peers do by
// themselves keeps it.
func idleCut(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := s.through(ctx, cutAfter); err != nil {
		return err
	}
	if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	s.served(ctx)
	s.each(func(u *subject) { u.hold(ctx) })
	pause(ctx, idleFor)
	s.each(func(u *subject) { u.o.Transfer = u.held() })
	s.after(ctx)
	return nil
}

// blackHole lets the packets of a host of the peers' own vanish.
func blackHole(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	host, err := s.ownHost()
	if err != nil {
		return err
	}
	if err := s.withStream(ctx, "pod/"+pod); err != nil {
		return err
	}
	if err := host.Blackhole(); err != nil {
		return err
	}
	s.knock(time.Second)
	pause(ctx, holeFor)
	if err := host.Heal(); err != nil {
		return err
	}
	s.settle(ctx, time.Now(), holePatience)
	return nil
}

// after makes new connections when a row has done its harm, and wants one
// served.
func (s *scene) after(ctx context.Context) {
	s.knock(knockEvery)
	s.settle(ctx, time.Now(), patience)
}

// countOf is what the source of the pod wants to be sent first.
func countOf(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func forgotten(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	way, err := s.through(ctx, 0)
	if err != nil {
		return err
	}
	if err := s.withStream(ctx, "pod/"+pod); err != nil {
		return err
	}
	way.Forget()
	s.knock(time.Second)
	s.settle(ctx, time.Now(), holePatience)
	return nil
}

func moves(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	host, err := s.ownHost()
	if err != nil {
		return err
	}
	if err := s.withStream(ctx, "pod/"+pod); err != nil {
		return err
	}
	s.knock(time.Second)
	if err := host.Move(ctx); err != nil {
		return err
	}
	s.settle(ctx, time.Now(), holePatience)
	return nil
}

func sleeps(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	way, err := s.through(ctx, 0)
	if err != nil {
		return err
	}
	if err := s.withStream(ctx, "pod/"+pod); err != nil {
		return err
	}
	if err := s.signalAll(syscall.SIGSTOP); err != nil {
		return err
	}
	pause(ctx, asleep)
	way.Forget()
	if err := s.signalAll(syscall.SIGCONT); err != nil {
		return err
	}
	s.knock(time.Second)
	s.settle(ctx, time.Now(), holePatience)
	return nil
}

func (s *scene) signalAll(signal syscall.Signal) error {
	var errs []error
	for _, u := range s.all {
		errs = append(errs, u.process.signalAll(signal))
	}
	return errors.Join(errs...)
}

// uploadSize is more than is under way when the reset comes.
const uploadSize = 1 << 30

func resetUpload(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	way, err := s.through(ctx, 0)
	if err != nil {
		return err
	}
	if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort), fmt.Sprint(demopod.PortSink)); err != nil {
		return err
	}
	s.served(ctx)
	var uploads sync.WaitGroup
	for _, u := range s.all {
		uploads.Go(func() { u.o.Transfer = u.upload(ctx) })
	}
	pause(ctx, time.Second)
	s.knock(knockEvery)
	way.Reset()
	healed := time.Now()
	uploads.Wait()
	s.settle(ctx, healed, patience)
	return nil
}

// upload sends more than can be sent before the reset, and says how it ended.
func (u *subject) upload(ctx context.Context) Ending {
	conn, err := u.ask(ctx, string(countOf(uploadSize)))
	if err != nil {
		return Told
	}
	b := make([]byte, 64<<10)
	for range uploadSize / len(b) {
		if _, err := conn.Write(b); err != nil {
			return ending(err)
		}
	}
	if _, err := io.ReadFull(conn, make([]byte, demopod.AckSize)); err != nil {
		return ending(err)
	}
	return Whole
}
