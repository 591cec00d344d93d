package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"culvert/kube"
	"culvert/kube/login"
	"culvert/tunnels"
)

type loginFlags struct {
	server, user, name, namespace, ca, serverName, kubeconfig string
	tokenStdin, paste                                         bool
	fingerprints                                              []string
}

func newLogin(d Deps) *cobra.Command {
	var f loginFlags
	cmd := &cobra.Command{
		Use:   "login [SERVER]",
		Short: "Sign in to a cluster without a kubeconfig",
		Long: "Signs in to a cluster, which then is a context of its own beside those of the kubeconfigs. The token goes\n" +
			"into the system's keyring and into no file. Signing in again renews it: tunnels that waited go on by themselves.\n\n" +
			"A certificate that no known authority vouches for is shown, and trusted once you have compared and confirmed\n" +
			"its fingerprint, or given it with --fingerprint.",
		Example: "  culvert login --paste                                                     # asks for an `oc login` line\n" +
			"  culvert login --server https://api.example.com:6443 --token-stdin < token\n" +
			"  culvert login --server https://api.example.com:6443 -u kim                # OpenShift; asks for the password",
		Args: wrongUsage(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd.Flags(), args); err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return f.run(cmd.Context(), d)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.server, "server", "", "the API server's `URL`; that of --name if left out")
	fs.BoolVar(&f.tokenStdin, "token-stdin", false, "read a token from standard input")
	fs.StringVarP(&f.user, "username", "u", "", "sign in as this `user` of OpenShift; the password is asked for, or read from standard input")
	fs.BoolVar(&f.paste, "paste", false, "read a pasted line of oc login from standard input")
	fs.StringVar(&f.ca, "certificate-authority", "", "a `file` with the authority to trust, in PEM")
	fs.StringArrayVar(&f.fingerprints, "fingerprint", nil, "the `SHA-256` of a certificate to trust; once for each server")
	fs.StringVar(&f.serverName, "tls-server-name", "", "the `name` in the server's certificate, if it is not its host")
	fs.StringVar(&f.name, "name", "", "the `name` of the context; the server's host if left out")
	fs.StringVarP(&f.namespace, "namespace", "n", "", "the context's `namespace`")
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	for _, name := range []string{"token", "password"} {
		fs.VarP(new(secretFlag), name, map[string]string{"password": "p"}[name], "")
		fs.Lookup(name).Hidden = true
	}
	return cmd
}

// secretFlag is a flag that Culvert does not take, as everybody on the machine
// can read command lines. It forgets what it is set to, and is no error yet,
// because the error would repeat it.
type secretFlag struct{}

func (*secretFlag) String() string   { return "" }
func (*secretFlag) Set(string) error { return nil }
func (*secretFlag) Type() string     { return "string" }

// check completes the flags and returns what is wrong with them.
func (f *loginFlags) check(fs *pflag.FlagSet, args []string) error {
	ways := 0
	for _, way := range []bool{f.tokenStdin, f.paste, f.user != ""} {
		if way {
			ways++
		}
	}
	switch {
	case fs.Changed("token"):
		return errors.New("--token is not taken, as others can read command lines and histories keep them: " +
			"use --token-stdin or --paste, and consider the token known")
	case fs.Changed("password"):
		return errors.New("--password is not taken, as others can read command lines and histories keep them: " +
			"it is asked for, or read from standard input")
	case len(args) == 1 && f.server != "":
		return errors.New("the server is given twice")
	case ways != 1:
		return errors.New("say how to sign in: with one of --token-stdin, -u USER and --paste")
	}
	if len(args) == 1 {
		f.server = args[0]
	}
	if !f.paste && f.server == "" && f.name == "" {
		return errors.New("the server is missing: give --server https://…, or the --name of a cluster that is signed in to")
	}
	return nil
}

func (f *loginFlags) run(ctx context.Context, d Deps) error {
	r, err := f.request(ctx, d)
	if err != nil {
		return err
	}
	clusters, err := d.open(kube.Options{Path: f.kubeconfig, Patient: true, Warn: d.warn})
	if err != nil {
		return err
	}
	defer clusters.Close()
	for {
		result, err := clusters.Login(ctx, r)
		untrusted, ok := errors.AsType[*login.UntrustedError](err)
		switch {
		case err == nil:
			tellSignedIn(d, result.Context)
			return nil
		case !ok:
			return err
		}
		if err := confirm(ctx, d, untrusted); err != nil {
			return err
		}
		r.Fingerprints = append(r.Fingerprints, untrusted.Fingerprint())
	}
}

// request returns what the flags and standard input ask for.
func (f *loginFlags) request(ctx context.Context, d Deps) (kube.LoginRequest, error) {
	r := kube.LoginRequest{
		Name: f.name, Server: f.server, User: f.user, Namespace: f.namespace, ServerName: f.serverName,
		Lasting: true,
	}
	for _, fp := range f.fingerprints {
		parsed, err := login.ParseFingerprint(fp)
		if err != nil {
			return r, err
		}
		r.Fingerprints = append(r.Fingerprints, parsed)
	}
	ca := f.ca
	var err error
	switch {
	case f.paste:
		var line login.Line
		if line, err = readLine(ctx, d); err != nil {
			return r, err
		}
		r.Server, r.Namespace, ca = or(f.server, line.Server), or(f.namespace, line.Namespace), or(f.ca, line.CAFile)
		r.Token, r.User, r.Password = line.Token, line.User, line.Password
	case f.tokenStdin:
		if r.Token, err = secret(ctx, d, "Token: "); err == nil && strings.TrimSpace(r.Token) == "" {
			err = missingInput("token")
		}
	}
	if err == nil && r.Token == "" && r.Password == "" {
		r.Password, err = password(ctx, d, r.User, f.paste)
	}
	if err == nil && ca != "" {
		r.CA, err = readAuthority(ca)
	}
	return r, err
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// secret asks for a secret, or reads it from standard input.
func secret(ctx context.Context, d Deps, question string) (string, error) {
	if d.Terminal != nil {
		return d.Terminal.Secret(ctx, question)
	}
	return readAll(ctx, d)
}

func password(ctx context.Context, d Deps, user string, used bool) (string, error) {
	if used && d.Terminal == nil { // standard input has been read
		return "", missingInput("password")
	}
	p, err := secret(ctx, d, "Password of "+user+": ")
	p = strings.TrimSuffix(strings.TrimSuffix(p, "\n"), "\r")
	if err == nil && p == "" {
		err = missingInput("password")
	}
	return p, err
}

func missingInput(what string) *tunnels.Error {
	return &tunnels.Error{
		Op: "sign in", Err: fmt.Errorf("the %s is missing", what),
		Hint:  "Give it on standard input, or run this in a terminal, which asks for it.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// readLine reads a pasted line. At a terminal it may have several lines, and
// ends with an empty one, or as soon as it is whole.
func readLine(ctx context.Context, d Deps) (login.Line, error) {
	if d.Terminal == nil {
		text, err := readAll(ctx, d)
		if err != nil {
			return login.Line{}, err
		}
		return login.ParseLine(text)
	}
	text, question := "", "Paste the `oc login` line (it is not shown): "
	for {
		next, err := d.Terminal.Secret(ctx, question)
		if err != nil {
			return login.Line{}, err
		}
		text += next + "\n"
		line, err := login.ParseLine(text)
		if err == nil || strings.TrimSpace(next) == "" || len(text) > maxInput {
			return line, err
		}
		question = "The rest of it, or Enter: "
	}
}

// maxAuthority bounds a file with certificates, in bytes.
const maxAuthority = 1 << 20

// readAuthority reads a certificate file, whose path may be from a pasted line.
func readAuthority(path string) ([]byte, error) {
	b, err := readRegular(path, maxAuthority)
	if err != nil {
		return nil, &tunnels.Error{
			Op: "read the certificate authority", Err: err,
			Hint:  "Check the path given with --certificate-authority.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	return b, nil
}

// readRegular reads a file that may be anything, if it is a regular one.
func readRegular(path string, most int) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is not a file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	b, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	if err == nil && len(b) > most {
		return nil, fmt.Errorf("%q has more than %d bytes", path, most)
	}
	return b, err
}

// confirm asks whether to trust a certificate. Where nobody can be asked it
// returns an error that tells the fingerprint.
func confirm(ctx context.Context, d Deps, u *login.UntrustedError) error {
	refusal := &tunnels.Error{
		Op: "sign in", Err: u, Cause: tunnels.CauseTLS, Permanent: true,
		Hint: "Compare the fingerprint with the one that whoever runs the cluster tells you. If it is the same, give it: --fingerprint " + u.Fingerprint(),
	}
	if d.Terminal == nil {
		return refusal
	}
	what := "the server's own certificate, and no other"
	if u.IsAuthority() {
		what = "the authority that has issued it"
	}
	fmt.Fprintf(d.Err, "No known authority vouches for %s. You can trust %s:\n  %s\n  SHA-256 %s\n", u.Host, what, u.Subject(), u.Fingerprint())
	answer, err := d.Terminal.Ask(ctx, "Trust it? [y/N] ")
	if err != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return refusal
}

func tellSignedIn(d Deps, c kube.Context) {
	as := ""
	if c.User != "" {
		as = " as " + c.User
	}
	until := ""
	if !c.Expires.IsZero() {
		until = ", until " + c.Expires.Local().Format(time.DateTime)
	}
	fmt.Fprintf(d.Out, "Signed in to %s%s%s. The context is called %s.\n", c.Server, as, until, c.Name)
}
