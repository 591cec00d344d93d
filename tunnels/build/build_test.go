package build

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	b := Of("1.2.3")
	if b.Version != "1.2.3" || b.Go != runtime.Version() || b.OS != runtime.GOOS || b.Arch != runtime.GOARCH {
		t.Errorf("it is %+v", b)
	}
	if !slices.IsSortedFunc(b.Modules, func(x, y Module) int { return strings.Compare(x.Path, y.Path) }) {
		t.Error("the modules are in no order")
	}
	for _, m := range b.Modules {
		if v := b.ModuleVersion(m.Path); v != m.Version {
			t.Errorf("%s is %q, not %q", m.Path, v, m.Version)
		}
	}
	if v := b.ModuleVersion("example.com/none"); v != "" {
		t.Errorf("a module that is not linked in has the version %q", v)
	}
}

func TestShortCommit(t *testing.T) {
	hash := strings.Repeat("0123456789", 4)
	for commit, want := range map[string]string{
		"": "", "012": "012", "012+": "012+", hash: "012345678901", hash + "+": "012345678901+",
	} {
		if got := (Info{Commit: commit}).ShortCommit(); got != want {
			t.Errorf("%q is %q in short, not %q", commit, got, want)
		}
	}
}
