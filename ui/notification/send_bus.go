//go:build !windows && !darwin

package notification

import (
	"context"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"

	"culvert/ui/sessionbus"
)

// The notification service on the session bus.
const (
	serviceName = "org.freedesktop.Notifications"
	servicePath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// expires leaves it to the desktop how long a notification stays.
const expires = int32(-1)

// Sender sends notifications of one program. Its zero value is of no use: see
// [New].
type Sender struct{ id, name string }

// New returns a sender for the program that desktops know by id, as in id.desktop.
func New(id, name string) *Sender { return &Sender{id, name} }

// Send shows a title and a text to the user, and returns when the desktop has taken
// them or ctx is done. The error is sessionbus.ErrNone where there is no bus.
func (s *Sender) Send(ctx context.Context, title, text string) error {
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the answer is there
	call := conn.Object(serviceName, servicePath).CallWithContext(ctx, serviceName+".Notify", 0,
		s.name, uint32(0), s.id, title, plainBody(text), []string{},
		map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(s.id)}, expires)
	if call.Err != nil {
		return fmt.Errorf("notify: %w", call.Err)
	}
	return nil
}

// plainBody has a text mean itself: desktops take the body for markup.
func plainBody(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
