package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/http/httpproxy"

	"culvert/kube/loginshell"

	"k8s.io/client-go/rest"
)

// ShellUse says when the user's login shell is asked for its environment, which
// is done once at most. Variables that this process has itself are never
// replaced; PATH is joined.
type ShellUse uint8

const (
	// ShellNever leaves the login shell alone.
	ShellNever ShellUse = iota
	// ShellForMissing asks it when a credential plugin is not found.
	ShellForMissing
	// ShellAtOnce asks it in the background from the start on: this process was
	// not started from a terminal. KUBECONFIG and proxies from there are heeded,
	// and credential plugins wait for its answer.
	ShellAtOnce
)

// loginShell is the user's login shell, asked once.
type loginShell struct {
	use     ShellUse
	program string        // ours
	asked   bool          // guarded by Clusters.mu
	done    chan struct{} // closed once the configuration heeds its answer

	mu    sync.Mutex
	added []string // see [loginshell.Add]
}

func newLoginShell(o Options) *loginShell {
	s := &loginShell{use: o.Shell, program: o.Program, done: make(chan struct{})}
	if s.program == "" {
		s.use = ShellNever
	}
	return s
}

// environment returns what it adds to ours; nothing before it was asked.
func (s *loginShell) environment() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.added
}

// settled tells whether there is nothing to be had from it any more.
func (s *loginShell) settled() bool { return s.use == ShellNever || isClosed(s.done) }

// askShell begins to read the login shell's environment, which takes 5 s at most,
// unless that was begun before. Close ends and awaits it.
func (c *Clusters) askShell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shell.asked || c.ctx.Err() != nil {
		return
	}
	c.shell.asked = true
	c.wg.Go(c.crashes.Contained("reading the login shell", c.readShell, nil))
}

func (s *loginShell) add(added []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.added = added
}

// readShell reads the login shell's environment, and then the configuration anew
// if that makes a difference.
func (c *Clusters) readShell() {
	defer close(c.shell.done)
	env, err := loginshell.Read(c.ctx, loginshell.Options{Printer: []string{c.shell.program, partPrint}})
	if c.ctx.Err() != nil {
		return
	}
	if err != nil {
		c.warn(err)
	}
	added := loginshell.Add(os.Environ(), env)
	c.shell.add(added)
	if len(added) > 0 {
		c.reload()
	}
}

// awaitShell waits for the login shell where a context's plugin needs it, at most
// until ctx is done.
func (c *Clusters) awaitShell(ctx context.Context, name string) {
	if c.shell == nil || c.shell.settled() {
		return
	}
	c.mu.Lock()
	if name == "" {
		name = c.loaded.current
	}
	e := c.loaded.entries[name]
	c.mu.Unlock()
	if e != nil && e.plugin != nil && (c.shell.use == ShellAtOnce || e.plugin.missing()) {
		c.askShell()
		c.shell.await(ctx, c.ctx)
	}
}

// awaitProxies waits for the login shell if it is being asked from the start on,
// at most until ctx is done.
func (c *Clusters) awaitProxies(ctx context.Context) {
	if c.shell.use == ShellAtOnce {
		c.shell.await(ctx, c.ctx)
	}
}

// await waits for the answer, or until one of the contexts is done.
func (s *loginShell) await(ctx, clusters context.Context) {
	select {
	case <-s.done:
	case <-ctx.Done():
	case <-clusters.Done():
	}
}

// kubeconfigs returns the files of a KUBECONFIG that the login shell sets and
// we lack.
func (s surroundings) kubeconfigs() []string {
	var files []string
	for _, f := range filepath.SplitList(s.variable("KUBECONFIG")) {
		if f != "" && !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	return files
}

// proxy returns what the proxy variables ask for, together with ours; nil where
// the login shell has none that we lack.
func (s surroundings) proxy() func(*http.Request) (*url.URL, error) {
	ours := httpproxy.FromEnvironment()
	cfg := *ours
	for field, names := range map[*string][2]string{
		&cfg.HTTPProxy:  {"HTTP_PROXY", "http_proxy"},
		&cfg.HTTPSProxy: {"HTTPS_PROXY", "https_proxy"},
		&cfg.NoProxy:    {"NO_PROXY", "no_proxy"},
	} {
		for _, name := range names {
			if *field == "" {
				*field = s.variable(name)
			}
		}
	}
	if cfg == *ours {
		return nil
	}
	ask := cfg.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return ask(r.URL) }
}

// proxyOf returns the proxy to a configuration's server, as one text.
func proxyOf(cfg *rest.Config) string {
	if cfg.Proxy == nil {
		return ""
	}
	server, err := url.Parse(cfg.Host)
	if err != nil {
		return ""
	}
	proxy, err := cfg.Proxy(&http.Request{URL: server})
	return fmt.Sprint(proxy, err)
}

// variable returns one that the login shell adds; empty for none.
func (s surroundings) variable(name string) string {
	for _, v := range s.shell {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}
