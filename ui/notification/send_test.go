//go:build !windows && !darwin

package notification

import (
	"errors"
	"testing"

	"culvert/ui/sessionbus"
)

func TestPlainBody(t *testing.T) {
	if got := plainBody(`<a href="x">a & b</a>`); got != `&lt;a href="x"&gt;a &amp; b&lt;/a&gt;` {
		t.Errorf("it becomes %s", got)
	}
}

func TestSendWithoutABus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", sessionbus.Disabled)
	if err := New("a", "A").Send(t.Context(), "x", "y"); !errors.Is(err, sessionbus.ErrNone) {
		t.Errorf("the error is %v", err)
	}
}
