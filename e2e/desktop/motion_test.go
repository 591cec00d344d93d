package desktop

import (
	"testing"

	"github.com/godbus/dbus/v5"

	"culvert/e2e/desk"
	"culvert/ui/motion"
)

// portal answers for a desktop's settings as the real one does: a variant in a variant, and
// an error for what there is not.
type portal map[string]any

// Read is the method of org.freedesktop.portal.Settings.
func (p portal) Read(namespace, key string) (dbus.Variant, *dbus.Error) {
	v, ok := p[namespace+" "+key]
	if !ok {
		return dbus.Variant{}, dbus.NewError("org.freedesktop.portal.Error.NotFound", []any{"Requested setting not found"})
	}
	return dbus.MakeVariant(dbus.MakeVariant(v)), nil
}

// TestLessMotion: what the desktop is asked for is heard over a real bus.
func TestLessMotion(t *testing.T) {
	const (
		appearance = "org.freedesktop.appearance reduced-motion"
		interfaces = "org.gnome.desktop.interface enable-animations"
	)
	h := desk.NewHome(t)
	h.StartBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", h.BusAddress())
	if motion.Reduced(t.Context()) {
		t.Error("a desktop without settings is taken to want less")
	}
	conn, err := dbus.Connect(h.BusAddress())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	says := portal{}
	if err := conn.Export(says, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings"); err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("no portal: %v, %v", reply, err)
	}
	for name, tt := range map[string]struct {
		says portal
		want bool
	}{
		"nothing":                            {portal{}, false},
		"less motion":                        {portal{appearance: uint32(1)}, true},
		"no preference":                      {portal{appearance: uint32(0)}, false},
		"no animations, of an older desktop": {portal{interfaces: false}, true},
		"animations, of an older desktop":    {portal{interfaces: true}, false},
	} {
		clear(says)
		for k, v := range tt.says {
			says[k] = v
		}
		if got := motion.Reduced(t.Context()); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
