package control

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// document is the OpenAPI document, as JSON would have it.
type document map[string]any

func readDocument(t *testing.T) document {
	t.Helper()
	var fromYAML any
	if err := yaml.Unmarshal(openAPI, &fromYAML); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at returns what a path of keys leads to, through references.
func (d document) at(v any, keys ...string) any {
	v = d.resolved(v)
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = d.resolved(m[k])
	}
	return v
}

func (d document) resolved(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	ref, ok := m["$ref"].(string)
	if !ok {
		return v
	}
	var to any = map[string]any(d)
	for _, k := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		next, ok := to.(map[string]any)
		if !ok || next[k] == nil {
			panic("nothing is at " + ref)
		}
		to = next[k]
	}
	return d.resolved(to)
}

// operation is one method of one path.
type operation struct {
	method, path, tag string
	node              any
}

func (d document) operations() []operation {
	var out []operation
	for path, item := range d["paths"].(map[string]any) {
		for method, node := range item.(map[string]any) {
			if method != "parameters" {
				tags := d.at(node, "tags").([]any)
				out = append(out, operation{strings.ToUpper(method), path, tags[0].(string), node})
			}
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

// says are the keywords that say nothing about values.
var saysNothing = []string{"description", "$ref", "contentEncoding"}

// check returns what is wrong with a value that came in JSON. A field that the schema
// does not name is wrong, and so is a keyword that is not understood here.
func (d document) check(schema, v any, where string) []string {
	s, ok := d.resolved(schema).(map[string]any)
	if !ok {
		return []string{where + ": there is no schema"}
	}
	var out []string
	bad := func(format string, args ...any) { out = append(out, where+": "+fmt.Sprintf(format, args...)) }
	for keyword, want := range s {
		switch keyword {
		case "type":
			if !isType(want, v) {
				bad("%v is no %v", v, want)
			}
		case "enum":
			if !slices.Contains(want.([]any), v) {
				bad("%v is none of %v", v, want)
			}
		case "const":
			if v != want {
				bad("%v is not %v", v, want)
			}
		case "required":
			for _, name := range want.([]any) {
				if m, _ := v.(map[string]any); m[name.(string)] == nil {
					bad("%v is missing", name)
				}
			}
		case "properties":
			m, _ := v.(map[string]any)
			for name, value := range m {
				of, known := want.(map[string]any)[name]
				if !known {
					bad("%s is not in the document", name)
					continue
				}
				out = append(out, d.check(of, value, where+"."+name)...)
			}
		case "items":
			list, _ := v.([]any)
			for i, value := range list {
				out = append(out, d.check(want, value, fmt.Sprint(where, "[", i, "]"))...)
			}
		case "oneOf":
			fits := 0
			for _, one := range want.([]any) {
				if len(d.check(one, v, where)) == 0 {
					fits++
				}
			}
			if fits != 1 {
				bad("%v fits %d of the choices", v, fits)
			}
		case "minimum", "maximum":
			n, _ := v.(float64)
			if limit := want.(float64); keyword == "minimum" && n < limit || keyword == "maximum" && n > limit {
				bad("%v is beyond the %s %v", v, keyword, limit)
			}
		case "minItems":
			if list, _ := v.([]any); len(list) < int(want.(float64)) {
				bad("%d are too few", len(list))
			}
		case "pattern":
			if text, _ := v.(string); !regexp.MustCompile(want.(string)).MatchString(text) {
				bad("%q is not as %v", v, want)
			}
		case "format":
			if text, _ := v.(string); want != "date-time" || !isTime(text) {
				bad("%q is no %v", v, want)
			}
		default:
			if !slices.Contains(saysNothing, keyword) {
				bad("the keyword %q is not understood", keyword)
			}
		}
	}
	return out
}

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339Nano, s)
	return err == nil && strings.HasSuffix(s, "Z")
}

func isType(want, v any) bool {
	if all, ok := want.([]any); ok {
		return slices.ContainsFunc(all, func(one any) bool { return isType(one, v) })
	}
	switch x := v.(type) {
	case nil:
		return want == "null"
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && x == float64(int64(x))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}

// sample returns a value of a schema, with all its fields.
func (d document) sample(schema any) any {
	s := d.resolved(schema).(map[string]any)
	switch kind := s["type"]; {
	case s["enum"] != nil:
		return s["enum"].([]any)[0]
	case s["oneOf"] != nil:
		return d.sample(s["oneOf"].([]any)[0])
	case kind == "object":
		out := make(map[string]any)
		for name, of := range s["properties"].(map[string]any) {
			out[name] = d.sample(of)
		}
		return out
	case kind == "integer":
		return 1
	case kind == "boolean":
		return true
	case kind == "string" && s["pattern"] != nil:
		return "10s"
	case kind == "string" && s["format"] != nil:
		return "2026-01-31T09:00:00Z"
	case kind == "string":
		return "YQ==" // also base64
	}
	return []any{d.sample(s["items"])} // of arrays, and of arrays or null
}

// spoilt returns values that are like a sample but for one thing, which is of another
// type or not in the schema.
func (d document) spoilt(schema any) map[string]any {
	out := map[string]any{" is a list of lists": []any{[]any{}}}
	s := d.resolved(schema).(map[string]any)
	switch {
	case s["type"] == "object":
		more := d.sample(schema).(map[string]any)
		more["nobody knows"] = 1
		out[" has a field more"] = more
		for name, of := range s["properties"].(map[string]any) {
			for what, value := range d.spoilt(of) {
				other := d.sample(schema).(map[string]any)
				other[name] = value
				out["."+name+what] = other
			}
		}
	case s["items"] != nil:
		delete(out, " is a list of lists")
		out[" is a text"] = "x"
		for what, value := range d.spoilt(s["items"]) {
			out["[0]"+what] = []any{value}
		}
	}
	return out
}

// TestChecker: the checker finds what is wrong.
func TestChecker(t *testing.T) {
	d := readDocument(t)
	tests := []struct {
		schema, value string
		right         bool
	}{
		{"Mapping", `{"local":0,"remote":80}`, true},
		{"Mapping", `{"local":0,"remote":"http"}`, true},
		{"Mapping", `{"local":-2,"remote":80}`, false},
		{"Mapping", `{"local":0}`, false},
		{"Mapping", `{"local":0,"remote":80,"more":1}`, false},
		{"Mapping", `{"local":"0","remote":80}`, false},
		{"Mapping", `{"local":0.5,"remote":80}`, false},
		{"Mapping", `{"local":0,"remote":true}`, false},
		{"Mapping", `[]`, false},
		{"Duration", `"1m30s"`, true},
		{"Duration", `"10"`, false},
		{"Time", `"2026-01-31T09:00:00.5Z"`, true},
		{"Time", `"2026-01-31T09:00:00+01:00"`, false},
		{"StateName", `"needs-user"`, true},
		{"StateName", `"flying"`, false},
		{"TunnelIDs", `{"ids":[1]}`, false},
		{"Version", `{"version":"1","api":2,"pid":1,"started":"2026-01-31T09:00:00Z"}`, false},
	}
	for _, tt := range tests {
		var v any
		if err := json.Unmarshal([]byte(tt.value), &v); err != nil {
			t.Fatal(err)
		}
		wrong := d.check(d.at(map[string]any(d), "components", "schemas", tt.schema), v, tt.schema)
		if (len(wrong) == 0) != tt.right {
			t.Errorf("%s: %v", tt.value, wrong)
		}
	}
}
