package window

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"culvert/kube/kubetest"
)

var serveDemo = flag.String("serve-demo", "", "be a demo cluster, and write its kubeconfig to this `file`")

// serveCluster is a demo cluster until SIGTERM; it returns the exit status.
func serveCluster(path string) int {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	cluster, err := kubetest.New(kubetest.Demo())
	if err == nil {
		defer cluster.Close()
		// The file appears with all that is in it.
		if err = os.WriteFile(path+".new", cluster.Kubeconfig(), 0o600); err == nil {
			err = os.Rename(path+".new", path)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	<-ended
	return 0
}

// demoCluster is a demo cluster in a process of its own.
type demoCluster struct {
	*child
	kubeconfig string
}

// newDemoCluster starts a demo cluster that ends with the test.
func newDemoCluster(t *testing.T, d *desktop) *demoCluster {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &demoCluster{kubeconfig: filepath.Join(d.home, "cluster.kubeconfig")}
	c.child = d.start(t, "cluster", exec.Command(self, "-serve-demo", c.kubeconfig), false)
	eventually(t, "the cluster", func() error {
		if err := c.alive(); err != nil {
			t.Fatalf("%v\n%s", err, c.printed())
		}
		_, err := os.Stat(c.kubeconfig)
		return err
	})
	return c
}

// freeze stops the cluster's process as it is: whoever has a connection to it
// waits. The end of the test thaws it.
func (c *demoCluster) freeze(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.cmd.Process.Signal(syscall.SIGCONT); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
	})
}

func (c *demoCluster) thaw(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}
