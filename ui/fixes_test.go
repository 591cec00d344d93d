package ui

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"culvert/kube"
	"culvert/tunnels"
)

func missingStatus(target string, e *kube.MissingError) tunnels.Status {
	t, err := tunnels.ParseTarget(target)
	if err != nil {
		panic(err)
	}
	st := stopped(spec("web", "dev", "shop", "web", "8080"))
	t.Context, t.Namespace = "dev", "shop"
	st.Spec.Target = t
	st.State, st.Reason = tunnels.Waiting, "not found"
	st.Err = &tunnels.Error{Op: "look for " + target, Err: e, Hint: "Did you mean something else?", Cause: tunnels.CauseNotFound}
	return st
}

// troubledPorts is a tunnel to a pod that declares some ports.
func troubledPorts(cause tunnels.Cause, declared []uint16, pairs ...string) tunnels.Status {
	st := readyStatus(spec("web", "dev", "shop", "web-1", pairs...))
	st.State, st.Declared = tunnels.Degraded, declared
	e := &tunnels.Error{Err: errors.New("nothing listens on 8080"), Hint: "Start the program.", Cause: cause}
	st.Err, st.PortErrs = e, map[tunnels.Port]*tunnels.Error{st.Spec.Mappings[0].Remote: e}
	return st
}

func notBound(cause tunnels.Cause, listen []string, addr, pair string) tunnels.Status {
	st := stopped(spec("web", "dev", "shop", "web-1", pair))
	st.Spec.Listen = listen
	st.State = tunnels.NeedsUser
	st.Err = &tunnels.Error{Err: errors.New("no"), Cause: cause, Permanent: true}
	st.Unbound = []tunnels.Unbound{{Mapping: st.Spec.Mappings[0], Addr: netip.MustParseAddrPort(addr), Err: st.Err}}
	return st
}

func TestFixes(t *testing.T) {
	deploy := tunnels.Target{Kind: tunnels.KindDeployment, Name: "web"}
	const gone = "pod/web-7d4b9c6f5-x2x9k"
	tests := map[string]struct {
		st   tunnels.Status
		want string // the buttons, and what they make of the tunnel
		told string // by the first
	}{
		"all is well": {st: readyStatus(spec("web", "dev", "shop", "web-1", "8080"))},
		"a pod that has gone": {
			st:   missingStatus(gone, &kube.MissingError{Kind: tunnels.KindPod, Near: []string{"web-7d4b9c6f5-aaaaa"}, Owner: deploy}),
			want: "Follow deploy/web instead: shop deploy/web 8080; Use web-7d4b9c6f5-aaaaa: shop pod/web-7d4b9c6f5-aaaaa 8080",
			told: "“web” now leads to deploy/web (shop).",
		},
		"a name misspelt": {
			st:   missingStatus("svc/wep", &kube.MissingError{Kind: tunnels.KindService, Near: []string{"web", "web-api", "web-x"}}),
			want: "Use web: shop svc/web 8080; Use web-api: shop svc/web-api 8080",
			told: "“web” now leads to svc/web (shop).",
		},
		"a namespace misspelt": {
			st:   missingStatus("svc/web", &kube.MissingError{Name: "shop", Near: []string{"shops"}}),
			want: "Use namespace shops: shops svc/web 8080",
			told: "“web” now leads to svc/web (shops).",
		},
		"nothing near":          {st: missingStatus("svc/web", &kube.MissingError{Kind: tunnels.KindService})},
		"a name that cannot be": {st: missingStatus("svc/web", &kube.MissingError{Kind: tunnels.KindService, Near: []string{"Web!"}})},
		"nothing listens": {
			st:   troubledPorts(tunnels.CauseRefused, []uint16{8081}, "8080"),
			want: "Use 8081: shop pod/web-1 8080:8081",
			told: "“web” now leads to port 8081.",
		},
		"nothing listens, many declared": {
			st:   troubledPorts(tunnels.CauseRefused, []uint16{9000, 8081, 8082, 8083}, "8080", "9000"),
			want: "Use 8081: shop pod/web-1 8080:8081 9000; Use 8082: shop pod/web-1 8080:8082 9000",
			told: "“web” now leads to port 8081.",
		},
		"nothing listens where it is declared": {st: troubledPorts(tunnels.CauseRefused, []uint16{8080, 8081}, "8080")},
		"nothing is declared":                  {st: troubledPorts(tunnels.CauseRefused, nil, "8080")},
		"no port of the name": {
			st:   troubledPorts(tunnels.CauseInvalid, []uint16{8081}, "http"),
			want: "Use 8081: shop pod/web-1 8081",
			told: "“web” now leads to port 8081.",
		},
		"a UDP port": {st: troubledPorts(tunnels.CauseInvalid, []uint16{8081}, "53")},
		"a local port that is another one's": {
			st: troubledPorts(tunnels.CauseInvalid, []uint16{8081}, "http", "8081:9000"), // http would be 8081 here, too
		},
		"a port that needs rights": {
			st:   notBound(tunnels.CausePrivileged, nil, "127.0.0.1:80", "80"),
			want: "Use 8080: shop pod/web-1 8080:80",
			told: "“web” now listens on port 8080.",
		},
		"a port that a policy forbids": {st: notBound(tunnels.CausePrivileged, nil, "127.0.0.1:8080", "8080")},
		"an address that is not here": {
			st:   notBound(tunnels.CauseNoAddress, []string{"192.0.2.1"}, "192.0.2.1:8080", "8080"),
			want: "Use localhost: shop pod/web-1 8080 on localhost",
			told: "“web” now listens on localhost.",
		},
		"one of two addresses": {
			st:   notBound(tunnels.CauseNoAddress, []string{"127.0.0.1", "192.0.2.1"}, "192.0.2.1:8080", "8080"),
			want: "Leave out 192.0.2.1: shop pod/web-1 8080 on 127.0.0.1",
			told: "“web” now listens on 127.0.0.1.",
		},
		"a port that somebody has": {st: notBound(tunnels.CausePortBusy, nil, "127.0.0.1:8080", "8080")}, // the conflict card's
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			was := tt.st.Spec.Mappings[0]
			var got []string
			fixes := fixesOf(tt.st)
			for _, f := range fixes {
				s := f.verb.text + ": " + f.spec.Target.Namespace + " " + f.spec.Target.String()
				for _, m := range f.spec.Mappings {
					s += " " + m.String()
				}
				if len(f.spec.Listen) > 0 {
					s += " on " + strings.Join(f.spec.Listen, " ")
				}
				got = append(got, s)
			}
			if s := strings.Join(got, "; "); s != tt.want {
				t.Errorf("%s\nwant %s", s, tt.want)
			}
			if len(fixes) > 0 && fixes[0].told != tt.told {
				t.Errorf("told %q, want %q", fixes[0].told, tt.told)
			}
			if tt.st.Spec.Mappings[0] != was {
				t.Error("the tunnel itself has changed")
			}
		})
	}
}

func TestPortTrouble(t *testing.T) {
	if got := portTrouble(troubledPorts(tunnels.CauseRefused, []uint16{8081, 9090}, "8080")); got != "Nothing listens on 8080 in web-1; it declares 8081, 9090." {
		t.Errorf("%q", got)
	}
	if got := portTrouble(troubledPorts(tunnels.CauseRefused, []uint16{8080}, "8080")); got != "" {
		t.Errorf("%q of a port that is declared", got)
	}
}

func TestFixIsDoneAndUndone(t *testing.T) {
	st := troubledPorts(tunnels.CauseRefused, []uint16{8081}, "8080")
	w := newWorld(t, newFakeTunnels(st), newFakeCatalog())
	w.app.choose("web")
	v := w.app.details.view
	if len(v.remedies) != 1 || v.trouble != "Nothing listens on 8080 in web-1; it declares 8081." {
		t.Fatalf("%+v: %s", v.remedies, v.trouble)
	}
	w.app.applyRemedy(fixVerb + "8080=9999") // not offered
	w.app.applyRemedy(v.remedies[0].key)
	ports := func() string { return w.app.snap[0].Spec.Mappings[0].String() }
	w.until("it is changed", func() bool { return ports() == "8080:8081" && w.app.undo.Visible() && len(w.app.busy) == 0 })
	w.app.undo.undo.OnTap()
	w.until("it is as before", func() bool { return ports() == "8080" })
}

func TestFirstRemedy(t *testing.T) {
	signIn := readyStatus(spec("web", "dev", "shop", "web-1", "8080"))
	signIn.State = tunnels.NeedsUser
	signIn.Err = &tunnels.Error{Err: errors.New("expired"), Cause: tunnels.CauseSignIn, Permanent: true}
	degraded := troubledPorts(tunnels.CauseRefused, []uint16{8081}, "8080")
	tests := map[string]struct {
		st   tunnels.Status
		c    kube.Context
		want string
	}{
		"sign in":                  {signIn, kube.Context{Origin: kube.OriginSignedIn}, verbSignIn},
		"a port that needs rights": {notBound(tunnels.CausePrivileged, nil, "127.0.0.1:80", "80"), kube.Context{}, fixVerb + "80@8080"},
		"a port that is taken":     {notBound(tunnels.CausePortBusy, nil, "127.0.0.1:80", "80"), kube.Context{}, ""},
		"it works but for a port":  {degraded, kube.Context{}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if v, ok := firstRemedy(tt.st, tt.c, true, true); v.key != tt.want || ok != (tt.want != "") {
				t.Errorf("%+v, %v", v, ok)
			}
		})
	}
}
