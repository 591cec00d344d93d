package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The marks between which a table stands in its document.
const (
	beginMark = "<!-- make reference: begin -->\n"
	endMark   = "<!-- make reference: end -->"
)

// between returns a document with another table between its marks.
func between(text, table string) (string, error) {
	before, rest, begins := strings.Cut(text, beginMark)
	_, after, ends := strings.Cut(rest, endMark)
	if !begins || !ends {
		return "", errors.New("the marks of make reference are missing")
	}
	return before + beginMark + "\n" + table + "\n" + endMark + after, nil
}

// schema is what is read of a JSON schema. Ref and what stands beside it hold together.
type schema struct {
	Ref         string            `json:"$ref"`
	Type        words             `json:"type"`
	Const       any               `json:"const"`
	Enum        []any             `json:"enum"`
	MinLength   int               `json:"minLength"`
	MaxLength   int               `json:"maxLength"`
	Minimum     *int              `json:"minimum"`
	Maximum     *int              `json:"maximum"`
	MinItems    int               `json:"minItems"`
	MaxItems    int               `json:"maxItems"`
	Unique      bool              `json:"uniqueItems"`
	Items       *schema           `json:"items"`
	AnyOf       []schema          `json:"anyOf"`
	Required    []string          `json:"required"`
	Properties  properties        `json:"properties"`
	Defs        map[string]schema `json:"$defs"`
	Description string            `json:"description"`
	Default     json.RawMessage   `json:"default"`
}

// words is a word, or several.
type words []string

// UnmarshalJSON reads both.
func (w *words) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*w = words{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(w))
}

// properties are the fields of an object in the order in which the schema has them.
type properties []property

type property struct {
	name string
	schema
}

// UnmarshalJSON reads an object.
func (p *properties) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil { // the bracket
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		next := property{name: fmt.Sprint(name)}
		if err := dec.Decode(&next.schema); err != nil {
			return err
		}
		*p = append(*p, next)
	}
	return nil
}

// fields returns the table of all fields that a schema describes.
func fields(text []byte) (string, error) {
	var root schema
	if err := json.Unmarshal(text, &root); err != nil {
		return "", fmt.Errorf("read the schema: %w", err)
	}
	table := row("Field", "Type", "Allowed", "Default", "Meaning") + row("---", "---", "---", "---", "---")
	rows, err := root.rows(root, "")
	return table + rows, err
}

// rows are those of an object's fields, each followed by those of the objects in it.
func (s schema) rows(root schema, path string) (string, error) {
	var b strings.Builder
	for _, p := range s.Properties {
		if p.Description == "" {
			return "", fmt.Errorf("the schema does not describe %s", path+p.name)
		}
		without := ""
		switch {
		case slices.Contains(s.Required, p.name):
			without = "required"
		case p.Default != nil:
			without = "`" + strings.Trim(string(p.Default), `"`) + "`"
		}
		b.WriteString(row("`"+path+p.name+"`", p.kind(root), p.allowed(root), without, p.Description))
		items := p.Items
		if items == nil {
			continue
		}
		below, err := items.resolved(root).rows(root, path+p.name+"[].")
		if err != nil {
			return "", err
		}
		b.WriteString(below)
	}
	return b.String(), nil
}

// resolved is what a reference leads to, or the schema itself.
func (s schema) resolved(root schema) schema {
	if s.Ref == "" {
		return s
	}
	return root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
}

// kind is of which type a value is. A single value may stand for a list of one.
func (s schema) kind(root schema) string {
	single, list := s.resolved(root).kinds(root)
	text := strings.Join(single, " or ")
	switch {
	case list == nil:
		return text
	case text == "":
		return "list"
	}
	return text + ", or a list of such"
}

// kinds are the types of single values, and what is in a list if it may be one.
func (s schema) kinds(root schema) (single []string, list *schema) {
	add := func(kind string) {
		if kind != "null" && !slices.Contains(single, kind) {
			single = append(single, kind)
		}
	}
	for _, t := range s.Type {
		if t == "array" {
			list = s.Items
		} else {
			add(t)
		}
	}
	for _, v := range slices.Concat(s.Enum, []any{s.Const}) {
		switch v.(type) {
		case bool:
			add("boolean")
		case string:
			if !slices.Contains(single, "boolean") { // yes and no are another way to write one
				add("string")
			}
		case float64:
			add("integer")
		}
	}
	for _, o := range s.AnyOf {
		more, inner := o.resolved(root).kinds(root)
		for _, kind := range more {
			add(kind)
		}
		if inner != nil {
			list = inner
		}
	}
	return single, list
}

// allowed are the bounds of a value.
func (s schema) allowed(root schema) string {
	var out []string
	s.bounds(root, func(text string) {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	})
	return strings.Join(out, "; ")
}

// bounds tells each bound of a value, and of what is in it if that is no object.
func (s schema) bounds(root schema, tell func(string)) {
	if s.Ref != "" {
		def := s.resolved(root)
		if def.Description != "" && def.Properties == nil {
			tell(def.Description)
		}
		def.bounds(root, tell)
	}
	if s.Const != nil {
		tell(fmt.Sprintf("`%v`", s.Const))
	}
	var one []string
	for _, v := range s.Enum {
		if v != nil {
			one = append(one, fmt.Sprintf("`%v`", v))
		}
	}
	if len(one) > 0 {
		tell(strings.Join(one, ", "))
	}
	if s.MaxLength > 0 {
		tell(fmt.Sprintf("up to %d letters", s.MaxLength))
	}
	if s.Minimum != nil && s.Maximum != nil {
		tell(fmt.Sprintf("%d to %d", *s.Minimum, *s.Maximum))
	}
	if s.MaxItems > 0 {
		text := fmt.Sprintf("up to %d", s.MaxItems)
		if s.MinItems > 0 {
			text = fmt.Sprintf("%d to %d", s.MinItems, s.MaxItems)
		}
		if s.Unique {
			text += ", none twice"
		}
		tell(text + " in a list")
	}
	for _, o := range s.AnyOf {
		if o.Description != "" {
			tell(o.Description)
		}
		o.bounds(root, tell)
	}
	if s.Items != nil && s.Items.resolved(root).Properties == nil {
		s.Items.bounds(root, tell)
	}
}
