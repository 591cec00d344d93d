package profiles

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"culvert/tunnels"

	"go.yaml.in/yaml/v3"
)

// rules is what this package's schema makes use of.
type rules struct {
	Ref        string           `json:"$ref"`
	Type       any              `json:"type"`
	Const      any              `json:"const"`
	Enum       []any            `json:"enum"`
	Pattern    string           `json:"pattern"`
	MinLength  int              `json:"minLength"`
	MaxLength  *int             `json:"maxLength"`
	Minimum    *float64         `json:"minimum"`
	Maximum    *float64         `json:"maximum"`
	MinItems   int              `json:"minItems"`
	MaxItems   *int             `json:"maxItems"`
	Unique     bool             `json:"uniqueItems"`
	Items      *rules           `json:"items"`
	Required   []string         `json:"required"`
	Properties map[string]rules `json:"properties"`
	AnyOf      []rules          `json:"anyOf"`
	Defs       map[string]rules `json:"$defs"`

	Schema      string `json:"$schema"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Default     any    `json:"default"`
}

func schemaRules(t *testing.T) rules {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(Schema())))
	dec.DisallowUnknownFields() // or this test would not know what they mean
	var r rules
	if err := dec.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSchemaHasTheFields(t *testing.T) {
	r := schemaRules(t)
	known := []string{tunnelsField}
	for _, f := range headFields {
		known = append(known, f.name)
	}
	sameNames(t, "profile", r.Properties, known)
	known = nil
	for _, f := range tunnelFields {
		known = append(known, f.name)
	}
	tunnel := r.Defs["tunnel"].Properties
	sameNames(t, "tunnel", tunnel, known)
	for name, p := range tunnel {
		if p.Description == "" {
			t.Errorf("%s is not described", name)
		}
	}

	words := []any{"auto"}
	for _, v := range tunnels.Vias {
		words = append(words, string(v))
	}
	if got := tunnel["via"].Enum; !reflect.DeepEqual(got, append(words, nil)) {
		t.Errorf("via is one of %v, want %v", got, words)
	}
	words = nil
	for _, p := range tunnels.Policies {
		words = append(words, p.String())
	}
	if got := tunnel["policy"].AnyOf[0].Enum; !reflect.DeepEqual(got, append(words, nil)) {
		t.Errorf("policy is one of %v, want %v", got, words)
	}
	for what, pair := range map[string][2]int{
		"tunnels": {*r.Properties["tunnels"].MaxItems, maxTunnels}, "ports": {*tunnel["ports"].AnyOf[1].MaxItems, maxMappings},
		"address": {*tunnel["address"].AnyOf[1].MaxItems, maxListen}, "tags": {*r.Defs["tags"].AnyOf[2].MaxItems, tunnels.MaxTags},
		"name": {*tunnel["name"].MaxLength, maxName}, "context": {*r.Defs["context"].MaxLength, maxWord},
		"version": {int(r.Properties["version"].Const.(float64)), version},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: the schema has %d, the code %d", what, pair[0], pair[1])
		}
	}
}

func sameNames(t *testing.T, what string, in map[string]rules, known []string) {
	t.Helper()
	slices.Sort(known)
	if got := slices.Sorted(maps.Keys(in)); !slices.Equal(got, known) {
		t.Errorf("a %s has %v in the schema and %v in the code", what, got, known)
	}
}

// TestExamples reads all that the document shows, and compares it with the schema.
func TestExamples(t *testing.T) {
	data, err := os.ReadFile("../../docs/profiles.md")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(data), -1)
	if len(all) < 3 {
		t.Fatalf("there are %d examples", len(all))
	}
	files := map[string]string{}
	for i, m := range all {
		files[fmt.Sprintf("example %d", i+1)] = m[1]
	}
	for _, name := range []string{"plain", "commented", "flow", "allflow", "hyphens", "noend", "null", "empty", "bare"} {
		data, err := os.ReadFile("testdata/edits/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	r := schemaRules(t)
	for name, text := range files {
		if _, err := Parse("dev", []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := violation(t, r, text); err != "" {
			t.Errorf("%s: %s", name, err)
		}
	}
}

// TestSchemaAndParseAgree holds mistakes that both have to see, and what both take.
func TestSchemaAndParseAgree(t *testing.T) {
	r := schemaRules(t)
	tests := []struct {
		lines string
		good  bool
	}{
		{"", true},
		{"policy: ordinal=2", true},
		{"policy: best", false},
		{"policy: ordinal=", false},
		{"via: node", true},
		{"via: http", false},
		{"hold: 10s", true},
		{"hold: 0s", true},
		{"hold: 10", false},
		{"stopAfter: 1d2h", true},
		{"stopAfter: 90m", true},
		{"stopAfter: soon", false},
		{"tags: db", true},
		{"tags: [a, b]", true},
		{"tags: [a, a]", false},
		{"tags: [a b]", false},
		{"tags: ['a,b']", false},
		{"address: [localhost, '::1']", true},
		{"address: {a: b}", false},
		{"autostart: true", true},
		{"autostart: maybe", false},
		{"name: 5", true},
		{"name: [5]", false},
		{"namespace: ''", true},
		{"namespace: A_b", false},
		{"context: ''", true},
		{"context: [a]", false},
		{"colour: red", true},
	}
	for _, tt := range tests {
		agree(t, r, "version: 1\ntunnels:\n- target: svc/web\n  ports: 80\n  "+tt.lines+"\n", tt.good)
	}
	for ports, good := range map[string]bool{
		"80": true, "[80, '81']": true, "['6000:http']": true, "[':80', '0:81']": true, "[]": false, "": false, "[0]": false, "70000": false,
		"[80a_b]": false, "['1:2:3']": false, "[true]": false, "[80.5]": false, "{a: b}": false, "['a:b']": false,
	} {
		agree(t, r, "version: 1\ntunnels:\n- target: svc/web\n  ports: "+ports+"\n", good)
	}
	for text, good := range map[string]bool{
		"version: 1\n": true, "version: 2\n": false, "name: x\n": false, "version: 1\ntunnels:\n": true, "version: 1\ntunnels: {}\n": false,
		"version: 1\ntunnels: [{target: svc/a}]\n": false, "version: 1\ntunnels: [{ports: 80}]\n": false, "version: 1\nnotify: false\n": true,
		"version: 1\nnotify: perhaps\n": false, "version: 1\ntags: [[a]]\n": false, "[]\n": false,
	} {
		agree(t, r, text, good)
	}
}

func agree(t *testing.T, r rules, text string, good bool) {
	t.Helper()
	if _, err := Parse("dev", []byte(text)); (err == nil) != good {
		t.Errorf("%q is read with %v", text, err)
	}
	if v := violation(t, r, text); (v == "") != good {
		t.Errorf("%q is against the schema: %q", text, v)
	}
}

// violation returns what of a file is against the schema; empty for nothing.
func violation(t *testing.T, root rules, text string) string {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return root.check(root, v)
}

func (r rules) check(root rules, v any) string {
	if r.Ref != "" {
		def, ok := root.Defs[strings.TrimPrefix(r.Ref, "#/$defs/")]
		if !ok {
			return r.Ref + " is not defined"
		}
		if s := def.check(root, v); s != "" {
			return s
		}
	}
	if len(r.AnyOf) > 0 && !slices.ContainsFunc(r.AnyOf, func(o rules) bool { return o.check(root, v) == "" }) {
		return fmt.Sprintf("%v is none of those", v)
	}
	if r.Type != nil && !isType(r.Type, v) {
		return fmt.Sprintf("%v is not of type %v", v, r.Type)
	}
	if r.Const != nil && number(v) != r.Const {
		return fmt.Sprintf("%v is not %v", v, r.Const)
	}
	if len(r.Enum) > 0 && !slices.Contains(r.Enum, v) {
		return fmt.Sprintf("%v is not in %v", v, r.Enum)
	}
	switch v := v.(type) {
	case string:
		return r.checkText(v)
	case int:
		if r.Minimum != nil && float64(v) < *r.Minimum || r.Maximum != nil && float64(v) > *r.Maximum {
			return fmt.Sprintf("%d is out of bounds", v)
		}
	case []any:
		return r.checkList(root, v)
	case map[string]any:
		return r.checkFields(root, v)
	}
	return ""
}

func (r rules) checkText(s string) string {
	n := utf8.RuneCountInString(s)
	if n < r.MinLength || r.MaxLength != nil && n > *r.MaxLength || !regexp.MustCompile(r.Pattern).MatchString(s) {
		return fmt.Sprintf("%q is no such text", s)
	}
	return ""
}

func (r rules) checkList(root rules, all []any) string {
	if len(all) < r.MinItems || r.MaxItems != nil && len(all) > *r.MaxItems {
		return fmt.Sprintf("it has %d parts", len(all))
	}
	for i, v := range all {
		if r.Unique && slices.ContainsFunc(all[:i], func(o any) bool { return reflect.DeepEqual(o, v) }) {
			return fmt.Sprintf("%v is there twice", v)
		}
		if r.Items != nil {
			if s := r.Items.check(root, v); s != "" {
				return s
			}
		}
	}
	return ""
}

func (r rules) checkFields(root rules, fields map[string]any) string {
	for _, name := range r.Required {
		if _, ok := fields[name]; !ok {
			return name + " is missing"
		}
	}
	for name, v := range fields {
		if p, ok := r.Properties[name]; ok {
			if s := p.check(root, v); s != "" {
				return name + ": " + s
			}
		}
	}
	return ""
}

func number(v any) any {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v
}

// isType tells whether a value is of a type, or of one of several.
func isType(types, v any) bool {
	if several, ok := types.([]any); ok {
		return slices.ContainsFunc(several, func(one any) bool { return isType(one, v) })
	}
	is := map[reflect.Kind][]string{
		reflect.String: {"string"}, reflect.Bool: {"boolean"}, reflect.Int: {"integer", "number"}, reflect.Float64: {"number"},
		reflect.Slice: {"array"}, reflect.Map: {"object"}, reflect.Invalid: {"null"},
	}
	return slices.Contains(is[reflect.ValueOf(v).Kind()], types.(string))
}
