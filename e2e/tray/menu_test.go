package tray

import (
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestWithoutKeys(t *testing.T) {
	for label, want := range map[string]string{
		"":         "",
		"Open":     "Open",
		"_Open":    "Open",
		"a__b":     "a_b",
		"a____b":   "a__b",
		"→ _x__y_": "→ x_y",
	} {
		if got := withoutKeys(label); got != want {
			t.Errorf("withoutKeys(%q) = %q, want %q", label, got, want)
		}
	}
}

func TestEntry(t *testing.T) {
	v := dbus.MakeVariant
	child := layout{ID: 2, Props: map[string]dbus.Variant{"label": v("web"), "toggle-type": v("checkmark"), "toggle-state": v(int32(1)), "enabled": v(false)}}
	rule := layout{ID: 3, Props: map[string]dbus.Variant{"type": v("separator")}}
	menu, err := layout{Children: []dbus.Variant{v(layout{ID: 1, Props: map[string]dbus.Variant{"label": v("More")}, Children: []dbus.Variant{v(child), v(rule)}})}}.entry()
	if err != nil {
		t.Fatal(err)
	}
	want := "  More\n  x web (disabled)\n    --\n"
	if got := menu.String(); got != want {
		t.Errorf("the menu is\n%q, want\n%q", got, want)
	}
	if web, ok := menu.Find("we"); !ok || web.ID != 2 || !web.Checked || web.Enabled || !web.Visible {
		t.Errorf("found %+v, %t", web, ok)
	}
	if x, ok := menu.Find("no"); ok {
		t.Errorf("found %+v", x)
	}
	if _, err := (layout{Props: map[string]dbus.Variant{"enabled": v("yes")}}).entry(); err == nil {
		t.Error("an entry that is enabled by a word was read")
	}
}
