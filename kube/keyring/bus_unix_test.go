//go:build unix && !darwin

package keyring

import "testing"

func TestNoSessionBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	if place, err := New(OfSystem(), nil).Set(t.Context(), "a", "secret"); place != Memory || err == nil {
		t.Errorf("it is at %v, %v", place, err)
	}
}
