package ui

import (
	"cmp"
	"slices"
	"strings"

	"culvert/tunnels"
)

// sortKey is a column of the table that rows can be sorted by; ownOrder is the
// user's own order.
type sortKey uint8

const (
	ownOrder sortKey = iota
	byState
	byName
	byPort
	byTarget
	byRate
	byConns
)

// sortOrder is by what the table is sorted. The zero value is the user's own
// order, the only one that can be changed by hand.
type sortOrder struct {
	by   sortKey
	down bool
}

// click returns the order after a click on a column's head: ascending, then
// descending, then the user's own.
func (o sortOrder) click(c sortKey) sortOrder {
	switch {
	case o.by != c:
		return sortOrder{by: c}
	case !o.down:
		return sortOrder{by: c, down: true}
	}
	return sortOrder{}
}

// sort puts tunnels in that order; those that are alike stay as they were, also
// when it goes down.
func (o sortOrder) sort(sts []*tunnels.Status, rates *meter) {
	if o.by == ownOrder {
		return
	}
	compare := o.by.compare(rates)
	slices.SortStableFunc(sts, func(a, b *tunnels.Status) int {
		if o.down {
			return -compare(a, b)
		}
		return compare(a, b)
	})
}

// compare returns how two tunnels stand to each other in a column. States go
// from the most pressing to those that are off.
func (c sortKey) compare(rates *meter) func(a, b *tunnels.Status) int {
	switch c {
	case byState:
		return func(a, b *tunnels.Status) int { return cmp.Compare(b.State, a.State) }
	case byName:
		return func(a, b *tunnels.Status) int { return naturally(a.Spec.Title(), b.Spec.Title()) }
	case byPort:
		return func(a, b *tunnels.Status) int { return cmp.Compare(firstPort(*a), firstPort(*b)) }
	case byTarget:
		return func(a, b *tunnels.Status) int { return naturally(targetText(a.Spec.Target), targetText(b.Spec.Target)) }
	case byRate:
		return func(a, b *tunnels.Status) int {
			x, y := rates.of(a.Spec.ID), rates.of(b.Spec.ID)
			return cmp.Compare(x.in+x.out, y.in+y.out)
		}
	case byConns:
		return func(a, b *tunnels.Status) int { return cmp.Compare(a.Conns, b.Conns) }
	case ownOrder:
	}
	return func(_, _ *tunnels.Status) int { return 0 }
}

// firstPort is the number of the first local address on show; those that are not
// known yet come last.
func firstPort(st tunnels.Status) int {
	const unknown = 1 << 16
	if len(st.Bound) > 0 {
		p := unknown
		for _, b := range st.Bound {
			p = min(p, int(b.Addr.Port()))
		}
		return p
	}
	p := unknown
	for _, m := range st.Spec.Mappings {
		if n := m.Local.Fixed(); n != 0 {
			p = min(p, int(n))
		}
	}
	return p
}

// naturally compares as people do: regardless of case, and numbers by what they
// are worth, so that web-9 comes before web-10.
func naturally(a, b string) int {
	x, y := strings.ToLower(a), strings.ToLower(b)
	for x != "" && y != "" {
		i, j := digits(x), digits(y)
		if i > 0 && j > 0 {
			m, n := strings.TrimLeft(x[:i], "0"), strings.TrimLeft(y[:j], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n)); c != 0 {
				return c
			}
			x, y = x[i:], y[j:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// digits returns how many digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
