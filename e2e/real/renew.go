package real

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// RenewCertificates gives all users of a kubeconfig that Write has written
// other certificates of the same name and groups, and returns how many. The old
// ones stay good, as nothing can be done about them in Kubernetes.
func (c *Cluster) RenewCertificates(path string) (int, error) {
	config, err := clientcmd.LoadFromFile(path)
	if err != nil {
		return 0, err
	}
	renewed := 0
	for name, user := range config.AuthInfos {
		if len(user.ClientCertificateData) == 0 {
			continue
		}
		id, err := holder(user.ClientCertificateData)
		if err != nil {
			return 0, fmt.Errorf("user %s of %s: %w", name, path, err)
		}
		p, err := c.authority.issue(id)
		if err != nil {
			return 0, err
		}
		user.ClientCertificateData, user.ClientKeyData = p.cert, p.key
		renewed++
	}
	return renewed, replaceConfig(path, config)
}

// holder returns who has a certificate, which is PEM.
func holder(certificate []byte) (Identity, error) {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return Identity{}, errors.New("the certificate is not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return Identity{}, err
	}
	return Identity{Name: cert.Subject.CommonName, Groups: cert.Subject.Organization, Until: cert.NotAfter}, nil
}

func replaceConfig(path string, config *api.Config) error {
	b, err := clientcmd.Write(*config)
	if err != nil {
		return err
	}
	return replaceFile(path, b)
}

// RenewServing gives the API server another certificate for its clients, and
// returns when it shows that one to new connections.
func (c *Cluster) RenewServing(ctx context.Context) error {
	p, err := c.authority.issue(apiIdentity(c.places.Addr))
	if err != nil {
		return err
	}
	if err := p.save(filepath.Join(c.run, "pki"), APIServer); err != nil {
		return err
	}
	block, _ := pem.Decode(p.cert)
	return retry(ctx, func() error {
		shown, err := c.shown(ctx)
		if err == nil && !bytes.Equal(shown.Raw, block.Bytes) {
			err = errors.New("the API server shows its old certificate")
		}
		return err
	})
}

// shown returns the certificate that the API server shows.
func (c *Cluster) shown(ctx context.Context) (*x509.Certificate, error) {
	server, err := url.Parse(c.Server())
	if err != nil {
		return nil, err
	}
	raw, err := c.Dial(ctx, "tcp", server.Host)
	if err != nil {
		return nil, err
	}
	defer func() { _ = raw.Close() }()
	roots := x509.NewCertPool()
	roots.AddCert(c.authority.cert)
	conn := tls.Client(raw, &tls.Config{RootCAs: roots, ServerName: server.Hostname()})
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return conn.ConnectionState().PeerCertificates[0], nil
}
