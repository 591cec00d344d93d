package cli

import (
	"log/slog"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// WindowOptions say what the window works on.
type WindowOptions struct {
	// Kubeconfig is a file to use instead of the usual ones; empty for these.
	Kubeconfig string
	// Data is a whole kubeconfig to use instead of files; nil for files.
	Data []byte
	// Folder, Program and Shell are as in [kube.Options].
	Folder, Program string
	Shell           kube.ShellUse
	// Keyring is the system's; nil for none.
	Keyring keyring.Store
	// Tunnels are there from the start, and are started.
	Tunnels []tunnels.Spec
	// Demo says that the clusters are not real.
	Demo bool
	// Hidden asks for no window as long as a tray is there.
	Hidden bool
	// Files are to be opened in the window: profiles, scripts and what other
	// programs export.
	Files []string
	// Version is the program's.
	Version string
	// Log is where is told what is done; never nil.
	Log *slog.Logger
	// Crashes contains panics and reports them; nil contains them only.
	Crashes *crash.Reporter
}
