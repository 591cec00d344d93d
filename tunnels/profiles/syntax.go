package profiles

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Bounds of a file. What people write is far below them.
const (
	maxSize  = 1 << 20
	maxDepth = 32
	maxNodes = 200_000
)

var bom = []byte("\ufeff")

// errNewer says that the format is of a later version.
var errNewer = errors.New("it was made by a newer Culvert")

// syntaxError is what the YAML library says, in words that help.
type syntaxError struct{ text, raw string }

func (e *syntaxError) Error() string { return e.text }

// readTree reads the one document of a file into nodes, and refuses what a list of
// tunnels has no need of. Its errors hold a [Position]. The root is nil for a
// file without content.
func readTree(data []byte) (*yaml.Node, error) {
	if len(data) > maxSize {
		return nil, wrong(0, 0, "it has more than 1 MiB")
	}
	if err := checkText(data); err != nil {
		return nil, err
	}
	text := normal(data)
	doc, err := decode(text)
	if err != nil {
		return nil, located(text, err)
	}
	if doc == nil {
		return nil, nil
	}
	count := 0
	if err := checkNode(doc.Content[0], 0, &count); err != nil {
		return nil, err
	}
	return doc, nil
}

// normal returns the text as it is parsed: without a byte order mark and with
// line feeds alone, so that lines and columns stay the same.
func normal(data []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(data, bom), []byte("\r\n"), []byte("\n"))
}

// checkText refuses what is no text for people.
func checkText(data []byte) error {
	line := 1
	for rest := bytes.TrimPrefix(data, bom); len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size <= 1:
			return wrong(line, 0, "it is not text in UTF-8: save it as UTF-8")
		case r == '\n':
			line++
		case r == '\r' && len(rest) > 1 && rest[1] == '\n', r == '\t':
		case r < ' ', r == 0x7f, r >= 0x80 && r < 0xa0, r == '\u2028', r == '\u2029', r == '\ufeff', r == '\ufffe', r == '\uffff':
			return wrong(line, 0, "a control character (%U) is in it: remove it", r)
		}
		rest = rest[size:]
	}
	return nil
}

// decode returns nil for a text without a document.
func decode(text []byte) (*yaml.Node, error) { return decodeFrom(bytes.NewReader(text)) }

func decodeFrom(in io.Reader) (*yaml.Node, error) {
	dec := yaml.NewDecoder(in)
	var doc, next yaml.Node
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	case doc.Kind != yaml.DocumentNode || len(doc.Content) != 1:
		return nil, nil
	}
	switch err := dec.Decode(&next); {
	case errors.Is(err, io.EOF):
		return &doc, nil
	case err != nil:
		return nil, err
	}
	return nil, wrong(next.Line, 0, "a second document begins here: keep one profile in a file, and remove the line ---")
}

// checkNode refuses references, types and repeated keys, everywhere in the tree.
func checkNode(n *yaml.Node, depth int, count *int) error {
	*count++
	switch {
	case n.Kind == yaml.AliasNode:
		return wrong(n.Line, n.Column, "*%s refers to another place: write out what is meant", clean(n.Value))
	case n.Anchor != "":
		return wrong(n.Line, n.Column, "&%s is a mark for references, which are not understood here: remove it", clean(n.Anchor))
	case n.Style&yaml.TaggedStyle != 0:
		return wrong(n.Line, n.Column, "%s is a type, which is not understood here: remove it", clean(n.Tag))
	case depth > maxDepth:
		return wrong(n.Line, n.Column, "it is nested more than %d deep", maxDepth)
	case *count > maxNodes:
		return wrong(n.Line, n.Column, "it has more than %d parts", maxNodes)
	}
	if n.Kind == yaml.MappingNode {
		if err := checkKeys(n); err != nil {
			return err
		}
	}
	for _, c := range n.Content {
		if err := checkNode(c, depth+1, count); err != nil {
			return err
		}
	}
	return nil
}

func checkKeys(n *yaml.Node) error {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind == yaml.AliasNode:
			return checkNode(key, 0, new(int))
		case key.Kind != yaml.ScalarNode:
			return wrong(key.Line, key.Column, "a field's name cannot be a list")
		case key.Tag == "!!merge":
			return wrong(key.Line, key.Column, "<< takes over another place's fields: write out what is meant")
		}
		if first, ok := seen[key.Value]; ok {
			return wrong(key.Line, key.Column, "%s is there twice, first in line %d: remove one", clean(key.Value), first)
		}
		seen[key.Value] = key.Line
	}
	return nil
}

// lineOf is how the YAML library says where.
var lineOf = regexp.MustCompile(`^line (\d+): `)

// complaints are what people can do about what the YAML library says.
var complaints = []struct{ says, text string }{
	{"mapping values are not allowed in this context", "a colon is where none can be: put the text into quotes, or indent the line as those above it"},
	{"found character that cannot start any token", "a value cannot begin like this: put it into quotes, and indent with spaces instead of tabs"},
	{"found a tab character", "a tab is where spaces have to be: indent with spaces"},
	{"found unexpected end of stream", "a quotation mark is opened here and not closed"},
	{"did not find expected ',' or ']'", "a list in [ ] is not closed, or lacks a comma"},
	{"did not find expected ',' or '}'", "what is in { } is not closed, or lacks a comma"},
	{"did not find expected '-' indicator", "the line is not indented as those above it, or lacks its hyphen"},
	{"did not find expected key", "the line is not indented as those above it, or lacks its colon"},
	{"could not find expected ':'", "the line lacks its colon"},
	{"did not find expected node content", "a value is missing or cannot begin like this: put it into quotes"},
	{"found unknown escape character", `a \ in double quotes has a meaning of its own: use single quotes, or write \\`},
	{"unknown anchor", "what begins with * refers to another place: write out what is meant, or put it into quotes"},
	{"did not find expected <document start>", "this does not belong to what stands above: indent it as the rest"},
	{"block sequence entries are not allowed in this context", "a hyphen is where none can be: begin the list in a line of its own"},
}

// located puts an error of the YAML library into words and finds its line.
func located(text []byte, err error) error {
	var at *Position
	if errors.As(err, &at) {
		return err
	}
	if line := conflict(text); line > 0 {
		return wrong(line, 0, "a conflict of git begins here: choose one of the two")
	}
	raw := strings.TrimPrefix(err.Error(), "yaml: ")
	says := lineOf.ReplaceAllString(raw, "")
	e := &syntaxError{text: "it is no YAML: " + clean(says), raw: clean(raw)}
	for _, c := range complaints {
		if strings.HasPrefix(says, c.says) {
			e.text = c.text
			break
		}
	}
	return &Position{Line: errorLine(text, err), Err: e}
}

// conflict returns the line in which git says that two changes do not fit; 0 for
// none.
func conflict(text []byte) int {
	n := 0
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		n++
		if bytes.HasPrefix(line, []byte("<<<<<<< ")) {
			return n
		}
	}
	return 0
}

// errorLine finds the line from which on a text is no YAML. The library names
// where the surrounding list begins, or the line before; what helps is the first
// line with which no beginning of the text can be read.
func errorLine(text []byte, err error) int {
	if strings.Contains(err.Error(), "found unexpected end of stream") {
		return namedLine(err) // where the quotation mark is
	}
	const most, budget = 100, 4 * maxSize // lines that one value has, and bytes to read for this
	in := &lineReader{lines: bytes.SplitAfter(text, []byte("\n"))}
	_, _ = decodeFrom(in) // only how far it reads is of interest
	line, size := in.read, 0
	for n := in.read - 1; n > 0 && in.read-n < most && size < budget; n-- {
		beginning := bytes.Join(in.lines[:n], nil)
		size += len(beginning)
		if _, err := decode(beginning); err == nil {
			break
		}
		line = n
	}
	return line
}

// lineReader gives a line at a time, and counts.
type lineReader struct {
	lines [][]byte
	read  int // lines that were begun
	rest  []byte
}

func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.read == len(r.lines) || len(r.lines[r.read]) == 0 {
			return 0, io.EOF
		}
		r.rest = r.lines[r.read]
		r.read++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func namedLine(err error) int {
	m := lineOf.FindStringSubmatch(strings.TrimPrefix(err.Error(), "yaml: "))
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0 // more digits than lines
	}
	return n
}
