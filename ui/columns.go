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

func columnsFor(w float32) columns {
	c := columns{glyph: 16, state: 40}
	switch {
	case w >= 850:
		c.toggle, c.menu = w-76, w-40
		c.conns = w - 94
		c.rate = w - 206
		extra := max(w-872, 0)
		c.name, c.local = 186+floor(extra*0.2), 306+floor(extra*0.4)
		// addresses and target share what is left
		room := c.rate - c.local
		c.target = c.local + float32(int(room*0.56))
	case w >= 640:
		c.toggle = w - 46
		c.name, c.local, c.target = 166, 276, 472
		if extra := w - 672; extra > 0 {
			c.target += float32(int(extra / 2))
		}
	default:
		c.toggle = w - 44
		c.name, c.local = 158, 280
		if w < 500 {
			c.name, c.local = 140, w-226
		}
	}
	return c
}
