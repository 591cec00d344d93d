//go:build !windows && !darwin

package motion

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"

	"culvert/ui/sessionbus"
)

// wait is how long the desktop may take to answer.
const wait = 2 * time.Second

// The desktop's settings, as the portal for programs of all kinds has them.
const (
	portalName = "org.freedesktop.portal.Desktop"
	portalPath = dbus.ObjectPath("/org/freedesktop/portal/desktop")
	portalRead = "org.freedesktop.portal.Settings.Read"
)

// setting is one that tells of motion.
type setting struct{ namespace, key string }

var (
	reducedMotion    = setting{"org.freedesktop.appearance", "reduced-motion"}     // 1 for less
	enableAnimations = setting{"org.gnome.desktop.interface", "enable-animations"} // false for none
)

// Reduced asks the desktop, for 2 s at most. A desktop that does not say is taken to have
// been asked for nothing. It starts no service for that.
func Reduced(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }() // it has told what it can
	portal := conn.Object(portalName, portalPath)
	return reduced(func(s setting) any {
		var v dbus.Variant
		if portal.CallWithContext(ctx, portalRead, dbus.FlagNoAutoStart, s.namespace, s.key).Store(&v) != nil {
			return nil
		}
		return bare(v)
	})
}

// reduced says what the settings mean; read returns nil for one that is not there.
func reduced(read func(setting) any) bool {
	if v, ok := read(reducedMotion).(uint32); ok {
		return v == 1
	}
	on, ok := read(enableAnimations).(bool)
	return ok && !on
}

// bare returns what is in a variant: Read has one in another.
func bare(v dbus.Variant) any {
	for {
		inner, ok := v.Value().(dbus.Variant)
		if !ok {
			return v.Value()
		}
		v = inner
	}
}
