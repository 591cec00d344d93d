package kube

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"culvert/kube/folder"
	"culvert/kube/keyring"
	"culvert/tunnels/crash"
)

// Options say where the clusters' configuration comes from. The zero value
// reads what kubectl reads.
type Options struct {
	// Path is one kubeconfig file, which must exist, as with --kubeconfig. When
	// it is empty the files of KUBECONFIG are merged, or ~/.kube/config is read.
	Path string
	// Data, when set, is a whole kubeconfig; no kubeconfig file is read then.
	Data []byte
	// Patient makes a file that is broken, or missing at Path, no error of Open:
	// Contexts and WatchContexts tell what is wrong until the file is mended.
	Patient bool
	// Folder is Culvert's own config folder, see package folder; empty means
	// none: then nothing is stored, and nobody can sign in.
	Folder string
	// Keyring keeps the tokens of the clusters that were signed in to; nil keeps
	// them in memory.
	Keyring Secrets
	// Program is the path of this program, which calls [RunPart] first of all:
	// it is started to supervise credential plugins and to read the login
	// shell's environment. Without one neither is done.
	Program string
	// Overrides replace parts of one context.
	Overrides Overrides
	// Shell says when the login shell is asked. Without Program it never is.
	Shell ShellUse
	// Warn, when set, is called with what is wrong with the files but not fatal.
	// It may be called from any goroutine and must return soon.
	Warn func(error)
	// Log, when set, is told of each request to an API server, for who wants to know
	// all.
	Log *slog.Logger
	// Crashes contains panics and reports them; nil contains them only.
	Crashes *crash.Reporter
}

// Clusters are the contexts of the user's kubeconfigs, the clusters that the
// user has signed in to, and the connections to their API servers. It is a [tunnels.Backend]. Its methods may be called from
// many goroutines.
type Clusters struct {
	source  source // but for what is around it: see current
	folder  folder.Folder
	keys    Secrets
	warn    func(error)
	log     *slog.Logger // nil for none
	crashes *crash.Reporter
	shell   *loginShell

	retried atomic.Int64 // how often the keyring was asked anew

	ctx  context.Context // done once Close was called
	stop context.CancelFunc
	wg   sync.WaitGroup

	reading sync.Mutex // held while the files are read
	base    *config    // the last good kubeconfigs
	added   signIns    // the last good file of sign-ins

	mu        sync.Mutex
	loaded    *config             // the last good configuration
	broken    error               // why the files cannot be read now; nil when they can
	changed   chan struct{}       // closed, and made anew, when loaded or broken changed
	clusters  map[string]*cluster // by context, made when first asked for
	limits    map[string]*limits  // by the server's URL
	cautioned map[string]bool     // the contexts whose caution was told
	feeds     map[feedKey]any     // running *feed[T]s
}

// Open reads the configuration and follows its files until Close. A broken
// file is an *tunnels.Error, and so is a missing one that Options.Path names,
// unless Options.Patient is set; without a Path no file at all is no error: then
// there are no contexts.
func Open(o Options) (*Clusters, error) {
	c := &Clusters{
		source:    source{path: o.Path, data: o.Data, folder: folder.Open(o.Folder), over: o.Overrides},
		folder:    folder.Open(o.Folder),
		keys:      o.Keyring,
		warn:      o.Warn,
		log:       o.Log,
		crashes:   o.Crashes,
		shell:     newLoginShell(o),
		changed:   make(chan struct{}),
		clusters:  make(map[string]*cluster),
		limits:    make(map[string]*limits),
		cautioned: make(map[string]bool),
		feeds:     make(map[feedKey]any),
	}
	if c.warn == nil {
		c.warn = func(error) {}
	}
	if c.keys == nil {
		c.keys = keyring.New(nil, nil)
	}
	base, err := c.current().load()
	switch {
	case err == nil:
		c.base = base
	case o.Patient:
		c.base, c.broken = &config{files: c.source.rules().GetLoadingPrecedence()}, err
		c.base.settings, c.base.trouble = c.source.readSettings()
	default:
		return nil, err
	}
	c.reading.Lock()
	c.loaded = c.withSignInsLocked()
	c.reading.Unlock()
	c.keepOutOfReports(c.loaded)
	c.ctx, c.stop = context.WithCancel(context.Background())
	if c.source.data == nil || c.folder.Exists() {
		c.wg.Go(c.crashes.Contained("following the kubeconfigs", c.keepFollowing, nil))
	}
	if c.shell.use == ShellAtOnce {
		c.askShell()
	}
	return c, nil
}

// current returns where the configuration comes from now.
func (c *Clusters) current() source {
	s := c.source
	c.mu.Lock()
	if c.loaded != nil {
		s.last = c.loaded.settings
	}
	c.mu.Unlock()
	s.around = c.around()
	return s
}

// Kubeconfigs returns the kubeconfig files that are read, existing or not, in the
// order in which they are merged; none where Options.Data is read instead.
func (c *Clusters) Kubeconfigs() []string {
	if c.source.data != nil {
		return nil
	}
	return c.current().rules().GetLoadingPrecedence()
}

// around returns what is around the clusters now.
func (c *Clusters) around() surroundings {
	return surroundings{program: c.shell.program, shell: c.shell.environment()}
}

// Close ends all watches, waits for them, and closes the connections to the
// API servers. Sessions that Dial returned stay with their owners.
func (c *Clusters) Close() {
	c.mu.Lock()
	c.stop() // from here on nothing joins the group
	c.mu.Unlock()
	c.wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cl := range c.clusters {
		cl.close()
	}
	clear(c.clusters)
}

// Contexts returns the contexts of the last good configuration, sorted by
// name. When there are none, or when a kubeconfig has become unreadable since or
// Culvert's own settings are, it also returns an *tunnels.Error that says so.
func (c *Clusters) Contexts() ([]Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.loaded.contexts, c.loaded.wrong(c.broken)
}

// WatchContexts blocks until ctx is done or c is closed and calls fn, never
// concurrently, with what Contexts returns: now and at each change.
func (c *Clusters) WatchContexts(ctx context.Context, fn func([]Context, error)) {
	for {
		c.mu.Lock()
		list, err, changed := c.loaded.contexts, c.loaded.wrong(c.broken), c.changed
		c.mu.Unlock()
		fn(list, err)
		select {
		case <-changed:
		case <-ctx.Done():
			return
		case <-c.ctx.Done():
			return
		}
	}
}
