package e2e

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestEmptyChroot runs the static build where there is nothing besides it and a
// kubeconfig: no C library, no certificates, no resolver's files, no /proc.
func TestEmptyChroot(t *testing.T) {
	root := t.TempDir()
	for from, to := range map[string]string{shared.culvert: "culvert", shared.Kubeconfig(): "config"} {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, to), b, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p := start(t, shared.Command("chroot", root, "/culvert", "forward", "--kubeconfig", "/config", "podsrv", ":9006"))
	p.await(t, "both addresses", func(out, _ []string) bool { return len(out) == 2 })
	out, _ := p.lines()
	wantPage(t, netip.MustParseAddrPort(strings.Fields(out[0])[2]), "podsrv")
	p.interrupt(t, syscall.SIGTERM)
}
