package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"culvert/cli"
)

// TestDocuments: docs say what the code says.
func TestDocuments(t *testing.T) {
	dir := filepath.Join("..", "..", "docs")
	want, err := documents(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%v; run make reference", err)
			continue
		}
		if line, is, should := firstDifference(string(got), text); line > 0 {
			t.Errorf("docs/%s, line %d: it is\n%s\nand should be\n%s\nRun make reference.", name, line, is, should)
		}
	}
}

// firstDifference returns the first line in which two texts differ, from 1 on; 0 for none.
func firstDifference(a, b string) (line int, inA, inB string) {
	if a == b {
		return 0, "", ""
	}
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(as), len(bs)) {
		inA, inB = "(the end)", "(the end)"
		if i < len(as) {
			inA = as[i]
		}
		if i < len(bs) {
			inB = bs[i]
		}
		if inA != inB {
			return i + 1, inA, inB
		}
	}
	return 0, "", ""
}

// TestCommandsAreWhole: each verb and each flag that the help lists is in the document, and
// what is hidden is not.
func TestCommandsAreWhole(t *testing.T) {
	text := commands(cli.Command(someVersion))
	n := 0
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		_, after, found := strings.Cut(text, "# "+cmd.CommandPath()+"\n")
		if found == cmd.Hidden {
			t.Errorf("%s is hidden: %v, and has a section: %v", cmd.CommandPath(), cmd.Hidden, found)
		}
		if cmd.Hidden {
			return
		}
		n++
		own, _, _ := strings.Cut(after, "\n#")
		cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
			in := own
			if f.Name == "help" || f.Name == "verbose" {
				in = text
			}
			if has := strings.Contains(in, "--"+f.Name+"`") || strings.Contains(in, "--"+f.Name+" ") || strings.Contains(in, "--"+f.Name+"["); !has && !f.Hidden {
				t.Errorf("%s lacks --%s", cmd.CommandPath(), f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			look(sub)
		}
	}
	look(cli.Command(someVersion))
	if n < 30 {
		t.Errorf("only %d verbs were found", n)
	}
}

func TestFlagCells(t *testing.T) {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.StringP("output", "o", "", "the `format`: json|name")
	set.Bool("all", false, "all <of> them")
	set.Duration("wait", 0, "wait, as `long` as given")
	set.Lookup("wait").NoOptDefVal = "30s"
	set.Duration("timeout", 1e9, "give up after it")
	set.String("request-timeout", "0", "a `time`")
	set.StringSlice("address", []string{"localhost"}, "some `addresses`")
	for name, want := range map[string]string{
		"output":          "| `-o, --output format` | the format: json\\|name | |\n",
		"all":             "| `--all` | all \\<of> them | |\n",
		"wait":            "| `--wait[=long]` | wait, as long as given; alone it means `30s` | |\n",
		"timeout":         "| `--timeout duration` | give up after it | `1s` |\n",
		"request-timeout": "| `--request-timeout time` | a time | `0` |\n",
		"address":         "| `--address addresses` | some addresses | `localhost` |\n",
	} {
		if got := row(flagCells(set.Lookup(name))...); got != want {
			t.Errorf("--%s is\n%s, want\n%s", name, got, want)
		}
	}
}

func TestFields(t *testing.T) {
	got, err := fields([]byte(`{
		"required": ["b"],
		"properties": {
			"b": {"description": "Last in the alphabet and first here.", "const": 1},
			"a": {"description": "Words.", "$ref": "#/$defs/words", "default": "x"},
			"list": {"description": "Things.", "type": ["array", "null"], "maxItems": 5, "items": {"$ref": "#/$defs/thing"}}
		},
		"$defs": {
			"word": {"description": "no spaces", "type": "string", "maxLength": 3},
			"words": {"anyOf": [{"$ref": "#/$defs/word"}, {"type": "null"}, {"type": "array", "maxItems": 2, "uniqueItems": true, "items": {"$ref": "#/$defs/word"}}]},
			"thing": {"type": "object", "properties": {"on": {"description": "Whether.", "enum": [true, false, "yes", null], "default": true}}}
		}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	want := "| Field | Type | Allowed | Default | Meaning |\n| --- | --- | --- | --- | --- |\n" +
		"| `b` | integer | `1` | required | Last in the alphabet and first here. |\n" +
		"| `a` | string, or a list of such | no spaces; up to 3 letters; up to 2, none twice in a list | `x` | Words. |\n" +
		"| `list` | list | up to 5 in a list | | Things. |\n" +
		"| `list[].on` | boolean | `true`, `false`, `yes` | `true` | Whether. |\n"
	if got != want {
		t.Errorf("the table is\n%s\nand should be\n%s", got, want)
	}
	if _, err := fields([]byte(`{"properties": {"a": {"type": "string"}}}`)); err == nil {
		t.Error("a field without a description is taken")
	}
}

func TestBetween(t *testing.T) {
	got, err := between("before\n"+beginMark+"old\n"+endMark+"\nafter\n", "new\n")
	if want := "before\n" + beginMark + "\nnew\n\n" + endMark + "\nafter\n"; err != nil || got != want {
		t.Errorf("it is %q, %v; want %q", got, err, want)
	}
	if _, err := between("no marks", "new"); err == nil {
		t.Error("a document without marks is taken")
	}
}
