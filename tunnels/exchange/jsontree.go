package exchange

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Bounds of JSON: what programs export is flat and small.
const (
	deepestJSON = 32
	mostValues  = 200_000
)

// object is one of JSON.
type object map[string]any

// parseJSON reads one value: object, []any, string, json.Number, bool or nil. An
// object that names a field twice is refused, since programs do not agree on which
// one holds.
func parseJSON(text string) (any, error) {
	d := &jsonReader{dec: json.NewDecoder(strings.NewReader(text))}
	d.dec.UseNumber()
	v, err := d.value(0)
	if err == nil {
		if _, more := d.dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something stands behind its end")
		}
	}
	if err != nil {
		line := 1 + strings.Count(text[:min(int(d.dec.InputOffset()), len(text))], "\n")
		reason := err.Error()
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			reason = "a sign is missing there or too many"
		}
		return nil, refuse("Export it again, or mend it in an editor.", "the JSON is broken at line %d: %s", line, reason)
	}
	return v, nil
}

type jsonReader struct {
	dec    *json.Decoder
	values int
}

func (r *jsonReader) value(depth int) (any, error) {
	t, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	if r.values++; r.values > mostValues {
		return nil, errors.New("it holds more than any export does")
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if depth == deepestJSON {
		return nil, errors.New("it is nested deeper than any export is")
	}
	if delim == '[' {
		return r.list(depth)
	}
	return r.object(depth)
}

func (r *jsonReader) list(depth int) (any, error) {
	var out []any
	for r.dec.More() {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := r.dec.Token()
	return out, err
}

func (r *jsonReader) object(depth int) (any, error) {
	out := make(object)
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		if _, twice := out[name]; twice {
			return nil, errors.New("a field is there twice, and which one holds is not known")
		}
		if out[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err := r.dec.Token()
	return out, err
}

// text returns a field that is a string.
func (o object) text(name string) string {
	s, _ := o[name].(string)
	return strings.TrimSpace(s)
}

// yes returns a field that is true, also as a word.
func (o object) yes(name string) bool {
	b, _ := o[name].(bool)
	return b || o.text(name) == "true"
}

// port returns a field that is a port, also as a word; given is false for a field that
// is not there or null.
func (o object) port(name string) (port uint16, given bool, err error) {
	digits := ""
	switch v := o[name].(type) {
	case nil:
		return 0, false, nil
	case json.Number:
		digits = v.String()
	case string:
		digits = strings.TrimSpace(v)
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return 0, true, refuse("Give a number from 0 to 65535.", "its %s is not a port", strings.ReplaceAll(name, "_", " "))
	}
	return uint16(n), true, nil
}
