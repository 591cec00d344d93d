package ui

import (
	"fmt"
	"slices"
	"strings"
)

// The names of groupings and sort keys where they are kept for the next run.
func groupingNames() []string { return []string{"context", "namespace", "tag", "none"} }

func sortNames() []string {
	return []string{"own", "state", "name", "port", "target", "rate", "connections"}
}

// MarshalText implements [encoding.TextMarshaler]: "namespace".
func (g grouping) MarshalText() ([]byte, error) { return []byte(groupingNames()[g]), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (g *grouping) UnmarshalText(b []byte) error {
	i := slices.Index(groupingNames(), string(b))
	if i < 0 {
		return fmt.Errorf("nothing is grouped by %q", b)
	}
	*g = grouping(i)
	return nil
}

// MarshalText implements [encoding.TextMarshaler]: "name", or "-name" downwards.
func (o sortOrder) MarshalText() ([]byte, error) {
	name := sortNames()[o.by]
	if o.down {
		name = "-" + name
	}
	return []byte(name), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (o *sortOrder) UnmarshalText(b []byte) error {
	name, down := strings.CutPrefix(string(b), "-")
	i := slices.Index(sortNames(), name)
	if i < 0 {
		return fmt.Errorf("nothing is sorted by %q", b)
	}
	*o = sortOrder{by: sortKey(i), down: down && i > 0}
	return nil
}

// MarshalText implements [encoding.TextMarshaler]: "context/dev",
// "namespace/dev/shop" or "tag/http". A context's name may have slashes, the name
// of a namespace cannot.
func (k groupKey) MarshalText() ([]byte, error) {
	text := groupingNames()[k.by]
	switch k.by {
	case groupByContext:
		text += "/" + k.context
	case groupByNamespace:
		text += "/" + k.context + "/" + k.name
	case groupByTag:
		text += "/" + k.name
	case groupByNone:
	}
	return []byte(text), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (k *groupKey) UnmarshalText(b []byte) error {
	what, rest, _ := strings.Cut(string(b), "/")
	var out groupKey
	if err := out.by.UnmarshalText([]byte(what)); err != nil {
		return err
	}
	switch out.by {
	case groupByContext:
		out.context = rest
	case groupByNamespace:
		i := strings.LastIndexByte(rest, '/')
		if i < 0 {
			return fmt.Errorf("%q names no namespace of a context", b)
		}
		out.context, out.name = rest[:i], rest[i+1:]
	case groupByTag:
		out.name = rest
	case groupByNone:
	}
	*k = out
	return nil
}
