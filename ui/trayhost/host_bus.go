//go:build !windows && !darwin

package trayhost

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"

	"culvert/ui/sessionbus"
)

// The names of the watcher on the bus.
const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")

	busName  = "org.freedesktop.DBus"
	busPath  = dbus.ObjectPath("/org/freedesktop/DBus")
	busOwner = busName + ".NameHasOwner"
)

// Watch calls fn with whether something shows icons in a tray, now and at each
// change, never concurrently, and blocks until ctx is done. Without a session bus
// nothing does, and so it is once the bus is lost: the icon went with it.
func Watch(ctx context.Context, fn func(present bool)) {
	watch(ctx, dial, fn)
}

// dial returns the session's bus.
func dial(ctx context.Context) (bus, error) {
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return sessionConn{conn}, nil
}

// sessionConn is the session's bus.
type sessionConn struct{ *dbus.Conn }

// Follow implements [bus]: it asks for signals of the watcher and of its coming and
// going.
func (c sessionConn) Follow(ctx context.Context, to chan<- *dbus.Signal) error {
	c.Signal(to)
	for _, match := range [][]dbus.MatchOption{
		{
			dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName),
			dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName),
		},
		{dbus.WithMatchInterface(watcherName), dbus.WithMatchMember("StatusNotifierHostRegistered")},
		{dbus.WithMatchInterface(watcherName), dbus.WithMatchMember("StatusNotifierHostUnregistered")},
	} {
		if err := c.AddMatchSignalContext(ctx, match...); err != nil {
			return fmt.Errorf("watch the tray: %w", err)
		}
	}
	return nil
}

// HostPresent implements [bus]. It starts no watcher: one that is not there is not
// asked.
func (c sessionConn) HostPresent(ctx context.Context) (bool, error) {
	var owned bool
	if err := c.Object(busName, busPath).CallWithContext(ctx, busOwner, 0, watcherName).Store(&owned); err != nil {
		return false, fmt.Errorf("look for the tray: %w", err)
	}
	if !owned {
		return false, nil
	}
	var v dbus.Variant
	call := c.Object(watcherName, watcherPath).CallWithContext(ctx,
		"org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, watcherName, "IsStatusNotifierHostRegistered")
	if err := call.Store(&v); err != nil {
		return false, fmt.Errorf("ask the tray: %w", err)
	}
	present, _ := v.Value().(bool)
	return present, nil
}
