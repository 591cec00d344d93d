package ui

import (
	"strings"

	"fyne.io/fyne/v2/lang"

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
		valid: lang.L("{{.From}} to {{.To}}", vars{"From": shortDate(u.Cert.NotBefore.Local()), "To": shortDate(u.Cert.NotAfter.Local())}),
	}
	trust := lang.L("You can trust this certificate of the server, and no other.")
	if u.IsAuthority() {
		trust = lang.L("You can trust this authority, which has issued the server's certificate.")
	}
	p.text = paragraph([]string{
		lang.L("No authority that this computer knows vouches for {{.Host}}.", vars{"Host": u.Host}), trust,
		lang.L("Compare the fingerprint with the one that whoever runs the cluster tells you: if they differ, somebody else may be answering."),
	})
	return p
}

// halves breaks a fingerprint into two lines of the same length.
func halves(fingerprint string) string {
	pairs := strings.Split(fingerprint, ":")
	half := len(pairs) / 2
	return strings.Join(pairs[:half], ":") + ":\n" + strings.Join(pairs[half:], ":")
}
