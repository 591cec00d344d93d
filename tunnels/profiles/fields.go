package profiles

import (
	"slices"

	"culvert/tunnels"

	"go.yaml.in/yaml/v3"
)

// version is the format's.
const version = 1

// value is what a field of a file says. The zero value is for a field that is not
// there.
type value struct {
	texts []string
	list  bool // else one text
	bare  bool // a number or a truth, which stands without quotes
}

func one(s string) value {
	if s == "" {
		return value{}
	}
	return value{texts: []string{s}}
}

func several(all []string) value {
	if len(all) == 0 {
		return value{}
	}
	return value{texts: all, list: true}
}

func truth(word string) value { return value{texts: []string{word}, bare: true} }

// field is one of the fields that a tunnel or a profile has in a file: how it is
// read into one, and what is to be written of it.
type field[T any] struct {
	name  string
	read  func(n *yaml.Node, into *T) error
	write func(of *T, d defaults) value
}

// defaults are a profile's own for tunnels that name none.
type defaults struct{ context, namespace string }

// tunnelFields are in the order in which they are written.
var tunnelFields = [...]field[tunnels.Spec]{
	{"name", readName, func(s *tunnels.Spec, _ defaults) value { return one(s.Name) }},
	{"context", readContext, func(s *tunnels.Spec, d defaults) value { return unless(s.Target.Context, d.context) }},
	{"namespace", readNamespace, func(s *tunnels.Spec, d defaults) value { return unless(s.Target.Namespace, d.namespace) }},
	{"target", readTarget, func(s *tunnels.Spec, _ defaults) value { return one(s.Target.String()) }},
	{"ports", readPorts, func(s *tunnels.Spec, _ defaults) value { return several(portTexts(s.Mappings)) }},
	{"address", readAddress, func(s *tunnels.Spec, _ defaults) value { return several(s.Listen) }},
	{"tags", readTags, func(s *tunnels.Spec, _ defaults) value { return several(s.Tags) }},
	{"policy", readPolicy, writePolicy},
	{"via", readVia, func(s *tunnels.Spec, _ defaults) value { return one(string(s.Via)) }},
	{"hold", readHold, writeHold},
	{"stopAfter", readStopAfter, writeStopAfter},
	{"autostart", readAutoStart, writeAutoStart},
}

// unless writes what is not the default anyway; empty text where the default is
// not wanted.
func unless(s, standard string) value {
	if s == standard {
		return value{}
	}
	return value{texts: []string{s}}
}

func portTexts(ms []tunnels.Mapping) []string {
	all := make([]string, len(ms))
	for i, m := range ms {
		all[i] = m.String()
	}
	return all
}

func readName(n *yaml.Node, s *tunnels.Spec) (err error) {
	s.Name, err = text(n, "name", maxName)
	return err
}

func readContext(n *yaml.Node, s *tunnels.Spec) (err error) {
	s.Target.Context, err = text(n, "context", maxWord)
	return err
}

func readNamespace(n *yaml.Node, s *tunnels.Spec) (err error) {
	s.Target.Namespace, err = namespace(n)
	return err
}

func namespace(n *yaml.Node) (string, error) {
	name, err := text(n, "namespace", maxWord)
	if err == nil && name != "" {
		err = at(n, tunnels.ValidateNamespace(name))
	}
	return name, err
}

// at puts an error at a node; nil for nil.
func at(n *yaml.Node, err error) error {
	if err == nil {
		return nil
	}
	return &Position{Line: n.Line, Column: n.Column, Err: err}
}

func readTarget(n *yaml.Node, s *tunnels.Spec) error {
	name, err := text(n, "target", maxSize)
	if err != nil {
		return err
	}
	t, err := tunnels.ParseTarget(name)
	s.Target.Kind, s.Target.Name = t.Kind, t.Name
	return at(n, err)
}

func readPorts(n *yaml.Node, s *tunnels.Spec) (err error) {
	s.Mappings, err = mappings(n)
	return err
}

func readAddress(n *yaml.Node, s *tunnels.Spec) error {
	of, err := texts(n, "address", maxListen)
	if err != nil {
		return err
	}
	for i, c := range of {
		if err := tunnels.ValidateListen(c.Value); err != nil {
			return at(c, err)
		}
		if slices.ContainsFunc(of[:i], func(o *yaml.Node) bool { return o.Value == c.Value }) {
			return wrong(c.Line, c.Column, "address: %s is there twice: remove one", c.Value)
		}
	}
	s.Listen = words(of)
	return nil
}

func readTags(n *yaml.Node, s *tunnels.Spec) (err error) {
	s.Tags, err = tags(n)
	return err
}

func tags(n *yaml.Node) ([]string, error) {
	of, err := texts(n, "tags", tunnels.MaxTags)
	if err != nil {
		return nil, err
	}
	for i, c := range of {
		if err := tunnels.ValidateTag(c.Value); err != nil {
			return nil, at(c, err)
		}
		if slices.ContainsFunc(of[:i], func(o *yaml.Node) bool { return o.Value == c.Value }) {
			return nil, wrong(c.Line, c.Column, "tags: %q is there twice: remove one", c.Value)
		}
	}
	return words(of), nil
}

func readPolicy(n *yaml.Node, s *tunnels.Spec) error {
	word, err := text(n, "policy", maxName)
	if err != nil || word == "" {
		return err
	}
	s.Policy, err = tunnels.ParsePolicy(word)
	return at(n, err)
}

func writePolicy(s *tunnels.Spec, _ defaults) value {
	if s.Policy == tunnels.PolicySticky {
		return value{}
	}
	return one(s.Policy.String())
}

func readVia(n *yaml.Node, s *tunnels.Spec) error {
	word, err := text(n, "via", maxName)
	if err != nil || word == "" || word == "auto" {
		return err
	}
	if !slices.Contains(tunnels.Vias[:], tunnels.Via(word)) {
		return wrong(n.Line, n.Column, "via: %q is unknown: use auto, %s, %s or %s", clean(word), tunnels.ViaSPDY, tunnels.ViaWebSocket, tunnels.ViaNode)
	}
	s.Via = tunnels.Via(word)
	return nil
}

// noHold is how "not to wait at all" is held.
const noHold = -1

func readHold(n *yaml.Node, s *tunnels.Spec) error {
	if isNull(n) {
		return nil
	}
	d, err := duration(n, "hold", "10s")
	switch {
	case err != nil:
		return err
	case d < 0 || d > tunnels.MaxHold:
		return wrong(n.Line, n.Column, "hold: %s cannot be: give at most %s, or 0s not to wait at all", clean(n.Value), durationText(tunnels.MaxHold))
	case d == 0:
		d = noHold
	}
	s.Hold = d
	return nil
}

func writeHold(s *tunnels.Spec, _ defaults) value {
	switch {
	case s.Hold == 0:
		return value{}
	case s.Hold < 0:
		return one("0s")
	}
	return one(durationText(s.Hold))
}

func readStopAfter(n *yaml.Node, s *tunnels.Spec) error {
	if isNull(n) {
		return nil
	}
	d, err := duration(n, "stopAfter", "2h")
	if err == nil && (d < 0 || d > tunnels.MaxStopAfter) {
		err = wrong(n.Line, n.Column, "stopAfter: %s cannot be: give at most %s, or leave it out for a tunnel that goes on", clean(n.Value), durationText(tunnels.MaxStopAfter))
	}
	s.StopAfter = d
	return err
}

func writeStopAfter(s *tunnels.Spec, _ defaults) value {
	if s.StopAfter == 0 {
		return value{}
	}
	return one(durationText(s.StopAfter))
}

func readAutoStart(n *yaml.Node, s *tunnels.Spec) (err error) {
	if isNull(n) {
		return nil
	}
	s.AutoStart, err = yesNo(n, "autostart")
	return err
}

func writeAutoStart(s *tunnels.Spec, _ defaults) value {
	if !s.AutoStart {
		return value{}
	}
	return truth("true")
}
