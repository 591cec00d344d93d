package desktop

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"testing"

	"culvert/e2e/desk"
	"culvert/e2e/sockets"
)

// TestWindowListens: the window listens on the ports of its tunnels, on loopback
// addresses, and on its two sockets, by the kernel's tables; the toolkit and the tray
// add nothing.
func TestWindowListens(t *testing.T) {
	s := newSession(t)
	h, port := s.startTray(), s.keepShop()
	w := s.open()
	iconOf(t, h)
	w.Want("row:web", "Ready")
	want := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:" + port), netip.MustParseAddrPort("[::1]:" + port)}
	desk.Eventually(t, "what the window listens on", func() error {
		l, err := sockets.Of(w.Cmd.Process.Pid)
		if err != nil {
			return err
		}
		for _, p := range l.Ports {
			if !p.Addr().IsLoopback() {
				t.Fatalf("it listens on %v", p)
			}
		}
		for _, p := range want {
			if !slices.Contains(l.Ports, p) {
				return fmt.Errorf("it listens on %v, and not on %v", l.Ports, p)
			}
		}
		if len(l.Ports) != 6 || len(l.UDP) != 0 { // three ports, on two addresses each
			return fmt.Errorf("it listens on %v, and has the UDP sockets %v", l.Ports, l.UDP)
		}
		for _, name := range []string{"control.sock", "window.sock"} {
			if !slices.Contains(l.Unix, filepath.Join(s.Runtime, "culvert", name)) {
				return fmt.Errorf("%s is not among %q", name, l.Unix)
			}
		}
		if len(l.Unix) != 3 { // the third tells tests where widgets are
			return fmt.Errorf("it listens on %q", l.Unix)
		}
		return nil
	})
}
