package cli

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// TestKubectlsFlags: forward takes all that `kubectl options` and `kubectl port-forward
// --help` list, in 1.37.
func TestKubectlsFlags(t *testing.T) {
	flags := strings.Fields(`as as-group as-uid as-user-extra cache-dir certificate-authority client-certificate client-key cluster context
		disable-compression insecure-skip-tls-verify kubeconfig kuberc log-flush-frequency match-server-version namespace password profile
		profile-output proxy-url request-timeout server tls-server-name token user username v vmodule warnings-as-errors
		address pod-running-timeout`)
	root := newRoot(Deps{})
	cmd, _, err := root.Find([]string{portForward})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range flags {
		if cmd.Flag(name) == nil && cmd.InheritedFlags().Lookup(name) == nil {
			t.Errorf("there is no --%s", name)
		}
	}
	for _, name := range unusedFlags() {
		if !strings.Contains(cmd.Long, "--"+name) || !cmd.Flag(name).Hidden {
			t.Errorf("--%s changes nothing, and the help does not say so", name)
		}
	}
	for short, long := range map[string]string{"n": "namespace", "s": "server", "v": "verbose", "o": "output"} {
		f := cmd.Flags().ShorthandLookup(short)
		if f == nil {
			f = cmd.InheritedFlags().ShorthandLookup(short)
		}
		if f == nil || f.Name != long {
			t.Errorf("-%s is not --%s", short, long)
		}
	}
}

func TestAsOurs(t *testing.T) {
	for name, tt := range map[string]struct{ typed, want string }{
		"nothing":                    {"", ""},
		"as it is":                   {"forward web 80", "forward web 80"},
		"a level close to its flag":  {"forward -v6 web 80", "forward -v=6 web 80"},
		"a level apart":              {"forward web -v 6 80", "forward web -v=6 80"},
		"a long one apart":           {"port-forward --v 2 web 80", "port-forward --v=2 web 80"},
		"a port behind the flag":     {"forward web -v 80", "forward web -v 80"},
		"another verb":               {"targets -v 6", "targets -v 6"},
		"another verb's level":       {"targets -v2 svc", "targets -v=2 svc"},
		"flags before the verb":      {"--context x -n y port-forward web 80", "port-forward --context x -n y web 80"},
		"one without a value":        {"--insecure-skip-tls-verify port-forward web 80", "port-forward --insecure-skip-tls-verify web 80"},
		"a level before the verb":    {"-v 6 port-forward web 80", "port-forward -v=6 web 80"},
		"a value that is a verb":     {"--context forward targets", "--context forward targets"},
		"values with =":              {"--context=x port-forward --token=-v6 web 80", "port-forward --context=x --token=-v6 web 80"},
		"behind the end of flags":    {"forward -- web -v6", "forward -- web -v6"},
		"completion":                 {"__complete forward -v", "__complete forward -v"},
		"the window's":               {"--hidden file", "--hidden file"},
		"a flag at the end, no verb": {"--context", "--context"},
	} {
		t.Run(name, func(t *testing.T) {
			got := asOurs(newRoot(Deps{}), strings.Fields(tt.typed))
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%q is %q, want %q", tt.typed, got, tt.want)
			}
		})
	}
}

func TestParseAddresses(t *testing.T) {
	for name, tt := range map[string]struct {
		values       string
		listen, text string // of what is listened on, with port 1
	}{
		"localhost":            {"localhost", "localhost", "127.0.0.1:1 [::1]:1"},
		"twice":                {"localhost,localhost,127.0.0.1,127.0.0.1", "127.0.0.1 localhost", "127.0.0.1:1 [::1]:1"},
		"by their letters":     {"::1,127.0.0.3,10.0.0.1", "10.0.0.1 127.0.0.3 ::1", "10.0.0.1:1 127.0.0.3:1 [::1]:1"},
		"six before four":      {"203.0.113.1,2001:db8::1", "2001:db8::1 203.0.113.1", "[2001:db8::1]:1 203.0.113.1:1"},
		"as they are spelt":    {"0:0:0:0:0:0:0:1", "::1", "[0:0:0:0:0:0:0:1]:1"},
		"mapped":               {"::ffff:127.0.0.1", "127.0.0.1", "[::ffff:127.0.0.1]:1"},
		"all, before the rest": {"localhost,0.0.0.0", "0.0.0.0 localhost", "0.0.0.0:1 [::1]:1"},
		"no address":           {"example.org", "example.org", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := parseAddresses(strings.Split(tt.values, ","))
			if got := strings.Join(a.listen, " "); got != tt.listen {
				t.Errorf("listens on %q, want %q", got, tt.listen)
			}
			m := tunnels.Mapping{Local: 1, Remote: tunnels.Port{Number: 2}}
			var bound []tunnels.Bound
			for _, l := range a.listen {
				switch addr, err := netip.ParseAddr(l); {
				case err == nil:
					bound = append(bound, tunnels.Bound{Mapping: m, Addr: netip.AddrPortFrom(addr, 1)})
				case l == tunnels.Localhost:
					if !slices.Contains(a.listen, "127.0.0.1") && !slices.Contains(a.listen, "0.0.0.0") {
						bound = append(bound, tunnels.Bound{Mapping: m, Addr: netip.MustParseAddrPort("127.0.0.1:1")})
					}
					bound = append(bound, tunnels.Bound{Mapping: m, Addr: netip.MustParseAddrPort("[::1]:1")})
				}
			}
			slices.Reverse(bound)
			a.sort(bound, []tunnels.Mapping{m})
			var got []string
			for _, b := range bound {
				got = append(got, a.text(b.Addr))
			}
			if strings.Join(got, " ") != tt.text {
				t.Errorf("tells of %q, want %q", got, tt.text)
			}
		})
	}
}

// TestForwardTellsNumbers: what a named port and a service's lead to is told by its number
// in the pod.
func TestForwardTellsNumbers(t *testing.T) {
	var out strings.Builder
	p := &printer{out: &out, tunnels: make(map[tunnels.ID]*told)}
	http, eighty := tunnels.Port{Name: "http"}, tunnels.Port{Number: 80}
	spec := tunnels.Spec{ID: "t", Mappings: []tunnels.Mapping{{Local: 8080, Remote: http}, {Local: 80, Remote: eighty}, {Local: 7, Remote: tunnels.Port{Number: 9001}}}}
	event := func(e tunnels.Event) {
		e.Tunnel = spec.ID
		p.event(spec, e)
	}
	for _, i := range []int{2, 1, 0} {
		for _, host := range []string{"[::1]", "127.0.0.1"} {
			m := spec.Mappings[i]
			event(tunnels.Event{Kind: tunnels.EventBound, Mapping: m, Addr: netip.AddrPortFrom(netip.MustParseAddr(strings.Trim(host, "[]")), m.Local.Fixed())})
		}
	}
	event(tunnels.Event{Kind: tunnels.EventState, State: tunnels.Ready, Numbers: map[tunnels.Port]uint16{http: 9006, eighty: 8000}})
	const want = `Forwarding from 127.0.0.1:8080 -> 9006
Forwarding from [::1]:8080 -> 9006
Forwarding from 127.0.0.1:80 -> 8000
Forwarding from [::1]:80 -> 8000
Forwarding from 127.0.0.1:7 -> 9001
Forwarding from [::1]:7 -> 9001
`
	if out.String() != want {
		t.Errorf("it prints\n%swant\n%s", out.String(), want)
	}
}

func TestForwardElsewhere(t *testing.T) {
	one, _ := cluster(t, kubetest.Options{Name: "one"})
	two, _ := cluster(t, kubetest.Options{Name: "two", Pods: podsrv().Pods})
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config, kubetest.Kubeconfig(one, two), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, flags := range map[string][]string{
		"cluster and user":     {"--cluster", "two", "--user", "admin@two"},
		"the context":          {"--context", "two"},
		"server, as kubectl":   {"-s", two.URL(), "--insecure-skip-tls-verify", "--user=admin@two"},
		"before the verb":      {"--cluster=two", "--user", "admin@two", "--disable-compression", portForward},
		"with kubectl's words": {"--cluster=two", "--user=admin@two", "--request_timeout=30s", "-v", "1", "--vmodule=a=1", "--profile=none", "--cache-dir", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"--kubeconfig", config}, flags...)
			if !slices.Contains(args, portForward) {
				args = append([]string{"forward"}, args...)
			}
			c := run(t, append(args, "podsrv", ":9006")...)
			if page := get(t, c.addr()); !strings.Contains(page, "podsrv") {
				t.Errorf("the page is %q", page)
			}
			if insecure := slices.Contains(flags, "--insecure-skip-tls-verify"); strings.Contains(c.errors(), "not checked") != insecure {
				t.Errorf("it says %q", c.errors())
			}
		})
	}
}

func TestKubectlFlagsThatAreWrong(t *testing.T) {
	_, config := cluster(t, podsrv())
	for name, tt := range map[string]struct {
		args string
		code int
		says string
	}{
		"groups of nobody":     {"--as-group=dev", ExitUsage, "--as is missing"},
		"two sign-ins":         {"--token=hidden --username=a --password=hidden", ExitUsage, "give one of them"},
		"no password":          {"--username=a", ExitUsage, "give both"},
		"no key":               {"--client-certificate=a", ExitUsage, "give both"},
		"two trusts":           {"--certificate-authority=a --insecure-skip-tls-verify", ExitUsage, "give one of them"},
		"a profile":            {"--profile=cpu", ExitUsage, "--profile is not possible"},
		"no time":              {"--request-timeout=soon", ExitUsage, `"soon" is not a time`},
		"half an extra":        {"--as=a --as-user-extra=b", ExitUsage, "key=value"},
		"no such cluster":      {"--cluster=none", ExitError, "its cluster “none” is not in the kubeconfig"},
		"no such user":         {"--user=none", ExitError, "its user “none” is not in the kubeconfig"},
		"no such file":         {"--certificate-authority=/no/such/file", ExitError, "/no/such/file"},
		"a token that expired": {"--token=hidden-and-old", ExitError, "sign-in"},
		"no level":             {"--verbose=loud", ExitUsage, "no level"},
		"preferences":          {"--kuberc=x --cluster=none", ExitError, "--kuberc has no effect"},
		"a version":            {"--match-server-version --cluster=none", ExitError, "--match-server-version has no effect"},
		"two words":            {"svc web", ExitUsage, "write it as svc/web"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append(strings.Fields("forward --kubeconfig "+config+" --pod-running-timeout 5s "+tt.args), "podsrv", ":9006")
			if strings.HasPrefix(tt.args, "svc") {
				args = args[:len(args)-2]
				args = append(args, "80")
			}
			c := run(t, args...)
			if code := c.exit(); code != tt.code || !strings.Contains(c.errors(), tt.says) || strings.Contains(c.errors(), "hidden") {
				t.Errorf("exit status %d: %s", code, c.errors())
			}
		})
	}
}
