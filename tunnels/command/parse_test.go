package command

import (
	"slices"
	"strings"
	"testing"

	"culvert/tunnels"
)

// said is what a text says of a tunnel, as a line.
func said(p Parsed) string {
	words := []string{}
	if p.Program != "" {
		words = append(words, p.Program+":")
	}
	spec := tunnels.Spec{Target: p.Target, Mappings: p.Mappings, Listen: p.Listen, Name: p.Name}
	if q := Quick(spec); q != "" {
		words = append(words, q)
	}
	return strings.Join(words, " ")
}

func TestParse(t *testing.T) {
	const web = "kubectl: svc/web 80"
	tests := []struct {
		in, want string
		err      string // a part of the error
		warning  string // a part of the warnings; none may be there without it
	}{
		// quick lines
		{in: "", want: ""},
		{in: "  \n", want: ""},
		{in: "svc/web 6000:5000 :9090 -n shop", want: "svc/web 6000:5000 :9090 -n shop"},
		{in: "-n=shop svc/web 80", want: "svc/web 80 -n shop"},
		{in: "svc/web -nshop 80", want: "svc/web 80 -n shop"},
		{in: "svc/web --namespace shop --context dev 80", want: "svc/web 80 -n shop --context dev"},
		{in: "svc/web --namespace=shop --context=dev 80", want: "svc/web 80 -n shop --context dev"},
		{in: "svc/web 80 --address localhost,::1", want: "svc/web 80 --address localhost,::1"},
		{in: "svc/web 80 --address 127.0.0.1 --address=::1,127.0.0.1", want: "svc/web 80 --address 127.0.0.1,::1"},
		{in: "svc/web 80 --name 'My web'", want: "svc/web 80 '--name=My web'"},
		{in: `svc/web 80 --name="a \"b\" \c"`, want: `svc/web 80 '--name=a "b" \c'`},
		{in: `svc/web 80 --name My\ web`, want: "svc/web 80 '--name=My web'"},
		{in: "web-1 8080", want: "pod/web-1 8080"},
		{in: "deployments.apps/api 0:5000 http", want: "deploy/api :5000 http"},
		{in: "svc/web http 8443:https", want: "svc/web http 8443:https"},
		{in: "8080 svc/web", want: "svc/web 8080"},
		{in: "6000:5000 -n shop", want: "6000:5000 -n shop"},
		{in: "svc/web", want: "svc/web"},
		{in: "-n a -n b svc/web", want: "svc/web -n b"},
		{in: "-n '' svc/web", want: "svc/web"},
		{in: "'selector/app in (a,b)' 80", want: "'selector/app in (a,b)' 80"},
		{in: "selector/app=web,tier!=old 80", want: "'selector/app=web,tier!=old' 80"},
		{in: "oc 8080", want: "pod/oc 8080"},
		{in: "k 80:http", want: "pod/k 80:http"},
		{in: "svc web 80", want: "svc/web 80", warning: "svc web is read as svc/web."},
		{in: "svc 80", want: "pod/svc 80"},
		{in: "–n shop svc/web —context dev", want: "svc/web -n shop --context dev"},

		// as they are typed
		{in: "svc", want: ""},
		{in: "svc/", want: ""},
		{in: "svc/web 80 -", want: "svc/web 80"},
		{in: "svc/web 80 --addr", want: "svc/web 80"},
		{in: "kubectl", want: "kubectl:"},
		{in: "kubectl port-for", want: "kubectl:"},
		{in: "svc/web 6000:", want: "svc/web", err: "no remote port"},
		{in: "svc/web 80 -n", want: "svc/web 80", err: "-n has no value"},
		{in: "svc/web 80 -n --context dev", want: "svc/web 80 --context dev", err: "-n has no value"},
		{in: "svc/web 80 --name 'My", want: "svc/web 80", err: "not closed"},

		// what cannot be
		{in: "node/n1 80", want: "80", err: "cannot be forwarded to"},
		{in: "Web 80", want: "80", err: "not a name in Kubernetes"},
		{in: "svc/web 70000 80", want: "svc/web 80", err: "too large"},
		{in: "svc/web 80 80:90 81", want: "svc/web 80 81", err: "wanted by both 80 and 80:90"},
		{in: "svc/web :80 :80 81", want: "svc/web :80 81", err: "there twice"},
		{in: "svc/web deploy/api 80", want: "svc/web 80", err: "deploy/api is a second target beside svc/web"},
		{in: "svc/web 80 -n Shop --address nowhere", want: "svc/web 80", err: "not a namespace's name"},
		{in: "svc/web 80 --address nowhere", want: "svc/web 80", err: "neither"},
		{in: "svc/web 80 -namespace shop", want: "svc/web 80", err: "one hyphen too few"},
		{in: "app=web 80", want: "80", err: "neither a target nor a port"},
		{in: "TOKEN=x svc/web 80", want: "svc/web 80", warning: "TOKEN has no effect"},
		{in: "80 app=web", want: "80", err: "neither a target nor a port"},
		{in: "svc/$WEB 80", want: "80", err: "filled in by a shell"},
		{in: `svc/web "${PORT}" 80`, want: "svc/web 80", err: "filled in by a shell"},
		{in: "svc/web -n $(cat ns) 80", want: "svc/web 80", err: "filled in by a shell"},
		{in: "svc/web -n `cat ns` 80", want: "svc/web 80", err: "filled in by a shell"},
		{in: "selector/app in (a,b)", want: "selector/app in", err: "parentheses"},
		{in: "kubectl port-forward <pod-name> 80", want: "kubectl: 80", err: "stands for a name"},
		{in: "svc/web 80 --name web*", want: "svc/web 80 '--name=web*'", warning: "taken as it stands"},
		{in: strings.Repeat("a", 254), err: "at most 253"},
		{in: strings.Repeat("80 ", 3000), err: "longer than 8192"},
		{in: "svc/\xff", err: "not UTF-8"},

		// commands
		{in: "kubectl port-forward svc/web 80", want: web},
		{in: "$ kubectl port-forward svc/web 80", want: web},
		{in: "# kubectl port-forward svc/web 80", want: web},
		{in: "> kubectl port-forward svc/web 80", want: web},
		{in: "me@host:~/shop$ kubectl port-forward svc/web 80", want: web},
		{in: "[me@host shop]$ kubectl port-forward svc/web 80", want: web},
		{in: `PS C:\Users\me> kubectl port-forward svc/web 80`, want: web},
		{in: `C:\Users\me>kubectl port-forward svc/web 80`, want: web},
		{in: "/usr/local/bin/kubectl port-forward svc/web 80", want: web},
		{in: `C:\bin\kubectl.exe port-forward svc/web 80`, want: web},
		{in: `& "C:\Program Files\k\kubectl.exe" port-forward svc/web 80`, want: web},
		{in: "k port-forward svc/web 80", want: web},
		{in: "port-forward svc/web 80", want: "svc/web 80"},
		{in: "port-forward 80", want: "pod/port-forward 80"},
		{in: "minikube kubectl -- port-forward svc/web 80", want: web},
		{in: "oc -n shop port-forward --pod web-1 80", want: "oc: pod/web-1 80 -n shop"},
		{in: "culvert forward --policy newest svc/web 80", want: "culvert: svc/web 80", warning: "--policy is not read here"},
		{in: "kubectl --context dev -n shop port-forward -v=6 svc/web --request-timeout 5s 80 --pod-running-timeout=1m", want: "kubectl: svc/web 80 -n shop --context dev"},
		{in: "kubectl port-forward \\\n  svc/web \\\r\n  80", want: web},
		{in: "kubectl port-forward \\\n> svc/web \\\n> 80", want: web},
		{in: "kubectl port-forward \\   svc/web \\   80", want: web},
		{in: "kubectl port-forward ^\r\n svc/web ^\r\n 80", want: web},
		{in: "kubectl port-forward `\n svc/web `\n 80", want: web},
		{in: "kubectl port-forward svc/web 80 &", want: web},
		{in: "kubectl port-forward svc/web 80 &>/dev/null &\n", want: web},
		{in: "nohup kubectl port-forward svc/web 80 >log.txt 2>&1 </dev/null &", want: web},
		{in: "kubectl port-forward svc/web 80 # the shop", want: web},
		{in: "kubectl port-forward svc/web 80;", want: web},
		{in: "sudo -E kubectl port-forward svc/web 80", want: web, warning: "sudo has no effect"},
		{in: "KUBECONFIG=x kubectl port-forward svc/web 80", want: web, warning: "KUBECONFIG is not followed"},
		{in: "env A=b kubectl port-forward svc/web 80", want: web, warning: "A has no effect"},
		{in: "ssh host kubectl port-forward svc/web 80", want: web, err: "before a port-forward"},
		{in: "cd x && kubectl port-forward svc/web 80", want: web, err: "one command is read"},
		{in: "kubectl port-forward svc/web 80 | tee log", want: web, err: "one command is read"},
		{in: "kubectl port-forward svc/web 80\nForwarding from 127.0.0.1:80 -> 80", want: web, err: "one command is read"},
		{in: "while true; do kubectl port-forward svc/web 80; done", want: web, err: "one command is read"},
		{in: "kubectl get pods -n shop", want: "kubectl:", err: "only port-forward is read"},
		{in: "kubectl svc/web 80", want: web, warning: "port-forward is missing"},

		// flags that are not followed
		{in: "kubectl port-forward svc/web 80 --kubeconfig ~/x", want: web, warning: "add that file"},
		{in: "kubectl port-forward svc/web 80 -s https://x", want: web, warning: "choose the context of that cluster"},
		{in: "kubectl port-forward svc/web 80 --as admin", want: web, warning: "signs in as that user"},
		{in: "kubectl --insecure-skip-tls-verify port-forward svc/web 80", want: web, warning: "how the cluster is trusted"},
		{in: "kubectl --insecure-skip-tls-verify=false port-forward svc/web 80", want: web},
		{in: "kubectl port-forward --colour svc/web 80", want: web, warning: "--colour is not known"},
		{in: "kubectl port-forward --colour red svc/web 80", want: web, warning: "--colour is not known"},
		{in: "kubectl port-forward --colour web-1 80", want: "kubectl: pod/web-1 80", warning: "--colour is not known"},
		{in: "kubectl --colour port-forward svc/web 80 -x", want: web, warning: "-x is not known"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			p, err := Parse(tt.in)
			checkPieces(t, tt.in, p)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if got := said(p); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			warnings := strings.Join(p.Warnings, " ")
			if (warnings != "") != (tt.warning != "") || !strings.Contains(warnings, tt.warning) {
				t.Errorf("warnings %q, want %q", warnings, tt.warning)
			}
		})
	}
}

// checkPieces fails unless the pieces are within the text and in its order.
func checkPieces(t *testing.T, text string, p Parsed) {
	t.Helper()
	at := 0
	for _, piece := range p.Pieces {
		if piece.From < at || piece.To < piece.From || piece.To > len(text) {
			t.Errorf("%q: %+v is not behind %d", text, piece, at)
		}
		at = piece.To
		if piece.Err != nil {
			if e, ok := piece.Err.(*tunnels.Error); !ok || e.Cause != tunnels.CauseInvalid { //nolint:errorlint // it is that itself
				t.Errorf("%q: %v is no error for users", text, piece.Err)
			}
		}
	}
}

func TestPieces(t *testing.T) {
	const text = "$ kubectl port-forward -n shop svc/web 80 x_y --token=abc --context='my one' :90 &"
	want := []Piece{
		{Kind: KindFlag, Text: ""},
		{Kind: KindProgram, Text: "kubectl"},
		{Kind: KindProgram, Text: "port-forward"},
		{Kind: KindNamespace, Text: "shop"},
		{Kind: KindTarget, Text: "svc/web"},
		{Kind: KindPort, Text: "80"},
		{Kind: KindPort, Text: "x_y"},
		{Kind: KindFlag, Text: "--token"},
		{Kind: KindContext, Text: "my one"},
		{Kind: KindPort, Text: ":90"},
		{Kind: KindFlag, Text: "&"},
	}
	spans := []string{"$", "kubectl", "port-forward", "-n shop", "svc/web", "80", "x_y", "--token=abc", "--context='my one'", ":90", "&"}
	p, err := Parse(text)
	if err == nil || !strings.Contains(err.Error(), "x_y") {
		t.Errorf("the error is %v", err)
	}
	if len(p.Pieces) != len(want) {
		t.Fatalf("%d pieces: %+v", len(p.Pieces), p.Pieces)
	}
	for i, piece := range p.Pieces {
		if piece.Kind != want[i].Kind || piece.Text != want[i].Text || text[piece.From:piece.To] != spans[i] || (piece.Err != nil) != (spans[i] == "x_y") {
			t.Errorf("piece %d is %+v at %q", i, piece, text[piece.From:piece.To])
		}
	}
}

// mark stands for a secret.
const mark = "Hunter2Marker"

// tells says whether anything of p or err has the secret.
func tells(p Parsed, err error) bool {
	all := []string{p.Target.Context, p.Target.Namespace, p.Target.Name, p.Name, p.Program}
	all = append(append(all, p.Listen...), p.Warnings...)
	for _, m := range p.Mappings {
		all = append(all, m.String())
	}
	errs := []error{err}
	for _, piece := range p.Pieces {
		all = append(all, piece.Text)
		errs = append(errs, piece.Err)
	}
	for _, err := range errs {
		if e := tunnels.AsError(err); e != nil {
			all = append(all, e.Error(), e.Hint, e.Raw)
		}
	}
	return slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, mark) })
}

func TestSecretsAreDropped(t *testing.T) {
	for _, s := range []string{
		"--token M", "--token=M", "--token 'M and M'", "--password M", "--client-key=M", "--token=$(oc whoami M)", "--token \"M",
		"-token M", "-token=M", "--tokn M", "--api-key M", "--bearer=M", "--Token M", "--colour M", "--colour=M", "--password -M",
		"--password --token M", "eyJMMMM", "-n eyJMMMM", "--name sha256~M", "-p sha256~M", "| login --token M", "; M", "> M", "# M", "--as M", "-s https://M",
		"--=M", "-xM", "--$M", "-- --token M", "x=M", "--user M:M", "--context https://bob:M@host", "--name=https://:M@host/x", "--cluster https://M:M@host",
	} {
		for _, line := range []string{"svc/web 80 %", "kubectl % port-forward svc/web 80", "kubectl port-forward % svc/web 80", "oc % get", "x='%' kubectl port-forward a"} {
			text := strings.ReplaceAll(line, "%", strings.ReplaceAll(s, "M", mark))
			if p, err := Parse(text); tells(p, err) {
				t.Errorf("%q tells: %+v, %v", text, p, err)
			}
		}
	}
}
