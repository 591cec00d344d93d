package exchange

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tunnels"
)

// Bounds of what is read.
const (
	MaxSize      = 4 << 20 // bytes of a text
	MaxProposals = 2000    // of a text
)

// Format is what a text was taken for, in the words that a user is told.
type Format string

// The formats.
const (
	FormatKftray        Format = "kftray export"
	FormatKubeForwarder Format = "kube-forwarder export"
	FormatProfile       Format = "Culvert profile"
	FormatAnnotations   Format = "manifest with k9s annotations"
	FormatPlugins       Format = "k9s plugins"
	FormatCommands      Format = "port-forward commands"
)

// Found is what a text has of tunnels.
type Found struct {
	// Name is that of the text's file, or empty.
	Name      string
	Format    Format
	Proposals []Proposal
	Ignored   []Ignored
	// Notes are whole sentences on the text as a whole.
	Notes []string
	// Err is why a file could not be read, and then there is nothing else.
	Err *tunnels.Error
}

// Ignored is what a text has besides tunnels.
type Ignored struct {
	What  string // in the plural, as "commands that forward no ports"
	Count int
}

// Proposal is a tunnel that a text asks for.
type Proposal struct {
	// Spec has no ID and no Profile.
	Spec tunnels.Spec
	// Profile is the name of the profile in which the text has it; empty for none.
	Profile string
	// From says where in the text it stands, as "line 12".
	From string
	// Problems are whole sentences on what keeps it from being a tunnel; while there
	// are any the Spec is for showing only.
	Problems []string
	// Notes are whole sentences on what is lost of it, or otherwise than one may think.
	Notes []string
}

// Usable says whether a proposal can be a tunnel.
func (p Proposal) Usable() bool { return len(p.Problems) == 0 }

// understood says what Read reads.
const understood = "Choose an export of kftray or kube-forwarder, a Culvert profile, a manifest with k9s annotations, or a text with kubectl, oc or culvert port-forward commands."

// Read takes the tunnels from a text. name is that of its file, or empty; it says
// nothing of the format. The error is an *tunnels.Error.
func Read(name string, data []byte) (Found, error) {
	name = shownName(filepath.Base(filepath.ToSlash(name)))
	if name == "." {
		name = ""
	}
	text, notes, err := decode(data)
	if err != nil {
		return Found{}, err
	}
	f, err := read(name, text)
	if err != nil {
		return Found{}, err
	}
	f.Name = name
	f.Notes = slices.Concat(notes, f.Notes)
	if n := len(f.Proposals); n > MaxProposals {
		f.Proposals = f.Proposals[:MaxProposals]
		f.Notes = append(f.Notes, fmt.Sprintf("There is more in it: the first %d tunnels are read.", MaxProposals))
	}
	for i := range f.Proposals {
		f.Proposals[i].finish()
	}
	if len(f.Proposals) == 0 {
		return Found{}, refuse(understood, "there is no port-forward in this %s", f.Format)
	}
	return f, nil
}

// read chooses a format.
func read(name, text string) (Found, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return Found{}, refuse(understood, "it is empty")
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		v, err := parseJSON(trimmed)
		if err == nil {
			return readJSON(v, text)
		}
		if !strings.Contains(text, "forward ") || strings.HasSuffix(strings.ToLower(name), ".json") {
			return Found{}, err
		}
	}
	if f, ok, err := readYAML(text); ok || err != nil {
		return f, err
	}
	return readScript(text)
}

// readJSON chooses among the formats that are JSON.
func readJSON(v any, text string) (Found, error) {
	if o, ok := v.(object); ok {
		switch {
		case o["clusters"] != nil && isKubeForwarder(o):
			return readKubeForwarder(o)
		case o["Clusters"] != nil && o["Services"] != nil:
			return readKubeForwarderState(o)
		case isKftray(o):
			return readKftray([]any{o})
		}
	}
	if list, ok := v.([]any); ok && slices.ContainsFunc(list, func(v any) bool { o, ok := v.(object); return ok && isKftray(o) }) {
		return readKftray(list)
	}
	if f, ok, err := readYAML(text); ok || err != nil { // JSON is YAML too
		return f, err
	}
	return Found{}, refuse(understood, "nothing in this JSON is known to be a port-forward")
}

// problem adds a sentence that keeps a proposal from being a tunnel.
func (p *Proposal) problem(format string, args ...any) {
	p.Problems = addTo(p.Problems, said(fmt.Sprintf(format, args...)))
}

func (p *Proposal) note(format string, args ...any) {
	p.Notes = addTo(p.Notes, said(fmt.Sprintf(format, args...)))
}

// mostSaid bounds the sentences on one proposal.
const mostSaid = 8

func addTo(all []string, s string) []string {
	if len(all) == mostSaid || slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}

// wrong adds an error as a problem.
func (p *Proposal) wrong(err error) {
	var e *tunnels.Error
	switch {
	case err == nil:
	case errors.As(err, &e):
		p.problem("%s", strings.TrimSpace(said(e.Err.Error())+" "+said(e.Hint)))
	default:
		p.problem("%s", err.Error())
	}
}

// finish has nothing in a proposal that cannot be shown, and a problem where it is no
// tunnel.
func (p *Proposal) finish() {
	s := &p.Spec
	s.ID, s.Profile = "", ""
	if name := shownName(s.Name); name != s.Name {
		p.note("its name has characters that cannot be shown, or too many: they are left out")
		s.Name = name
	}
	p.Profile, p.From = shownName(p.Profile), shownName(p.From)
	for _, of := range []*string{&s.Target.Context, &s.Target.Namespace, &s.Target.Name} {
		if shown(*of, 4096) != *of {
			p.problem("it has characters that cannot be shown in the name of its target, namespace or context")
			*of = shown(*of, 100)
		}
	}
	if looksSecret(s.Target.Context) || looksSecret(s.Target.Name) || looksSecret(s.Name) {
		p.problem("something in it looks like a token or password: remove that from the file")
		s.Target, s.Name = tunnels.Target{}, ""
	}
	if len(s.Target.Context) > 500 {
		p.problem("the name of its context is too long")
		s.Target.Context = ""
	}
	check := *s
	check.ID = "new"
	if err := check.Validate(); err != nil && p.Usable() {
		p.wrong(err)
	}
	for _, all := range [][]string{p.Problems, p.Notes} {
		for i := range all {
			all[i] = shown(all[i], 600)
		}
	}
}

// refuse returns the error of a text that cannot be read.
func refuse(hint, format string, args ...any) *tunnels.Error {
	return &tunnels.Error{Err: fmt.Errorf(format, args...), Hint: hint, Cause: tunnels.CauseInvalid, Permanent: true}
}
