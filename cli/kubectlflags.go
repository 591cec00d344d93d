package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"culvert/kube"
)

// kubectlFlags are the flags that kubectl and oc have for all of their commands.
type kubectlFlags struct {
	over    kube.Overrides
	extra   []string
	timeout string
	profile string
	kuberc  string
	match   bool
}

// add gives a command the flags, but for --context, --namespace, --kubeconfig and -v,
// which are everywhere. Those that change nothing for a forward are hidden.
func (f *kubectlFlags) add(cmd *cobra.Command) {
	fs, o := cmd.Flags(), &f.over
	fs.StringVar(&o.Cluster, "cluster", "", "the kubeconfig's `cluster` to use instead of the context's")
	fs.StringVar(&o.User, "user", "", "the kubeconfig's `user` to use instead of the context's")
	fs.StringVarP(&o.Server, "server", "s", "", "the API server's `URL` instead of the cluster's")
	fs.StringVar(&o.TLSServerName, "tls-server-name", "", "the `name` that the server's certificate has to be for")
	fs.StringVar(&o.CertificateAuthority, "certificate-authority", "", "the `file` with the authority to trust")
	fs.BoolVar(&o.Insecure, "insecure-skip-tls-verify", false, "trust any server that answers: whoever is between can read and change all")
	fs.StringVar(&o.ProxyURL, "proxy-url", "", "the `URL` of the proxy to the server")
	fs.StringVar(&o.Token, "token", "", "the bearer `token` to sign in with; others on this machine can see it")
	fs.StringVar(&o.Username, "username", "", "the `name` to sign in with, and")
	fs.StringVar(&o.Password, "password", "", "the `password`; others on this machine can see it")
	fs.StringVar(&o.ClientCertificate, "client-certificate", "", "the certificate `file` to sign in with, and")
	fs.StringVar(&o.ClientKey, "client-key", "", "the `file` with its key")
	fs.StringVar(&o.As, "as", "", "the `user` to act as")
	fs.StringArrayVar(&o.AsGroups, "as-group", nil, "a `group` to act as, beside --as; may be repeated")
	fs.StringVar(&o.AsUID, "as-uid", "", "the `UID` to act as, beside --as")
	fs.StringArrayVar(&f.extra, "as-user-extra", nil, "what else to say of who is acted as, as `key=value`; may be repeated")
	fs.StringVar(&f.timeout, "request-timeout", "0", "the `time` that the server has to answer a request; 0 for the usual 15s")
	fs.BoolVar(&o.NoCompression, "disable-compression", false, "ask the server for answers that are not compressed")

	fs.StringVar(&f.profile, "profile", "none", "")
	fs.StringVar(&f.kuberc, "kuberc", "", "")
	fs.BoolVar(&f.match, "match-server-version", false, "")
	fs.String("cache-dir", "", "")
	fs.String("log-flush-frequency", "", "")
	fs.String("profile-output", "", "")
	fs.String("vmodule", "", "")
	fs.Bool("warnings-as-errors", false, "")
	for _, name := range unusedFlags() {
		fs.Lookup(name).Hidden = true
	}
}

// unusedFlags are the flags of kubectl that change nothing for a forward.
func unusedFlags() []string {
	return []string{
		"cache-dir", "kuberc", "log-flush-frequency", "match-server-version", "profile", "profile-output", "vmodule", "warnings-as-errors",
	}
}

// listOfFlags names flags in a sentence, on two lines.
func listOfFlags(names []string) string {
	half := len(names) / 2
	return "--" + strings.Join(names[:half], ", --") + ",\n--" + strings.Join(names[half:], ", --")
}

// asKubectlWrites returns the name of a flag as it is known here: kubectl takes _ for -,
// and calls -v --v, oc --loglevel.
func asKubectlWrites(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	switch name = strings.ReplaceAll(name, "_", "-"); name {
	case "v", "loglevel":
		name = "verbose"
	}
	return pflag.NormalizedName(name)
}

// overrides returns what the flags ask for of a context, and warns of what is not done.
func (f *kubectlFlags) overrides(kubeContext string, warn func(error)) (kube.Overrides, error) {
	o := f.over
	o.Context = kubeContext
	var err error
	if o.Timeout, err = parseTimeout(f.timeout); err != nil {
		return o, err
	}
	if o.AsExtra, err = parseExtra(f.extra); err != nil {
		return o, err
	}
	for _, path := range []*string{&o.CertificateAuthority, &o.ClientCertificate, &o.ClientKey} {
		if abs, err := filepath.Abs(*path); *path != "" && err == nil {
			*path = abs
		}
	}
	if err := f.check(); err != nil {
		return o, err
	}
	if o.Insecure {
		warn(errors.New("--insecure-skip-tls-verify: the server's certificate is not checked, so whoever is between can read and change all"))
	}
	if f.kuberc != "" {
		warn(errors.New("--kuberc has no effect: preferences of kubectl are not read"))
	}
	if f.match {
		warn(errors.New("--match-server-version has no effect: Culvert works with all versions"))
	}
	return o, nil
}

// check returns what contradicts itself, or cannot be done.
func (f *kubectlFlags) check() error {
	o := f.over
	switch {
	case o.As == "" && (o.AsUID != "" || len(o.AsGroups) > 0 || len(f.extra) > 0):
		return errors.New("--as is missing: --as-group, --as-uid and --as-user-extra only add to it")
	case o.Token != "" && (o.Username != "" || o.Password != ""):
		return errors.New("--token and --username with --password are two ways to sign in: give one of them")
	case (o.Username == "") != (o.Password == ""):
		return errors.New("--username and --password belong together: give both")
	case (o.ClientCertificate == "") != (o.ClientKey == ""):
		return errors.New("--client-certificate and --client-key belong together: give both")
	case o.Insecure && o.CertificateAuthority != "":
		return errors.New("--certificate-authority says whom to trust and --insecure-skip-tls-verify to trust anybody: give one of them")
	case f.profile != "none" && f.profile != "":
		return errors.New("--profile is not possible: Culvert does not measure itself; leave it out")
	}
	return nil
}

// parseTimeout reads a time as kubectl does, where a bare number is seconds.
func parseTimeout(s string) (time.Duration, error) {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return time.Duration(n) * time.Second, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("--request-timeout %q is not a time: write it as 30s, or 0 for the usual", s)
	}
	return d, nil
}

func parseExtra(pairs []string) (map[string][]string, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	out := make(map[string][]string)
	for _, p := range pairs {
		key, value, ok := strings.Cut(p, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--as-user-extra %q is not of the form key=value", p)
		}
		out[key] = append(out[key], value)
	}
	return out, nil
}
