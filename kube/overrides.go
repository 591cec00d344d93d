package kube

import (
	"cmp"
	"maps"
	"time"

	"culvert/tunnels"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Overrides replace parts of one context, as kubectl's flags of the same names do.
// The zero value replaces nothing. They stay in memory: nothing of them is stored or
// logged, and errors repeat none of their secrets.
type Overrides struct {
	Context string // that they are for; empty means the current one

	Cluster, User string // names of other entries of the kubeconfigs

	Server               string // URL
	TLSServerName        string
	CertificateAuthority string // file
	Insecure             bool   // the server's certificate is not checked
	ProxyURL             string
	NoCompression        bool
	Timeout              time.Duration // until a request is answered; 0 for the usual

	// Any of these takes the place of what the context signs in with.
	Token                        string
	Username, Password           string
	ClientCertificate, ClientKey string // files

	// Whom to act as. The others need the name.
	As, AsUID string
	AsGroups  []string
	AsExtra   map[string][]string
}

// CommandLine names the context that is made of Overrides alone, where there is no
// other.
const CommandLine = "command-line"

// any tells whether anything is replaced.
func (o Overrides) any() bool {
	return o.Elsewhere() || o.NoCompression || o.Timeout != 0 || o.As != "" || o.AsUID != "" || len(o.AsGroups) > 0 || len(o.AsExtra) > 0
}

// Elsewhere tells whether another server, way or sign-in is asked for than the context's.
func (o Overrides) Elsewhere() bool {
	return o.Cluster != "" || o.User != "" || o.Server != "" || o.TLSServerName != "" || o.CertificateAuthority != "" || o.Insecure ||
		o.ProxyURL != "" || o.signsIn()
}

// signsIn tells whether they have credentials.
func (o Overrides) signsIn() bool {
	return o.Token != "" || o.Username != "" || o.Password != "" || o.ClientCertificate != "" || o.ClientKey != ""
}

// complete adds a context to a kubeconfig without a current one where the overrides
// say enough to make it.
func (o Overrides) complete(raw *api.Config) {
	if o.Context != "" || raw.Contexts[raw.CurrentContext] != nil || o.Server == "" && o.Cluster == "" {
		return
	}
	raw.Contexts[CommandLine] = api.NewContext()
	raw.CurrentContext = CommandLine
}

// lacksUser tells whether the user that they name for a context is not there. The client
// would go on as nobody.
func (o Overrides) lacksUser(raw *api.Config, name string) bool {
	return o.User != "" && name == cmp.Or(o.Context, raw.CurrentContext) && raw.AuthInfos[o.User] == nil
}

// onto returns the kubeconfig in which a context is to be looked up: a copy with the
// overrides where these are for it.
func (o Overrides) onto(raw *api.Config, name string) *api.Config {
	if !o.any() || name != cmp.Or(o.Context, raw.CurrentContext) {
		return raw
	}
	out := *raw
	out.Contexts, out.Clusters, out.AuthInfos = maps.Clone(raw.Contexts), maps.Clone(raw.Clusters), maps.Clone(raw.AuthInfos)
	k := raw.Contexts[name].DeepCopy()
	k.Cluster, k.AuthInfo = cmp.Or(o.Cluster, k.Cluster), cmp.Or(o.User, k.AuthInfo)
	if k.Cluster == "" && o.Server != "" {
		k.Cluster = CommandLine
		out.Clusters[k.Cluster] = api.NewCluster()
	}
	if k.AuthInfo == "" {
		k.AuthInfo = CommandLine
		out.AuthInfos[k.AuthInfo] = api.NewAuthInfo()
	}
	out.Contexts[name] = k
	if c := out.Clusters[k.Cluster]; c != nil {
		out.Clusters[k.Cluster] = o.cluster(*c)
	}
	if u := out.AuthInfos[k.AuthInfo]; u != nil {
		out.AuthInfos[k.AuthInfo] = o.user(*u)
	}
	return &out
}

// cluster returns a cluster with the overrides. As with kubectl, another server takes
// the name for its certificate with it, and another authority what was trusted before.
func (o Overrides) cluster(c api.Cluster) *api.Cluster {
	c.Server = cmp.Or(o.Server, c.Server)
	if o.Server != "" || o.TLSServerName != "" {
		c.TLSServerName = o.TLSServerName
	}
	if o.Insecure || o.CertificateAuthority != "" {
		c.InsecureSkipTLSVerify = o.Insecure
		c.CertificateAuthority, c.CertificateAuthorityData = o.CertificateAuthority, nil
	}
	c.ProxyURL = cmp.Or(o.ProxyURL, c.ProxyURL)
	c.DisableCompression = c.DisableCompression || o.NoCompression
	return &c
}

// user returns a user with the overrides. Other credentials take the place of all that
// would speak for somebody else: a server that is shown both a token and a certificate
// heeds the certificate. One beside a token is kept, for a proxy may ask for it.
func (o Overrides) user(u api.AuthInfo) *api.AuthInfo {
	if o.signsIn() {
		beside := u.Token != "" || u.TokenFile != ""
		u.Token, u.TokenFile, u.Username, u.Password = o.Token, "", o.Username, o.Password
		u.Exec, u.AuthProvider = nil, nil
		if o.ClientCertificate != "" || o.ClientKey != "" || !beside {
			u.ClientCertificate, u.ClientCertificateData = o.ClientCertificate, nil
			u.ClientKey, u.ClientKeyData = o.ClientKey, nil
		}
	}
	if o.As != "" || o.AsUID != "" || len(o.AsGroups) > 0 || len(o.AsExtra) > 0 {
		u.Impersonate, u.ImpersonateUID, u.ImpersonateGroups, u.ImpersonateUserExtra = o.As, o.AsUID, o.AsGroups, o.AsExtra
	}
	return &u
}

// ontoOther returns the entry of a context that is of no kubeconfig of kubectl's. Such
// a one can act as somebody else; its credentials go to no other server. The error is
// an *tunnels.Error.
func (o Overrides) ontoOther(e *entry) (*entry, error) {
	if o.Elsewhere() {
		return nil, &tunnels.Error{
			Op: "context " + e.context.Name, Err: errNotOfKubectl,
			Hint:  "Leave out the flags that name another server, way or sign-in, or give a kubeconfig with --kubeconfig.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	out := *e
	out.rest = rest.CopyConfig(e.rest)
	out.rest.DisableCompression = out.rest.DisableCompression || o.NoCompression
	if o.As != "" {
		out.rest.Impersonate = rest.ImpersonationConfig{UserName: o.As, UID: o.AsUID, Groups: o.AsGroups, Extra: o.AsExtra}
	}
	return &out, nil
}
