package tunnels

import (
	"strings"
	"testing"
)

func TestFamilies(t *testing.T) {
	for _, tt := range []struct{ listen, want string }{
		{"", "127.0.0.1 ::1"},
		{"localhost", "127.0.0.1 ::1"},
		{"::1 127.0.0.1", "127.0.0.1 ::1"},
		{"localhost 127.0.0.2", "127.0.0.1 127.0.0.2 ::1"},
		{"localhost 0.0.0.0", "0.0.0.0 ::1"},
		{"0.0.0.0 localhost ::", "0.0.0.0 ::"},
		{"127.0.0.1 0.0.0.0", "127.0.0.1 0.0.0.0"}, // asked for by name, and told what is wrong
		{"::ffff:127.0.0.1", "127.0.0.1"},
	} {
		t.Run(tt.listen, func(t *testing.T) {
			var got []string
			for _, f := range families(strings.Fields(tt.listen)) {
				got = append(got, f.addr.String())
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("the addresses are %q, want %q", got, tt.want)
			}
		})
	}
}
