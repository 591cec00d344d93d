//go:build unix

package kube_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"k8s.io/client-go/tools/clientcmd/api"

	"culvert/tunnels"
)

// TestEndlessImports: what is no file is not even opened.
func TestEndlessImports(t *testing.T) {
	t.Run("no file", func(t *testing.T) {
		i := newImporting(t, nil)
		pipe := i.file + ".pipe"
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		judge(t, "pipe", i.Import(pipe), tunnels.CauseInvalid, true, "is not a file")
		judge(t, "folder", i.Import(filepath.Dir(pipe)), tunnels.CauseInvalid, true, "is not a file")
		judge(t, "device", i.Import("/dev/zero"), tunnels.CauseInvalid, true, "is not a file")
		judge(t, "missing", i.Import("/missing"), tunnels.CauseNotFound, true, "there is no file /missing")
	})
	t.Run("an authority that is no file", func(t *testing.T) {
		i := newImporting(t, kubeconfig(t, "https://api.test", func(c *api.Cluster, _ *api.AuthInfo) { c.CertificateAuthority = "pipe" }))
		if err := syscall.Mkfifo(filepath.Join(filepath.Dir(i.file), "pipe"), 0o600); err != nil {
			t.Fatal(err)
		}
		i.add()
		judge(t, "context", i.context(imported).Err, tunnels.CauseInvalid, true, "is not a file")
	})
}
