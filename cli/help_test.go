package cli

import (
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// each calls fn with root and all commands below it that the help shows.
func each(root *cobra.Command, fn func(*cobra.Command)) {
	fn(root)
	for _, sub := range root.Commands() {
		if sub.IsAvailableCommand() {
			each(sub, fn)
		}
	}
}

func TestEveryVerbHasHelp(t *testing.T) {
	root := newRoot(Deps{Out: io.Discard, Err: io.Discard})
	var ids []string
	for _, g := range groups() {
		ids = append(ids, g.id)
	}
	each(root, func(cmd *cobra.Command) {
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			if cmd.Short == "" || cmd.Long == "" || cmd.Example == "" {
				t.Errorf("it lacks a short, a long text or examples")
			}
			if strings.HasSuffix(cmd.Short, ".") || strings.Contains(cmd.Short, "\n") {
				t.Errorf("its short text is %q", cmd.Short)
			}
			if cmd.Parent() == root && !slices.Contains(ids, cmd.GroupID) {
				t.Errorf("it is in the group %q", cmd.GroupID)
			}
			for line := range strings.Lines(cmd.Long) {
				if len(line) > 125 {
					t.Errorf("a line has %d letters: %s", len(line), line)
				}
			}
			cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if f.Usage == "" && !f.Hidden {
					t.Errorf("--%s says nothing", f.Name)
				}
			})
		})
	})
}

// words of a shell, as far as examples have them: in quotation marks and not.
var exampleWord = regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s'"]+`)

// exampleCommand is our part of an example: up to what a shell does with it.
var exampleCommand = regexp.MustCompile(`(?:^|[\s($;|&])culvert((?:\s[^|<>;&)#]*)?)`)

// TestExamplesAreCommandLines: what the help shows can be typed.
func TestExamplesAreCommandLines(t *testing.T) {
	each(newRoot(Deps{}), func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Example) {
			for _, m := range exampleCommand.FindAllStringSubmatch(strings.TrimSpace(line), -1) {
				checkExample(t, m[1])
			}
		}
	})
}

func checkExample(t *testing.T, line string) {
	t.Helper()
	var args []string
	for _, w := range exampleWord.FindAllString(line, -1) {
		args = append(args, strings.Trim(w, `'"`))
	}
	root := newRoot(Deps{Out: io.Discard, Err: io.Discard})
	cmd, rest, err := root.Find(asOurs(root, args))
	if err == nil && cmd == root && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && !strings.ContainsAny(rest[0], "./") {
		t.Errorf("culvert%s: there is no such verb", line)
		return
	}
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil && cmd != root { // root looks for files
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil {
		t.Errorf("culvert%s: %v", line, err)
	}
}

func TestCallingOf(t *testing.T) {
	for arg0, want := range map[string]string{
		"": "culvert", "culvert": "culvert", "/usr/bin/culvert": "culvert", "./bin/kubectl-culvert": "kubectl culvert", "kubectl-culvert": "kubectl culvert",
		"oc-culvert": "oc culvert", "Kubectl-Culvert.exe": "kubectl culvert", "other": "culvert",
	} {
		if got := callingOf(arg0).words; got != want {
			t.Errorf("%q is %q, want %q", arg0, got, want)
		}
	}
}

// TestPluginsHelp: as a plugin of kubectl the texts have what is typed, and the errors.
func TestPluginsHelp(t *testing.T) {
	_, config := cluster(t, podsrv())
	untrusted, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	untrusted = regexp.MustCompile(`"certificate-authority-data": "[^"]*"`).ReplaceAll(untrusted, []byte(`"tls-server-name": "127.0.0.1"`))
	if err := os.WriteFile(config, untrusted, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args []string
		want []string
	}{
		"help":    {[]string{"forward", "--help"}, []string{"\n  kubectl culvert forward TARGET", "\n  kubectl culvert forward svc/web"}},
		"root":    {[]string{"--help"}, []string{"\n  kubectl culvert [command]", "Use \"kubectl culvert [command] --help\""}},
		"a text":  {[]string{"targets", "--help"}, []string{"what `kubectl culvert forward` takes"}},
		"usage":   {[]string{"forward"}, []string{"See 'kubectl culvert forward --help'."}},
		"a verb":  {[]string{"forwrad"}, []string{`unknown command "forwrad" for "kubectl culvert"; did you mean forward?`}},
		"a hint":  {[]string{"forward", "--kubeconfig", config, "podsrv", "80"}, []string{"`kubectl culvert login --server"}},
		"version": {[]string{"--version"}, []string{"culvert 1.2"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			execute(t.Context(), Deps{Called: "/x/kubectl-culvert", Version: "1.2", Out: &out, Err: &out}, tt.args)
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in\n%s", want, out.String())
				}
			}
			if left := regexp.MustCompile("(?m)(^|[`'(]|  )culvert [a-z]").FindString(out.String()); left != "" && name != "version" {
				t.Errorf("%q is left in\n%s", left, out.String())
			}
		})
	}
}
