package real

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/client-go/kubernetes"

	"culvert/e2e/node"
)

// Options say what Start may do. The zero value prefers a real node.
type Options struct {
	// RequireReal makes it an error when namespaces are not allowed.
	RequireReal bool
	// Standin asks for the stand-in though a real node may be possible.
	Standin bool
	// Cache is the folder for programs and running clusters; empty means
	// culvert-e2e in the user's cache folder.
	Cache string
	// Progress is where the steps and their seconds are told; nil means
	// standard error.
	Progress io.Writer
}

// OptionsFromEnv reads E2E_REQUIRE (real or standin) and E2E_CACHE.
func OptionsFromEnv() (Options, error) {
	o := Options{Cache: os.Getenv("E2E_CACHE")}
	switch require := os.Getenv("E2E_REQUIRE"); require {
	case "":
	case "real":
		o.RequireReal = true
	case "standin":
		o.Standin = true
	default:
		return o, fmt.Errorf("E2E_REQUIRE is %q: use real or standin, or leave it unset", require)
	}
	return o, nil
}

// CacheDir returns the folder for programs and running clusters.
func (o Options) CacheDir() (string, error) {
	if o.Cache != "" {
		return filepath.Abs(o.Cache)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for the cluster's programs: set E2E_CACHE: %w", err)
	}
	return filepath.Join(dir, "culvert-e2e"), nil
}

// Cluster is a running cluster. Its methods may be called from many goroutines;
// Stop ends it.
type Cluster struct {
	cache, bin, run string
	lock            *os.File
	host            *host
	netns           *os.File // nil when the cluster has no namespaces
	places          places
	authority       *authority
	admin           pair
	api             *kubernetes.Clientset
	closeAPI        func()
	standin         *standin // nil on a real node
	stages          stages
	clients         atomic.Int64 // hosts made by NewClientHost

	mu   sync.Mutex          // also held while a client's host is connected
	more map[string][]string // flags of components in addition to their own
}

// Start builds what is missing, which takes minutes the first time, and brings
// a cluster up: its node is Ready, and no pod is there yet. After an error nothing is left running, and the
// logs are in the error's text.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	if o.Progress == nil {
		o.Progress = os.Stderr
	}
	cache, err := o.CacheDir()
	if err != nil {
		return nil, err
	}
	c := &Cluster{cache: cache, stages: stages{o.Progress}}
	confined := !o.Standin
	if confined {
		if why := whyNotConfined(); why != "" {
			if o.RequireReal {
				return nil, fmt.Errorf("a real node was required, but %s", why)
			}
			fmt.Fprintf(o.Progress, "e2e: WARNING: no real node, for %s\ne2e: WARNING: a stand-in serves the pods: kubelet and containerd are NOT tested\n", why)
			confined = false
		}
	}
	if err := c.prepare(confined); err != nil {
		return nil, err
	}
	if err := c.up(ctx, confined); err != nil {
		logs := c.Logs()
		return nil, errors.Join(err, errors.New(logs), c.Stop())
	}
	return c, nil
}

// prepare builds and fetches programs, one process at a time.
func (c *Cluster) prepare(confined bool) error {
	c.bin = filepath.Join(c.cache, "bin")
	if err := os.MkdirAll(c.bin, 0o755); err != nil {
		return err
	}
	lock, err := takeLock(filepath.Join(c.cache, "build.lock"), unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	dir, err := moduleDir()
	if err != nil {
		return err
	}
	for _, p := range programs {
		if err := c.stages.run("build "+p.name, func() error { return p.build(dir, c.bin) }); err != nil {
			return err
		}
	}
	if !confined {
		return nil
	}
	return c.stages.run("fetch containerd and runc", func() error { return fetchRuntime(c.cache, c.bin) })
}

// up starts everything. After an error, Stop ends what was started.
func (c *Cluster) up(ctx context.Context, confined bool) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := c.stages.run("certificates and files", func() error { return c.layOut(confined) }); err != nil {
		return err
	}
	if err := c.stages.run("node process", func() error { return c.startNode(confined) }); err != nil {
		return err
	}
	if err := c.stages.run("control plane", func() error { return c.startControlPlane(ctx, confined) }); err != nil {
		return err
	}
	return c.stages.run("node", func() error {
		if confined {
			return c.startKubelet(ctx)
		}
		return c.startStandin(ctx)
	})
}

// layOut makes the folder of this cluster and fills it.
func (c *Cluster) layOut(confined bool) error {
	if err := sweep(c.cache); err != nil {
		return err
	}
	var err error
	if c.run, c.lock, err = newRunDir(c.cache); err != nil {
		return err
	}
	c.places = places{
		Run: node.InsideRun, Bin: node.InsideBin, Scratch: node.Scratch,
		Addr: nodeAddr, APIPort: 6443, EtcdPort: 2379, Cgroup: cgroupName(c.run), PauseImage: pauseImage.ref,
	}
	if !confined {
		c.places.Run, c.places.Bin, c.places.Scratch, c.places.Addr = c.run, c.bin, filepath.Join(c.run, "tmp"), "127.0.0.1"
		if c.places.APIPort, c.places.EtcdPort, err = freePorts(); err != nil {
			return err
		}
	}
	if c.authority, err = newAuthority(); err != nil {
		return err
	}
	if err := c.authority.writePKI(filepath.Join(c.run, "pki"), c.Server(), c.places.Addr); err != nil {
		return err
	}
	if c.admin, err = c.authority.issue(adminIdentity()); err != nil {
		return err
	}
	if err := (Kubeconfig{c.adminAccess()}).Write(c.Kubeconfig()); err != nil {
		return err
	}
	if err := c.places.writeConfig(filepath.Join(c.run, "config")); err != nil {
		return err
	}
	if c.api, c.closeAPI, err = c.newClient(); err != nil || !confined {
		return err
	}
	for _, i := range []image{pauseImage, podsrvImage} {
		if err := i.write(c.bin, filepath.Join(c.run, i.program+".tar")); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) startNode(confined bool) error {
	var err error
	c.host, err = startHost(filepath.Join(c.bin, "node"), node.Setup{
		Confined: confined, RunDir: c.run, BinDir: c.bin, Cgroup: c.places.Cgroup, Addr: c.places.Addr,
	}, c.lock)
	if err != nil || !confined {
		return err
	}
	c.netns, err = os.Open("/proc/" + strconv.Itoa(c.host.cmd.Process.Pid) + "/ns/net")
	return err
}

// Stop ends everything and removes every trace of the cluster but the built
// programs.
func (c *Cluster) Stop() error {
	var errs []error
	if c.standin != nil {
		errs = append(errs, c.standin.stop())
	}
	if c.closeAPI != nil {
		c.closeAPI()
	}
	if c.netns != nil {
		errs = append(errs, c.netns.Close())
	}
	if c.host != nil {
		errs = append(errs, c.host.stop())
	}
	if c.lock != nil {
		errs = append(errs, removeRunDir(c.run), c.lock.Close())
	}
	return errors.Join(errs...)
}

// Real says whether the pods run on a real kubelet and containerd.
func (c *Cluster) Real() bool { return c.netns != nil }

// Server returns the URL of the API server.
func (c *Cluster) Server() string {
	return "https://" + net.JoinHostPort(c.places.Addr, strconv.Itoa(c.places.APIPort))
}

// freePorts finds three ports on the loopback interface that are free just now:
// one, and two neighbours.
func freePorts() (one, two int, err error) {
	for range 100 {
		var ports [3]int
		var ls []net.Listener
		for i, addr := range []string{"127.0.0.1:0", "127.0.0.1:0", ""} {
			if i == 2 {
				addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[1]+1))
			}
			var l net.Listener
			if l, err = new(net.ListenConfig).Listen(context.Background(), "tcp", addr); err != nil {
				break
			}
			ls = append(ls, l)
			ports[i] = l.Addr().(*net.TCPAddr).Port
		}
		for _, l := range ls {
			l.Close()
		}
		if err == nil {
			return ports[0], ports[1], nil
		}
	}
	return 0, 0, fmt.Errorf("find free ports: %w", err)
}
