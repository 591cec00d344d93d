package main

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"culvert/e2e/clients/servers"
	"culvert/e2e/real"
)

// Files in the run's folder that only its owner can read, and that end with it.
const (
	passFile  = "pgpass"
	caFile    = "ca.crt"
	userKey   = "user_key"
	hostKey   = "host_key"
	knownFile = "known_hosts"
)

// Names by which the servers are known, whatever address they are reached at.
const (
	databaseName = "db.culvert.test"
	sshName      = "ssh.culvert.test"
)

// makeSecrets makes new passwords, keys and certificates for this run.
func (t *trial) makeSecrets(ctx context.Context) (servers.Secrets, error) {
	s := servers.Secrets{"password": []byte(rand.Text())}
	if err := t.certify(s); err != nil {
		return nil, err
	}
	pass := fmt.Sprintf("%s:*:*:dev:%s\n", databaseName, s["password"])
	for name, content := range map[string][]byte{passFile: []byte(pass), caFile: t.c.RESTConfig().CAData} {
		if err := os.WriteFile(filepath.Join(t.dir, name), content, 0o600); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{userKey, hostKey} {
		keygen := call{program: "ssh-keygen", args: []string{"-q", "-t", "ed25519", "-N", "", "-C", name, "-f", filepath.Join(t.dir, name)}}
		if _, err := t.do(ctx, keygen); err != nil {
			return nil, err
		}
	}
	var err error
	if s["host_key"], err = os.ReadFile(filepath.Join(t.dir, hostKey)); err != nil {
		return nil, err
	}
	if s["authorized_keys"], err = os.ReadFile(filepath.Join(t.dir, userKey+".pub")); err != nil {
		return nil, err
	}
	public, err := os.ReadFile(filepath.Join(t.dir, hostKey+".pub"))
	if err != nil {
		return nil, err
	}
	return s, os.WriteFile(filepath.Join(t.dir, knownFile), fmt.Appendf(nil, "%s %s", sshName, public), 0o600)
}

// certify adds the database's certificate, which the cluster's authority signs.
func (t *trial) certify(s servers.Secrets) error {
	cert, err := t.c.Certificate(real.Identity{Name: databaseName, Hosts: []string{databaseName}})
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return err
	}
	s["tls.crt"] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	s["tls.key"] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	return nil
}
