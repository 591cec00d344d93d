package real

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// AdminContext is the one context of the cluster's own kubeconfig.
const AdminContext = "culvert-e2e"

// Kubeconfig returns the path of a kubeconfig for the cluster's administrator.
// It works from inside the cluster's network namespace; see Command.
func (c *Cluster) Kubeconfig() string { return filepath.Join(c.run, "admin.kubeconfig") }

func (c *Cluster) adminAccess() Access {
	return Access{Context: AdminContext, Server: c.Server(), ca: c.authority.pem(), user: c.admin}
}

// Access returns a context of the given name for whoever id says, with a new
// certificate.
func (c *Cluster) Access(name string, id Identity) (Access, error) {
	p, err := c.authority.issue(id)
	if err != nil {
		return Access{}, err
	}
	return Access{Context: name, Server: c.Server(), ca: c.authority.pem(), user: p}, nil
}

// RESTConfig returns the access for a client in this process; it dials from
// wherever that is.
func (a Access) RESTConfig() *rest.Config {
	return &rest.Config{
		Host: a.Server, QPS: -1,
		TLSClientConfig: rest.TLSClientConfig{CAData: a.ca, CertData: a.user.cert, KeyData: a.user.key},
	}
}

// Distrustful returns the access without the cluster's authority, so that its
// holder cannot trust the server.
func (a Access) Distrustful() Access {
	a.ca = nil
	return a
}

// Certificate returns a server's certificate that is signed by the cluster's
// authority.
func (c *Cluster) Certificate(id Identity) (tls.Certificate, error) {
	p, err := c.authority.issue(id)
	if err != nil {
		return tls.Certificate{}, err
	}
	return p.tls()
}

// RESTConfig returns the administrator's access for a client in this process.
func (c *Cluster) RESTConfig() *rest.Config {
	config := c.adminAccess().RESTConfig()
	config.Dial = c.Dial
	return config
}

// API returns a client of the API server with all rights.
func (c *Cluster) API() kubernetes.Interface { return c.api }

func (c *Cluster) newClient() (*kubernetes.Clientset, func(), error) {
	h, err := rest.HTTPClientFor(c.RESTConfig())
	if err != nil {
		return nil, nil, err
	}
	api, err := kubernetes.NewForConfigAndClient(c.RESTConfig(), h)
	if err != nil {
		return nil, nil, err
	}
	return api, h.CloseIdleConnections, nil
}

// Kubectl runs the released kubectl as the administrator and returns what it
// printed on standard output, without the last newline.
func (c *Cluster) Kubectl(args ...string) (string, error) {
	cmd := c.Command(filepath.Join(c.bin, "kubectl"), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// KubectlPath returns the program, to be run with Command.
func (c *Cluster) KubectlPath() string { return filepath.Join(c.bin, "kubectl") }

// HTTPClient returns a client that connects from inside the cluster's network
// namespace, anew for each request.
func (c *Cluster) HTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: c.Dial, DisableKeepAlives: true}}
}
