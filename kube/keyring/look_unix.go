//go:build unix && !darwin

package keyring

import (
	"context"
	"slices"

	"github.com/godbus/dbus/v5"
)

// look asks the bus, and where the Secret Service runs, that.
func look(ctx context.Context) (idle bool, err error) {
	if missing() {
		return false, errNoBus
	}
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		if noAnswerer(err) {
			return false, errNoBus
		}
		return false, err
	}
	defer conn.Close() //nolint:errcheck // all answers are there
	s := &secrets{conn: conn}
	runs, err := s.runs(ctx)
	switch {
	case err != nil:
		return false, err
	case !runs:
		return s.startable(ctx)
	}
	return false, systemError(s.lockedNow(ctx))
}

// runs tells whether the service has been started.
func (s *secrets) runs(ctx context.Context) (owned bool, err error) {
	err = s.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, secretsName).Store(&owned)
	return owned, err
}

// startable returns an error unless the bus starts the service when it is used.
func (s *secrets) startable(ctx context.Context) (idle bool, err error) {
	var names []string
	if err := s.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListActivatableNames", 0).Store(&names); err != nil {
		return false, err
	}
	if !slices.Contains(names, secretsName) {
		return false, errNone
	}
	return true, nil
}

// lockedNow returns an error when the usual collection is locked, or there is none.
func (s *secrets) lockedNow(ctx context.Context) error {
	path, err := s.usual()
	if err != nil {
		return err
	}
	var v dbus.Variant
	call := s.conn.Object(secretsName, path).CallWithContext(ctx,
		"org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, collectionInterface, "Locked")
	if err := call.Store(&v); err != nil {
		return err
	}
	if locked, _ := v.Value().(bool); locked {
		return errLocked
	}
	return nil
}
