package holder

import (
	"net/netip"
	"testing"
)

func TestGripOf(t *testing.T) {
	tests := map[string]struct {
		listener, addr string
		want           grip
	}{
		"the same address":               {"127.0.0.1:80", "127.0.0.1:80", surely},
		"another port":                   {"127.0.0.1:81", "127.0.0.1:80", none},
		"another address":                {"192.0.2.1:80", "127.0.0.1:80", none},
		"all addresses":                  {"0.0.0.0:80", "127.0.0.1:80", surely},
		"all addresses of IPv6":          {"[::]:80", "[::1]:80", surely},
		"both families perhaps":          {"[::]:80", "127.0.0.1:80", maybe},
		"IPv4 written as IPv6":           {"[::ffff:127.0.0.1]:80", "127.0.0.1:80", surely},
		"all addresses are asked for":    {"127.0.0.1:80", "0.0.0.0:80", surely},
		"IPv4 does not hold IPv6":        {"0.0.0.0:80", "[::1]:80", none},
		"an interface named":             {"[fe80::1%eth0]:80", "[fe80::1]:80", surely},
		"the other family's one address": {"[::1]:80", "127.0.0.1:80", none},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := gripOf(netip.MustParseAddrPort(tt.listener), netip.MustParseAddrPort(tt.addr)); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestParseLsof(t *testing.T) {
	const out = "p812\ncpostgres\nf7\ntIPv6\nn[::1]:5432\nf8\ntIPv4\nn127.0.0.1:5432\n" +
		"p90\ncnginx\nf6\ntIPv4\nn*:8080\np91\ncnginx\nf6\ntIPv4\nn*:8080\n" +
		"p7\ncnode\nf20\ntIPv6\nn*:3000\np9\ncother\nf4\ntIPv4\nn127.0.0.1:3000\npx\ncbad\nf1\ntIPv4\nn127.0.0.1:1\n\n"
	tests := map[string]struct {
		addr string
		want Process // no PID: nobody
	}{
		"IPv4":                   {"127.0.0.1:5432", Process{PID: 812, Name: "postgres"}},
		"IPv6":                   {"[::1]:5432", Process{PID: 812, Name: "postgres"}},
		"the parent":             {"127.0.0.1:8080", Process{PID: 90, Name: "nginx"}},
		"not of this family":     {"[::1]:8080", Process{}},
		"the exact one":          {"127.0.0.1:3000", Process{PID: 9, Name: "other"}},
		"all addresses of IPv6":  {"[::1]:3000", Process{PID: 7, Name: "node"}},
		"a line that is no line": {"127.0.0.1:1", Process{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := parseLsof(out, netip.MustParseAddrPort(tt.addr))
			if ok != (tt.want.PID != 0) || got != tt.want {
				t.Errorf("%+v, %v; want %+v", got, ok, tt.want)
			}
		})
	}
}
