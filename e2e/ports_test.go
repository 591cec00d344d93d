package e2e

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"culvert/kube/kubetest/demopod"
)

const remoteHTTP, remoteEcho = demopod.PortHTTPAlt, demopod.PortEcho

func TestPortForms(t *testing.T) {
	for _, test := range []struct {
		name, mapping string
		local         uint16 // 0 for any
		end           syscall.Signal
	}{
		{"the same on both sides", "9006", 9006, syscall.SIGINT},
		{"another local port", "19006:9006", 19006, syscall.SIGTERM},
		{"any local port", ":9006", 0, syscall.SIGINT},
		{"zero for any local port", "0:9006", 0, syscall.SIGTERM},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := forward(t, 2, "pod/podsrv", test.mapping)
			wantBothFamilies(t, f.to(remoteHTTP))
			for _, addr := range f.to(remoteHTTP) {
				if test.local != 0 && addr.Port() != test.local {
					t.Errorf("the local port is %d, want %d", addr.Port(), test.local)
				}
				wantPage(t, addr, "podsrv")
			}
			handled := fmt.Sprintf("Handling connection for %d", f.bound[0].addr.Port())
			f.await(t, "two connections", func(out, _ []string) bool { return strings.Count(strings.Join(out, "\n"), handled) == 2 })
			f.interrupt(t, test.end)
			for _, addr := range f.to(remoteHTTP) {
				if _, err := dialQuietly(t, addr); err == nil {
					t.Errorf("%v still takes connections after the end", addr)
				}
			}
		})
	}
}

// wantBothFamilies wants one port on 127.0.0.1 and on ::1, in this order.
func wantBothFamilies(t *testing.T, addrs []netip.AddrPort) {
	t.Helper()
	if len(addrs) != 2 || addrs[0].Addr().String() != "127.0.0.1" || addrs[1].Addr().String() != "::1" {
		t.Fatalf("the addresses are %v, want 127.0.0.1 and ::1", addrs)
	}
	if addrs[0].Port() != addrs[1].Port() {
		t.Errorf("the ports differ: %v", addrs)
	}
}

func TestSeveralPairs(t *testing.T) {
	f := forward(t, 6, "podsrv", "9006", ":9001", "19005:9005")
	for i, remote := range []uint16{remoteHTTP, remoteEcho, demopod.PortBanner} {
		wantBothFamilies(t, f.to(remote))
		if f.bound[2*i].remote != remote {
			t.Errorf("line %d is about port %d, want %d", 2*i+1, f.bound[2*i].remote, remote)
		}
	}
	for i := range 2 {
		wantPage(t, f.to(remoteHTTP)[i], "podsrv")
		if err := echo(dial(t, f.to(remoteEcho)[i]), "hello\n"); err != nil {
			t.Error(err)
		}
		if banner, err := io.ReadAll(dial(t, f.to(demopod.PortBanner)[i])); err != nil || string(banner) != "hello from podsrv\n" {
			t.Errorf("the banner is %q, %v", banner, err)
		}
	}
	f.interrupt(t, syscall.SIGTERM)
}

func TestAddressFlag(t *testing.T) {
	f := forward(t, 2, "--address", "127.0.0.2,::1", "podsrv", ":9006")
	if got := f.bound[0].addr.Addr().String(); got != "127.0.0.2" {
		t.Errorf("the first address is %s, want 127.0.0.2", got)
	}
	for _, addr := range f.to(remoteHTTP) {
		wantPage(t, addr, "podsrv")
	}
}

func TestTwoPodsAtOnce(t *testing.T) {
	namespace := newNamespace(t)
	for _, name := range []string{"one", "two"} {
		newPod(t, namespace, name)
	}
	one := forward(t, 2, "-n", namespace, "one", ":9006")
	two := forward(t, 2, "-n", namespace, "pod/two", ":9006")
	for i := range 2 {
		wantPage(t, one.to(remoteHTTP)[i], "one")
		wantPage(t, two.to(remoteHTTP)[i], "two")
	}
	one.interrupt(t, syscall.SIGINT)
	wantPage(t, two.to(remoteHTTP)[0], "two")
}

// A connection that the pod answers late, after the client has said all it has
// to say, still gets its answer.
func TestLateAnswer(t *testing.T) {
	f := forward(t, 2, "podsrv", fmt.Sprintf(":%d", demopod.PortLate))
	conn := dial(t, f.bound[0].addr)
	if _, err := io.WriteString(conn, "2500ms\n"); err != nil {
		t.Fatal(err)
	}
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); err != nil || string(answer) != "late\n" {
		t.Errorf("the answer is %q, %v; want %q", answer, err, "late\n")
	}
}
