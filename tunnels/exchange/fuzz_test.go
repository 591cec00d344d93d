package exchange

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"culvert/tunnels"
)

// seed adds the files whose names have a pattern.
func seed(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		f.Fatal(pattern, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// checkFound fails unless everything of f can be shown, and each proposal is a tunnel
// or says why it is none.
func checkFound(t *testing.T, data []byte, f Found, err error) {
	t.Helper()
	if err != nil {
		if e := tunnels.AsError(err); e == nil || e.Err == nil || len(f.Proposals) > 0 {
			t.Fatalf("%q: %v, with %+v", data, err, f)
		}
		return
	}
	if len(f.Proposals) == 0 || len(f.Proposals) > MaxProposals || f.Format == "" {
		t.Fatalf("%q: %d proposals of %q", data, len(f.Proposals), f.Format)
	}
	for _, p := range f.Proposals {
		s := p.Spec
		s.ID = "1"
		if err := s.Validate(); err != nil && p.Usable() {
			t.Fatalf("%q gives %+v: %v", data, p, err)
		}
		if p.Spec.ID != "" || p.Spec.Profile != "" || p.Spec.AutoStart {
			t.Fatalf("%q gives %+v", data, p)
		}
		all := append([]string{s.Name, s.Target.Context, s.Target.Namespace, s.Target.Name, p.Profile, p.From}, append(p.Notes, p.Problems...)...)
		for _, text := range all {
			if bad := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }); bad >= 0 {
				t.Fatalf("%q gives %q, which cannot be shown", data, text)
			}
		}
	}
	Judge(f.Proposals, nil, []string{"dev"})
}

func FuzzRead(f *testing.F) {
	seed(f, "*.*")
	f.Add([]byte("\xff\xfek\x00 \x00p\x00o\x00r\x00t\x00-\x00f\x00o\x00r\x00w\x00a\x00r\x00d\x00 \x00a\x00 \x001\x00"))
	f.Add([]byte("version: 1\ntunnels:\n  - target: svc/a\n    ports: [80]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := Read("x", data)
		checkFound(t, data, found, err)
	})
}

func FuzzKftray(f *testing.F) {
	for _, s := range []string{"web", "app=web", "../x", "a\u202eb", ""} {
		f.Add(s, "service", "127.0.0.1", "80", "tcp")
		f.Add(s, "pod", "::1", "\"0\"", "udp")
		f.Add(s, "proxy", "0.0.0.0", "null", "")
	}
	f.Fuzz(func(t *testing.T, name, kind, address, port, protocol string) {
		data := fmt.Appendf(nil, `[{"alias":%q,"service":%[1]q,"target":%[1]q,"namespace":%[1]q,"context":%[1]q,"workload_type":%q,"local_address":%q,"local_port":%s,"remote_port":%[4]s,"protocol":%[5]q}]`,
			name, kind, address, port, protocol)
		found, err := Read("x.json", data)
		checkFound(t, data, found, err)
	})
}

func FuzzKubeForwarder(f *testing.F) {
	for _, s := range []string{"web", "../x", "a\u202eb", ""} {
		f.Add(s, "service", "127.0.0.1", "80", "2")
		f.Add(s, "deployment", "::1", "0", "2")
		f.Add(s, "x", "0.0.0.0", "-1", "1")
	}
	f.Fuzz(func(t *testing.T, name, kind, address, port, version string) {
		data := fmt.Appendf(nil, `{"version":%s,"clusters":[{"name":%q,"config":{"currentContext":%[2]q,"content":"x"},"_services":[{"alias":%[2]q,"namespace":%[2]q,"workloadName":%[2]q,"workloadType":%[3]q,"localAddress":%[4]q,"forwards":[{"localPort":%[5]s,"remotePort":%[5]s}]}]}]}`,
			version, name, kind, address, port)
		found, err := Read("x.json", data)
		checkFound(t, data, found, err)
	})
}

func FuzzManifests(f *testing.F) {
	seed(f, "k9s*.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, prefix := range []string{"# k9scli.io/\n", "plugins: {} # port-forward\n---\n"} {
			text := append([]byte(prefix), data...)
			found, err := Read("x.yaml", text)
			checkFound(t, text, found, err)
		}
	})
}

func FuzzProfile(f *testing.F) {
	f.Add([]byte("  - name: a\n    target: svc/a\n    ports: ['80', ':http']\n    autostart: true\n"))
	f.Add([]byte("  - {target: pod/a, ports: 80, address: [localhost, '::1'], tags: [b], policy: ordinal=2, via: node, hold: 10s, stopAfter: 2h}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text := append([]byte("version: 1\ntunnels:\n"), data...)
		found, err := Read("x.yaml", text)
		checkFound(t, text, found, err)
	})
}
