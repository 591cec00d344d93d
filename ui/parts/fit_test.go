package parts

import (
	"slices"
	"strings"
	"testing"
)

func TestFit(t *testing.T) {
	themed(t)
	const pod = "pod/web-7d4b9c6f5-x2x9k:5000"
	tests := []struct {
		name string
		s    string
		cut  Cut
		part float32 // of the text's whole width that there is room for
		want func(string) bool
	}{
		{"there is room", pod, CutMiddle, 1, func(s string) bool { return s == pod }},
		{"a little less keeps pod's end and port", pod, CutMiddle, 0.8, func(s string) bool {
			return strings.HasPrefix(s, "pod/") && strings.HasSuffix(s, "-x2x9k:5000")
		}},
		{"much less keeps the port", pod, CutMiddle, 0.35, func(s string) bool { return strings.HasSuffix(s, "…:5000") }},
		{"a colon that is no port's", "https://api.example.net", CutMiddle, 0.6, func(s string) bool { return strings.HasSuffix(s, "le.net") }},
		{"the end", "worker metrics", CutEnd, 0.6, func(s string) bool { return strings.HasPrefix(s, "work") && strings.HasSuffix(s, "…") }},
		{"no room at all", "worker", CutEnd, 0, func(s string) bool { return s == "…" }},
		{"one letter", "w", CutMiddle, 0, func(s string) bool { return strings.HasPrefix(s, "…") }},
		{"nothing", "", CutMiddle, 0, func(s string) bool { return s == "" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			room := Body.Width(tt.s) * tt.part
			got := Fit(Body, tt.s, room, tt.cut)
			if !tt.want(got) {
				t.Errorf("Fit gives %q", got)
			}
			if tt.part > 0.4 && Body.Width(got) > room {
				t.Errorf("%q is %v wide, there is room for %v", got, Body.Width(got), room)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	themed(t)
	const text = "the API server at A1B2C3D4E5F6.gr7.eu-west-1.eks.amazonaws.com does not answer"
	for _, w := range []float32{-5, 0, 1, 40, 120, 400, 4000} {
		lines := Wrap(Body, text, w)
		if got := strings.Join(lines, ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Errorf("at %v letters are lost: %q", w, lines)
		}
		for _, l := range lines {
			if w >= 40 && Body.Width(l) > w {
				t.Errorf("at %v the line %q is %v wide", w, l, Body.Width(l))
			}
		}
	}
	if got := Wrap(Body, "", 100); len(got) != 0 {
		t.Errorf("an empty text has the lines %q", got)
	}
	if got := Wrap(Body, " a  b ", 4000); !slices.Equal(got, []string{"a b"}) {
		t.Errorf("got %q", got)
	}
}
