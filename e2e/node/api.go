package node

import (
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"syscall"
)

// Service is the name under which [Node]'s methods are called, as
// "Node.Start".
const Service = "Node"

// Inside are the places of the host's folders in the namespaces, where the
// host's own paths may be covered.
const (
	InsideRun = "/run/culvert-e2e/run" // the folder of this one cluster
	InsideBin = "/run/culvert-e2e/bin" // the programs
	Scratch   = "/run/culvert-e2e/tmp" // gone with the namespaces
)

// Setup says how a node begins.
type Setup struct {
	// Confined is set when the node is the first process of namespaces of its
	// own: it then brings up the network and covers what the components write.
	Confined bool
	RunDir   string // the folder of this one cluster, of the host; its logs go to RunDir/log
	BinDir   string // the folder of programs, of the host
	Cgroup   string // the name of the cgroup for the pods
	Addr     string // the node's IPv4 address, put on its loopback interface
}

// Process is a long-lived program of the cluster.
type Process struct {
	Name string // names it and its log
	Args []string
	Env  []string // in addition to the node's own
}

// Signal asks for a signal to a process.
type Signal struct {
	Name   string
	Signal syscall.Signal
}

// None is the answer of the methods that have none.
type None struct{}

// NewClient returns the tests' end of the wire: r and w are the node's standard
// output and input.
func NewClient(r, w *os.File) *rpc.Client {
	return jsonrpc.NewClient(wire{r, w})
}

type wire struct{ r, w *os.File }

func (c wire) Read(b []byte) (int, error)  { return c.r.Read(b) }
func (c wire) Write(b []byte) (int, error) { return c.w.Write(b) }

func (c wire) Close() error {
	err := c.w.Close()
	if rerr := c.r.Close(); err == nil {
		err = rerr
	}
	return err
}
