package ui

import (
	"fyne.io/fyne/v2"

	"culvert/ui/parts"
)

// CreateRenderer implements [fyne.Widget].
func (v *signSheet) CreateRenderer() fyne.WidgetRenderer {
	return v.d.Renderer(v.layout, func() fyne.Size { return fyne.NewSize(400, 200) }, v)
}

// height is what the sheet needs to show all of it, w wide.
func (v *signSheet) height(w float32) float32 {
	return sheetTop + v.layoutBody(w) + sheetFoot
}

func (v *signSheet) layout(z fyne.Size) {
	body := v.sheetFrame.layout(z, sheetTop, v.main, v.cancel)
	parts.Put(v.scroll, 0, body.y, z.Width, body.h)
}

// layoutBody puts what scrolls and returns its height.
func (v *signSheet) layoutBody(width float32) float32 {
	if width <= 0 || width == v.measured {
		return v.content.Height
	}
	v.measured = width
	c := column{x: 24, y: 18, w: width - 48}
	fields, trust, done := v.view.phase == signFields, v.view.phase == signTrust, v.view.phase == signDone
	v.layoutFields(&c, fields)
	parts.Show(v.proof, trust)
	parts.Show(v.trust, trust)
	parts.Show(v.told, done)
	if trust {
		c.put(v.proof, 16)
		w := v.trust.MinSize().Width
		parts.Put(v.trust, c.x, c.y, w, 30)
		c.y += 38
	}
	if done {
		c.put(v.told, 12)
		c.put(v.memory, 8)
	}
	if size := fyne.NewSize(200, c.y+10); size != v.content {
		v.content = size
		v.scroll.Refresh()
	}
	return v.content.Height
}

func (v *signSheet) layoutFields(c *column, on bool) {
	for _, o := range []fyne.CanvasObject{v.line, v.found, v.rule, v.wayHead, v.way, v.chooser, v.note} {
		parts.Show(o, on)
	}
	for _, r := range v.rows {
		here := on && (r.only == "" || r.only == v.view.way)
		parts.Show(r.head, here)
		parts.Show(r.field, here)
		parts.Show(r.bad, here && r.bad.Text() != "")
	}
	parts.Show(v.failed, on && v.view.failed != "")
	if !on {
		return
	}
	c.put(v.failed, 14) // above the fields: in small windows what is below them is out of sight
	parts.Put(v.line, c.x, c.y, c.w, 30)
	c.y += 35
	c.put(v.found, 3)
	c.y += 8
	parts.Put(v.rule, c.x, c.y, c.w, 1)
	c.y += 14
	for i, r := range v.rows {
		if r.only == "" || r.only == v.view.way {
			v.layoutRow(c, i)
		}
		if i == rowServer {
			v.layoutWay(c)
		}
	}
	c.put(v.note, 10)
}

// signHead is how wide the column before the fields is.
const signHead = 96

func (v *signSheet) layoutRow(c *column, i int) {
	r := v.rows[i]
	w := c.w - signHead
	parts.Put(r.head, c.x, c.y+7, signHead-8, 20)
	if i == rowAuthority {
		bw := v.chooser.MinSize().Width
		parts.Put(v.chooser, c.x+c.w-bw, c.y, bw, 30)
		w -= bw + 8
	}
	parts.Put(r.field, c.x+signHead, c.y, w, 30)
	c.y += 38
	if r.bad.Text() != "" {
		h := r.bad.Fit(c.w - signHead)
		parts.Put(r.bad, c.x+signHead, c.y-4, c.w-signHead, h)
		c.y += h + 2
	}
}

func (v *signSheet) layoutWay(c *column) {
	parts.Put(v.wayHead, c.x, c.y+7, signHead-8, 20)
	parts.Put(v.way, c.x+signHead, c.y, c.w-signHead, 30)
	c.y += 38
}
