package kube

import (
	"fmt"
	"testing"
)

func TestNearest(t *testing.T) {
	have := []string{"web-7d9f8c6b5-x2v4q", "web-7d9f8c6b5-zzzzz", "db-0", "db-1", "shop"}
	tests := []struct{ name, want string }{
		{"web-7d9f8c6b5-aaaaa", "[web-7d9f8c6b5-x2v4q web-7d9f8c6b5-zzzzz]"},
		{"web-5c4b3a291-aaaaa", "[web-7d9f8c6b5-x2v4q web-7d9f8c6b5-zzzzz]"},
		{"web", "[web-7d9f8c6b5-x2v4q web-7d9f8c6b5-zzzzz]"},
		{"db-2", "[db-0 db-1]"},
		{"shpo", "[]"},
		{"shp", "[shop]"},
		{"nothing", "[]"},
	}
	for _, tt := range tests {
		if got := fmt.Sprint(nearest(tt.name, have)); got != tt.want {
			t.Errorf("%s: %s, not %s", tt.name, got, tt.want)
		}
	}
}
