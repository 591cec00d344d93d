package ui

import (
	"strings"

	"culvert/kube/login"
)

// proof is a certificate to be confirmed, as it is shown.
type proof struct {
	text        string // what trusting it would mean
	host        string
	subject     string
	issuer      string
	valid       string
	fingerprint string // in pairs with colons
}

// proofOf returns how to show a certificate.
func proofOf(u *login.UntrustedError) proof {
	p := proof{
		host: u.Host, subject: u.Subject(), issuer: u.Issuer(), fingerprint: u.Fingerprint(),
		valid: u.Cert.NotBefore.Local().Format("2 Jan 2006") + " to " + u.Cert.NotAfter.Local().Format("2 Jan 2006"),
	}
	what := "this certificate of the server, and no other"
	if u.IsAuthority() {
		what = "this authority, which has issued the server's certificate"
	}
	p.text = "No authority that this computer knows vouches for " + u.Host + ". You can trust " + what +
		". Compare the fingerprint with the one that whoever runs the cluster tells you: if they differ, somebody else may be answering."
	return p
}

// halves breaks a fingerprint into two lines of the same length.
func halves(fingerprint string) string {
	pairs := strings.Split(fingerprint, ":")
	half := len(pairs) / 2
	return strings.Join(pairs[:half], ":") + ":\n" + strings.Join(pairs[half:], ":")
}
