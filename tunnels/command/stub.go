// Package command reads what one types or pastes to get a tunnel.
package command

import (
	"strings"

	"culvert/tunnels"
)

// Kind is what a piece of a line is.
type Kind string

// The kinds.
const (
	KindTarget    Kind = "target"
	KindPort      Kind = "port"
	KindNamespace Kind = "namespace"
	KindContext   Kind = "context"
	KindAddress   Kind = "address"
	KindName      Kind = "name"
	KindProgram   Kind = "program"
	KindFlag      Kind = "flag"
	KindUnknown   Kind = "unknown"
)

// Piece is a part of a line and what it was taken for.
type Piece struct {
	Kind     Kind
	Text     string
	From, To int
	Err      error
}

// Parsed is what was understood of a line.
type Parsed struct {
	Target   tunnels.Target
	Mappings []tunnels.Mapping
	Listen   []string
	Name     string
	Program  string
	Pieces   []Piece
	Warnings []string
}

// Parse reads a line.
func Parse(text string) (Parsed, error) {
	var p Parsed
	ws := strings.Fields(text)
	var first error
	fail := func(err error) error {
		if err != nil && first == nil {
			first = err
		}
		return err
	}
	for i := 0; i < len(ws); i++ {
		w := ws[i]
		switch {
		case w == "kubectl" || w == "oc":
			p.Program = w
			p.Pieces = append(p.Pieces, Piece{Kind: KindProgram, Text: w})
		case w == "port-forward":
		case w == "-n" && i+1 < len(ws):
			i++
			p.Target.Namespace = ws[i]
			p.Pieces = append(p.Pieces, Piece{Kind: KindNamespace, Text: ws[i], Err: fail(tunnels.ValidateNamespace(ws[i]))})
		case w == "--context" && i+1 < len(ws):
			i++
			p.Target.Context = ws[i]
			p.Pieces = append(p.Pieces, Piece{Kind: KindContext, Text: ws[i]})
		case strings.HasPrefix(w, "-"):
		case p.Target.Name == "":
			t, err := tunnels.ParseTarget(w)
			_ = fail(err)
			p.Target.Kind, p.Target.Name = t.Kind, t.Name
			p.Pieces = append(p.Pieces, Piece{Kind: KindTarget, Text: w, Err: err})
		default:
			m, err := tunnels.ParseMapping(w)
			if fail(err) == nil {
				p.Mappings = append(p.Mappings, m)
			}
			p.Pieces = append(p.Pieces, Piece{Kind: KindPort, Text: w, Err: err})
		}
	}
	return p, first
}

// Line is the command that does what spec does.
func Line(program string, spec tunnels.Spec) (line string, lost []string) {
	return program + " port-forward " + Quick(spec), nil
}

// Quick is the line that Parse reads back.
func Quick(spec tunnels.Spec) string {
	ws := []string{spec.Target.String()}
	for _, m := range spec.Mappings {
		ws = append(ws, m.String())
	}
	if spec.Target.Namespace != "" {
		ws = append(ws, "-n", spec.Target.Namespace)
	}
	if spec.Target.Context != "" {
		ws = append(ws, "--context", spec.Target.Context)
	}
	return strings.Join(ws, " ")
}
