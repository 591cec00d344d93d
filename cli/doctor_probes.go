package cli

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels/control"
	"culvert/tunnels/crash"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// probes are how the doctor looks at the machine. Those with a context end soon after
// it is done.
type probes struct {
	system string // as runtime.GOOS
	env    func(name string) string
	stat   func(path string) (fs.FileInfo, error)
	// count reads a kubeconfig and returns how many contexts it has.
	count func(path string) (int, error)
	// listen listens on an address for a moment.
	listen func(ctx context.Context, address string) error
	// dial connects to an address for a moment.
	dial func(ctx context.Context, address string) error
	// writable makes a file in a folder for a moment.
	writable func(dir string) error
	keyring  func(ctx context.Context) (c keyring.Condition, idle bool)
	// window says whether this build has one; display whether it could be shown, and
	// tray whether something shows icons. They are nil where there is no window.
	window  bool
	display func() bool
	tray    func(ctx context.Context) bool
	// kubeconfig is what --kubeconfig says.
	kubeconfig string
	// folder, state: see Deps.Folder and workspace.StateFolder; empty for none.
	folder   string
	state    func() (string, error)
	profiles func() []profiles.Profile
	// crashes returns the crash reports, newest first.
	crashes func() ([]crash.Report, error)
	// running returns who runs; nil for nobody.
	running func(ctx context.Context) (*control.Version, error)
}

func realProbes(d Deps, kubeconfig string) probes {
	return probes{
		system: runtime.GOOS, env: os.Getenv, stat: os.Stat, count: kube.CountContexts,
		listen: listenOnce, dial: dialOnce, writable: writeOnce, keyring: lookAt(d.Keyring),
		window: d.Window != nil, display: d.HasDisplay, tray: d.Tray,
		kubeconfig: kubeconfig, folder: d.Folder, state: workspace.StateFolder,
		profiles: func() []profiles.Profile { return readProfiles(d) },
		crashes:  d.readCrashes,
		running:  func(ctx context.Context) (*control.Version, error) { return whoRuns(ctx, d.Version) },
	}
}

// keyringLocked says whether reading a token would ask the user.
func (p probes) keyringLocked(ctx context.Context) bool {
	c, _ := p.keyring(ctx)
	return c.State == keyring.Locked
}

// lookAt is how the keyring of the system is looked at; nil stands for none.
func lookAt(s keyring.Store) func(context.Context) (keyring.Condition, bool) {
	if s == nil {
		return func(context.Context) (keyring.Condition, bool) {
			return keyring.Condition{State: keyring.Absent}, false
		}
	}
	return keyring.Look
}

// readProfiles reads the user's profiles once.
func readProfiles(d Deps) []profiles.Profile {
	if d.Folder == "" {
		return nil
	}
	s := profiles.Open(profiles.Options{Dir: filepath.Join(d.Folder, profilesFolder)})
	defer s.Close()
	return s.Profiles()
}

// profilesFolder is the one in Culvert's folder that has the profiles.
const profilesFolder = "profiles"

func listenOnce(ctx context.Context, address string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return l.Close()
}

func dialOnce(ctx context.Context, address string) error {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	c.Close() // nothing was sent
	return nil
}

// writeOnce makes a file and removes it.
func writeOnce(dir string) error {
	f, err := os.CreateTemp(dir, ".culvert-doctor-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("culvert doctor\n")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}
