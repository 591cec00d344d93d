//go:build unix && !darwin

package keyring

import (
	"errors"
	"fmt"
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
	itemInterface       = "org.freedesktop.Secret.Item"
	promptInterface     = "org.freedesktop.Secret.Prompt"
)

// system is the Secret Service. Each call has a connection of its own: on the one
// that the toolkit shares, a prompt's end is lost among other signals.
type system struct{}

// secret is a secret as it is sent; the session's kind is "plain", for the bus is
// the user's own.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

func (system) Set(service, name, value string) error {
	return withSecrets(func(s *secrets) error {
		session, err := s.unlockedSession()
		if err != nil {
			return err
		}
		properties := map[string]dbus.Variant{
			itemInterface + ".Label":      dbus.MakeVariant(fmt.Sprintf("Sign-in of %s: %s", service, name)),
			itemInterface + ".Attributes": dbus.MakeVariant(attributes(service, name)),
		}
		var item, prompt dbus.ObjectPath
		err = s.call(s.collection, collectionInterface+".CreateItem", properties,
			secret{session, []byte{}, []byte(value), "text/plain; charset=utf8"}, true).Store(&item, &prompt)
		if err != nil {
			return err
		}
		return s.answer(prompt)
	})
}

func (system) Get(service, name string) (value string, err error) {
	err = withSecrets(func(s *secrets) error {
		session, err := s.unlockedSession()
		if err != nil {
			return err
		}
		item, err := s.find(service, name)
		if err != nil {
			return err
		}
		var got secret
		if err := s.call(item, itemInterface+".GetSecret", session).Store(&got); err != nil {
			return err
		}
		value = string(got.Value)
		return nil
	})
	return value, err
}

func (system) Delete(service, name string) error {
	return withSecrets(func(s *secrets) error {
		if err := s.unlock(s.collection); err != nil {
			return err
		}
		item, err := s.find(service, name)
		if err != nil {
			return err
		}
		var prompt dbus.ObjectPath
		if err := s.call(item, itemInterface+".Delete").Store(&prompt); err != nil {
			return err
		}
		return s.answer(prompt)
	})
}

// attributes are what a secret is found by.
func attributes(service, name string) map[string]string {
	return map[string]string{"service": service, "username": name}
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
		return known(err)
	}
	defer conn.Close() //nolint:errcheck // all answers are there
	s := &secrets{conn: conn, signals: make(chan *dbus.Signal, 16)}
	conn.Signal(s.signals)
	if s.collection, err = s.usual(); err == nil {
		err = f(s)
	}
	return known(err)
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

// unlockedSession unlocks the collection and returns a session to send secrets in,
// which ends with the connection.
func (s *secrets) unlockedSession() (dbus.ObjectPath, error) {
	if err := s.unlock(s.collection); err != nil {
		return "", err
	}
	var ignored dbus.Variant
	var session dbus.ObjectPath
	err := s.call(secretsPath, serviceInterface+".OpenSession", "plain", dbus.MakeVariant("")).Store(&ignored, &session)
	return session, err
}

// find returns the unlocked item of a secret.
func (s *secrets) find(service, name string) (dbus.ObjectPath, error) {
	var items []dbus.ObjectPath
	if err := s.call(s.collection, collectionInterface+".SearchItems", attributes(service, name)).Store(&items); err != nil {
		return "", err
	}
	if len(items) == 0 {
		return "", ErrNotFound
	}
	return items[0], s.unlock(items[0])
}

// unlock unlocks a collection or an item; the user may be asked.
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

// known turns what the bus says into our errors.
func known(err error) error {
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
