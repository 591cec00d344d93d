package real

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"culvert/e2e/node"
)

// ClientHost is a host of its own beside the cluster's: a network namespace
// with one cable to the cluster's, which can be cut without either end noticing.
type ClientHost struct {
	c        *Cluster
	netns    *os.File
	id       string     // of the cable, for the CNI plugin
	cable    string     // the name of its end in the cluster's network
	home     netip.Addr // the address that the CNI plugin has given
	here     netip.Addr // the present one
	there    netip.Addr
	blackout bool
}

// clientEnd is the name of the cable's end in the client's network.
const clientEnd = "eth0"

// clientNet is what the CNI plugin that also connects the pods gets to connect
// a client.
const clientNet = `{
  "cniVersion": "1.0.0", "name": "clients", "type": "ptp", "ipMasq": false,
  "ipam": {"type": "host-local", "dataDir": %q, "ranges": [[{"subnet": "10.20.0.0/24"}]], "routes": [{"dst": "%s/32"}]}
}`

// NewClientHost makes a client's host. It needs a real node; Close removes it.
func (c *Cluster) NewClientHost() (*ClientHost, error) {
	if !c.Real() {
		return nil, errors.New("a client's host needs a real node's namespaces")
	}
	netns, err := newNetNS()
	if err != nil {
		return nil, fmt.Errorf("make a client's network: %w", err)
	}
	h := &ClientHost{c: c, netns: netns, id: fmt.Sprintf("client-%d", c.clients.Add(1))}
	if err := h.connect(); err != nil {
		return nil, errors.Join(fmt.Errorf("connect a client's host: %w", err), netns.Close())
	}
	return h, nil
}

// newNetNS returns a new network namespace, which lasts until the file is closed
// and nobody is in it any more. Its loopback interface is up.
func newNetNS() (*os.File, error) {
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	defer func() { _ = home.Close() }()
	var made *os.File
	// There and back again: a thread that ends takes the processes with it that
	// were started by it and want to die with their parent.
	err = inside(home, func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		if err := node.LoopbackUp(); err != nil {
			return err
		}
		made, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	return made, err
}

func (h *ClientHost) connect() error {
	h.c.mu.Lock() // the new interface is the one that was not there before
	defer h.c.mu.Unlock()
	before, err := h.interfaces()
	if err != nil {
		return err
	}
	if err := h.plugin("ADD"); err != nil {
		return err
	}
	after, err := h.interfaces()
	if err != nil {
		return err
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			h.cable = name
		}
	}
	if h.cable == "" {
		return errors.New("the plugin has made no interface")
	}
	h.there = after[h.cable]
	return h.inside(func() error {
		all, err := interfaces()
		h.home, h.here = all[clientEnd], all[clientEnd]
		return err
	})
}

// plugin calls the CNI plugin.
func (h *ClientHost) plugin(verb string) error {
	cmd := h.c.Command(filepath.Join(h.c.bin, "ptp"))
	cmd.Env = append(
		os.Environ(), "CNI_COMMAND="+verb, "CNI_CONTAINERID="+h.id, "CNI_NETNS="+h.path(),
		"CNI_IFNAME="+clientEnd, "CNI_PATH="+h.c.bin,
	)
	cmd.Stdin = strings.NewReader(fmt.Sprintf(clientNet, filepath.Join(h.c.run, "tmp", "clients"), h.c.places.Addr))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("ptp %s: %w: %s", verb, err, said.Bytes())
	}
	return nil
}

// interfaces returns the cluster's interfaces with their first IPv4 addresses.
func (h *ClientHost) interfaces() (map[string]netip.Addr, error) {
	var all map[string]netip.Addr
	err := h.c.Inside(func() (err error) {
		all, err = interfaces()
		return err
	})
	return all, err
}

// interfaces returns the interfaces of the calling thread's network.
func interfaces() (map[string]netip.Addr, error) {
	list, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	all := make(map[string]netip.Addr, len(list))
	for _, i := range list {
		addrs, err := i.Addrs()
		if err != nil {
			return nil, err
		}
		all[i.Name] = netip.Addr{}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
				all[i.Name] = p.Addr()
				break
			}
		}
	}
	return all, nil
}

// Command returns a command that will run on the client's host; see
// [Cluster.Command].
func (h *ClientHost) Command(name string, args ...string) *exec.Cmd {
	return exec.CommandContext(context.Background(), h.c.NodePath(), append([]string{"exec", strconv.Itoa(os.Getpid()), h.path(), name}, args...)...)
}

// Dial connects from the client's host to an IP literal with a port.
func (h *ClientHost) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return dialInside(ctx, h.inside, network, addr)
}

func (h *ClientHost) inside(fn func() error) error { return inside(h.netns, fn) }

func (h *ClientHost) path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), h.netns.Fd()) }

// Blackhole makes every packet between the host and the cluster vanish: both
// ends send them to a card that does not exist. Nothing is told to anybody.
func (h *ClientHost) Blackhole() error {
	h.blackout = true
	return h.neighbours(func(dev string, addr netip.Addr) error {
		return setNeighbour(dev, addr, [6]byte{2, 0, 0, 0, 0, 0x99})
	})
}

// Heal ends a black hole.
func (h *ClientHost) Heal() error {
	h.blackout = false
	return h.neighbours(forgetNeighbour)
}

// neighbours calls do for the other's address at both ends of the cable.
func (h *ClientHost) neighbours(do func(dev string, addr netip.Addr) error) error {
	return errors.Join(
		h.inside(func() error { return do(clientEnd, h.there) }),
		h.c.Inside(func() error { return do(h.cable, h.here) }),
	)
}

// Close removes the host. What still runs there has no network then.
func (h *ClientHost) Close() error {
	var err error
	if h.blackout {
		err = h.Heal()
	}
	return errors.Join(err, h.plugin("DEL"), h.netns.Close())
}
