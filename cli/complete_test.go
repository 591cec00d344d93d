package cli

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"culvert/kube/kubetest"
)

// completions returns what cobra offers for the last of words, and its directive.
func completions(t *testing.T, d Deps, words ...string) ([]string, cobra.ShellCompDirective) {
	t.Helper()
	var out, errs strings.Builder
	d.Out, d.Err = &out, &errs
	if code := execute(t.Context(), d, append([]string{"__complete"}, words...)); code != ExitOK {
		t.Fatalf("exit status %d: %s", code, errs.String())
	}
	if said := strings.Split(strings.TrimSpace(errs.String()), "\n"); len(said) != 1 || !strings.HasPrefix(said[0], "Completion ended") {
		t.Errorf("it says %q", errs.String())
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	last := lines[len(lines)-1]
	n, err := strconv.Atoi(strings.TrimPrefix(last, ":"))
	if err != nil {
		t.Fatalf("the last line is %q", last)
	}
	var offered []string
	for _, l := range lines[:len(lines)-1] {
		word, _, _ := strings.Cut(l, "\t")
		offered = append(offered, word)
	}
	return offered, cobra.ShellCompDirective(n)
}

func TestCompletion(t *testing.T) {
	o := kubetest.Demo()
	o.Objects = append(o.Objects, kubetest.Service{
		Name: "front", Namespace: "shop", Selector: map[string]string{"app": "web"},
		Ports: []kubetest.ServicePort{{Name: "http", Port: 80}, {Name: "dns", Port: 53, Protocol: "UDP"}},
	})
	_, config := cluster(t, o)
	const none = cobra.ShellCompDirectiveNoFileComp
	for name, tt := range map[string]struct {
		typed string
		want  string // some of it
		not   string
		to    cobra.ShellCompDirective
	}{
		"verbs":                    {"", "forward targets completion login", "keep", none},
		"a verb":                   {"forw", "forward", "targets", none},
		"a verb's flags":           {"forward --pod", "--pod-running-timeout", "--policy", none},
		"kubectl's flags":          {"forward --as", "--as --as-group --as-uid --as-user-extra", "--address", none},
		"hidden ones":              {"forward --warn", "", "--warnings-as-errors", none},
		"contexts":                 {"forward --context ", kubetest.DemoContext, "", none},
		"contexts that begin so":   {"forward --context zzz", "", kubetest.DemoContext, none},
		"contexts, of targets":     {"targets --context=", kubetest.DemoContext, "", none},
		"namespaces":               {"forward -n ", "shop data observability", "", none},
		"a namespace":              {"forward --namespace sh", "shop", "data", none},
		"a target":                 {"forward -n shop ", "web-7d4b9c6f5-x2x9k svc/ deploy/ selector/", "postgres-0", none | cobra.ShellCompDirectiveNoSpace},
		"a pod":                    {"forward -n shop web", "web-7d4b9c6f5-x2x9k", "svc/", none | cobra.ShellCompDirectiveNoSpace},
		"a service":                {"forward -n shop svc/", "svc/front", "web", none},
		"a service, in full":       {"port-forward -n shop services/f", "services/front", "svc/front", none},
		"a kind that is none":      {"forward node/", "", "", none},
		"a service's ports":        {"forward -n shop svc/front ", "80 http :80", "53 dns", none},
		"a service's ports, local": {"forward -n shop svc/front 8080:", "8080:80 8080:http", "80 http", none},
		"a pod's ports":            {"forward -n shop web-7d4b9c6f5-x2x9k ", "8080 :8080", "", none},
		"more of them":             {"forward -n shop web-7d4b9c6f5-x2x9k 8080 :", ":8080", "8080", none},
		"transports":               {"forward --via ", "auto spdy websocket node", "", none},
		"policies":                 {"forward --policy r", "round-robin", "sticky", none | cobra.ShellCompDirectiveKeepOrder},
		"addresses":                {"forward --address ", "localhost 127.0.0.1 ::1 0.0.0.0", "", none | cobra.ShellCompDirectiveKeepOrder},
		"more addresses":           {"forward --address ::1,", "::1,localhost ::1,127.0.0.1", "localhost", none | cobra.ShellCompDirectiveKeepOrder},
		"outputs":                  {"forward -o ", "json", "", none},
		"clusters":                 {"forward --cluster ", "demo", "", none},
		"users":                    {"forward --user ", "admin@demo", "", none},
		"files":                    {"forward --client-key ", "", "json", cobra.ShellCompDirectiveDefault},
		"a kubeconfig":             {"targets --kubeconfig ", "", "json", cobra.ShellCompDirectiveDefault},
		"a token":                  {"forward --token ", "", "", none},
		"kinds":                    {"targets s", "svc sts", "deploy", none},
		"kinds that are there":     {"targets svc ", "sts", "svc", none},
		"a target to ask about":    {"access -n shop svc/", "svc/front", "", none},
		"a file to add":            {"contexts add ", "", "json", cobra.ShellCompDirectiveDefault},
		"nothing":                  {"namespaces ", "", "", none},
		"a shell":                  {"completion ", "bash zsh fish powershell kubectl", "", none},
	} {
		t.Run(name, func(t *testing.T) {
			typed := strings.Split(tt.typed, " ")
			if !strings.Contains(tt.typed, "--kubeconfig") && len(typed) > 1 && typed[0] != "completion" {
				typed = slices.Concat(typed[:1], []string{"--kubeconfig", config}, typed[1:])
			}
			got, to := completions(t, Deps{}, typed...)
			for _, w := range strings.Fields(tt.want) {
				if !slices.Contains(got, w) {
					t.Errorf("%q is not among %q", w, got)
				}
			}
			for _, w := range strings.Fields(tt.not) {
				if slices.Contains(got, w) {
					t.Errorf("%q is among %q", w, got)
				}
			}
			if to != tt.to {
				t.Errorf("the directive is %d, want %d", to, tt.to)
			}
		})
	}
}

// TestCompletionIsSilent: without a cluster there is nothing to offer, and nothing to say,
// within two seconds.
func TestCompletionIsSilent(t *testing.T) {
	s, config := cluster(t, podsrv())
	s.Down()
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("clusters: [}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, flags := range map[string][]string{
		"no server": {"--kubeconfig", config}, "no kubeconfig": {"--kubeconfig", "/nonexistent/config"},
		"a broken one": {"--kubeconfig", broken}, "no context": {"--kubeconfig", config, "--context", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			for _, typed := range [][]string{{"svc/"}, {"-n", ""}, {"podsrv", ""}} {
				if got, _ := completions(t, Deps{}, slices.Concat([]string{"forward"}, flags, typed)...); len(got) > 1 {
					t.Errorf("%q is completed by %q", typed, got)
				}
			}
			if took := time.Since(began); took > 3*(completeWithin+time.Second) {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestCompletionScripts: each is one that its shell reads, where that is here.
func TestCompletionScripts(t *testing.T) {
	check := map[string][]string{
		"bash": {"bash", "-n"}, "zsh": {"zsh", "-n"}, "fish": {"fish", "--no-execute"}, "kubectl": {"sh", "-n"},
		"powershell": {"pwsh", "-NoProfile", "-File"},
	}
	for _, called := range []string{"culvert", "kubectl-culvert"} {
		for _, s := range shells(called) {
			t.Run(called+" "+s.name, func(t *testing.T) {
				var out strings.Builder
				if code := execute(t.Context(), Deps{Called: "/usr/bin/" + called, Out: &out, Err: io.Discard}, []string{"completion", s.name}); code != ExitOK {
					t.Fatalf("exit status %d", code)
				}
				if s.name != "kubectl" && !strings.Contains(out.String(), called) || !strings.Contains(out.String(), "__complete") {
					t.Errorf("it is\n%s", out.String())
				}
				shell, err := exec.LookPath(check[s.name][0])
				if err != nil {
					t.Logf("there is no %s here", check[s.name][0])
					return
				}
				path := filepath.Join(t.TempDir(), "script")
				if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if said, err := exec.CommandContext(ctx, shell, append(check[s.name][1:], path)...).CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, said)
				}
			})
		}
	}
}

// TestCompletionInBash: the script completes in a real shell what the program offers.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Log("there is no bash here")
		return
	}
	dir := t.TempDir()
	var script strings.Builder
	if code := execute(t.Context(), Deps{Out: &script, Err: io.Discard}, []string{"completion", "bash"}); code != ExitOK {
		t.Fatalf("exit status %d", code)
	}
	stub := "#!/bin/sh\necho \"$@\" >> '" + dir + "/asked'\nprintf 'svc/front\\nsvc/back\\n:4\\n'\n"
	for name, text := range map[string]string{"culvert": stub, "script": script.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	const ask = `_get_comp_words_by_ref() { cur=svc/f; prev=forward; words=(culvert forward svc/f); cword=2; }
		source "$1"; COMP_WORDS=(culvert forward svc/f); COMP_CWORD=2; COMP_LINE="culvert forward svc/f"; COMP_POINT=21; COMP_TYPE=9
		_init_completion() { _get_comp_words_by_ref; }; __start_culvert; echo "${COMPREPLY[@]}"`
	cmd := exec.CommandContext(t.Context(), bash, "--norc", "-c", ask, "bash", filepath.Join(dir, "script"))
	cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.Output() // that no completion is under way is on stderr
	if err != nil || strings.TrimSpace(string(out)) != "svc/front" {
		t.Errorf("it is completed by %q, %v", out, err)
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	if err != nil || strings.TrimSpace(string(asked)) != "__complete forward svc/f" {
		t.Errorf("asked was %q, %v", asked, err)
	}
}
