package kube

import (
	"fmt"
	"net/netip"
	"net/url"

	"culvert/tunnels"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
)

// unverified returns [Context.Unverified] of a configuration.
func unverified(cfg *rest.Config) string {
	base, _, err := rest.DefaultServerUrlFor(cfg)
	switch {
	case err != nil: // it is not connected to at all
		return ""
	case base.Scheme != "https":
		return "its server is talked to without TLS"
	case cfg.Insecure:
		return "its kubeconfig says insecure-skip-tls-verify"
	}
	return ""
}

// cautionLocked returns what is to be told, once, before a cluster is used whose
// server nobody makes sure of; nil for nothing. What the command line asks for, that
// tells of.
func (c *Clusters) cautionLocked(cl *cluster) error {
	if cl == nil || cl.context.Unverified == "" || cl.rest.Insecure && c.source.over.Insecure || c.cautioned[cl.context.Name] {
		return nil
	}
	c.cautioned[cl.context.Name] = true
	return &tunnels.Error{
		Err: fmt.Errorf("context %s: the server's certificate is not checked, for %s: whoever is between can read and change all, the credentials included",
			cl.context.Name, cl.context.Unverified),
		Hint: "Give its cluster https and a certificate-authority-data in the kubeconfig.",
	}
}

// checkProvider refuses a sign-in whose refresh token would go over the network
// for everybody to read.
func checkProvider(p *api.AuthProviderConfig) error {
	if p == nil {
		return nil
	}
	const issuer = "idp-issuer-url"
	u, err := url.Parse(p.Config[issuer])
	if err != nil || u.Scheme != "http" || isThisMachine(u.Hostname()) {
		return nil //nolint:nilerr // what is no address fails by itself
	}
	return fmt.Errorf("its %s is not https: the refresh token would be sent for everybody to read", issuer)
}

// isThisMachine says whether what is sent to a host stays on this machine.
func isThisMachine(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}
