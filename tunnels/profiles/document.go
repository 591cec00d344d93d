package profiles

import (
	"errors"
	"fmt"
	"strings"

	"culvert/tunnels"

	"go.yaml.in/yaml/v3"
)

// document is what a file says, and the text that says it. It is immutable; its
// nodes are for looking up places.
type document struct {
	data []byte     // as it is on the disk
	doc  *yaml.Node // nil for a text without content
	head head
	list *yaml.Node // the tunnels; nil without a field
	all  []entry
}

// head is what a file says of the profile itself.
type head struct {
	version string
	name    string
	tags    []string
	notify  bool
	defaults
}

// entry is a tunnel of a file; its spec has no ID and no profile.
type entry struct {
	node *yaml.Node
	spec tunnels.Spec
}

// headFields are in the order in which they are written.
var headFields = [...]field[head]{
	{"version", readVersion, func(h *head, _ defaults) value { return truth(h.version) }},
	{"name", readTitle, func(h *head, _ defaults) value { return one(h.name) }},
	{"tags", readHeadTags, func(h *head, _ defaults) value { return several(h.tags) }},
	{"notify", readNotify, writeNotify},
	{"context", readDefaultContext, func(h *head, _ defaults) value { return one(h.context) }},
	{"namespace", readDefaultNamespace, func(h *head, _ defaults) value { return one(h.namespace) }},
}

const tunnelsField = "tunnels"

func readVersion(n *yaml.Node, h *head) error {
	var v int
	if n.Kind != yaml.ScalarNode || n.Decode(&v) != nil || v < 1 {
		return wrong(n.Line, n.Column, "version: %q is none: write version: %d", clean(n.Value), version)
	}
	if v > version {
		return at(n, fmt.Errorf("%w: its format is version %d, and this one knows %d", errNewer, v, version))
	}
	h.version = n.Value
	return nil
}

func readTitle(n *yaml.Node, h *head) (err error) {
	h.name, err = text(n, "name", maxName)
	return err
}

func readHeadTags(n *yaml.Node, h *head) (err error) {
	h.tags, err = tags(n)
	return err
}

func readNotify(n *yaml.Node, h *head) (err error) {
	if isNull(n) {
		return nil
	}
	h.notify, err = yesNo(n, "notify")
	return err
}

func writeNotify(h *head, _ defaults) value {
	if h.notify {
		return value{}
	}
	return truth("false")
}

func readDefaultContext(n *yaml.Node, h *head) (err error) {
	h.context, err = text(n, "context", maxWord)
	return err
}

func readDefaultNamespace(n *yaml.Node, h *head) (err error) {
	h.namespace, err = namespace(n)
	return err
}

// read reads a file. Its errors hold a [Position].
func read(data []byte) (*document, error) {
	d, err := understand(data)
	var at *Position
	if errors.As(err, &at) { // what is missing at the end is in the last line
		at.Line = min(at.Line, max(1, len(newSheet(data).lines)))
	}
	return d, err
}

func understand(data []byte) (*document, error) {
	doc, err := readTree(data)
	if err != nil {
		return nil, err
	}
	if doc == nil || isNull(doc.Content[0]) {
		return nil, wrong(1, 0, "it is empty: begin it with the line version: %d, or delete it", version)
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, wrong(root.Line, root.Column, "it is no profile: begin it with the line version: %d", version)
	}
	d := &document{data: data, doc: doc, head: head{notify: true}}
	v := child(root, "version") // first, as all else depends on it
	if v == nil {
		return nil, wrong(root.Line, 0, "it says no version: begin it with the line version: %d", version)
	}
	if err := readFields(root, headFields[:], &d.head); err != nil {
		return nil, err
	}
	return d, d.readTunnels(child(root, tunnelsField))
}

// child returns the value of a mapping's field; nil where it is missing.
func child(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// readFields reads those fields that are there, in their own order; others are
// left alone.
func readFields[T any](n *yaml.Node, fields []field[T], into *T) error {
	for _, f := range fields {
		if c := child(n, f.name); c != nil {
			if err := f.read(c, into); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *document) readTunnels(list *yaml.Node) error {
	d.list = list
	switch {
	case list == nil || isNull(list):
		return nil
	case list.Kind != yaml.SequenceNode:
		return wrong(list.Line, list.Column, "tunnels is a list: begin each tunnel with a hyphen")
	case len(list.Content) > maxTunnels:
		return wrong(list.Line, list.Column, "%d tunnels are too many: keep at most %d in a profile", len(list.Content), maxTunnels)
	}
	for _, n := range list.Content {
		spec, err := readTunnel(n, d.head.defaults)
		if err != nil {
			return err
		}
		d.all = append(d.all, entry{n, spec})
	}
	return nil
}

func readTunnel(n *yaml.Node, d defaults) (tunnels.Spec, error) {
	var s tunnels.Spec
	if n.Kind != yaml.MappingNode {
		return s, wrong(n.Line, n.Column, "a tunnel has fields, as target: svc/web and ports: [8080]")
	}
	if err := readFields(n, tunnelFields[:], &s); err != nil {
		return s, err
	}
	for _, name := range [...]string{"target", "ports"} {
		if child(n, name) == nil {
			return s, wrong(n.Line, n.Column, "%s has no %s: add %s%s", titled(s), name, examples[name], instead(n, name))
		}
	}
	if child(n, "context") == nil {
		s.Target.Context = d.context
	}
	if child(n, "namespace") == nil {
		s.Target.Namespace = d.namespace
	}
	return s, at(n, check(s))
}

// instead asks about a field that may have been meant by a missing one.
func instead(n *yaml.Node, name string) string {
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if strings.HasPrefix(strings.ToLower(key.Value), name[:4]) {
			return fmt.Sprintf(", or does %q in line %d mean it?", clean(key.Value), key.Line)
		}
	}
	return ""
}

var examples = map[string]string{"target": "target: svc/NAME", "ports": `ports: ["8080"]`}

func titled(s tunnels.Spec) string {
	if title := s.Title(); title != "" {
		return fmt.Sprintf("the tunnel %q", clean(title))
	}
	return "the tunnel"
}

// check tells what is wrong with a tunnel that is to be kept; nil for nothing.
func check(s tunnels.Spec) error {
	if err := checkLine("name", s.Name, maxName); err != nil {
		return err
	}
	if err := checkLine("context", s.Target.Context, maxWord); err != nil {
		return err
	}
	switch {
	case len(s.Mappings) > maxMappings:
		return refused("ports", "", "%d are too many: give at most %d", len(s.Mappings), maxMappings)
	case len(s.Listen) > maxListen:
		return refused("address", "", "%d are too many: give at most %d", len(s.Listen), maxListen)
	}
	if s.ID == "" {
		s.ID = "new" // what is read has its ID later
	}
	return s.Validate()
}

// profile returns the document as it is shown; its tunnels have no IDs yet.
func (d *document) profile(id string) Profile {
	p := Profile{ID: id, Name: d.head.name, Tags: d.head.tags, Quiet: !d.head.notify}
	if p.Name == "" {
		p.Name = id
	}
	for _, e := range d.all {
		s := e.spec
		s.Profile = id
		p.Tunnels = append(p.Tunnels, s)
	}
	return p
}

// Parse reads a profile's file. The ID is the file's name without ".yaml"; IDs of
// tunnels are made of it and [Key]. The bytes may come from anywhere: they are
// bounded, and what is no text for people is refused. The error is an
// *tunnels.Error of CauseInvalid that holds a [*Position].
func Parse(id string, data []byte) (Profile, error) {
	d, err := read(data)
	if err != nil {
		return Profile{}, broken(id+".yaml", err)
	}
	p := d.profile(id)
	giveNames(p.Tunnels, make(map[tunnels.ID]bool))
	return p, nil
}

// Key is what a tunnel is known by in its profile's file: its name, else its
// target and ports. Two tunnels may have the same.
func Key(s tunnels.Spec) string {
	if s.Name != "" {
		return s.Name
	}
	return s.Target.String() + " " + strings.Join(portTexts(s.Mappings), " ")
}

// giveNames gives IDs to tunnels without one: the profile and the key, and what tells
// them from others where that is taken.
func giveNames(specs []tunnels.Spec, taken map[tunnels.ID]bool) {
	for _, s := range specs {
		taken[s.ID] = true
	}
	for i := range specs {
		s := &specs[i]
		if s.ID != "" {
			continue
		}
		base := tunnels.ID(s.Profile + "/" + Key(*s))
		s.ID = base
		for n := 2; taken[s.ID]; n++ {
			s.ID = base + tunnels.ID(fmt.Sprintf("#%d", n))
		}
		taken[s.ID] = true
	}
}
