package cli

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"culvert/tunnels"
)

// aStatus is a tunnel's status; bound are addresses and the mapping of each, as
// "127.0.0.1:6000 6000:80".
func aStatus(t testing.TB, name, mappings string, bound ...string) tunnels.Status {
	t.Helper()
	ms, err := tunnels.ParseMappings(strings.Fields(mappings))
	if err != nil {
		t.Fatal(err)
	}
	st := tunnels.Status{State: tunnels.Ready, Spec: tunnels.Spec{
		ID: tunnels.ID("dev/" + name), Name: name, Profile: "dev", Mappings: ms,
		Target: tunnels.Target{Context: "demo", Namespace: "shop", Kind: tunnels.KindService, Name: "web"},
	}}
	for _, b := range bound {
		addr, mapping, _ := strings.Cut(b, " ")
		m, err := tunnels.ParseMapping(mapping)
		if err != nil {
			t.Fatal(err)
		}
		st.Bound = append(st.Bound, tunnels.Bound{Mapping: m, Addr: netip.MustParseAddrPort(addr)})
	}
	return st
}

func TestVariables(t *testing.T) {
	tests := map[string]struct {
		tunnels []tunnels.Status
		want    string // NAME=VALUE without the common beginning
		err     []string
	}{
		"one port": {
			tunnels: []tunnels.Status{aStatus(t, "web", "6000:80", "127.0.0.1:6000 6000:80", "[::1]:6000 6000:80")},
			want:    "WEB_ADDR=127.0.0.1:6000 WEB_HOST=127.0.0.1 WEB_PORT=6000 WEB_80_ADDR=127.0.0.1:6000 WEB_80_HOST=127.0.0.1 WEB_80_PORT=6000",
		},
		"a named port, and a name with other letters": {
			tunnels: []tunnels.Status{aStatus(t, "Böse api.v2", ":http-alt", "127.0.0.2:6000 :http-alt")},
			want: "B_SE_API_V2_ADDR=127.0.0.2:6000 B_SE_API_V2_HOST=127.0.0.2 B_SE_API_V2_PORT=6000 " +
				"B_SE_API_V2_HTTP_ALT_ADDR=127.0.0.2:6000 B_SE_API_V2_HTTP_ALT_HOST=127.0.0.2 B_SE_API_V2_HTTP_ALT_PORT=6000",
		},
		"all addresses": {
			tunnels: []tunnels.Status{aStatus(t, "a", "80", "0.0.0.0:80 80")},
			want:    "A_ADDR=127.0.0.1:80 A_HOST=127.0.0.1 A_PORT=80 A_80_ADDR=127.0.0.1:80 A_80_HOST=127.0.0.1 A_80_PORT=80",
		},
		"IPv6 alone": {
			tunnels: []tunnels.Status{aStatus(t, "a", "80", "[::1]:80 80")},
			want:    "A_ADDR=[::1]:80 A_HOST=::1 A_PORT=80 A_80_ADDR=[::1]:80 A_80_HOST=::1 A_80_PORT=80",
		},
		"the first port is not there": {
			tunnels: []tunnels.Status{aStatus(t, "a", "80 81", "127.0.0.1:81 81")},
			want:    "A_81_ADDR=127.0.0.1:81 A_81_HOST=127.0.0.1 A_81_PORT=81",
		},
		"two ports that lead to one": {
			tunnels: []tunnels.Status{aStatus(t, "a", "80 81:80", "127.0.0.1:80 80", "127.0.0.1:81 81:80")},
			want:    "A_ADDR=127.0.0.1:80 A_HOST=127.0.0.1 A_PORT=80 A_80_ADDR=127.0.0.1:80 A_80_HOST=127.0.0.1 A_80_PORT=80",
		},
		"nothing is listened on": {tunnels: []tunnels.Status{aStatus(t, "a", "80")}},
		"two of one name": {
			tunnels: []tunnels.Status{aStatus(t, "my-db", "1:80", "127.0.0.1:1 1:80"), aStatus(t, "my.db", "2:80", "127.0.0.1:2 2:80")},
			err:     []string{`"my-db"`, `"my.db"`, "CULVERT_MY_DB_ADDR", "another name"},
		},
		"one named as the other's port": {
			tunnels: []tunnels.Status{aStatus(t, "a", "80 81", "127.0.0.1:80 80", "127.0.0.1:81 81"), aStatus(t, "a-81", "2:80", "127.0.0.1:2 2:80")},
			err:     []string{`"a"`, `"a-81"`, "CULVERT_A_81_ADDR"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			vars, err := variables(tt.tunnels)
			checkError(t, err, tt.err)
			var got []string
			for _, v := range vars {
				got = append(got, strings.TrimPrefix(v.name, "CULVERT_")+"="+v.value)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// checkError fails the test unless an error and its hint say all of that; nothing
// means no error.
func checkError(t *testing.T, err error, says []string) {
	t.Helper()
	if err == nil {
		if len(says) > 0 {
			t.Errorf("there is no error, want one that says %q", says)
		}
		return
	}
	text := fmt.Sprintf("%v. %s", err, tunnels.AsError(err).Hint)
	if len(says) == 0 {
		t.Errorf("the error is %s", text)
	}
	for _, s := range says {
		if !strings.Contains(text, s) {
			t.Errorf("the error is %q, which lacks %q", text, s)
		}
	}
}
