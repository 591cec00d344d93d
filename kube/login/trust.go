package login

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"culvert/tunnels"
)

// UntrustedError is a server whose certificate no known authority vouches for.
type UntrustedError struct {
	Host string
	// Cert is what would be trusted: see the package's documentation.
	Cert  *x509.Certificate
	usual []*x509.Certificate // all that could be trusted instead
}

// Error says what is not trusted and by which fingerprint to know it.
func (e *UntrustedError) Error() string {
	return fmt.Sprintf("the certificate of %s is signed by an authority that is not trusted (%s, SHA-256 %s)", e.Host, e.Subject(), e.Fingerprint())
}

// Subject names the certificate.
func (e *UntrustedError) Subject() string { return shown(e.Cert.Subject.String()) }

// Issuer names who has signed the certificate, by its own word.
func (e *UntrustedError) Issuer() string { return shown(e.Cert.Issuer.String()) }

// Fingerprint returns that of the certificate, see [Fingerprint].
func (e *UntrustedError) Fingerprint() string { return Fingerprint(e.Cert) }

// IsAuthority tells whether Cert may vouch for other certificates than itself.
func (e *UntrustedError) IsAuthority() bool { return authority(e.Cert) }

// Confirmed returns, in PEM, what to trust when the user has confirmed one of
// the fingerprints: the certificate of the server's chain that it belongs to.
// It returns nil when none fits.
func (e *UntrustedError) Confirmed(fingerprints []string) []byte {
	for _, cert := range e.usual {
		if slices.ContainsFunc(fingerprints, func(f string) bool { return sameFingerprint(f, cert) }) {
			return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
		}
	}
	return nil
}

// Fingerprint returns the SHA-256 of a certificate as browsers and openssl show
// it: pairs of hexadecimal digits with colons.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// ParseFingerprint reads a SHA-256 fingerprint with or without colons and the
// words before it, and returns it as [Fingerprint] does. Its error is an
// *tunnels.Error.
func ParseFingerprint(s string) (string, error) {
	s = s[strings.LastIndex(s, "=")+1:]
	s = strings.TrimPrefix(strings.ToLower(strings.Join(strings.Fields(s), "")), "sha256:")
	sum, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(sum) != sha256.Size {
		return "", &tunnels.Error{
			Op: "read the fingerprint", Err: errors.New("it is no SHA-256 fingerprint, which has 32 pairs of hexadecimal digits"),
			Hint:  "Copy it as `openssl x509 -noout -fingerprint -sha256` prints it.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":"), nil
}

func sameFingerprint(f string, cert *x509.Certificate) bool {
	parsed, err := ParseFingerprint(f)
	return err == nil && parsed == Fingerprint(cert)
}

// Probe connects and returns nil when the server is trusted, an *tunnels.Error
// around an [UntrustedError] when nobody known vouches for it, and what TLS or
// the network say for everything else. It sends no credentials.
func (e Endpoint) Probe(ctx context.Context) error {
	u, err := url.Parse(e.URL)
	if err != nil {
		return badServer("it is no URL")
	}
	e.URL = (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
	_, err = e.get(ctx, "/", nil)
	return err
}

// distrust returns what to make of an error of connecting.
func (e Endpoint) distrust(err error) error {
	var failed *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &failed) || !errors.As(err, &unknown) || len(failed.UnverifiedCertificates) == 0 {
		return err
	}
	u, err := url.Parse(e.URL)
	if err != nil {
		return badServer("it is no URL")
	}
	name := u.Hostname()
	if e.ServerName != "" {
		name = e.ServerName
	}
	usable, why := anchors(failed.UnverifiedCertificates, name)
	if len(usable) == 0 {
		return why
	}
	untrusted := &UntrustedError{Host: e.host(), Cert: usable[len(usable)-1], usual: usable}
	return &tunnels.Error{
		Op: "sign in", Err: untrusted,
		Hint:  "Compare the fingerprint with the one that whoever runs the cluster tells you, and confirm it, or give the cluster's certificate authority as a file.",
		Cause: tunnels.CauseTLS, Permanent: true,
	}
}

// anchors returns the certificates of a chain, the server's own first, that
// make it valid when they are trusted; what else is wrong with it when there are
// none.
func anchors(chain []*x509.Certificate, name string) (usable []*x509.Certificate, why error) {
	own := chain[0]
	for i, cert := range chain {
		if i > 0 && !authority(cert) {
			continue
		}
		opts := x509.VerifyOptions{DNSName: name, Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
		opts.Roots.AddCert(cert)
		for _, other := range chain[1:] {
			if !bytes.Equal(other.Raw, cert.Raw) {
				opts.Intermediates.AddCert(other)
			}
		}
		_, err := own.Verify(opts)
		switch {
		case err == nil:
			usable = append(usable, cert)
		case i == 0:
			why = err
		}
	}
	return usable, why
}

func authority(cert *x509.Certificate) bool {
	return cert.BasicConstraintsValid && cert.IsCA && (cert.KeyUsage == 0 || cert.KeyUsage&x509.KeyUsageCertSign != 0)
}
