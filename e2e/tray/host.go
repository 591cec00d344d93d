package tray

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// Names on the bus.
const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	itemFace    = "org.kde.StatusNotifierItem"
	itemPath    = dbus.ObjectPath("/StatusNotifierItem")
	menuFace    = "com.canonical.dbusmenu"
	properties  = "org.freedesktop.DBus.Properties"
)

// Host is a tray.
type Host struct {
	conn  *dbus.Conn
	props *prop.Properties
	ended chan struct{} // closed when no more signals are read

	mu    sync.Mutex
	items map[string]*Item // by the unique name of their connection, and their path
}

// Start starts a tray on the bus at an address. Stop ends it.
func Start(ctx context.Context, address string) (*Host, error) { return start(ctx, address, true) }

// StartWatcher starts what knows of items, but without a host that would show them:
// some desktops have that alone. Stop ends it.
func StartWatcher(ctx context.Context, address string) (*Host, error) {
	return start(ctx, address, false)
}

func start(ctx context.Context, address string, shows bool) (*Host, error) {
	conn, err := dbus.Connect(address, dbus.WithContext(context.WithoutCancel(ctx)))
	if err != nil {
		return nil, fmt.Errorf("connect to the session bus: %w", err)
	}
	h := &Host{conn: conn, ended: make(chan struct{}), items: make(map[string]*Item)}
	signals := make(chan *dbus.Signal, 256)
	conn.Signal(signals)
	go h.listen(signals) // until the connection closes
	if err := h.serve(ctx, shows); err != nil {
		h.Stop()
		return nil, err
	}
	return h, nil
}

// Stop ends the tray as its process's end would.
func (h *Host) Stop() {
	_ = h.conn.Close() // there is nothing to be lost
	<-h.ended
}

// serve takes the names on the bus and answers there.
func (h *Host) serve(ctx context.Context, shows bool) error {
	constant := func(v any) *prop.Prop { return &prop.Prop{Value: v, Emit: prop.EmitTrue} }
	var err error
	h.props, err = prop.Export(h.conn, watcherPath, prop.Map{watcher: {
		"RegisteredStatusNotifierItems":  constant([]string{}),
		"IsStatusNotifierHostRegistered": constant(shows),
		"ProtocolVersion":                constant(int32(0)),
	}})
	if err != nil {
		return fmt.Errorf("export the properties of the watcher: %w", err)
	}
	if err := h.conn.Export(registry{h}, watcherPath, watcher); err != nil {
		return fmt.Errorf("export the watcher: %w", err)
	}
	ends := []dbus.MatchOption{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged")}
	if err := h.conn.AddMatchSignalContext(ctx, ends...); err != nil {
		return fmt.Errorf("subscribe to signals: %w", err)
	}
	reply, err := h.conn.RequestName(watcher, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = fmt.Errorf("there is another one: %v", reply)
	}
	if err != nil {
		return fmt.Errorf("become %s: %w", watcher, err)
	}
	return nil
}

// Items returns what has registered and is still there.
func (h *Host) Items() []*Item {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Values(h.items))
}

// registry is the watcher as programs call it.
type registry struct{ h *Host }

// RegisterStatusNotifierItem is called with a name on the bus or the path of an
// object of the caller.
func (r registry) RegisterStatusNotifierItem(sender dbus.Sender, service string) *dbus.Error {
	owner, path := string(sender), itemPath
	if strings.HasPrefix(service, "/") {
		path = dbus.ObjectPath(service)
	}
	r.h.mu.Lock()
	r.h.items[owner+string(path)] = &Item{conn: r.h.conn, owner: owner, path: path}
	r.h.mu.Unlock()
	r.h.tell("StatusNotifierItemRegistered", owner+string(path))
	return nil
}

// RegisterStatusNotifierHost is called by hosts; there is none but this one.
func (r registry) RegisterStatusNotifierHost(string) *dbus.Error { return nil }

// tell publishes a change of the items.
func (h *Host) tell(signal, item string) {
	h.mu.Lock()
	names := slices.Sorted(maps.Keys(h.items))
	h.mu.Unlock()
	h.props.SetMust(watcher, "RegisteredStatusNotifierItems", names)
	// Fails when the connection is closed: then nobody has the items any more.
	_ = h.conn.Emit(watcherPath, watcher+"."+signal, item)
}

// listen takes notice of names that go, until the connection closes.
func (h *Host) listen(signals <-chan *dbus.Signal) {
	defer close(h.ended)
	for s := range signals {
		var name, before, after string
		if s.Name != "org.freedesktop.DBus.NameOwnerChanged" || dbus.Store(s.Body, &name, &before, &after) != nil {
			continue // it is about this connection, or nothing of the bus
		}
		if after == "" {
			h.forget(name)
		}
	}
}

// forget drops the items of a connection that has ended.
func (h *Host) forget(owner string) {
	var gone []string
	h.mu.Lock()
	for name, i := range h.items {
		if i.owner == owner {
			gone = append(gone, name)
			delete(h.items, name)
		}
	}
	h.mu.Unlock()
	for _, name := range gone {
		h.tell("StatusNotifierItemUnregistered", name)
	}
}
