package profiles

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// sheet is the text of a file in lines, each with its end, as editors see it.
type sheet struct {
	bom   bool
	end   string // of new lines
	lines []string
}

func newSheet(data []byte) *sheet {
	rest, bom := bytes.CutPrefix(data, bom)
	s := &sheet{bom: bom, end: "\n"}
	if crlf := bytes.Count(rest, []byte("\r\n")); crlf > 0 && crlf*2 >= bytes.Count(rest, []byte("\n")) {
		s.end = "\r\n"
	}
	s.lines = strings.SplitAfter(string(rest), "\n")
	if last := len(s.lines) - 1; s.lines[last] == "" {
		s.lines = s.lines[:last]
	}
	return s
}

func (s *sheet) bytes() []byte {
	var out bytes.Buffer
	if s.bom {
		out.Write(bom)
	}
	for _, l := range s.lines {
		out.WriteString(l)
	}
	return out.Bytes()
}

// replace puts lines in the place of those from and up to to.
func (s *sheet) replace(from, to int, with []string) {
	if from == len(s.lines) && from > 0 && len(with) > 0 {
		s.lines[from-1] = s.ended(s.lines[from-1])
	}
	s.lines = slices.Concat(s.lines[:from], with, s.lines[to:])
}

func (s *sheet) ended(line string) string {
	if strings.HasSuffix(line, "\n") {
		return line
	}
	return line + s.end
}

// written returns what a node is as lines, indented by so many spaces.
func (s *sheet) written(n *yaml.Node, indent int) ([]string, error) {
	data, err := Encode(n)
	if err != nil {
		return nil, err
	}
	var lines []string
	for l := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
		if l != "" {
			l = strings.Repeat(" ", indent) + l
		}
		lines = append(lines, l+s.end)
	}
	return lines, nil
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

func isComment(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") }

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// contentEnd returns where what begins in line from ends, before to, without the
// blank lines and comments behind it. A text block keeps what looks like one.
func (s *sheet) contentEnd(n *yaml.Node, from, to, indent int) int {
	block := lastLeaf(n).Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	for to > from+1 {
		l := s.lines[to-1]
		if !isBlank(l) && (!isComment(l) || block && indentOf(l) > indent) {
			break
		}
		to--
	}
	return to
}

func lastLeaf(n *yaml.Node) *yaml.Node {
	for len(n.Content) > 0 {
		n = n.Content[len(n.Content)-1]
	}
	return n
}
