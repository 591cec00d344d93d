package kube

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"culvert/kube/folder"
	"culvert/tunnels"

	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // `auth-provider: oidc`; it costs 90 kB of binary
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// source is where the configuration comes from.
type source struct {
	path   string
	data   []byte
	around surroundings
	folder folder.Folder
	over   Overrides
	last   settings // as they were when they could be read last
}

// config is one reading of the kubeconfigs. It is immutable.
type config struct {
	contexts []Context         // sorted by name
	entries  map[string]*entry // by context
	current  string            // may name a context that does not exist
	files    []string          // the kubeconfigs and the files they name, existing or not
	print    [sha256.Size]byte // of all of it
	empty    error             // an *tunnels.Error when there are no contexts, else nil
	settings settings          // the last good ones
	imports  []Import
	trouble  error // why the settings cannot be read, an *tunnels.Error; nil when they can
	unread   error // an *tunnels.Error when the sign-ins cannot be read, else nil
}

// entry is one context with what it takes to talk to its server.
type entry struct {
	context Context
	rest    *rest.Config // certificates are inlined; nil when context.Err is set
	plugin  *pluginPlace // nil for none
	print   [sha256.Size]byte
}

// load reads the configuration once. Its error is an *tunnels.Error.
func (s source) load() (*config, error) {
	raw, rules, err := s.read()
	if err != nil {
		return nil, err
	}
	s.over.complete(raw)
	c := &config{entries: make(map[string]*entry), current: raw.CurrentContext}
	c.settings, c.trouble = s.readSettings()
	s.around.located = c.settings.Plugins
	if rules != nil {
		c.files = rules.GetLoadingPrecedence()
	}
	all := sha256.New()
	fmt.Fprintln(all, raw.CurrentContext)
	for _, name := range slices.Sorted(maps.Keys(raw.Contexts)) {
		e, files := readEntry(s.over.onto(raw, name), rules, name, s.around)
		if s.over.lacksUser(raw, name) && e.context.Err == nil {
			e.rest, e.context.Err = nil, brokenContext(name, missingPart(e.context, api.NewCluster(), nil))
		}
		c.entries[name] = e
		c.contexts = append(c.contexts, e.context)
		c.files = append(c.files, files...)
		all.Write(e.print[:])
	}
	c.addImports(s.around, all)
	c.mark()
	if file := s.folder.File(settingsFile); file != "" {
		c.files = append(c.files, file)
	}
	fmt.Fprintln(all, c.settings, c.trouble)
	slices.Sort(c.files)
	c.files = slices.Compact(c.files)
	all.Sum(c.print[:0])
	if len(c.contexts) == 0 {
		c.empty = s.noContexts(c.files)
	}
	return c, nil
}

// wrong returns what to tell with the contexts: that they are not the newest, or
// none, or lack what the user has said of them.
func (c *config) wrong(broken error) error {
	return cmp.Or(broken, c.unread, c.empty, c.trouble)
}

// read returns the merged kubeconfigs as kubectl merges them. The rules are nil
// when no files are involved.
func (s source) read() (*api.Config, *clientcmd.ClientConfigLoadingRules, error) {
	if s.data != nil {
		raw, err := clientcmd.Load(s.data)
		if err != nil {
			return nil, nil, brokenConfig(err)
		}
		return raw, nil, nil
	}
	rules := s.rules()
	raw, err := rules.Load()
	if err != nil {
		return nil, nil, brokenConfig(err)
	}
	if s.path == "" && len(raw.Contexts) == 0 {
		if inside := inCluster(); inside != nil {
			return inside, rules, nil
		}
	}
	return raw, rules, nil
}

// rules say which files there are, in kubectl's order.
func (s source) rules() *clientcmd.ClientConfigLoadingRules {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = s.path
	if files := s.around.kubeconfigs(); len(files) > 0 {
		rules.Precedence = files
	}
	rules.MigrationRules = nil // reading must not write
	rules.WarnIfAllMissing = false
	return rules
}

// InCluster names the one context there is inside a pod without a kubeconfig:
// its service account's.
const InCluster = "in-cluster"

// inCluster returns a configuration for the service account of the pod that
// this process runs in, as kubectl falls back to, or nil outside of pods.
func inCluster() *api.Config {
	cfg, err := rest.InClusterConfig()
	if err != nil {
		return nil // not in a pod, which is no error
	}
	raw := api.NewConfig()
	raw.Clusters[InCluster] = &api.Cluster{Server: cfg.Host, CertificateAuthority: cfg.CAFile}
	raw.AuthInfos[InCluster] = &api.AuthInfo{TokenFile: cfg.BearerTokenFile}
	raw.Contexts[InCluster] = &api.Context{Cluster: InCluster, AuthInfo: InCluster}
	raw.CurrentContext = InCluster
	ns, err := os.ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
	if err == nil {
		raw.Contexts[InCluster].Namespace = strings.TrimSpace(string(ns))
	}
	return raw
}

// readEntry returns a context as the kubeconfigs have it, and the files that
// its cluster and user refer to.
func readEntry(raw *api.Config, rules *clientcmd.ClientConfigLoadingRules, name string, around surroundings) (*entry, []string) {
	e := &entry{context: describe(raw, name)}
	cluster, user := raw.Clusters[e.context.Cluster], raw.AuthInfos[e.context.User]
	var files []string
	if cluster != nil {
		files = append(files, cluster.CertificateAuthority)
	}
	if user != nil {
		files = append(files, user.ClientCertificate, user.ClientKey)
	}
	files = slices.DeleteFunc(files, func(f string) bool { return f == "" })

	cfg, err := restConfig(raw, rules, name)
	if err != nil {
		e.context.Err = brokenContext(name, cmp.Or(missingPart(e.context, cluster, user), err), addresses(cluster)...)
	} else {
		e.plugin = around.fit(cfg)
		e.rest, e.context.Unverified = cfg, unverified(cfg)
	}
	e.print = fingerprint(e.context, cluster, user, cfg)
	return e, files
}

// describe returns what a kubeconfig says about a context. It reads no other
// files.
func describe(raw *api.Config, name string) Context {
	kc := raw.Contexts[name]
	c := Context{
		Name: name, Cluster: kc.Cluster, User: kc.AuthInfo, File: kc.LocationOfOrigin,
		Namespace: cmp.Or(kc.Namespace, "default"), Current: name == raw.CurrentContext,
	}
	if cluster := raw.Clusters[kc.Cluster]; cluster != nil {
		c.Server = withoutCredentials(cluster.Server)
	}
	if user := raw.AuthInfos[kc.AuthInfo]; user != nil && user.Exec != nil {
		c.ExecPlugin = user.Exec.Command
	}
	return c
}

// restConfig returns what it takes to talk to a context's server. Nothing in it
// will ask the terminal, and certificates are read now, so that a file that
// changes later makes another configuration.
func restConfig(raw *api.Config, rules *clientcmd.ClientConfigLoadingRules, name string) (*rest.Config, error) {
	var access clientcmd.ConfigAccess
	if rules != nil {
		access = rules // where a refreshed OIDC token is stored, as kubectl stores it
	}
	cfg, err := clientcmd.NewNonInteractiveClientConfig(*raw, name, &clientcmd.ConfigOverrides{}, access).ClientConfig()
	if err != nil {
		return nil, err
	}
	if err := rest.LoadTLSFiles(cfg); err != nil {
		return nil, err
	}
	if err := checkProvider(cfg.AuthProvider); err != nil {
		return nil, err
	}
	cfg.CAFile, cfg.CertFile, cfg.KeyFile = "", "", ""
	if cfg.AuthProvider != nil && cfg.AuthConfigPersister == nil {
		cfg.AuthConfigPersister = forget{}
	}
	cfg.UserAgent = "culvert"
	cfg.QPS = -1
	return cfg, nil
}

// forget takes refreshed OIDC tokens of a configuration that is in no file.
type forget struct{}

func (forget) Persist(map[string]string) error { return nil }

// fingerprint tells two readings of one context apart when anything about them
// differs that matters to a connection.
func fingerprint(c Context, cluster *api.Cluster, user *api.AuthInfo, cfg *rest.Config) [sha256.Size]byte {
	h := sha256.New()
	enc := json.NewEncoder(h)
	parts := []any{c.Name, c.Namespace, c.Cluster, c.User, c.Current, cluster, user}
	if c.Err != nil {
		parts = append(parts, c.Err.Error())
	}
	if cfg != nil {
		parts = append(parts, cfg.CAData, cfg.CertData, cfg.KeyData)
		parts = append(parts, cfg.ExecProvider, proxyOf(cfg))
	}
	for _, p := range parts {
		if err := enc.Encode(p); err != nil {
			fmt.Fprintf(h, "%v", p) // an extension that JSON cannot hold
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// withoutCredentials takes user and password out of an address, also of one that is
// none: a password is often what is wrong with it.
func withoutCredentials(address string) string {
	u, err := url.Parse(address)
	if err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		scheme, rest = "", address
	}
	at := strings.LastIndexByte(rest, '@')
	if at < 0 || err == nil && u.Host != "" { // else it is in the path
		return address
	}
	if ok {
		scheme += "://"
	}
	return scheme + rest[at+1:]
}

func (s source) noContexts(files []string) *tunnels.Error {
	e := &tunnels.Error{
		Op:        "kubeconfig",
		Cause:     tunnels.CauseNotFound,
		Permanent: true,
		Hint:      "Put your kubeconfig at ~/.kube/config, or name it in KUBECONFIG or with --kubeconfig.",
	}
	there := slices.DeleteFunc(slices.Clone(files), func(f string) bool {
		_, err := os.Stat(f)
		return err != nil
	})
	switch {
	case s.data != nil:
		e.Err = errors.New("it has no contexts")
	case len(there) > 0:
		e.Err = fmt.Errorf("there are no contexts in %s", strings.Join(there, ", "))
	default:
		e.Err = fmt.Errorf("no file was found: looked for %s", strings.Join(files, ", "))
	}
	return e
}
