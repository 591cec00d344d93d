package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/durable"
	"culvert/tunnels/exchange"
	"culvert/tunnels/profiles"
)

// The formats of an export.
const (
	exportProfile = "profile"
	exportJSON    = "json"
)

// exportFormats lists them; the others are the programs of a script.
var exportFormats = [...]string{exportProfile, exportJSON, "kubectl", "oc", "culvert"}

type exportFlags struct {
	format, output, kubeconfig string
	force                      bool
}

func newExport(d Deps) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export [PROFILE|TUNNEL]...",
		Short: "Print tunnels as a profile or as a script, to share them",
		Long: "Prints profiles and single tunnels, or all of them, as a profile, which is a file that people can read and Culvert can\n" +
			"import, as the same in JSON, or as a script of kubectl, oc or culvert commands. What a format cannot say is told on\n" +
			"stderr. There are no secrets in any of them.\n\n" +
			"Exit status: 0, 1 when it could not be written, 2 for a wrong command line, 3 when there is no such profile or\n" +
			"tunnel.",
		Example: "  culvert export shop-dev > .culvert.yaml\n" +
			"  culvert export postgres grafana --format kubectl --output forward.sh\n" +
			"  culvert export --format json | jq .tunnels",
		ValidArgsFunction: completeKept(d, 0, func(k kept) []string { return append(profileIDs(k), titlesOf(k)...) }),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(exportFormats[:], f.format) {
				return &usageError{fmt.Errorf("%q is not a format: use %s", f.format, strings.Join(exportFormats[:], ", ")), cmd.CommandPath()}
			}
			return withKeeper(cmd.Context(), d, func(_ keeper, all kept) error {
				what, err := all.chosenBy(args)
				if err != nil {
					return err
				}
				return f.run(d, what)
			})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.format, "format", exportProfile, "the `format`: "+strings.Join(exportFormats[:], ", "))
	fs.StringVar(&f.output, "output", "", "the `file` to write to, instead of stdout; one that is there is left as it is")
	fs.BoolVar(&f.force, "force", false, "replace the file that is there")
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(exportFormats[:], cobra.ShellCompDirectiveNoFileComp)) // there is the flag
	_ = cmd.MarkFlagFilename("output")
	return cmd
}

func titlesOf(k kept) []string {
	var out []string
	for _, st := range k.tunnels {
		out = append(out, st.Spec.Title())
	}
	return out
}

// chosenBy returns what words name, as one profile: all tunnels where there are none.
func (k kept) chosenBy(words []string) (profiles.Profile, error) {
	if len(words) == 1 {
		if p, err := profiles.Find(k.profiles, words[0]); err == nil {
			return p, readable(p)
		}
	}
	out := profiles.Profile{ID: "tunnels", Name: "Tunnels"}
	if len(words) == 0 {
		out.Name = "All tunnels"
		for _, st := range k.tunnels {
			out.Tunnels = append(out.Tunnels, st.Spec)
		}
	}
	for _, w := range words {
		specs, err := k.namedBy(w)
		if err != nil {
			return out, err
		}
		for _, s := range specs {
			if !slices.ContainsFunc(out.Tunnels, func(o tunnels.Spec) bool { return o.ID == s.ID }) {
				out.Tunnels = append(out.Tunnels, s)
			}
		}
	}
	if len(out.Tunnels) == 0 {
		return out, &statusError{&tunnels.Error{Err: errors.New("there are no tunnels to export"), Hint: "Add one first, in the window or with `culvert import`."}, ExitNothing}
	}
	return out, nil
}

// namedBy returns the tunnels of a profile, or one tunnel.
func (k kept) namedBy(word string) ([]tunnels.Spec, error) {
	p, err := profiles.Find(k.profiles, word)
	if err == nil {
		return p.Tunnels, readable(p)
	}
	st, err := profiles.FindTunnel(k.tunnels, k.profiles, word)
	if err != nil {
		return nil, unfoundWord(err)
	}
	return []tunnels.Spec{st.Spec}, nil
}

// readable refuses a profile whose file is broken: what it had before is not what it
// says now.
func readable(p profiles.Profile) error {
	if p.Err == nil {
		return nil
	}
	return wrongFile(p, p.Err)
}

// run writes an export, and tells what is lost.
func (f exportFlags) run(d Deps, what profiles.Profile) error {
	data, lost, err := f.write(d, what)
	if err != nil {
		return err
	}
	for _, l := range lost {
		fmt.Fprintf(d.Err, "culvert: %s\n", l)
	}
	if f.output == "" {
		_, err := d.Out.Write(data)
		return err
	}
	return f.save(data)
}

func (f exportFlags) write(d Deps, what profiles.Profile) (data []byte, lost []string, err error) {
	switch f.format {
	case exportProfile:
		data, err = profiles.Marshal(what)
		return data, nil, err
	case exportJSON:
		data, err = profiles.Marshal(what)
		if err == nil {
			data, err = yamlToJSON(data)
		}
		return data, nil, err
	}
	specs := slices.Clone(what.Tunnels)
	c, err := d.open(kube.Options{Path: f.kubeconfig, Patient: true})
	if err != nil {
		return nil, nil, err
	}
	defer c.Close()
	for i := range specs {
		if t, err := c.Complete(specs[i].Target); err == nil { // one of an unknown context stays as it is
			specs[i].Target = t
		}
	}
	text, lost := exchange.Commands(f.format, specs)
	return []byte(text), lost, nil
}

// yamlToJSON is a profile in JSON, which is YAML too.
func yamlToJSON(data []byte) ([]byte, error) {
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return out.Bytes(), err
}

// save writes a file at once or not at all. Others may read it: nothing in it is
// secret.
func (f exportFlags) save(data []byte) error {
	mode := os.FileMode(0o644)
	if f.format != exportProfile && f.format != exportJSON {
		mode = 0o755
	}
	e := &tunnels.Error{Op: "write " + f.output, Hint: "Choose another place.", Cause: tunnels.CauseInvalid, Permanent: true}
	if _, err := os.Stat(filepath.Dir(f.output)); err != nil {
		e.Err = durable.Reason(pathless(err))
		return e
	}
	save := durable.Create
	if f.force {
		save = durable.Save
	}
	err := save(f.output, data, mode)
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrExist) {
		e.Err, e.Hint = errors.New("it is there already"), "Choose another file, or replace it with --force."
		return e
	}
	e.Err = durable.Reason(pathless(err))
	return e
}
