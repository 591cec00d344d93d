package profiles

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"culvert/tunnels"

	"go.yaml.in/yaml/v3"
)

// Bounds of what a profile holds, beside those of tunnels.Spec.Validate.
const (
	maxTunnels  = 500
	maxMappings = 64
	maxListen   = 16
	maxName     = 200 // letters
	maxWord     = 512 // letters of a context's name, which clouds make long
)

// text reads a value that is one line of text.
func text(n *yaml.Node, what string, most int) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", wrong(n.Line, n.Column, "%s is one text, not a list", what)
	}
	if isNull(n) {
		return "", nil
	}
	if err := checkLine(what, n.Value, most); err != nil {
		return "", &Position{Line: n.Line, Column: n.Column, Err: err}
	}
	return n.Value, nil
}

// checkLine refuses what cannot be shown in a line.
func checkLine(what, s string, most int) error {
	if n := utf8.RuneCountInString(s); n > most {
		return refused(what, "", "it has %d letters: give at most %d", n, most)
	}
	if !utf8.ValidString(s) {
		return refused(what, "", "%q is not text in UTF-8", clean(s))
	}
	for _, r := range s {
		if !unicode.IsGraphic(r) && r != '\u200d' && r != '\u200c' { // joiners, which emoji and some scripts need
			return refused(what, "", "%q has a control character in it: remove it", clean(s))
		}
	}
	return nil
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// texts reads a list of texts, or one that stands without a list.
func texts(n *yaml.Node, what string, most int) ([]*yaml.Node, error) {
	var of []*yaml.Node
	switch {
	case isNull(n):
	case n.Kind == yaml.ScalarNode:
		of = []*yaml.Node{n}
	case n.Kind == yaml.SequenceNode:
		of = n.Content
	default:
		return nil, wrong(n.Line, n.Column, "%s is a list of values without names: write [first, second]", what)
	}
	if len(of) > most {
		return nil, wrong(n.Line, n.Column, "%d %s are too many: give at most %d", len(of), what, most)
	}
	for _, c := range of {
		if c.Kind == yaml.MappingNode && len(c.Content) == 2 && c.Content[1].Kind == yaml.ScalarNode {
			k, v := clean(c.Content[0].Value), clean(c.Content[1].Value)
			return nil, wrong(c.Line, c.Column, "%s: %s: %s has a space behind its colon: write %s:%s", what, k, v, k, v)
		}
		if c.Kind != yaml.ScalarNode || isNull(c) {
			return nil, wrong(c.Line, c.Column, "%s is a list of single values: this is none", what)
		}
	}
	return of, nil
}

// yesNo reads true or false, also in YAML's older words.
func yesNo(n *yaml.Node, what string) (bool, error) {
	if n.Kind == yaml.ScalarNode {
		switch strings.ToLower(n.Value) {
		case "true", "yes", "on":
			return true, nil
		case "false", "no", "off":
			return false, nil
		}
	}
	return false, wrong(n.Line, n.Column, "%s is true or false, unlike %q", what, clean(n.Value))
}

// duration reads "10s", "2h30m" or "3d".
func duration(n *yaml.Node, what, example string) (time.Duration, error) {
	if n.Kind != yaml.ScalarNode {
		return 0, wrong(n.Line, n.Column, "%s is a time, as %s", what, example)
	}
	d, err := parseDuration(n.Value)
	if err != nil {
		return 0, wrong(n.Line, n.Column, "%s: %q is no time: write it with its unit, as %s", what, clean(n.Value), example)
	}
	return d, nil
}

var errDays = errors.New("too many days")

func parseDuration(s string) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		return time.ParseDuration(s)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, errDays
	}
	d := time.Duration(n) * 24 * time.Hour
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	return d + more, err
}

// durationText is the shortest text that parseDuration reads as d.
func durationText(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	s := d.String()
	if rest, ok := strings.CutSuffix(s, "m0s"); ok {
		s = rest + "m"
	}
	if rest, ok := strings.CutSuffix(s, "h0m"); ok {
		s = rest + "h"
	}
	return s
}

// mappings reads ports as `oc port-forward` has them; a number may stand without
// quotes. A plain 6000:50 is not the number that YAML 1.1 makes of it.
func mappings(n *yaml.Node) ([]tunnels.Mapping, error) {
	of, err := texts(n, "ports", maxMappings)
	if err != nil {
		return nil, err
	}
	if len(of) == 0 {
		return nil, wrong(n.Line, n.Column, `ports: none is given: write ports: ["5432"], or "6000:5432" for another local one`)
	}
	all := make([]string, len(of))
	for i, c := range of {
		if tag := c.ShortTag(); tag != "!!str" && tag != "!!int" && strings.Trim(c.Value, "0123456789") != "" {
			return nil, wrong(c.Line, c.Column, "%q is no port: write 5432, 6000:5432, :5432 or a port's name, in quotes", clean(c.Value))
		}
		if _, err := tunnels.ParseMapping(c.Value); err != nil {
			return nil, &Position{Line: c.Line, Column: c.Column, Err: portError(c.Value, err)}
		}
		all[i] = c.Value
	}
	ms, err := tunnels.ParseMappings(all)
	if err != nil {
		return nil, &Position{Line: n.Line, Column: n.Column, Err: err}
	}
	return ms, nil
}

// portError leaves out of an error what the file's line shows.
func portError(value string, err error) error {
	var e *tunnels.Error
	if !errors.As(err, &e) {
		return err
	}
	said := e.Err.Error()
	if _, rest, ok := strings.Cut(said, "is neither a number nor a port's name: "); ok {
		return refused("", "", "%q is no port: %s", clean(value), rest)
	}
	return err
}

// words returns the values of nodes.
func words(nodes []*yaml.Node) []string {
	if len(nodes) == 0 {
		return nil
	}
	all := make([]string, len(nodes))
	for i, n := range nodes {
		all[i] = n.Value
	}
	return all
}
