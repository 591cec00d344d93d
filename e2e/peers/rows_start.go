package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// startRows are about the local ports.
func startRows() []Row {
	return []Row{
		{
			Name: "same local port twice", Faults: "2",
			What: "Two of the ports asked for are the same local one.",
			do:   twice,
		},
		{
			Name: "a local port is taken", Faults: "3",
			What: "Another program has the only local port, and lets go of it after 5 s.",
			do:   taken(echoPort),
		},
		{
			Name: "one of two is taken", Faults: "3",
			What: "Another program has one of two local ports, and lets go of it after 5 s; then that one has to serve.",
			do:   taken(echoPort, demopod.PortHTTPAlt),
		},
		{
			Name: "the other of two is taken", Faults: "3",
			What: "Another program has one of two local ports and keeps it; the other one has to serve.",
			do:   otherTaken,
		},
		{
			Name: "one of two needs rights", Faults: "4",
			What: "The second of two local ports is below 1024, and the peers may not have such ones; the first has to serve.",
			do:   privileged,
		},
		{
			Name: "no IPv6", Faults: "5",
			What: "The client's machine has no IPv6.",
			do:   withoutIPv6,
		},
	}
}

// twice asks for the same local port for two of the pod's.
func twice(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	same := func(*subject) []int { p := s.newPorts(1); return []int{p[0], p[0]} }
	if err := s.launchAt(namespace, "pod/"+pod, same, fmt.Sprint(echoPort), fmt.Sprint(demopod.PortHTTPAlt)); err != nil {
		return err
	}
	s.served(ctx)
	s.after(ctx)
	return nil
}

// takenFor is how long another program has a port.
const takenFor = 5 * time.Second

// taken lets another program have the first of the ports.
func taken(remotes ...uint16) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		pod, err := s.newPod(ctx, nil)
		if err != nil {
			return err
		}
		var names []string
		for _, r := range remotes {
			names = append(names, fmt.Sprint(r))
		}
		var others []net.Listener
		locals := func(*subject) []int {
			ports := s.newPorts(len(remotes))
			l, lerr := s.c.Listen(ctx, "tcp", net.JoinHostPort("", strconv.Itoa(ports[0]))) // as most programs do
			if lerr != nil {
				err = lerr
				return ports
			}
			others = append(others, l)
			return ports
		}
		lerr := s.launchAt(namespace, "pod/"+pod, locals, names...)
		pause(ctx, takenFor)
		for _, l := range others {
			l.Close()
		}
		if err != nil || lerr != nil {
			return errors.Join(err, lerr)
		}
		s.each(func(u *subject) { u.o.Started = u.process.exit() == "" })
		s.after(ctx)
		return nil
	}
}

func otherTaken(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	l, err := s.c.Listen(ctx, "tcp", ":0")
	if err != nil {
		return err
	}
	s.atEnd(func(context.Context) error { return l.Close() })
	locals := func(*subject) []int { return []int{s.newPorts(1)[0], l.Addr().(*net.TCPAddr).Port} }
	if err := s.launchAt(namespace, "pod/"+pod, locals, fmt.Sprint(echoPort), fmt.Sprint(demopod.PortHTTPAlt)); err != nil {
		return err
	}
	s.served(ctx)
	s.after(ctx)
	return nil
}

// firstPrivileged is the first of the ports that only some may have; nobody in
// the cluster's network uses those that follow.
const firstPrivileged = 801

func privileged(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	s.wrap = []string{"setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"}
	next := firstPrivileged
	locals := func(*subject) []int {
		next++
		return []int{s.newPorts(1)[0], next}
	}
	if err := s.launchAt(namespace, "pod/"+pod, locals, fmt.Sprint(echoPort), fmt.Sprint(demopod.PortHTTPAlt)); err != nil {
		return err
	}
	s.served(ctx)
	s.after(ctx)
	return nil
}

// off switches IPv6 off in a network that nobody else uses.
const off = `for f in all default lo; do
	f=/proc/sys/net/ipv6/conf/$f/disable_ipv6; [ ! -e $f ] || echo 1 >$f || exit 1
done`

func withoutIPv6(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	host, err := s.ownHost()
	if err != nil {
		return err
	}
	if out, err := host.Command("sh", "-c", off).CombinedOutput(); err != nil {
		return fmt.Errorf("switch IPv6 off: %w: %s", err, out)
	}
	if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	s.served(ctx)
	s.after(ctx)
	return nil
}

// ownHost puts the peers on a client's host of their own.
func (s *scene) ownHost() (*real.ClientHost, error) {
	host, err := s.c.NewClientHost()
	if err != nil {
		return nil, err
	}
	s.atEnd(func(context.Context) error { return host.Close() })
	s.place = host
	return host, nil
}
