package kube

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"culvert/kube/login"
	"culvert/tunnels"

	"k8s.io/client-go/rest"
)

// The file of the clusters that were signed in to, in Culvert's config folder.
const (
	signInsFile    = "clusters.yaml"
	signInsVersion = 1
)

// signIns is that file. Tokens are in the keyring.
type signIns struct {
	Version  int      `json:"version"`
	Clusters []signIn `json:"clusters"`
}

// signIn is one cluster that was signed in to.
type signIn struct {
	Name       string    `json:"name"` // of the context
	Server     string    `json:"server"`
	CA         string    `json:"certificate-authority,omitempty"`         // in PEM; without it the system's are trusted
	SignInCA   string    `json:"sign-in-certificate-authority,omitempty"` // of the OAuth server, beside CA and the system's
	ServerName string    `json:"tls-server-name,omitempty"`
	User       string    `json:"user,omitempty"`
	Namespace  string    `json:"namespace,omitempty"`
	With       string    `json:"signed-in-with"`
	At         time.Time `json:"signed-in-at"`
	Expires    time.Time `json:"expires,omitzero"`
	// Key is what the token is called in the keyring. Each sign-in has another,
	// so that a process that still holds an old token notices.
	Key string `json:"keyring-item"`
}

// contextName is what a cluster may be called that is signed in to: it has to
// fit on a command line as it is.
var contextName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,252}$`)

// check returns what is wrong with the file.
func (f *signIns) check() error {
	if f.Version > signInsVersion {
		return errors.New("a newer Culvert has written it")
	}
	seen := make(map[string]bool)
	for _, s := range f.Clusters {
		server, err := login.ParseServer(s.Server)
		switch {
		case !contextName.MatchString(s.Name):
			return fmt.Errorf("%q cannot be the name of a cluster", clean(s.Name, mostText))
		case seen[s.Name]:
			return fmt.Errorf("cluster %s is there twice", s.Name)
		case err != nil || server != s.Server:
			return fmt.Errorf("the server of cluster %s is no https URL", s.Name)
		case s.Key == "":
			return fmt.Errorf("cluster %s has no keyring-item", s.Name)
		}
		seen[s.Name] = true
	}
	return nil
}

// find returns the index of a cluster; -1 when there is none of the name.
func (f *signIns) find(name string) int {
	return slices.IndexFunc(f.Clusters, func(s signIn) bool { return s.Name == name })
}

// readSignIns reads the file. Its error is an *tunnels.Error.
func (c *Clusters) readSignIns() (signIns, error) {
	var f signIns
	if err := c.folder.Read(signInsFile, &f); err != nil {
		return signIns{}, err
	}
	if err := f.check(); err != nil {
		return signIns{}, &tunnels.Error{
			Op: "read " + c.folder.File(signInsFile), Err: err,
			Hint:  "Correct the file, or move it away and sign in again; until then Culvert leaves it as it is.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	return f, nil
}

// withSignInsLocked returns the last good kubeconfigs together with the clusters
// that were signed in to, which it reads anew; the kubeconfigs' names win. The
// latest sign-in is the current context where the kubeconfigs have no contexts
// at all. c.reading must be held.
func (c *Clusters) withSignInsLocked() *config {
	if !c.folder.Exists() {
		return c.base
	}
	added, err := c.readSignIns()
	if err == nil {
		c.tellClashes(added)
		c.added = added
	} else if c.loaded == nil || !sameText(err, c.loaded.unread) {
		c.warn(err)
	}
	out := *c.base
	out.unread = err
	out.files = append(slices.Clone(out.files), c.folder.File(signInsFile))
	out.contexts = slices.Clone(out.contexts)
	out.entries = make(map[string]*entry, len(c.base.entries)+len(c.added.Clusters))
	all := sha256.New()
	all.Write(out.print[:])
	fmt.Fprintln(all, err)
	for name, e := range c.base.entries {
		out.entries[name] = e
	}
	around := c.around()
	var latest time.Time
	for _, s := range c.added.Clusters {
		if c.base.entries[s.Name] != nil {
			continue
		}
		e := c.signedInEntry(s, around)
		c.base.markOne(&e.context)
		out.entries[s.Name] = e
		out.contexts = append(out.contexts, e.context)
		all.Write(e.print[:])
		if len(c.base.contexts) == 0 && !s.At.Before(latest) {
			out.current, latest = s.Name, s.At
		}
	}
	for i, k := range out.contexts {
		out.contexts[i].Current = k.Name == out.current
		if k.Origin == OriginSignedIn {
			out.entries[k.Name].context.Current = k.Name == out.current
		}
	}
	slices.SortFunc(out.contexts, func(a, b Context) int { return strings.Compare(a.Name, b.Name) })
	fmt.Fprintln(all, out.current)
	all.Sum(out.print[:0])
	out.empty = orSignIn(out.empty)
	if len(out.contexts) > 0 {
		out.empty = nil
	}
	return &out
}

// orSignIn adds to the hint of a missing kubeconfig that one can do without.
func orSignIn(err error) error {
	e, ok := errors.AsType[*tunnels.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Hint += " Without one, sign in: `culvert login --server https://… --token-stdin`."
	return &out
}

// tellClashes warns of the clusters that a kubeconfig's context hides, once.
func (c *Clusters) tellClashes(now signIns) {
	for _, s := range now.Clusters {
		hidden, told := c.base.entries[s.Name] != nil, false
		if c.loaded != nil && c.added.find(s.Name) >= 0 {
			old := c.loaded.entries[s.Name]
			told = old != nil && old.context.Origin != OriginSignedIn
		}
		if hidden && !told {
			c.warn(fmt.Errorf("the sign-in for %s is not used: a kubeconfig has a context of this name now", s.Name))
		}
	}
}

// signedInEntry is the context of a sign-in.
func (c *Clusters) signedInEntry(s signIn, around surroundings) *entry {
	e := &entry{context: Context{
		Name: s.Name, Origin: OriginSignedIn, Cluster: s.Name, Server: s.Server,
		User: s.User, With: s.With, Namespace: s.Namespace, Expires: s.Expires,
	}}
	if e.context.Namespace == "" {
		e.context.Namespace = "default"
	}
	token := newBearer(c.keys, &c.retried, s.Key, e.context)
	e.rest = &rest.Config{
		Host:            s.Server,
		TLSClientConfig: rest.TLSClientConfig{CAData: []byte(s.CA), ServerName: s.ServerName},
		WrapTransport:   token.wrap,
		UserAgent:       "culvert",
		QPS:             -1,
	}
	e.plugin = around.fit(e.rest)
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(s); err != nil {
		fmt.Fprintf(h, "%v", s) // a time that JSON cannot hold
	}
	fmt.Fprintln(h, proxyOf(e.rest))
	h.Sum(e.print[:0])
	return e
}
