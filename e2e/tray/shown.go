package tray

import (
	"context"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Shown asks the tray that a desktop has, whichever that is, for its items. They can
// be asked until release is called.
func Shown(ctx context.Context, address string) (items []*Item, release func(), err error) {
	conn, err := dbus.Connect(address, dbus.WithContext(context.WithoutCancel(ctx)))
	if err != nil {
		return nil, nil, fmt.Errorf("connect to the session bus: %w", err)
	}
	release = func() { _ = conn.Close() } // there is nothing to be lost
	var names []string
	call := conn.Object(watcher, watcherPath).CallWithContext(ctx, properties+".Get", 0, watcher, "RegisteredStatusNotifierItems")
	if err := call.Store(&names); err != nil {
		release()
		return nil, nil, fmt.Errorf("ask the tray for its items: %w", err)
	}
	for _, name := range names {
		owner, path, _ := strings.Cut(name, "/")
		i := &Item{conn: conn, owner: owner, path: itemPath}
		if path != "" {
			i.path = dbus.ObjectPath("/" + path)
		}
		items = append(items, i)
	}
	return items, release, nil
}
