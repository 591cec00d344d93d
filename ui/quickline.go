package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/command"
	"culvert/ui/parts"
)

// lineView is what stands around the quick line.
type lineView struct {
	verdict  verdict
	bad      bool
	chips    []lineChip
	sentence string
	hint     bool // the sentence is no more than that
}

// lineChip is a thing that was understood.
type lineChip struct{ kind, text string }

// lineWords are what the reading of a line left to say.
type lineWords struct {
	err  string // why the fields do not follow it
	note string // what will be otherwise than one may think
}

// quick is the form as a quick line; empty as long as it has no target. A context
// that is the current one goes without saying.
func (f form) quick(current string) string {
	t, ok := f.target()
	if !ok {
		return ""
	}
	t.Namespace = f.namespace
	if f.context != current {
		t.Context = f.context
	}
	return command.Quick(tunnels.Spec{Target: t, Mappings: f.mappings(), Listen: f.listenWords(), Name: strings.TrimSpace(f.name)})
}

// mentions says whether a part of a line is of a kind and can be.
func mentions(p command.Parsed, k command.Kind) bool {
	return slices.ContainsFunc(p.Pieces, func(pc command.Piece) bool { return pc.Kind == k && pc.Err == nil })
}

// before is the form that a line is read into: target and ports are the line's if it
// named them as it stands, so that what is deleted from it is deleted.
func (f form) before() form {
	p, _ := command.Parse(f.line) // what is not understood names nothing
	if mentions(p, command.KindTarget) {
		f.pod = ""
	}
	if mentions(p, command.KindPort) {
		f.ports = ""
	}
	return f
}

// follow returns the form with the fields that a line names. A context with no
// namespace beside it brings its own.
func (f form) follow(p command.Parsed, known targetNames) form {
	if t := p.Target; mentions(p, command.KindTarget) {
		f.pod = targetText(tunnels.Target{Kind: t.Kind, Name: t.Name})
	}
	if mentions(p, command.KindPort) {
		pairs := make([]string, 0, len(p.Mappings))
		for _, m := range p.Mappings {
			pairs = append(pairs, m.String())
		}
		f.ports = strings.Join(pairs, " ")
	}
	if c := p.Target.Context; mentions(p, command.KindContext) && c != f.context && known.has(c) {
		f.context, f.namespace = c, known.namespace(tunnels.Target{Context: c})
	}
	if mentions(p, command.KindNamespace) {
		f.namespace = p.Target.Namespace
	}
	if mentions(p, command.KindAddress) {
		f.listen = strings.Join(p.Listen, " ")
	}
	if mentions(p, command.KindName) {
		f.name = p.Name
	}
	return f
}

// has says whether there is a context of that name.
func (n targetNames) has(kubeContext string) bool {
	_, ok := n.places[kubeContext]
	return ok
}

// wordsOf tells what a line asks for that cannot be, or may be otherwise than one
// thinks. seen says whether a namespace is known; it is asked about one that can be.
func (f form) wordsOf(p command.Parsed, err error, known targetNames, seen func(namespace string) bool) lineWords {
	out := lineWords{note: paragraph(sentences(p.Warnings))}
	switch c := p.Target.Context; {
	case err != nil:
		out.err = complaint(err)
	case mentions(p, command.KindContext) && !known.has(c):
		out.err = lang.L("There is no context “{{.Context}}”: choose one below, or add its cluster.", vars{"Context": c})
	case mentions(p, command.KindNamespace) && !seen(f.namespace):
		out.note = joined(lang.L("No namespace “{{.Namespace}}” is known in {{.Context}}: the tunnel waits for it.", vars{"Namespace": f.namespace, "Context": f.context}), out.note)
	}
	return out
}

func sentences(all []string) []string {
	out := make([]string, 0, len(all))
	for _, s := range all {
		out = append(out, sentence(s))
	}
	return out
}

// lineView says what is made of the line, given what is wrong with the form.
func (f form) lineView(said lineWords, bad complaints) lineView {
	v := lineView{chips: f.lineChips(), sentence: said.note}
	_, target := f.target()
	switch {
	case said.err != "":
		v.bad, v.sentence = true, said.err
		v.verdict = verdict{"needs", lang.L("Not understood"), parts.Red}
	case strings.TrimSpace(f.line) == "" && f.pod == "" && len(f.pairs()) == 0:
	case strings.TrimSpace(f.pod) == "":
		v.verdict = verdict{text: lang.L("Still needs a target"), colour: parts.Text2}
	case target && len(f.pairs()) == 0:
		v.verdict = verdict{text: lang.L("Still needs a port"), colour: parts.Text2}
	case f.context == "":
		v.verdict = verdict{text: lang.L("Still needs a context"), colour: parts.Text2}
	case f.namespace == "":
		v.verdict = verdict{text: lang.L("Still needs a namespace"), colour: parts.Text2}
	case bad.any():
		v.verdict = verdict{"needs", lang.L("See below"), parts.Red}
	default:
		v.verdict = verdict{"ready", lang.L("Understood"), parts.Green}
	}
	if v.hint = v.sentence == ""; v.hint {
		v.sentence = lang.L("A pasted kubectl or oc port-forward command works here too. The fields below follow this line.")
	}
	return v
}

// lineChips are what the form says, thing by thing.
func (f form) lineChips() []lineChip {
	var out []lineChip
	add := func(kind, text string) {
		if text != "" {
			out = append(out, lineChip{kind, text})
		}
	}
	if t, ok := f.target(); ok {
		add(lang.L("target"), t.String())
	}
	for _, m := range f.mappings() {
		local := lang.L("random")
		switch {
		case m.Local == tunnels.SamePort:
			local = lang.L("same")
		case m.Local.Fixed() != 0:
			local = tunnels.Port{Number: m.Local.Fixed()}.String()
		}
		add(lang.L("port"), local+" → "+m.Remote.String())
	}
	add(lang.L("namespace"), f.namespace)
	add(lang.L("context"), f.context)
	add(lang.L("address"), strings.Join(f.listenWords(), " "))
	add(lang.L("name"), strings.TrimSpace(f.name))
	return out
}

// pasted is a command that was pasted, in one line: a backslash at a line's end
// goes on.
func pasted(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r", ""), "\\\n", " ")
	return strings.TrimSpace(strings.ReplaceAll(s, "\n", " "))
}
