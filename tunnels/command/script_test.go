package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
)

// shownForward is a forward in one line.
func shownForward(f Forward) string {
	spec := tunnels.Spec{Target: f.Target, Mappings: f.Mappings, Listen: f.Listen, Name: f.Name}
	out := fmt.Sprintf("%d: %s", f.Line, Quick(spec))
	if f.Via != "" || f.Policy != "" || f.StopAfter != 0 {
		out += fmt.Sprintf(" [%s %s %v]", f.Via, f.Policy, f.StopAfter)
	}
	for _, w := range f.Warnings {
		out += " ~ " + w
	}
	for _, e := range f.Errs {
		out += " ! " + e.Error()
	}
	return out
}

func TestReadScript(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		ignored    int
	}{
		{"none", "echo hello; ls -l | wc", nil, 3},
		{"several", "kubectl port-forward svc/a 80 & oc port-forward pod/b 81;culvert forward dc/c 82 && k port-forward d 83", []string{
			"1: svc/a 80", "1: pod/b 81", "1: dc/c 82", "1: pod/d 83",
		}, 0},
		{"comments and continued lines", "#!/bin/sh\n# kubectl port-forward svc/no 1\nkubectl port-forward \\\n  svc/a \\\n  8080:80 # yes\n\nkubectl port-forward svc/b 81", []string{
			"3: svc/a 8080:80", "7: svc/b 81",
		}, 0},
		{"variables", "NS=shop\nexport CTX=dev\nkubectl -n $NS --context \"${CTX}\" port-forward svc/${NAME:-web} ${PORT:=8080}:80", []string{
			"3: svc/web 8080:80 -n shop --context dev",
		}, 0},
		{"a variable with several words", "PORTS='80 :81'\nOPTS=\"-n shop\"\nK='kubectl --context dev'\n$K $OPTS port-forward svc/a $PORTS", []string{
			"4: svc/a 80 :81 -n shop --context dev",
		}, 0},
		{"a variable that nobody sets", "kubectl port-forward svc/$NAME 80\nkubectl port-forward svc/a $P:80 --token $T", []string{
			"1: 80 ! command: it uses $NAME, and what that is cannot be told from the script",
			"2: svc/a ~ --token is dropped: secrets are not kept, and signing in is done with the context. ! command: it uses $P, and what that is cannot be told from the script",
		}, 0},
		{"the output of a command", "POD=$(kubectl get pod -l app=a -o name)\nkubectl port-forward $POD 80\nkubectl port-forward $(kubectl get pod) 80", []string{
			"2: 80 ! command: it uses $POD, and what that is cannot be told from the script",
			"3: 80 ! command: a variable or another command is filled in by a shell, and none runs here",
		}, 0},
		{"functions", "pf() {\n  kubectl port-forward svc/$1 $2\n}\nfunction fixed {\n kubectl port-forward svc/a 80; }\npf web 80", []string{
			"2:  ! command: it uses $1, and what that is cannot be told from the script ! command: it uses $2, and what that is cannot be told from the script",
			"5: svc/a 80",
		}, 1},
		{"for ever", "while true; do kubectl port-forward svc/a 80; sleep 1; done &\nuntil oc port-forward b 81; do :; done\n(while :; do k port-forward c 82; done)&", []string{
			"1: svc/a 80", "2: pod/b 81", "3: pod/c 82",
		}, 4},
		{"for each", "for s in a b; do kubectl port-forward svc/$s 80 & done", []string{
			"1: 80 ! command: it uses $s, and what that is cannot be told from the script",
		}, 0},
		{"on a condition", "NS=a\nif [ -n \"$X\" ]; then NS=b; fi\nkubectl -n $NS port-forward svc/a 80", []string{
			"3: svc/a 80 ! command: it uses $NS, and what that is cannot be told from the script",
		}, 1},
		{"run by others", "sudo -E -u me kubectl port-forward svc/a 80\nnohup kubectl port-forward svc/b 81 >/dev/null 2>&1 &\ntimeout -s INT 30m kubectl port-forward svc/c 82\nenv -i A=b nice -n 5 kubectl port-forward svc/d 83\nKUBECONFIG=x kubectl port-forward svc/e 84", []string{
			"1: svc/a 80 ~ sudo has no effect here: a tunnel runs with your own rights.", "2: svc/b 81", "3: svc/c 82 [ sticky 30m0s]", "4: svc/d 83",
			"5: svc/e 84 ~ KUBECONFIG is not followed here: choose a context, or add that file to the contexts first.",
		}, 0},
		{"in another shell", `bash -c "kubectl port-forward svc/a 80 & kubectl port-forward svc/b 81"; tmux new -d 'oc port-forward c 82'; eval "sh -c 'k port-forward d 83'"`, []string{
			"1: svc/a 80", "1: svc/b 81", "1: pod/c 82", "1: pod/d 83",
		}, 0},
		{"aliases", "alias k=kubectl kpf='kubectl port-forward -n shop'\nkpf svc/a 80\nalias q='k get'\nq pods", []string{"2: svc/a 80 -n shop"}, 1},
		{"only told", "echo kubectl port-forward svc/a 80\ngrep 'kubectl port-forward' x\ncat <<EOF\nkubectl port-forward svc/a 80\nEOF\npkill -f \"kubectl port-forward\"\nssh host kubectl port-forward a 80\nkubectl get svc", nil, 6},
		{"a session", "me@host:~$ kubectl port-forward svc/a 80\nForwarding from 127.0.0.1:80 -> 80\nHandling connection for 80\n^C\n$ don't\n$ kubectl port-forward svc/b 81", []string{"1: svc/a 80", "6: svc/b 81"}, 4},
		{"chosen before", "kubectl config use-context dev\nkubectl config set-context --current --namespace=shop\nkubectl port-forward svc/a 80\nkubectx prod\noc project other\noc port-forward svc/b 81 --context x", []string{
			"3: svc/a 80 -n shop --context dev", "6: svc/b 81 -n other --context x",
		}, 3},
		{"of Windows", "@echo off\r\nstart /b C:\\bin\\kubectl.exe port-forward svc/a 80 ^\r\n  81\r\nStart-Job -ScriptBlock { kubectl port-forward svc/b `\r\n 82 }", []string{"2: svc/a 80 81", "4: svc/b 82"}, 1},
		{"names", "# tunnel: Shop, web\nkubectl port-forward svc/a 80\nkubectl port-forward svc/b 81", []string{"2: svc/a 80 '--name=Shop, web'", "3: svc/b 81"}, 0},
		{"what culvert alone can", "culvert forward --via node --policy=ordinal=2 sts/a 80\nculvert forward --via x a 80", []string{
			"1: sts/a 80 [node ordinal=2 0s]", "2: pod/a 80 ! transport: this transport is unknown",
		}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ReadScript(tt.text, 100)
			var got []string
			for _, f := range s.Forwards {
				got = append(got, shownForward(f))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") || s.Ignored != tt.ignored {
				t.Errorf("%d ignored, want %d; got\n%s\nwant\n%s", s.Ignored, tt.ignored, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestScriptsAreBounded(t *testing.T) {
	if s := ReadScript(strings.Repeat("kubectl port-forward svc/a 80\n", 20), 10); len(s.Forwards) != 10 || !s.More {
		t.Errorf("%d forwards, more %v", len(s.Forwards), s.More)
	}
	const large = 256 << 10
	for _, part := range []string{`"`, `'`, "a'", `"\`, "$(", "${", "`", "<a", "<<a ", "(", "{", "\\ ", "^", "a\n", "don't\n", "$ ", "# \n", "a=b;", "$a", "a=$a$a;", "sh -c 'forward", "k port-forward a 1;"} {
		began := time.Now()
		ReadScript(strings.Repeat(part, large/len(part)), 2000)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%q took %v", part, took)
		}
	}
}

func FuzzScript(f *testing.F) {
	files, _ := filepath.Glob("../exchange/testdata/*.sh")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	for _, s := range []string{
		"NS=a; k -n ${NS:-b} port-forward svc/$1 80 & while :; do oc port-forward a 1; done", "cat <<E\nx\nE\nbash -c \"k port-forward a 1\"", "alias k='kubectl port-forward'\nk a 80 --token x",
		"f() { k port-forward a $2; }; timeout 5m sudo k port-forward a 80", "don't\n$ k port-forward a 80 ^\n 81",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range ReadScript(text, 50).Forwards {
			spec := tunnels.Spec{
				ID: "1", Target: got.Target, Mappings: got.Mappings, Listen: got.Listen, Name: got.Name, Via: got.Via, Policy: got.Policy, StopAfter: got.StopAfter,
			}
			if len(got.Errs) == 0 && got.Target.Kind != "" && len(got.Mappings) > 0 {
				if err := spec.Validate(); err != nil {
					t.Fatalf("%q gives %+v: %v", text, spec, err)
				}
			}
			for _, err := range got.Errs {
				if e := tunnels.AsError(err); e == nil || e.Err == nil {
					t.Fatalf("%q gives %v", text, err)
				}
			}
		}
		if strings.Contains(text, mark) {
			return
		}
		for _, with := range []string{"kubectl --token " + mark + " port-forward a 80\n" + text, text + "\noc port-forward a 80 --token=" + mark} {
			for _, got := range ReadScript(with, 50).Forwards {
				if err := firstOf(got.Errs); tells(got.Parsed, err) && !strings.Contains(text, "$") && !strings.Contains(text, "alias") {
					t.Fatalf("%q tells: %+v %v", with, got, err)
				}
			}
		}
	})
}

func firstOf(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return errs[0]
}
