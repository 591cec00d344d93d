package profiles_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

func TestAddSeveral(t *testing.T) {
	stores(t, func(t *testing.T, s *profiles.Store) {
		if _, err := s.Create(t.Context(), "dev"); err != nil {
			t.Fatal(err)
		}
		put(t, s, spec("a", "dev", "svc/a", "80"))
		if err := s.Add(t.Context(), []tunnels.Spec{spec("b", "dev", "svc/b", "81"), spec("c", "", "svc/c", "82"), spec("d", "dev", "svc/d", "83")}); err != nil {
			t.Fatal(err)
		}
		isList(t, s, "default: c; dev: a b d")
		if err := s.Add(t.Context(), nil); err != nil {
			t.Errorf("none at all: %v", err)
		}
		wrong := spec("x", "dev", "svc/x", "84")
		wrong.Mappings = nil
		for what, specs := range map[string][]tunnels.Spec{
			"one that is wrong":      {spec("e", "dev", "svc/e", "84"), wrong},
			"one that is there":      {spec("e", "dev", "svc/e", "84"), spec("a", "", "svc/a", "85")},
			"one twice":              {spec("e", "dev", "svc/e", "84"), spec("e", "", "svc/e", "84")},
			"one without a profile":  {spec("e", "dev", "svc/e", "84"), spec("f", "none", "svc/f", "85")},
			"one without an ID":      {spec("", "dev", "svc/e", "84")},
			"more than can be there": make([]tunnels.Spec, 1),
		} {
			err := s.Add(t.Context(), specs)
			if e := tunnels.AsError(err); e == nil || e.Cause == tunnels.CauseUnknown {
				t.Errorf("%s: %v", what, err)
			}
			isList(t, s, "default: c; dev: a b d")
		}
	})
}

// TestAddSeveralOrNone: a file that cannot be written takes the others back.
func TestAddSeveralOrNone(t *testing.T) {
	dir := t.TempDir()
	const broken, good = "version: 1\ntunnels: [\n", "version: 1 # mine\ntunnels: []\n"
	for name, text := range map[string]string{"broken.yaml": broken, "good.yaml": good} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	err := s.Add(t.Context(), []tunnels.Spec{spec("a", "good", "svc/a", "80"), spec("b", "broken", "svc/b", "80")})
	if err == nil || !strings.Contains(err.Error(), "broken.yaml, line") {
		t.Errorf("the error is %v", err)
	}
	isList(t, s, "broken:; good:")
	for name, text := range map[string]string{"broken.yaml": broken, "good.yaml": good} {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(data) != text {
			t.Errorf("%s holds %q, %v", name, data, err)
		}
	}
}

func TestAddMany(t *testing.T) {
	s := open(t, t.TempDir())
	var specs []tunnels.Spec
	for i := range 200 {
		specs = append(specs, spec(fmt.Sprint(i), "", fmt.Sprintf("svc/s%d", i), "80"))
	}
	if err := s.Add(t.Context(), specs); err != nil {
		t.Fatal(err)
	}
	if ps := s.Profiles(); len(ps) != 1 || len(ps[0].Tunnels) != len(specs) {
		t.Errorf("there are %v", ids(s))
	}
}
