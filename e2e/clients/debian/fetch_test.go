package debian

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeApt is an apt-get that has one package in its mirror, which is on only if
// the file mirror is beside it. It notes what it was asked for.
const fakeApt = `#!/bin/sh
here=$(dirname "$0")
for verb in "$@"; do case $verb in install|download|update) break ;; esac; done
echo "$verb" >>"$here/asked"
case $verb in
update) [ -e "$here/mirror" ] || { echo "E: Failed to fetch http://deb.debian.org" >&2; exit 100; } ;;
install)
	case "$*" in *" git") ;; *) echo "E: Unable to locate package nonsense" >&2; exit 100 ;; esac
	echo "Inst git (1:2.39-0 Debian:12/stable [amd64])" ;;
download)
	[ -e "$here/mirror" ] || { echo "E: Failed to fetch http://deb.debian.org" >&2; exit 100; }
	echo package >git_1%3a2.39-0_amd64.deb ;;
esac
`

func TestFetch(t *testing.T) {
	for _, test := range []struct {
		name    string
		wanted  string
		mirror  bool
		cached  bool
		trouble string // in the error; empty for none
		asked   string
	}{
		{"what is missing is downloaded", "git", true, false, "", "install download"},
		{"what is there is not", "git", false, true, "", "install"},
		{"no mirror", "git", false, false, "look at the mirror in /etc/apt", "install download update"},
		{"no such package", "nonsense", true, false, "Unable to locate package nonsense", "install update install"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bin, cache := t.TempDir(), t.TempDir()
			t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
			if err := os.WriteFile(filepath.Join(bin, "apt-get"), []byte(fakeApt), 0o755); err != nil {
				t.Fatal(err)
			}
			if test.mirror {
				if err := os.WriteFile(filepath.Join(bin, "mirror"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			deb := filepath.Join(cache, "archives", "git_1%3a2.39-0_amd64.deb")
			if test.cached {
				if err := os.MkdirAll(filepath.Dir(deb), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(deb, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			all, err := Fetch(t.Context(), cache, Set{Packages: []string{test.wanted}})
			if test.trouble == "" && (err != nil || len(all) != 1 || all[0].Path != deb) {
				t.Errorf("fetched are %v, %v", all, err)
			}
			if test.trouble != "" && (err == nil || !strings.Contains(err.Error(), test.trouble)) {
				t.Errorf("the error is %v, want one with %q", err, test.trouble)
			}
			asked, rerr := os.ReadFile(filepath.Join(bin, "asked"))
			if got := strings.Join(strings.Fields(string(asked)), " "); rerr != nil || got != test.asked {
				t.Errorf("apt-get was asked to %s, %v; want %s", got, rerr, test.asked)
			}
		})
	}
}
