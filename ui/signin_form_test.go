package ui

import (
	"fmt"
	"strings"
	"testing"

	"culvert/kube"
	"culvert/kube/login"
)

const (
	apiURL  = "https://api.ocp.example.net:6443"
	aToken  = "sha256~abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"
	ocLogin = "oc login --token=" + aToken + " --server=" + apiURL
)

func TestSignFormComplaints(t *testing.T) {
	good := signForm{server: apiURL, way: kube.WithToken, token: aToken}
	tests := []struct {
		name   string
		change func(*signForm)
		field  func(signComplaints) string
		want   string
	}{
		{"no server", func(f *signForm) { f.server = " " }, func(c signComplaints) string { return c.server }, "API server"},
		{"plain http", func(f *signForm) { f.server = "http://api.example.net" }, func(c signComplaints) string { return c.server }, "https"},
		{"no token", func(f *signForm) { f.token = "" }, func(c signComplaints) string { return c.token }, "token"},
		{"a token with a control character", func(f *signForm) { f.token = "a\x00b" }, func(c signComplaints) string { return c.token }, "token"},
		{"no user", func(f *signForm) { f.way, f.password = kube.WithPassword, "secret" }, func(c signComplaints) string { return c.user }, "user"},
		{"no password", func(f *signForm) { f.way, f.user = kube.WithPassword, "kim" }, func(c signComplaints) string { return c.password }, "password"},
	}
	if bad := good.complaints(); bad.any() {
		t.Fatalf("a good form is complained about: %+v", bad)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := good
			tt.change(&f)
			got := tt.field(f.complaints())
			if !strings.Contains(got, tt.want) || !strings.HasSuffix(got, ".") {
				t.Errorf("the complaint is %q, it should be a sentence about %q", got, tt.want)
			}
		})
	}
}

func TestSignFormRequest(t *testing.T) {
	f := signForm{server: " " + apiURL, way: kube.WithToken, token: aToken, user: "kim", password: "secret", name: " work ", namespace: "shop"}
	r := f.request()
	if r.Server != apiURL || r.Name != "work" || r.Namespace != "shop" || r.Token != aToken || r.User != "" || r.Password != "" {
		t.Errorf("with a token it asks for %+v", r)
	}
	f.way = kube.WithPassword
	if r := f.request(); r.Token != "" || r.User != "kim" || r.Password != "secret" {
		t.Errorf("with a password it asks for %+v", r)
	}
}

func TestSignFormTakesALine(t *testing.T) {
	tests := []struct {
		name   string
		before signForm
		line   login.Line
		want   signForm
		found  string
	}{
		{
			"a token takes the place of a user",
			signForm{way: kube.WithPassword, user: "kim", password: "secret", name: "work", ca: "/ca.crt"},
			login.Line{Server: apiURL, Token: aToken, Namespace: "shop"},
			signForm{way: kube.WithToken, server: apiURL, token: aToken, name: "work", ca: "/ca.crt", namespace: "shop"},
			"Understood: api.ocp.example.net:6443, a token, namespace shop.",
		},
		{
			"a user alone keeps the password",
			signForm{way: kube.WithToken, token: aToken, password: "secret"},
			login.Line{Server: apiURL, User: "kim", CAFile: "/other.crt"},
			signForm{way: kube.WithPassword, server: apiURL, user: "kim", password: "secret", ca: "/other.crt"},
			"Understood: api.ocp.example.net:6443, user kim, an authority's file.",
		},
		{
			"a password is not shown",
			signForm{way: kube.WithToken},
			login.Line{Server: apiURL, User: "kim", Password: "s3cret"},
			signForm{way: kube.WithPassword, server: apiURL, user: "kim", password: "s3cret"},
			"Understood: api.ocp.example.net:6443, user kim with a password.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.before
			f.take(tt.line)
			if f != tt.want {
				t.Error("the form is another one than wanted") // it holds secrets
			}
			if got := foundIn(tt.line); got != tt.found {
				t.Errorf("it tells %q, want %q", got, tt.found)
			}
		})
	}
}

func TestAFormIsNotPrinted(t *testing.T) {
	f := signForm{server: apiURL, token: "t0ken", password: "s3cret"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, f); strings.Contains(got, "t0ken") || strings.Contains(got, "s3cret") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestSignFormOfAContext(t *testing.T) {
	c := kube.Context{Name: "work", Server: apiURL, User: "kim", Namespace: "shop", With: kube.WithPassword}
	if got, want := signFormOf(c), (signForm{server: apiURL, way: kube.WithPassword, user: "kim", name: "work", namespace: "shop"}); got != want {
		t.Error("the form is another one than that of the sign-in")
	}
	c.With = kube.WithToken
	if got := signFormOf(c); got.way != kube.WithToken || got.user != "" {
		t.Error("a sign-in with a token is renewed with a user")
	}
}
