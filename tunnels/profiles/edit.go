package profiles

import (
	"slices"
	"strings"

	"culvert/tunnels"

	"go.yaml.in/yaml/v3"
)

// errNotEdited says that a file cannot be changed without changing more of it.
var errNotEdited = refused("", "Change it in an editor.", "the file is written in a way that Culvert cannot change")

// attempt is one way to make an edit: the new text, or false where it is not
// possible.
type attempt func() ([]byte, bool)

// first returns what the first attempt gives that says what is wanted. Thus an
// edit never writes anything else, however a file is written.
func (d *document) first(h head, all []entry, attempts ...attempt) (*document, error) {
	others := d.others()
	for _, a := range attempts {
		data, ok := a()
		if !ok {
			continue
		}
		if now, err := read(data); err == nil && now.isWhat(h, all) == nil && now.others() == others {
			return now, nil
		}
	}
	return nil, errNotEdited
}

func (d *document) root() *yaml.Node { return d.doc.Content[0] }

// set changes what the file says of the profile itself.
func (d *document) set(h head) (*document, error) {
	h.version = d.head.version
	if sameHead(h, d.head) {
		return d, nil
	}
	return d.first(h, d.all, func() ([]byte, bool) {
		s := newSheet(d.data)
		all := changes(d.root(), headFields[:], &d.head, &h, defaults{})
		return d.changeHead(s, all)
	}, d.anew(func(root *yaml.Node) {
		setFields(root, headFields[:], &d.head, &h, defaults{})
	}))
}

func (d *document) changeHead(s *sheet, all []fieldChange) ([]byte, bool) {
	ok := s.change(d.root(), s.bottom(), false, all)
	return s.bytes(), ok
}

// put changes a tunnel.
func (d *document) put(i int, spec tunnels.Spec) (*document, error) {
	all := slices.Clone(d.all)
	old := all[i]
	if sameSpec(old.spec, spec) {
		return d, nil
	}
	all[i].spec = spec
	return d.first(d.head, all, func() ([]byte, bool) {
		s := newSheet(d.data)
		blocks, ok := s.blocks(d.root(), d.list)
		if !ok {
			return nil, false
		}
		fields := changes(old.node, tunnelFields[:], &old.spec, &spec, d.head.defaults)
		ok = s.change(old.node, blocks[i].content, true, fields)
		return s.bytes(), ok
	}, func() ([]byte, bool) { // the tunnel's own lines anew
		s := newSheet(d.data)
		blocks, ok := s.blocks(d.root(), d.list)
		if !ok {
			return nil, false
		}
		n := clone(old.node)
		setFields(n, tunnelFields[:], &old.spec, &spec, d.head.defaults)
		n = bare(n)
		lines, err := s.item(n, d.list.Column-1)
		s.replace(blocks[i].dash, blocks[i].content, lines)
		return s.bytes(), err == nil
	}, d.anew(func(root *yaml.Node) {
		setFields(child(root, tunnelsField).Content[i], tunnelFields[:], &old.spec, &spec, d.head.defaults)
	}))
}

// item returns the lines of a tunnel in a list.
func (s *sheet) item(n *yaml.Node, indent int) ([]string, error) {
	return s.written(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}}, indent)
}

// add appends a tunnel. like, if it is not nil, is how it was written elsewhere:
// what is not known of it is kept.
func (d *document) add(spec tunnels.Spec, like *entry) (*document, error) {
	n := tunnelNode(spec, d.head.defaults)
	e := entry{n, spec}
	if like != nil {
		n = clone(like.node)
		setFields(n, tunnelFields[:], &like.spec, &spec, defaults{})
		readdress(n, spec, d.head.defaults)
		e.node = n
	}
	return d.extend(e)
}

// addAll appends tunnels.
func (d *document) addAll(specs []tunnels.Spec) (*document, error) {
	more := make([]entry, len(specs))
	for i, spec := range specs {
		more[i] = entry{tunnelNode(spec, d.head.defaults), spec}
	}
	return d.extend(more...)
}

func (d *document) extend(more ...entry) (*document, error) {
	if len(more) == 0 {
		return d, nil
	}
	all := slices.Concat(d.all, more)
	nodes := make([]*yaml.Node, len(more))
	for i, e := range more {
		nodes[i] = e.node
	}
	if len(all) > maxTunnels {
		return nil, refused("", "Make another profile.", "a profile has at most %d tunnels", maxTunnels)
	}
	return d.first(d.head, all, func() ([]byte, bool) {
		s := newSheet(d.data)
		blocks, ok := s.blocks(d.root(), d.list)
		if !ok {
			return nil, false
		}
		last := blocks[len(blocks)-1]
		apart := len(blocks) > 1 && isBlank(s.lines[last.from-1])
		var lines []string
		for _, n := range nodes {
			own, err := s.item(n, d.list.Column-1)
			if err != nil {
				return nil, false
			}
			if apart {
				lines = append(lines, s.end)
			}
			lines = append(lines, own...)
		}
		s.replace(last.to, last.to, lines)
		return s.bytes(), true
	}, func() ([]byte, bool) { // the first one
		if len(d.all) > 0 {
			return nil, false
		}
		s := newSheet(d.data)
		list := &yaml.Node{Kind: yaml.SequenceNode, Content: nodes}
		return d.changeHead(s, []fieldChange{{tunnelsField, list, headNames()}})
	}, d.anew(func(root *yaml.Node) {
		list := child(root, tunnelsField)
		switch {
		case list == nil:
			list = &yaml.Node{Kind: yaml.SequenceNode}
			root.Content = append(root.Content, scalar(tunnelsField), list)
		case isNull(list):
			*list = yaml.Node{Kind: yaml.SequenceNode, HeadComment: list.HeadComment, LineComment: list.LineComment, FootComment: list.FootComment}
		case len(list.Content) == 0:
			list.Style = 0
		}
		list.Content = append(list.Content, nodes...)
	}))
}

// readdress writes a tunnel's context and namespace as they have to be beside
// other defaults; what is written already stays.
func readdress(n *yaml.Node, s tunnels.Spec, d defaults) {
	for _, f := range [...]struct{ name, is, standard string }{
		{"context", s.Target.Context, d.context},
		{"namespace", s.Target.Namespace, d.namespace},
	} {
		at, v := keyIndex(n, f.name), value{texts: []string{f.is}}
		switch {
		case at >= 0:
			n.Content[at+1] = v.node(f.name, n.Content[at+1])
		case f.is != f.standard:
			n.Content = slices.Insert(n.Content, place(n, []string{"name", "context"}), scalar(f.name), v.node(f.name, nil))
		}
	}
}

func headNames() []string {
	var names []string
	for _, f := range headFields {
		names = append(names, f.name)
	}
	return names
}

// cut returns a tunnel as it is written, with the comments that are its own.
func (d *document) cut(i int) entry {
	e := d.all[i]
	s := newSheet(d.data)
	blocks, ok := s.blocks(d.root(), d.list)
	if !ok {
		return entry{bare(e.node), e.spec}
	}
	b := blocks[i]
	doc, err := decode(normal([]byte(strings.Join(s.lines[b.dash:b.to], ""))))
	if err != nil || doc == nil || doc.Content[0].Kind != yaml.SequenceNode || len(doc.Content[0].Content) != 1 {
		return entry{bare(e.node), e.spec}
	}
	n := doc.Content[0].Content[0]
	n.HeadComment = ""
	for _, l := range s.lines[b.from:b.dash] {
		n.HeadComment += strings.TrimSpace(l) + "\n"
	}
	n.HeadComment = strings.TrimSuffix(n.HeadComment, "\n")
	if unknown(n, tunnelFields[:]) != unknown(e.node, tunnelFields[:]) {
		n = bare(e.node)
	}
	return entry{n, e.spec}
}

// remove takes a tunnel out.
func (d *document) remove(i int) (*document, error) {
	all := slices.Delete(slices.Clone(d.all), i, i+1)
	return d.first(d.head, all, func() ([]byte, bool) {
		s := newSheet(d.data)
		blocks, ok := s.blocks(d.root(), d.list)
		if !ok {
			return nil, false
		}
		b := blocks[i].span
		if b.to < len(s.lines) && isBlank(s.lines[b.to]) && b.from > 0 && isBlank(s.lines[b.from-1]) {
			b.to++ // the line that set it apart
		}
		s.replace(b.from, b.to, nil)
		return s.bytes(), true
	}, d.anew(func(root *yaml.Node) {
		list := child(root, tunnelsField)
		list.Content = slices.Delete(list.Content, i, i+1)
	}))
}

// move puts a tunnel into the place that another has, counted without it.
func (d *document) move(from, to int) (*document, error) {
	if from == to {
		return d, nil
	}
	all := moved(d.all, from, to)
	return d.first(d.head, all, func() ([]byte, bool) {
		s := newSheet(d.data)
		blocks, ok := s.blocks(d.root(), d.list)
		if !ok {
			return nil, false
		}
		var lines []string
		at := blocks[0].from
		for k, b := range moved(blocks, from, to) {
			lines = append(lines, s.lines[at:blocks[k].from]...)
			for _, l := range s.lines[b.from:b.to] {
				lines = append(lines, s.ended(l))
			}
			at = blocks[k].to
		}
		s.replace(blocks[0].from, at, lines)
		return s.bytes(), true
	}, d.anew(func(root *yaml.Node) {
		list := child(root, tunnelsField)
		list.Content = moved(list.Content, from, to)
	}))
}

// moved returns a list with one thing in another place, counted without it.
func moved[T any](all []T, from, to int) []T {
	rest := slices.Delete(slices.Clone(all), from, from+1)
	return slices.Insert(rest, to, all[from])
}

// anew writes the whole file from changed nodes: what people wrote stays as far
// as the library keeps it.
func (d *document) anew(change func(root *yaml.Node)) attempt {
	return func() ([]byte, bool) {
		doc := clone(d.doc)
		change(doc.Content[0])
		text, err := Encode(doc)
		if err != nil {
			return nil, false
		}
		s := newSheet(d.data)
		if s.end != "\n" {
			out := newSheet(text)
			for i, l := range out.lines {
				out.lines[i] = l[:len(l)-1] + s.end
			}
			text = out.bytes()
		}
		if s.bom {
			text = append(slices.Clone(bom), text...)
		}
		return text, true
	}
}
