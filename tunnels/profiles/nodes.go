package profiles

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"culvert/tunnels"

	"go.yaml.in/yaml/v3"
)

// Marshal writes a profile's file from nothing. IDs are not in it. The error says
// what of the profile cannot be kept.
func Marshal(p Profile) ([]byte, error) {
	h := head{version: fmt.Sprint(version), tags: p.Tags, notify: !p.Quiet}
	if p.Name != p.ID {
		h.name = p.Name
	}
	root := &yaml.Node{Kind: yaml.MappingNode}
	setFields(root, headFields[:], nil, &h, defaults{})
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range p.Tunnels {
		list.Content = append(list.Content, tunnelNode(s, defaults{}))
	}
	if len(list.Content) > 0 {
		root.Content = append(root.Content, scalar(tunnelsField), list)
	}
	data, err := Encode(root)
	if err == nil {
		var d *document
		if d, err = read(data); err == nil {
			err = d.isWhat(h, wanted(p.Tunnels))
		}
	}
	if err != nil {
		return nil, refused("profile "+clean(p.Name), "Change what it names, then try again.", "it cannot be written: %w", err)
	}
	return data, nil
}

func wanted(specs []tunnels.Spec) []entry {
	all := make([]entry, len(specs))
	for i, s := range specs {
		all[i] = entry{spec: s}
	}
	return all
}

// tunnelNode returns a new node for a tunnel.
func tunnelNode(s tunnels.Spec, d defaults) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	setFields(n, tunnelFields[:], nil, &s, d)
	return n
}

// setFields changes those fields of a mapping whose values differ between two
// things; was is nil when there was nothing.
func setFields[T any](n *yaml.Node, fields []field[T], was, is *T, d defaults) {
	for _, c := range changes(n, fields, was, is, d) {
		at := slices.IndexFunc(n.Content, func(k *yaml.Node) bool { return k.Value == c.name })
		if at%2 != 0 { // a value of that text, or none
			at = keyIndex(n, c.name)
		}
		switch {
		case c.node == nil && at >= 0:
			n.Content = slices.Delete(n.Content, at, at+2)
		case c.node == nil:
		case at >= 0:
			n.Content[at+1] = c.node
		default:
			n.Content = slices.Insert(n.Content, place(n, c.after), scalar(c.name), c.node)
		}
	}
}

func keyIndex(n *yaml.Node, name string) int {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return i
		}
	}
	return -1
}

// place returns where in a mapping's content a field belongs that comes after
// others.
func place(n *yaml.Node, after []string) int {
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if slices.Contains(after, n.Content[i].Value) {
			return i + 2
		}
	}
	return 0
}

// fieldChange is what is to become of one field.
type fieldChange struct {
	name  string
	node  *yaml.Node // the new value; nil to remove the field
	after []string   // the fields that stand before it where people did not order them otherwise
}

// changes compares what a mapping says with what it is to say.
func changes[T any](n *yaml.Node, fields []field[T], was, is *T, d defaults) []fieldChange {
	var all []fieldChange
	var after []string
	for _, f := range fields {
		var before value
		if was != nil {
			before = f.write(was, d)
		}
		now := f.write(is, d)
		if !slices.Equal(before.texts, now.texts) {
			all = append(all, fieldChange{f.name, now.node(f.name, child(n, f.name)), slices.Clone(after)})
		}
		after = append(after, f.name)
	}
	return all
}

// node writes a value in the way of the node that it replaces, if there is one.
func (v value) node(field string, old *yaml.Node) *yaml.Node {
	switch {
	case v.texts == nil:
		return nil
	case !v.list, len(v.texts) == 1 && old != nil && old.Kind == yaml.ScalarNode && !isNull(old):
		n := v.scalar(field, v.texts[0])
		if old != nil && old.Kind == yaml.ScalarNode {
			n.LineComment, n.HeadComment = old.LineComment, old.HeadComment
			if quotes := old.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle); quotes != 0 && !v.bare {
				n.Style = quotes
			}
		}
		return n
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	var there []*yaml.Node
	switch {
	case old != nil && old.Kind == yaml.SequenceNode && len(old.Content) > 0:
		n.Style, n.HeadComment, n.LineComment, n.FootComment = old.Style, old.HeadComment, old.LineComment, old.FootComment
		there = slices.Clone(old.Content)
	case old != nil:
		n.LineComment = old.LineComment
	}
	for _, s := range v.texts {
		i := slices.IndexFunc(there, func(c *yaml.Node) bool { return sameText(field, c.Value, s) })
		if i < 0 {
			n.Content = append(n.Content, v.scalar(field, s))
			continue
		}
		n.Content = append(n.Content, there[i])
		there = slices.Delete(there, i, i+1)
	}
	return n
}

// sameText tells whether a value that is there says what is to be written.
func sameText(field, there, s string) bool {
	if there == s || field != portsField {
		return there == s
	}
	m, err := tunnels.ParseMapping(there)
	return err == nil && m.String() == s
}

const portsField = "ports"

func (v value) scalar(field, s string) *yaml.Node {
	n := scalar(s)
	switch {
	case v.bare:
		n.Tag = ""
	case field == portsField:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// scalar writes a text so that any reader of YAML takes it for one.
func scalar(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off": // truths in YAML 1.1
		n.Style = yaml.DoubleQuotedStyle
	}
	if strings.Contains(s, ":") && strings.Trim(s, "0123456789:_.") == "" { // numbers in YAML 1.1
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// Encode writes nodes as text: two spaces deep, comments and the order of fields as
// they are.
func Encode(n *yaml.Node) ([]byte, error) {
	spellNulls(n, false)
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(n), enc.Close()); err != nil {
		return nil, err
	}
	return legible(out.Bytes()), nil
}

// spellNulls writes a null for nothing between braces, and for a key that is
// nothing: the library would make empty texts of them.
func spellNulls(n *yaml.Node, flow bool) {
	flow = flow || n.Style&yaml.FlowStyle != 0
	for i, c := range n.Content {
		key := n.Kind == yaml.MappingNode && i%2 == 0
		if (flow || key) && c.Kind == yaml.ScalarNode && c.ShortTag() == "!!null" && c.Value == "" {
			c.Value = "null"
		}
		spellNulls(c, flow)
	}
}

// escapes are how the library writes what it takes for unprintable.
var escapes = regexp.MustCompile(`\\U[0-9A-F]{8}`)

// legible writes emoji and rare scripts as they are, where the text then says the
// same.
func legible(data []byte) []byte {
	out := escapes.ReplaceAllFunc(data, func(esc []byte) []byte {
		n, err := strconv.ParseUint(string(esc[2:]), 16, 32)
		if err != nil || n > unicode.MaxRune || !unicode.IsGraphic(rune(n)) {
			return esc
		}
		return []byte(string(rune(n)))
	})
	if bytes.Equal(out, data) {
		return data
	}
	var before, after strings.Builder
	for text, b := range map[*[]byte]*strings.Builder{&data: &before, &out: &after} {
		doc, err := decode(*text)
		if err != nil || doc == nil {
			return data
		}
		dump(b, doc)
	}
	if before.String() != after.String() {
		return data
	}
	return out
}

// clone returns a copy of a tree that may be changed.
func clone(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = clone(child)
	}
	return &c
}
