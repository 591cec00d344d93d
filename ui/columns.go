package ui

// columns are the places of a row's parts for one width of the table. Parts
// are dropped in this order: rate and connections, then the target, which
// moves below the name; state, name, addresses and switch never go.
type columns struct {
	glyph, state, name, local float32
	target                    float32 // 0 when the target is below the name
	rate, conns               float32 // left edge and right edge; 0 when dropped
	toggle                    float32
	menu                      float32 // 0 when dropped
}

// Heights of the table's rows.
const (
	headHeight  = 30
	groupHeight = 30
	rowHeight   = 46
)

// Size of a row's sparkline.
const (
	sparkWidth  = 76
	sparkHeight = 18
)

func columnsFor(w float32) columns {
	c := columns{glyph: 16, state: 40}
	switch {
	case w >= 850:
		c.toggle, c.menu = w-68, w-32
		c.conns = w - 86
		c.rate = w - 192
		extra := max(w-872, 0)
		c.name, c.local = 182+floor(extra*0.15), 290+floor(extra*0.35)
		// addresses take what they need at most, the target what is left
		c.target = c.local + min(230+floor(extra*0.2), 262)
	case w >= 640:
		c.toggle = w - 46
		c.name, c.local, c.target = 166, 268, 464
		if extra := w - 672; extra > 0 {
			c.target += floor(extra * 0.3)
		}
	default:
		c.toggle = w - 44
		c.name, c.local = 166, 282
		if w < 518 { // the least window with its rail
			c.name, c.local = 162, 278
		}
		if w < 500 {
			c.name, c.local = 140, w-226
		}
	}
	return c
}
