package e2e

import (
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"culvert/e2e/real"
	"culvert/e2e/sockets"
)

// host is a machine of its own, with a home on it, on which nothing else runs.
type host struct {
	*person
	net *real.ClientHost
}

func newHost(t *testing.T) *host {
	t.Helper()
	net, err := shared.NewClientHost()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := net.Close(); err != nil {
			t.Error(err)
		}
	})
	return &host{newPerson(t), net}
}

// command is a culvert of the person's on this machine.
func (h *host) command(args ...string) *exec.Cmd {
	cmd := h.net.Command(shared.culvert, args...)
	cmd.Env, cmd.Dir = h.env, h.dir
	return cmd
}

// watcher is a process that does nothing there, and by which the network is read.
func (h *host) watcher(t *testing.T) int {
	t.Helper()
	cmd := h.net.Command("/bin/sh", "-c", "echo here; read nothing")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, cmd)
	t.Cleanup(func() { stdin.Close() })
	p.await(t, "the watcher", func(out, _ []string) bool { return len(out) > 0 })
	return cmd.Process.Pid
}

// at returns what listens on this machine.
func (h *host) at(t *testing.T, watcher int) listening {
	t.Helper()
	l, err := sockets.At(watcher)
	if err != nil {
		t.Fatal(err)
	}
	return listening(l)
}

// listening is what a test wants something of.
type listening sockets.Listening

// wantOnly wants the given TCP ports and unix sockets, and nothing else.
func (l listening) wantOnly(t *testing.T, ports []netip.AddrPort, unix ...string) {
	t.Helper()
	slices.SortFunc(ports, netip.AddrPort.Compare)
	if !slices.Equal(l.Ports, ports) {
		t.Errorf("these ports are listened on:\n%v\nthese were told:\n%v", l.Ports, ports)
	}
	if slices.Sort(l.Unix); !slices.Equal(l.Unix, unix) {
		t.Errorf("these sockets are listened on: %q, and not %q", l.Unix, unix)
	}
	if len(l.UDP) != 0 {
		t.Errorf("there are UDP sockets at %v", l.UDP)
	}
}

// wantLoopback wants that no other computer reaches any of the ports.
func (l listening) wantLoopback(t *testing.T) {
	t.Helper()
	for _, p := range l.Ports {
		if !p.Addr().IsLoopback() {
			t.Errorf("%v can be reached by other computers", p)
		}
	}
}

// toldAddrs returns the addresses that a culvert has printed, in lines or in JSON.
func toldAddrs(lines []string) []netip.AddrPort {
	var out []netip.AddrPort
	for _, line := range lines {
		text, ok := strings.CutPrefix(line, "Forwarding from ")
		text, _, _ = strings.Cut(text, " ")
		if !ok {
			var e struct{ Event, Address string }
			if json.Unmarshal([]byte(line), &e) != nil || e.Event != "bound" {
				continue
			}
			text = e.Address
		}
		if addr, err := netip.ParseAddrPort(text); err == nil {
			out = append(out, addr)
		}
	}
	return out
}

// TestOnlyLoopbackListens: whatever way Culvert runs, what listens is on loopback
// addresses and is what was asked for, by the kernel's own tables of a network in
// which nothing else runs; and there is nothing once it has ended.
func TestOnlyLoopbackListens(t *testing.T) {
	if !shared.Real() {
		t.Log("networks of their own need a real node")
		return
	}
	h := newHost(t)
	watcher := h.watcher(t)
	h.at(t, watcher).wantOnly(t, nil)
	for _, test := range []struct {
		name    string
		args    []string
		addrs   int  // how many are told
		cluster bool // it has one inside, with a port of its own
	}{
		{"forward", []string{"forward", "pod/podsrv", ":9006", "19001:9001"}, 4, false},
		{"up", []string{"up", "-f", ".culvert.yaml", "--wait"}, 4, false},
		{"demo", []string{"demo", "--headless", "-o", "json"}, 14, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := start(t, h.command(test.args...))
			p.await(t, "its addresses", func(out, _ []string) bool { return len(toldAddrs(out)) == test.addrs })
			out, _ := p.lines()
			l, told := h.at(t, watcher), toldAddrs(out)
			l.wantLoopback(t)
			if test.cluster {
				others := slices.DeleteFunc(slices.Clone(l.Ports), func(a netip.AddrPort) bool { return slices.Contains(told, a) })
				if len(others) != 1 || others[0].Addr().String() != "127.0.0.1" {
					t.Errorf("beside its tunnels it listens on %v", others)
				}
				told = append(told, others...)
			}
			l.wantOnly(t, told)
			p.interrupt(t, syscall.SIGTERM)
			h.at(t, watcher).wantOnly(t, nil)
		})
	}
	t.Run("in the background", func(t *testing.T) {
		p := start(t, h.command("up", "--detach", "--wait"))
		if status := p.status(t, patience); status != 0 {
			t.Fatalf("exit status %d", status)
		}
		out, _ := p.lines()
		l := h.at(t, watcher)
		l.wantLoopback(t)
		l.wantOnly(t, toldAddrs(out), h.socket)
		h.endBackground(t)
		h.at(t, watcher).wantOnly(t, nil)
	})
}

// TestOtherAddressesAreConsentedTo: a profile that listens where other computers
// reach it starts only for who agrees, and `forward --address`, which is an order,
// says what it means.
func TestOtherAddressesAreConsentedTo(t *testing.T) {
	if !shared.Real() {
		t.Log("networks of their own need a real node")
		return
	}
	h := newHost(t)
	watcher := h.watcher(t)
	file := filepath.Join(h.dir, "open.yaml")
	text := "version: 1\ntunnels:\n- {name: open, target: pod/podsrv, ports: ':9006', address: 0.0.0.0}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, h.command("up", "-f", file, "--wait"))
	if status := p.status(t, patience); status == 0 {
		t.Error("it has started without being asked for it")
	}
	if _, said := p.lines(); !strings.Contains(strings.Join(said, "\n"), "where other computers reach it") {
		t.Errorf("it says %q", said)
	}
	h.at(t, watcher).wantOnly(t, nil)

	p = start(t, h.command("up", "-f", file, "--wait", "--yes"))
	p.await(t, "its address", func(out, _ []string) bool { return len(toldAddrs(out)) == 1 })
	out, _ := p.lines()
	h.at(t, watcher).wantOnly(t, toldAddrs(out))
	p.interrupt(t, syscall.SIGTERM)

	p = start(t, h.command("forward", "--address", "0.0.0.0", "pod/podsrv", ":9006"))
	p.await(t, "its address", func(out, _ []string) bool { return len(toldAddrs(out)) == 1 })
	p.awaitError(t, "other computers")
	p.interrupt(t, syscall.SIGTERM)
}
