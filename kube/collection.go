package kube

import (
	"maps"
	"slices"
)

// collection keeps items in the order of their names. A slice that it has given
// away is never changed: changes are gathered, and all of them together cost one
// copy when somebody wants to see the items again. What comes in order costs
// none. The zero value is empty.
type collection[T any] struct {
	names   []string      // in order
	items   []T           // as names
	changes map[string]*T // since then, by name; nil for what is no more
	size    int           // with the changes
	share   share         // what it takes of its server's room; whoever puts and removes keeps it
}

// put adds an item, or replaces the one of that name.
func (c *collection[T]) put(name string, item T) {
	if len(c.changes) == 0 && (len(c.names) == 0 || name > c.names[len(c.names)-1]) {
		c.names, c.items = append(c.names, name), append(c.items, item) // behind all that were given away
		c.size++
		return
	}
	if !c.has(name) {
		c.size++
	}
	c.change(name, &item)
}

// remove says whether there was an item of that name.
func (c *collection[T]) remove(name string) bool {
	if !c.has(name) {
		return false
	}
	c.size--
	c.change(name, nil)
	return true
}

func (c *collection[T]) change(name string, item *T) {
	if c.changes == nil {
		c.changes = make(map[string]*T)
	}
	c.changes[name] = item
}

func (c *collection[T]) has(name string) bool {
	if item, changed := c.changes[name]; changed {
		return item != nil
	}
	_, found := slices.BinarySearch(c.names, name)
	return found
}

// get returns the item of a name, nil if there is none.
func (c *collection[T]) get(name string) *T {
	if item, changed := c.changes[name]; changed {
		return item
	}
	if i, found := slices.BinarySearch(c.names, name); found {
		return &c.items[i]
	}
	return nil
}

func (c *collection[T]) len() int { return c.size }

// all returns the items in order, never nil. The caller must not change them.
func (c *collection[T]) all() []T {
	if len(c.changes) > 0 {
		c.merge()
	}
	if c.items == nil {
		return []T{}
	}
	return slices.Clip(c.items)
}

// merge carries the changes out.
func (c *collection[T]) merge() {
	names, items := make([]string, 0, c.size), make([]T, 0, c.size)
	at := 0
	take := func(end int) {
		names, items = append(names, c.names[at:end]...), append(items, c.items[at:end]...)
		at = end
	}
	for _, name := range slices.Sorted(maps.Keys(c.changes)) {
		i, found := slices.BinarySearch(c.names[at:], name)
		take(at + i)
		if found {
			at++
		}
		if item := c.changes[name]; item != nil {
			names, items = append(names, name), append(items, *item)
		}
	}
	take(len(c.names))
	c.names, c.items, c.changes = names, items, nil
}

// trim gives memory back that only more items would need.
func (c *collection[T]) trim() {
	c.all()
	c.names, c.items = slices.Clone(c.names), slices.Clone(c.items)
}
