//go:build unix && !darwin

package keyring

import (
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// The Secret Service, as its specification at freedesktop.org names things.
const (
	secretsName = "org.freedesktop.secrets"
	secretsPath = dbus.ObjectPath("/org/freedesktop/secrets")
	loginPath   = secretsPath + "/collection/login"
	noPath      = dbus.ObjectPath("/") // stands for none

	serviceInterface    = "org.freedesktop.Secret.Service"
	collectionInterface = "org.freedesktop.Secret.Collection"
	promptInterface     = "org.freedesktop.Secret.Prompt"
)

// unlock unlocks the keyring; the user may be asked. It has a connection of its own:
// the library (go-keyring 0.2.8) uses the one that it shares with the toolkit, where
// it takes any signal for the end of its prompt. Where nothing is locked it makes
// none.
func unlock() error {
	return withSecrets(func(s *secrets) error { return s.unlock(s.collection) })
}

// secrets is the Secret Service over one connection.
type secrets struct {
	conn       *dbus.Conn
	signals    chan *dbus.Signal // of prompts; closed with the connection
	collection dbus.ObjectPath
}

// withSecrets connects, calls f and disconnects. Its error is one of ours where
// that is known.
func withSecrets(f func(*secrets) error) error {
	if missing() {
		return errNone
	}
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		return systemError(err)
	}
	defer conn.Close() //nolint:errcheck // all answers are there
	s := &secrets{conn: conn, signals: make(chan *dbus.Signal, 16)}
	conn.Signal(s.signals)
	if s.collection, err = s.usual(); err == nil {
		err = f(s)
	}
	return systemError(err)
}

func (s *secrets) call(path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	return s.conn.Object(secretsName, path).Call(method, 0, args...)
}

// usual returns the collection that is opened at login, or else the default one.
func (s *secrets) usual() (dbus.ObjectPath, error) {
	all, err := s.conn.Object(secretsName, secretsPath).GetProperty(serviceInterface + ".Collections")
	if err != nil {
		return "", err
	}
	if paths, ok := all.Value().([]dbus.ObjectPath); ok && slices.Contains(paths, loginPath) {
		return loginPath, nil
	}
	var path dbus.ObjectPath
	if err := s.call(secretsPath, serviceInterface+".ReadAlias", "default").Store(&path); err != nil {
		return "", err
	}
	if path == noPath {
		return "", errNoCollection
	}
	return path, nil
}

// unlock unlocks a collection; the user may be asked.
func (s *secrets) unlock(path dbus.ObjectPath) error {
	var unlocked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	if err := s.call(secretsPath, serviceInterface+".Unlock", []dbus.ObjectPath{path}).Store(&unlocked, &prompt); err != nil {
		return err
	}
	if prompt == noPath && len(unlocked) == 0 {
		return errLocked
	}
	return s.answer(prompt)
}

// answer shows a prompt and waits until the user has answered it.
func (s *secrets) answer(prompt dbus.ObjectPath) error {
	if prompt == noPath {
		return nil
	}
	if err := s.conn.AddMatchSignal(dbus.WithMatchObjectPath(prompt), dbus.WithMatchInterface(promptInterface)); err != nil {
		return err
	}
	if err := s.call(prompt, promptInterface+".Prompt", "").Err; err != nil {
		return err
	}
	for {
		select {
		case signal := <-s.signals:
			if signal == nil {
				return errBroken
			}
			if signal.Path != prompt || signal.Name != promptInterface+".Completed" || len(signal.Body) == 0 {
				continue
			}
			if dismissed, ok := signal.Body[0].(bool); !ok || dismissed {
				return errLocked
			}
			return nil
		case <-s.conn.Context().Done():
			return errBroken
		}
	}
}

// noAnswerer tells whether err means that nobody could be asked at all.
func noAnswerer(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// systemError turns what the bus says into our errors.
func systemError(err error) error {
	if noAnswerer(err) {
		return errNone
	}
	if e, ok := errors.AsType[dbus.Error](err); ok {
		switch name := e.Name; {
		case name == "org.freedesktop.DBus.Error.ServiceUnknown", name == "org.freedesktop.DBus.Error.NameHasNoOwner",
			strings.HasPrefix(name, "org.freedesktop.DBus.Error.Spawn."):
			return errNone
		case name == "org.freedesktop.Secret.Error.IsLocked":
			return errLocked
		case name == "org.freedesktop.Secret.Error.NoSuchObject":
			return errNoCollection
		}
	}
	return err
}
