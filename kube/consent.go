package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"k8s.io/client-go/tools/clientcmd/api"
)

var (
	errNoConsent    = errors.New("it needs no consent")
	errOtherConsent = errors.New("what it does is not what you have seen")
)

// demands are what a context of an imported file would do beside talking to its
// server with what the file holds. With it goes where all that leads to: the
// same command for another server would hand out its token there.
type demands struct {
	Server, ServerName string
	Authority          []byte // certificate-authority-data

	Insecure     bool
	Proxy        string
	CAFile       string // outside of the kubeconfig's own folder
	TokenFile    string
	CertFile     string
	KeyFile      string
	Exec         *api.ExecConfig
	ClusterInfo  string // extensions that a plugin is told, as JSON
	AuthProvider string
	Config       map[string]string // of the provider, without secrets
}

// ofProvider are the keys of an auth-provider that are secret and change by
// themselves.
var ofProvider = [...]string{"id-token", "refresh-token", "access-token", "client-secret", "expiry", "expires-in", "expires-on"}

// consentFor returns what the user has to allow; nil for nothing.
func consentFor(raw *api.Config, k Context) *Consent {
	cluster, user := raw.Clusters[k.Cluster], raw.AuthInfos[k.User]
	if cluster == nil {
		cluster = api.NewCluster()
	}
	if user == nil {
		user = api.NewAuthInfo()
	}
	d := demands{Insecure: cluster.InsecureSkipTLSVerify, Proxy: cluster.ProxyURL}
	d.CAFile, d.TokenFile, d.CertFile, d.KeyFile = cluster.CertificateAuthority, user.TokenFile, user.ClientCertificate, user.ClientKey
	if inside(filepath.Dir(k.File), d.CAFile) {
		d.CAFile = "" // it is not sent anywhere
	}
	d.Exec = user.Exec
	if p := user.AuthProvider; p != nil {
		d.AuthProvider = p.Name
		d.Config = maps.Clone(p.Config)
		maps.DeleteFunc(d.Config, func(key, _ string) bool { return slices.Contains(ofProvider[:], key) })
	}
	if d.Exec != nil && d.Exec.ProvideClusterInfo {
		info, err := json.Marshal(cluster.Extensions)
		if err != nil {
			info = fmt.Appendf(nil, "%v", cluster.Extensions)
		}
		d.ClusterInfo = string(info)
	}
	if len(d.lines()) == 0 {
		return nil
	}
	d.Server, d.ServerName, d.Authority = cluster.Server, cluster.TLSServerName, cluster.CertificateAuthorityData
	text, err := json.Marshal(d)
	if err != nil {
		text = fmt.Appendf(nil, "%+v", d)
	}
	sum := sha256.Sum256(text)
	lines := append([]string{"talks to the server " + plain(withoutCredentials(d.Server))}, d.lines()...)
	return &Consent{Text: strings.Join(lines, "\n"), Hash: hex.EncodeToString(sum[:])}
}

// lines say what is demanded, in words.
func (d demands) lines() (lines []string) {
	say := func(what, value string) {
		if value != "" {
			lines = append(lines, what+plain(value))
		}
	}
	if d.Exec != nil {
		lines = append(lines, "runs the command "+plain(d.Exec.Command))
		for _, a := range d.Exec.Args {
			lines = append(lines, "  with the argument "+strconv.Quote(a))
		}
		for _, v := range d.Exec.Env {
			lines = append(lines, "  with the variable "+plain(v.Name)+" set to "+strconv.Quote(v.Value))
		}
	}
	if d.ClusterInfo != "" {
		lines = append(lines, "  and tells it of the cluster "+strconv.Quote(d.ClusterInfo))
	}
	say("reads and sends as a token the file ", d.TokenFile)
	say("reads and sends as a certificate the file ", d.CertFile)
	say("reads the private key in the file ", d.KeyFile)
	say("trusts the authority in the file ", d.CAFile)
	say("signs in with the provider ", d.AuthProvider)
	for _, key := range slices.Sorted(maps.Keys(d.Config)) {
		lines = append(lines, "  with "+plain(key)+" set to "+strconv.Quote(d.Config[key]))
	}
	say("goes through the proxy ", redacted(d.Proxy))
	if d.Insecure {
		lines = append(lines, "trusts any server that answers (insecure-skip-tls-verify)")
	}
	return lines
}

// plain returns a text as it is if that is unmistakable, and quoted otherwise.
func plain(s string) string {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r > '~' || notShown(r) || r == ' ' }) {
		return strconv.QuoteToASCII(s)
	}
	return s
}

func notShown(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }

func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return withoutCredentials(address)
	}
	return u.Redacted()
}

// inside says whether a path leads below a folder, by its text.
func inside(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// checkFiles refuses files that cannot be what a kubeconfig names.
func checkFiles(cluster *api.Cluster, user *api.AuthInfo) error {
	var files []string
	if cluster != nil {
		files = append(files, cluster.CertificateAuthority)
	}
	if user != nil {
		files = append(files, user.ClientCertificate, user.ClientKey, user.TokenFile)
	}
	for _, f := range files {
		if f == "" {
			continue
		}
		if err := checkFile(f); err != nil {
			return err
		}
	}
	return nil
}
