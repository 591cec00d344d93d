package cli

import (
	"culvert/kube/keyring"
	"culvert/tunnels"
)

// WindowOptions say what the window works on.
type WindowOptions struct {
	// Kubeconfig is a file to use instead of the usual ones; empty for these.
	Kubeconfig string
	// Data is a whole kubeconfig to use instead of files; nil for files.
	Data []byte
	// Folder is Culvert's config folder; empty for none.
	Folder string
	// Keyring is the system's; nil for none.
	Keyring keyring.Store
	// Tunnels are there from the start, and are started.
	Tunnels []tunnels.Spec
	// Demo says that the clusters are not real.
	Demo bool
}
