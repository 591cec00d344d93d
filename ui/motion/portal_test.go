//go:build !windows && !darwin

package motion

import (
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestReduced(t *testing.T) {
	tests := map[string]struct {
		said map[setting]any
		want bool
	}{
		"nothing is said":                 {nil, false},
		"less motion":                     {map[setting]any{reducedMotion: uint32(1)}, true},
		"no preference":                   {map[setting]any{reducedMotion: uint32(0), enableAnimations: false}, false},
		"no animations":                   {map[setting]any{enableAnimations: false}, true},
		"animations":                      {map[setting]any{enableAnimations: true}, false},
		"something that is no number":     {map[setting]any{reducedMotion: "1"}, false},
		"a variant in another, as it is":  {map[setting]any{enableAnimations: bare(dbus.MakeVariant(dbus.MakeVariant(false)))}, true},
		"a variant that has the value":    {map[setting]any{reducedMotion: bare(dbus.MakeVariant(uint32(1)))}, true},
		"something that is no true value": {map[setting]any{enableAnimations: uint32(0)}, false},
	}
	for name, tt := range tests {
		if got := reduced(func(s setting) any { return tt.said[s] }); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
