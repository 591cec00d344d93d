package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"culvert/tunnels"

	"go.yaml.in/yaml/v3"
)

// sameSpec tells whether two tunnels are the same but for their IDs and profiles.
func sameSpec(a, b tunnels.Spec) bool {
	return a.Name == b.Name && a.Target == b.Target && slices.Equal(a.Listen, b.Listen) && slices.Equal(a.Mappings, b.Mappings) &&
		a.Via == b.Via && a.Policy == b.Policy && sameHold(a, b) && a.StopAfter == b.StopAfter && slices.Equal(a.Tags, b.Tags) && a.AutoStart == b.AutoStart
}

func sameHold(a, b tunnels.Spec) bool { return a.Hold == b.Hold || a.Hold < 0 && b.Hold < 0 }

func sameHead(a, b head) bool {
	return a.name == b.name && slices.Equal(a.tags, b.tags) && a.notify == b.notify && a.defaults == b.defaults
}

var errOther = errors.New("what would be written says something else")

// isWhat compares what a document says with what it was to say. Nodes of the
// entries are for the fields that are not known here, nil for none.
func (d *document) isWhat(h head, all []entry) error {
	if !sameHead(d.head, h) || len(d.all) != len(all) {
		return errOther
	}
	for i, e := range all {
		if !sameSpec(d.all[i].spec, e.spec) || unknown(d.all[i].node, tunnelFields[:]) != unknown(e.node, tunnelFields[:]) {
			return errOther
		}
	}
	return nil
}

// others returns, for comparing, what a file says in fields of its own that are
// not known here.
func (d *document) others() string {
	known := append(slices.Clone(headFields[:]), field[head]{name: tunnelsField})
	return unknown(d.root(), known)
}

// Unknown returns where a file has fields that are not known here, and have no effect;
// nil for a file that cannot be read.
func Unknown(data []byte) []Position {
	d, err := read(data)
	if err != nil {
		return nil
	}
	out := unknownNames(d.root(), append(slices.Clone(headFields[:]), field[head]{name: tunnelsField}))
	for _, e := range d.all {
		out = append(out, unknownNames(e.node, tunnelFields[:])...)
	}
	return out
}

func unknownNames[T any](n *yaml.Node, known []field[T]) []Position {
	if n == nil {
		return nil
	}
	names := make([]string, len(known))
	for i, f := range known {
		names[i] = f.name
	}
	var out []Position
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if slices.Contains(names, key.Value) {
			continue
		}
		why := fmt.Errorf("the field %q is not known, and has no effect", clean(key.Value))
		if near := nearest(key.Value, names); len(near) > 0 {
			why = fmt.Errorf("%w: do you mean %s?", why, near[0])
		}
		out = append(out, Position{key.Line, key.Column, why})
	}
	return out
}

// unknown returns, for comparing, what a mapping says in fields that are not known
// here.
func unknown[T any](n *yaml.Node, known []field[T]) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if slices.ContainsFunc(known, func(f field[T]) bool { return f.name == key }) {
			continue
		}
		fmt.Fprintf(&b, "%q=", key)
		dump(&b, n.Content[i+1])
	}
	return b.String()
}

// dump writes what a node says, without its style.
func dump(b *strings.Builder, n *yaml.Node) {
	fmt.Fprintf(b, "%d%s%q(", n.Kind, n.ShortTag(), n.Value)
	for _, c := range n.Content {
		dump(b, c)
	}
	b.WriteString(")")
}
