package login

import (
	"strings"
	"testing"

	"culvert/tunnels"
)

const (
	secret   = "sha256~" + secretA + secretB
	secretA  = "Ksckkug9Fg_RWn_AUysPo"
	secretB  = "Ig-_HqmFI9zUL_CgD8wr8x"
	jwt      = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJkZXYifQ.c2lnbmF0dXJl"
	example  = "https://api.example.com:6443"
	userLine = "oc login " + example + " -u kim "
)

func TestParseLine(t *testing.T) {
	token := Line{Server: example, Token: secret}
	tests := []struct {
		name, text string
		want       Line
	}{
		{"as the console shows it", "oc login --token=" + secret + " --server=" + example, token},
		{"with blanks", "  oc   login --token " + secret + "\t--server " + example + "  \n", token},
		{"with a prompt", "[kim's laptop ~]$ oc login --token=" + secret + " --server=" + example, token},
		{"with a prompt of one character", "$ oc login --token=" + secret + " " + example, token},
		{"on Windows", `PS C:\Users\kim> .\oc.exe login --token=` + secret + " --server=" + example + "\r\n", token},
		{"a path", "/usr/local/bin/oc login " + example + " --token=" + secret, token},
		{"quotes", `oc login --token="` + secret + `" --server='` + example + "'", token},
		{"continued", "oc login \\\n  --token=" + secret + " \\\r\n  --server=" + example, token},
		{"continued with a prompt", "$ oc login \\\n> --token=" + secret + " \\ \n> --server=" + example, token},
		{"login on the next line", "oc \\\nlogin --token=" + secret + " -s " + example, token},
		{"lines without a backslash", "oc login --token=" + secret + "\n--server=" + example, token},
		{"token broken", "oc login --token=sha256~" + secretA + "\n" + secretB + " --server=" + example, token},
		{"token broken by CRLF and blanks", "oc login --token=sha256~" + secretA + " \r\n  " + secretB + " --server=" + example, token},
		{"token broken by a blank", "oc login --token=sha256~" + secretA + " " + secretB + " --server=" + example, token},
		{"token broken twice", "oc login --token=sha\n256~" + secretA + "\n" + secretB + "\n" + example, token},
		{"token broken before a dash", "oc login --token=sha256~" + secretA + "Ig\n-_HqmFI9zUL_CgD8wr8x --server=" + example, token},
		{"token broken in quotes", "oc login --token='sha256~" + secretA + "\n  " + secretB + "' --server=" + example, token},
		{"server broken", "oc login --token=" + secret + " --server=https://api.exam\nple.com:6443", token},
		{"port broken", "oc login --server=https://api.example.com:64\n43 --token=" + secret, token},
		{"page around it", "Log in with this token\noc login --token=" + secret + " --server=" + example +
			"\nUse this token directly against the API\ncurl -H \"Authorization: Bearer " + secret + "\" \"https://x/\" | less", token},
		{"what it said", "oc login --token=" + secret + " --server=" + example + "\nLogged into \"" + example + "\" as \"kim\"; it's done", token},
		{"another kind of token", "oc login --token=" + jwt + " --server=" + example, Line{Server: example, Token: jwt}},
		{"another kind of token broken", "oc login --token=" + jwt[:20] + "\n" + jwt[20:] + " --server=" + example, Line{Server: example, Token: jwt}},
		{"server after another kind of token", "oc login --token=" + jwt + " api.example.com", Line{Server: "https://api.example.com", Token: jwt}},
		{"user and password", userLine + "-p 's e$cret'", Line{Server: example, User: "kim", Password: "s e$cret"}},
		{"user alone", "oc login -ukim " + example, Line{Server: example, User: "kim"}},
		{
			"long flags", "oc login --username=kim --password=x --server=" + example + " --certificate-authority=/etc/ca.crt --namespace=shop --insecure-skip-tls-verify=false",
			Line{Server: example, User: "kim", Password: "x", CAFile: "/etc/ca.crt", Namespace: "shop"},
		},
		{"a quote in a password", `oc login -u kim -p "it's" -n shop ` + example, Line{Server: example, User: "kim", Password: "it's", Namespace: "shop"}},
		{"a backslash in a password", `oc login -u kim -p a\ b\$c ` + example, Line{Server: example, User: "kim", Password: "a b$c"}},
		{"host alone", "oc login API.example.com:6443 --token=" + secret, token},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseLine(tt.text)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestParseLineRefuses(t *testing.T) {
	tests := []struct{ name, text, says string }{
		{"empty", "", "no `oc login`"},
		{"another command", "oc project " + secret, "no `oc login`"},
		{"a token alone", secret, "no `oc login`"},
		{"huge", "oc login --token=" + strings.Repeat(secret, 2000), "too long"},
		{"no server", "oc login --token=" + secret, "names no server"},
		{"nothing else", "oc login", "names no server"},
		{"no credential", "oc login " + example, "neither a token nor a user"},
		{"both", userLine + "--token=" + secret, "a token and a user"},
		{"insecure", "oc login --insecure-skip-tls-verify --token=" + secret + " " + example, "fingerprint"},
		{"insecure and true", "oc login --insecure-skip-tls-verify=true --token=" + secret + " " + example, "fingerprint"},
		{"in the browser", "oc login --web " + example, "browser"},
		{"no TLS", "oc login http://api.example.com --token=" + secret, "without TLS"},
		{"a page", "oc login https://console.example.com/k8s?x=1 --token=" + secret, "address of a page"},
		{"a user in the URL", "oc login https://kim:" + secret + "@api.example.com --token=" + secret, "user or a password"},
		{"broken off", "oc login --server=" + example + " --token=sha256~" + secretA, "not whole"},
		{"too long a token", "oc login --server=" + example + " --token=" + secret + "x", "longer"},
		{"two servers", "oc login " + example + " --server=https://other.example.com --token=" + secret, "more words"},
		{"a server broken anywhere", "oc login --server=https://api.exam\nple.com --token=" + secret, "more words"},
		{"a flag twice", "oc login --token=" + secret + " --token=" + secret + " " + example, "twice"},
		{"an unknown flag", "oc login --certificate=" + secret + " " + example, "--certificate"},
		{"no value", "oc login " + example + " --token", "no value"},
		{"a variable", "oc login " + example + " --token=$TOKEN", "variable"},
		{"a command", "oc login " + example + " --token=$(cat " + secret + ")", "variable"},
		{"backticks", "oc login " + example + " --token=`cat x`", "variable"},
		{"a variable in quotes", `oc login ` + example + ` --token="${TOKEN}"`, "variable"},
		{"another command behind it", "oc login " + example + " --token=" + secret + " && rm -rf x", "another command"},
		{"a file", "oc login " + example + " --token=" + secret + " > out", "another command"},
		{"an open quote", "oc login " + example + " --token='" + secret, "not closed"},
		{"control characters", "oc login " + example + " --token=" + secret + "\x1b[31m", "characters"},
		{"a server that drives a terminal", "oc login \"https://api\u202e.example.com\" --token=" + secret, "its host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseLine(tt.text)
			e := tunnels.AsError(err)
			if err == nil || e.Hint == "" || !e.Permanent {
				t.Fatalf("got %+v, %v", got, err)
			}
			if said := e.Error() + " " + e.Hint; !strings.Contains(said, tt.says) || strings.Contains(said, secretA) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

func FuzzParseLine(f *testing.F) {
	for _, s := range []string{
		"oc login --token=" + secret + " --server=" + example,
		"$ oc login \\\n> --token='sha256~" + secretA + "\n" + secretB + "' " + example,
		userLine + `-p "it's \$5" -n shop --certificate-authority=ca.crt`,
		"oc login https://[::1]:6443/k8s/ --token=" + jwt,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLine(text)
		if err != nil {
			if e := tunnels.AsError(err); e.Hint == "" || shown(e.Hint) != e.Hint && len(e.Hint) < mostText || shown(e.Error()) != e.Error() {
				t.Errorf("the error is %q, %q", e, e.Hint)
			}
			return
		}
		again, err := ParseLine(l.Command())
		if err != nil || again != l {
			t.Errorf("%q gives %+v, and that gives %+v, %v", text, l, again, err)
		}
	})
}
