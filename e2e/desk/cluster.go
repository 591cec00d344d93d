package desk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"culvert/kube/kubetest"
)

// serveDemo names the file in which a process that is a demo cluster tells its
// kubeconfig.
const serveDemo = "E2E_SERVE_DEMO"

// Served says whether this process is to be the cluster of [NewCluster], and has
// been: the test's main function then exits with the status code.
func Served() (code int, served bool) {
	path := os.Getenv(serveDemo)
	if path == "" {
		return 0, false
	}
	if err := serve(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	return 0, true
}

// serve is a demo cluster until SIGTERM.
func serve(path string) error {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	cluster, err := kubetest.New(kubetest.Demo())
	if err != nil {
		return err
	}
	defer cluster.Close()
	// The file appears with all that is in it.
	if err := os.WriteFile(path+".new", cluster.Kubeconfig(), 0o600); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	<-ended
	return nil
}

// Cluster is a demo cluster in a process of its own.
type Cluster struct {
	*Child
	Kubeconfig string
}

// NewCluster starts a demo cluster that ends with the test. The test's main function
// is to ask [Served].
func NewCluster(t *testing.T, h *Home) *Cluster {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{Kubeconfig: filepath.Join(h.Path, "cluster.kubeconfig")}
	c.Child = h.Start(t, "cluster", exec.Command(self), false, serveDemo+"="+c.Kubeconfig)
	Eventually(t, "the cluster", func() error {
		if err := c.Alive(); err != nil {
			t.Fatalf("%v\n%s", err, c.Printed())
		}
		_, err := os.Stat(c.Kubeconfig)
		return err
	})
	return c
}

// Freeze stops the cluster's process as it is: whoever has a connection to it
// waits. The end of the test thaws it.
func (c *Cluster) Freeze(t *testing.T) {
	t.Helper()
	if err := c.Cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Cmd.Process.Signal(syscall.SIGCONT); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
	})
}

// Thaw lets it go on.
func (c *Cluster) Thaw(t *testing.T) {
	t.Helper()
	if err := c.Cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}
