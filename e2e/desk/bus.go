package desk

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// busConfig is a session bus that starts no services by itself: which ones there
// are, the test says.
const busConfig = `<busconfig>
  <type>session</type>
  <listen>%s</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// BusAddress is where the session bus is, or would be.
func (h *Home) BusAddress() string { return "unix:path=" + filepath.Join(h.Runtime, "bus") }

// StartBus starts a session bus.
func (h *Home) StartBus(t *testing.T) *Child {
	t.Helper()
	config := filepath.Join(h.Dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, h.BusAddress()), 0o600); err != nil {
		t.Fatal(err)
	}
	bus := h.Start(t, "dbus-daemon", exec.Command("dbus-daemon", "--nofork", "--config-file="+config), false)
	Eventually(t, "the session bus", func() error {
		_, err := h.Ask(t, "org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetId")
		return err
	})
	return bus
}

// Ask calls a method on the bus.
func (h *Home) Ask(t *testing.T, service, path, method string, args ...string) (string, error) {
	t.Helper()
	return h.Tool(t.Context(), "dbus-send", append([]string{"--session", "--print-reply", "--dest=" + service, path, method}, args...)...)
}

// StartKeyring starts a keyring on the bus and unlocks it.
func (h *Home) StartKeyring(t *testing.T) *Child {
	t.Helper()
	cmd := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	cmd.Stdin = strings.NewReader("the keyring's password")
	c := h.Start(t, "gnome-keyring-daemon", cmd, false)
	Eventually(t, "the keyring", func() error {
		said, err := h.Ask(t, "org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.DBus.Properties.Get",
			"string:org.freedesktop.Secret.Service", "string:Collections")
		if err == nil && !strings.Contains(said, "/collection/login") {
			err = fmt.Errorf("there is no keyring to log in with:\n%s", said)
		}
		return err
	})
	return c
}

// StartLockedKeyring starts a keyring that is locked; one that was unlocked has been
// there before, and has ended. Nobody can unlock it, for nothing asks for a password.
func (h *Home) StartLockedKeyring(t *testing.T) {
	t.Helper()
	h.Start(t, "gnome-keyring-daemon", exec.Command("gnome-keyring-daemon", "--foreground", "--components=secrets"), false)
	Eventually(t, "the locked keyring", func() error {
		said, err := h.Ask(t, "org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login", "org.freedesktop.DBus.Properties.Get",
			"string:org.freedesktop.Secret.Collection", "string:Locked")
		if err == nil && !strings.Contains(said, "boolean true") {
			err = fmt.Errorf("it is not locked:\n%s", said)
		}
		return err
	})
}

// Secrets returns how many secrets of culvert the keyring has.
func (h *Home) Secrets(t *testing.T) int {
	t.Helper()
	said, err := h.Ask(t, "org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SearchItems",
		"dict:string:string:service,culvert")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(said, "/collection/")
}
