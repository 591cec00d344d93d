package kube

import (
	"errors"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
)

func TestSecretsAreTakenOut(t *testing.T) {
	cl := &cluster{rest: &rest.Config{BearerToken: "own-token-1", Password: "hunter22"}}
	for in, want := range map[string]string{
		"Authorization: Bearer abcdefghijklmnop.qrstuv":                                              "Authorization: Bearer [removed]",
		"authorization: basic dXNlcjpwYXNzd29yZDE=":                                                  "authorization: basic [removed]",
		"a token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJkZXYifQ.c2ln, refused":                              "a token [removed], refused",
		"oc login --token=sha256~AbCdEfGhIjKlMnOp --server=https://api.test":                         "oc login --token=[removed] --server=https://api.test",
		"it was sha256~AbCdEfGhIjKlMnOp":                                                             "it was [removed]",
		"proxyconnect: http://ann:p@ss@proxy.test:3128/x refused":                                    "proxyconnect: http://[removed]proxy.test:3128/x refused",
		`{"error":"invalid_grant","refresh_token": "r-123","id_token":"x"}`:                          `{"error":"invalid_grant","refresh_token": "[removed]","id_token":"[removed]"}`,
		"https://idp.test/cb?code=4%2F0AbC&state=x":                                                  "https://idp.test/cb?code=[removed]&state=x",
		"status:\n  token: abc-1\n  more: x":                                                         "status:\n  token: [removed]\n  more: x",
		"{status: {token: abc-1}}":                                                                   "{status: {token: [removed]}",
		"status: token: abcdefghijklmnop1 and more":                                                  "status: token: [removed] and more",
		"'password': 'hunter3'":                                                                      "'password': '[removed]'",
		"clientKeyData: c2VjcmV0\n":                                                                  "clientKeyData: [removed]\n",
		"client-key-data=c2VjcmV0 ends":                                                              "client-key-data=[removed] ends",
		`{"clientKeyData":"-----BEGIN RSA PRIVATE KEY-----\nc2Vj\n-----END RSA PRIVATE KEY-----\n"}`: `{"clientKeyData":"[removed]"}`,
		"a key:\n-----BEGIN PRIVATE KEY-----\nc2VjcmV0\nthat is cut":                                 "a key:\n[removed]",
		"client_secret=abc&grant_type=password":                                                      "client_secret=[removed]&grant_type=password",
		"PASSWORD=\nTOKEN=\"abc-123\"\nHOME=/root":                                                   "PASSWORD=\n[removed]\"[removed]\"\nHOME=/root",
		`token: "token": "abc-123"`:                                                                  `token: "[removed]": "[removed]"`,
		"it says own-token-1 and hunter22":                                                           "it says [removed] and [removed]",
		`pods "web-1" is forbidden: User "dev@example.com" cannot get`:                               `pods "web-1" is forbidden: User "dev@example.com" cannot get`,
		"failed to refresh token: oauth2: token expired":                                             "failed to refresh token: oauth2: token expired",
		"basic authentication is off":                                                                "basic authentication is off",
		`Post "https://a.test/x": dial tcp 10.0.0.1:443: mail ops@example.com`:                       `Post "https://a.test/x": dial tcp 10.0.0.1:443: mail ops@example.com`,
		`image sha256:0123456789abcdef0123456789abcdef0123456789abcdef is absent`:                    `image sha256:0123456789abcdef0123456789abcdef0123456789abcdef is absent`,
	} {
		if got := cl.withoutSecrets(in); got != want {
			t.Errorf("%q becomes %q", in, got)
		}
	}
	answer := "getting credentials: decoding stdout: Object 'Kind' is missing in '{status: abc}'"
	if e := cl.explain(action{}, errors.New(answer)); e.Raw != "" || strings.Contains(e.Error(), "abc") {
		t.Errorf("a plugin's answer is told: %v, %q", e, e.Raw)
	}
	cl.context.Server = "https://api.test"
	e := cl.explain(action{}, errors.New("it says own-token-1 "+strings.Repeat("long ", 1000)))
	for what, s := range map[string]string{"sentence": e.Error(), "raw": e.Raw} {
		checkShown(t, what, s, mostMessage+1)
		if strings.Contains(s, "own-token-1") {
			t.Errorf("the %s has the token: %q", what, s)
		}
	}
}
