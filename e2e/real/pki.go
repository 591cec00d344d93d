package real

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority is the cluster's certificate authority: the API server and the
// kubelet believe the names in the certificates that it signs.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Identity is what a certificate says of its holder.
type Identity struct {
	Name   string   // a user, or a server's name for itself
	Groups []string // of a user
	Hosts  []string // names and addresses at which a server is known; empty for a user
	Until  time.Time
}

// pair is a certificate with its key, both as PEM.
type pair struct{ cert, key []byte }

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "culvert-e2e"},
		NotBefore:             time.Now().Add(-48 * time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &authority{cert, key}, nil
}

// pem returns the authority's certificate.
func (a *authority) pem() []byte { return encode("CERTIFICATE", a.cert.Raw) }

// issue signs a certificate for a new key.
func (a *authority) issue(id Identity) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return pair{}, err
	}
	if id.Until.IsZero() {
		id.Until = a.cert.NotAfter
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: id.Name, Organization: id.Groups},
		NotBefore:    a.cert.NotBefore,
		NotAfter:     id.Until,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	for _, h := range id.Hosts {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return pair{}, fmt.Errorf("sign a certificate for %s: %w", id.Name, err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return pair{}, err
	}
	return pair{encode("CERTIFICATE", der), encode("PRIVATE KEY", keyDER)}, nil
}

// tls returns the pair as a TLS server shows it.
func (p pair) tls() (tls.Certificate, error) { return tls.X509KeyPair(p.cert, p.key) }

// save writes the pair as dir/name.crt and dir/name.key.
func (p pair) save(dir, name string) error {
	if err := replaceFile(filepath.Join(dir, name+".crt"), p.cert); err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, name+".key"), p.key)
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// adminIdentity may do everything.
func adminIdentity() Identity {
	return Identity{Name: "admin", Groups: []string{"system:masters"}}
}

// apiIdentity is the API server's own.
func apiIdentity(addr string) Identity {
	return Identity{Name: "kube-apiserver", Hosts: append(localHosts(addr), "10.96.0.1", "kubernetes", "kubernetes.default", "kubernetes.default.svc")}
}

func localHosts(addr string) []string { return []string{addr, "127.0.0.1", "::1", "localhost"} }

// writePKI fills dir with what the components want to find there: ca.crt, a pair
// per component, kubeconfigs, and the keys of service account tokens.
func (a *authority) writePKI(dir, server, addr string) error {
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), a.pem(), 0o600); err != nil {
		return err
	}
	for name, id := range map[string]Identity{
		APIServer:         apiIdentity(addr),
		"kubelet":         {Name: NodeName, Hosts: append(localHosts(addr), NodeName)},
		"kubelet-client":  {Name: "kube-apiserver-kubelet-client", Groups: []string{"system:masters"}},
		"service-account": {Name: "service-account"},
	} {
		p, err := a.issue(id)
		if err != nil {
			return err
		}
		if err := p.save(dir, name); err != nil {
			return err
		}
	}
	for name, id := range map[string]Identity{
		"controller-manager": {Name: "system:kube-controller-manager"},
		"scheduler":          {Name: "system:kube-scheduler"},
		"node":               {Name: "system:node:" + NodeName, Groups: []string{"system:nodes"}},
	} {
		p, err := a.issue(id)
		if err != nil {
			return err
		}
		kubeconfig := Kubeconfig{{Context: name, Server: server, ca: a.pem(), user: p}}
		if err := kubeconfig.Write(filepath.Join(dir, name+".kubeconfig")); err != nil {
			return err
		}
	}
	return nil
}
