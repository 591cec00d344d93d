package profiles

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// span is lines from and up to to, from 0.
type span struct{ from, to int }

// isBlock tells whether a node is written in lines of its own.
func isBlock(n *yaml.Node) bool { return n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0 }

// pairs returns the lines of each field of a mapping that ends before line end;
// false where they are not lines of their own. first says that a hyphen may stand
// before the first field.
func (s *sheet) pairs(n *yaml.Node, end int, first bool) ([]span, bool) {
	if n.Kind != yaml.MappingNode || !isBlock(n) {
		return nil, false
	}
	var all []span
	for i := 0; i < len(n.Content); i += 2 {
		key, to := n.Content[i], end
		if i+2 < len(n.Content) {
			to = n.Content[i+2].Line - 1
		}
		from := key.Line - 1
		if from >= to || to > len(s.lines) {
			return nil, false
		}
		before, ok := beginning(s.lines[from], key.Column-1)
		if !ok || strings.Trim(before, " ") != "" && (i > 0 || !first || strings.Trim(before, " -") != "" || strings.Count(before, "-") != 1) {
			return nil, false
		}
		all = append(all, span{from, s.contentEnd(n.Content[i+1], from, to, key.Column-1)})
	}
	return all, true
}

// beginning returns the first n letters of a line; false when they are not all of one
// byte.
func beginning(line string, n int) (string, bool) {
	if len(line) < n {
		return "", false
	}
	for i := range n {
		if line[i] >= 0x80 {
			return "", false
		}
	}
	return line[:n], true
}

// change alters fields of a mapping in their own lines and leaves all other lines
// as they are; false where that cannot be done.
func (s *sheet) change(n *yaml.Node, end int, inList bool, all []fieldChange) bool {
	spans, ok := s.pairs(n, end, inList)
	if !ok {
		return false
	}
	indent := n.Content[0].Column - 1
	first := spans[0].from
	prefix := s.lines[first][:indent]
	s.lines[first] = strings.Repeat(" ", indent) + s.lines[first][indent:]
	type edit struct {
		span
		with []string
	}
	var edits []edit
	for _, c := range all {
		at := keyIndex(n, c.name)
		var e edit
		if at >= 0 {
			e.span = spans[at/2]
		} else {
			to := first
			if p := place(n, c.after); p > 0 {
				to = spans[p/2-1].to
			}
			e.span = span{to, to}
		}
		if c.node != nil {
			key, last := scalar(c.name), c.node
			if at >= 0 {
				last = n.Content[at+1]
				key.Style, key.LineComment = n.Content[at].Style, n.Content[at].LineComment
				if key.LineComment == "" && c.node.Kind == yaml.SequenceNode && isBlock(c.node) {
					key.LineComment = n.Content[at+1].LineComment // it stood behind [] or nothing
				}
			}
			lines, err := s.written(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, without(bare(c.node), lastLeaf(last).FootComment)}}, indent)
			if err != nil {
				return false
			}
			e.with = lines
		}
		edits = append(edits, e)
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	grown := 0
	for _, e := range edits {
		s.replace(e.from+grown, e.to+grown, e.with)
		grown += len(e.with) - (e.to - e.from)
	}
	return s.restore(first, end+grown, prefix)
}

// bare returns a value without the comments that stand in lines of their own
// around it, as those lines stay.
func bare(n *yaml.Node) *yaml.Node {
	n = clone(n)
	n.HeadComment, n.FootComment = "", ""
	if last := lastLeaf(n); last != n {
		last.FootComment = ""
	}
	return n
}

// without removes a comment that stands in lines behind what is replaced.
func without(n *yaml.Node, foot string) *yaml.Node {
	if n.FootComment == foot {
		n.FootComment = ""
	}
	for _, c := range n.Content {
		without(c, foot)
	}
	return n
}

// restore puts what stood before the first field, as a hyphen, before that which
// is the first now.
func (s *sheet) restore(from, to int, prefix string) bool {
	for i := from; i < to && i < len(s.lines); i++ {
		if l := s.lines[i]; !isBlank(l) && !isComment(l) {
			if len(l) < len(prefix) {
				return false
			}
			s.lines[i] = prefix + l[len(prefix):]
			return true
		}
	}
	return false
}

// block is a tunnel in a list: with the comments that stand right above it, and
// those behind it that are indented as its fields.
type block struct {
	span
	dash    int // the line of its hyphen
	content int // where its fields end
}

// blocks returns the lines of each tunnel; false where they do not have lines of
// their own.
func (s *sheet) blocks(root, list *yaml.Node) ([]block, bool) {
	if list == nil || list.Kind != yaml.SequenceNode || !isBlock(list) || !isBlock(root) {
		return nil, false
	}
	end := s.after(root, list)
	indent := list.Column - 1
	all := make([]block, len(list.Content))
	for i, n := range list.Content {
		at := n.Line - 1
		for at > list.Line-1 && !isDash(s.lines[at], indent) {
			at--
		}
		if at >= len(s.lines) || !isDash(s.lines[at], indent) || i > 0 && at < all[i-1].dash+1 {
			return nil, false
		}
		all[i].dash = at
	}
	for i := range all {
		b, to := &all[i], end
		if i+1 < len(all) {
			to = all[i+1].dash
		}
		b.content = s.contentEnd(list.Content[i], b.dash, to, indent)
		b.to = b.content
		for at := b.to; at < to; at++ {
			if l := s.lines[at]; isComment(l) && indentOf(l) > indent {
				b.to = at + 1
			} else if !isBlank(l) {
				break
			}
		}
		b.from = b.dash
		floor := list.Line - 1
		if i > 0 {
			floor = all[i-1].to
		} else if key := keyLine(root, list); key < floor {
			floor = key
		}
		for b.from > floor && isComment(s.lines[b.from-1]) && indentOf(s.lines[b.from-1]) == indent {
			b.from--
		}
	}
	return all, true
}

func isDash(line string, indent int) bool {
	return indentOf(line) == indent && strings.HasPrefix(line[indent:], "-") &&
		(len(line) == indent+1 || strings.ContainsRune(" \r\n", rune(line[indent+1])))
}

// after returns the line in which the field behind a value begins.
func (s *sheet) after(root, value *yaml.Node) int {
	for i := 1; i < len(root.Content); i += 2 {
		if root.Content[i] == value && i+1 < len(root.Content) {
			return root.Content[i+1].Line - 1
		}
	}
	return s.bottom()
}

// keyLine returns the line behind that of a value's name.
func keyLine(root, value *yaml.Node) int {
	for i := 1; i < len(root.Content); i += 2 {
		if root.Content[i] == value {
			return root.Content[i-1].Line
		}
	}
	return 0
}

// bottom returns where the document ends: the end, or the line of the three dots.
func (s *sheet) bottom() int {
	for i, l := range s.lines {
		if strings.HasPrefix(l, "...") && isBlank(l[3:]) {
			return i
		}
	}
	return len(s.lines)
}
