package real

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"culvert/e2e/node"
)

//go:embed config
var configFiles embed.FS

// The names of the components, as for Restart and in the names of logs.
const (
	Etcd              = "etcd"
	APIServer         = "apiserver"
	ControllerManager = "controller-manager"
	Scheduler         = "scheduler"
	Containerd        = "containerd"
	Kubelet           = "kubelet"
)

const (
	// NodeName is the name of the one node.
	NodeName = "node-1"
	// nodeAddr is the node's and the API server's address in the cluster's
	// network namespace.
	nodeAddr = "10.10.0.1"
)

// places is where a component finds things, and what the files in config are
// filled with.
type places struct {
	Run        string // the folder of this cluster: pki/, config/, log/
	Bin        string // programs
	Scratch    string // data, not kept
	Addr       string // the API server's and the node's
	APIPort    int
	EtcdPort   int
	Cgroup     string
	PauseImage string
}

// writeConfig fills dir from the files in config.
func (p places) writeConfig(dir string) error {
	for from, to := range map[string]string{
		"config/kubelet.yaml":    "kubelet.yaml",
		"config/containerd.toml": "containerd.toml",
		"config/resolv.conf":     "resolv.conf",
		"config/cni.conflist":    "cni/10-pods.conflist",
	} {
		t, err := template.ParseFS(configFiles, from)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, to)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		err = t.Execute(f, p)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// component returns how a component is started.
func (p places) component(name string) node.Process {
	kube, pki := p.Bin+"/kube", p.Run+"/pki"
	var args []string
	switch name {
	case Etcd:
		client, peer := fmt.Sprintf("http://127.0.0.1:%d", p.EtcdPort), fmt.Sprintf("http://127.0.0.1:%d", p.EtcdPort+1)
		args = []string{
			kube, "etcd", "--data-dir=" + p.Scratch + "/etcd",
			"--listen-client-urls=" + client, "--advertise-client-urls=" + client, "--listen-peer-urls=" + peer,
			"--initial-advertise-peer-urls=" + peer, "--initial-cluster=default=" + peer,
			"--unsafe-no-fsync", "--log-level=warn",
		}
	case APIServer:
		args = []string{
			kube, "kube-apiserver", fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", p.EtcdPort),
			"--bind-address=" + p.Addr, fmt.Sprintf("--secure-port=%d", p.APIPort), "--advertise-address=" + p.Addr,
			"--tls-cert-file=" + pki + "/apiserver.crt", "--tls-private-key-file=" + pki + "/apiserver.key",
			"--client-ca-file=" + pki + "/ca.crt", "--authorization-mode=Node,RBAC", "--anonymous-auth=false",
			"--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file=" + pki + "/service-account.crt", "--service-account-signing-key-file=" + pki + "/service-account.key",
			"--kubelet-client-certificate=" + pki + "/kubelet-client.crt", "--kubelet-client-key=" + pki + "/kubelet-client.key",
			"--kubelet-certificate-authority=" + pki + "/ca.crt", "--kubelet-preferred-address-types=InternalIP",
			"--enable-admission-plugins=NodeRestriction",
			// A new node would be tainted until the controller manager has looked at it, seconds later.
			"--disable-admission-plugins=TaintNodesByCondition",
			"--endpoint-reconciler-type=none", "--profiling=false",
			// Also how long an orderly end waits for watches: a minute if left out.
			"--request-timeout=10s",
		}
	case ControllerManager:
		args = []string{
			kube, "kube-controller-manager", "--kubeconfig=" + pki + "/controller-manager.kubeconfig", "--bind-address=127.0.0.1",
			"--leader-elect=false", "--node-monitor-period=250ms", "--use-service-account-credentials=true", "--root-ca-file=" + pki + "/ca.crt",
			"--service-account-private-key-file=" + pki + "/service-account.key",
		}
	case Scheduler:
		args = []string{kube, "kube-scheduler", "--kubeconfig=" + pki + "/scheduler.kubeconfig", "--bind-address=127.0.0.1", "--leader-elect=false"}
	case Containerd:
		args = []string{p.Bin + "/containerd", "--config", p.Run + "/config/containerd.toml"}
	case Kubelet:
		args = []string{
			kube, "kubelet", "--config=" + p.Run + "/config/kubelet.yaml", "--kubeconfig=" + pki + "/node.kubeconfig",
			"--hostname-override=" + NodeName, "--node-ip=" + p.Addr,
		}
	}
	return node.Process{Name: name, Args: args}
}
