package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// editView is what the Edit page shows beside the fields themselves.
type editView struct {
	form     form
	title    string // that the tunnel has without a name
	manyPods bool
	changed  bool
	saving   bool
	bad      complaints
	note     string
	warning  string
	profiles []parts.Option // empty where there are no profiles
	guest    string         // why nothing can be changed here and what to do; empty where it can
	hasFile  bool           // there is a file to open instead
}

// editActions are what the Edit page asks of the app.
type editActions struct {
	change              func(func(*form))
	profile             func(key string)
	save, discard, more func()
	move                func(at fyne.Position) // of a guest: to a profile, where it can be changed
	open                func()                 // the file that has brought it
}

// editPage has the fields of a tunnel in the width of the details.
type editPage struct {
	widget.BaseWidget
	act     editActions
	view    editView
	filling bool

	d           parts.Drawing
	rule        *parts.Box
	rows        []*editRow
	name, ports *parts.Field
	tags        *parts.Field
	listen, via *parts.Picker
	policy      *parts.Picker
	stop        *parts.Picker
	profile     *parts.Picker
	autoStart   *parts.Check
	warning     *callout
	note        *parts.Para
	body        *fyne.Container
	scroll      *container.Scroll
	content     fyne.Size
	save        *parts.Button
	discard     *parts.Button
	more        *parts.Button

	guest  *parts.Para // in place of all else
	origin *parts.Icon
	move   *parts.Button
	open   *parts.Button
}

// editRow is a field with its name and what is wrong with it.
type editRow struct {
	head  *parts.Para
	field fyne.CanvasObject
	bad   *parts.Para
}

func newEditPage(act editActions) *editPage {
	p := &editPage{act: act}
	p.rule = p.d.Box(parts.Border, parts.None, 0)
	p.name = p.field("edit/name", "", func(f *form, s string) { f.name = s })
	p.ports = p.field("edit/ports", portsExample, func(f *form, s string) { f.ports = s }).Mono()
	p.tags = p.field("edit/tags", lang.L("words, as shop billing"), func(f *form, s string) { f.tags = s })
	p.listen = p.picker("edit/listen", func(f *form, key string) { f.listen = key })
	p.listen.Custom = true
	p.via = p.picker("edit/via", func(f *form, key string) { f.via = viaOf(key) })
	p.policy = p.picker("edit/policy", func(f *form, key string) { f.policy = policyOf(key) })
	p.stop = p.picker("edit/stop-after", func(f *form, key string) { f.stopAfter = stopOf(key) })
	p.stop.Custom = true
	p.profile = parts.NewPicker("edit/profile", "", act.profile)
	p.autoStart = parts.NewCheck("edit/auto-start", lang.L("Start when Culvert starts"), func(on bool) {
		act.change(func(f *form) { f.autoStart = on })
	})
	p.warning = newCallout("edit/warning", nil)
	p.note = parts.NewPara(parts.Caption, parts.Text3)
	p.note.Mark = "edit/note"
	var objects []fyne.CanvasObject
	for _, r := range []struct {
		mark, head string
		field      fyne.CanvasObject
	}{
		{"name", lang.L("Name"), p.name},
		{"ports", lang.L("Ports"), p.ports},
		{"listen", lang.L("Listen on"), p.listen},
		{"via", lang.L("Transport"), p.via},
		{"policy", lang.L("Pods"), p.policy},
		{"tags", lang.L("Tags"), p.tags},
		{"stop-after", lang.L("Stop after"), p.stop},
		{"profile", lang.L("Profile"), p.profile},
		{"auto-start", "", p.autoStart},
	} {
		row := &editRow{head: parts.NewPara(parts.Secondary, parts.Text2), field: r.field, bad: parts.NewPara(parts.Caption, parts.Red)}
		row.head.SetText(r.head)
		row.bad.Mark = "edit/" + r.mark + "-error"
		p.rows = append(p.rows, row)
		objects = append(objects, row.head, row.field, row.bad)
	}
	p.body = parts.NewArranged(p.layoutBody, func() fyne.Size { return p.content }, append(objects, p.warning, p.note)...)
	p.scroll = container.NewVScroll(p.body)
	p.save = parts.NewButton("edit/save", lang.L("Save"), "", parts.Main, act.save)
	p.discard = parts.NewButton("edit/discard", lang.L("Discard"), "", parts.Plain, act.discard)
	p.more = parts.NewButton("edit/more", lang.L("Edit in the large sheet"), "", parts.Link, act.more)
	p.save.Small, p.discard.Small, p.more.Small = true, true, true
	p.buildGuest()
	for _, o := range []fyne.CanvasObject{p.scroll, p.save, p.discard, p.more, p.guest, p.move, p.open} {
		p.d.Add(o)
	}
	p.ExtendBaseWidget(p)
	return p
}

func (p *editPage) field(mark, placeholder string, set func(*form, string)) *parts.Field {
	f := parts.NewField(mark, placeholder, "", func(s string) {
		if !p.filling {
			p.act.change(func(form *form) { set(form, s) })
		}
	})
	f.Entry.OnSubmitted = func(string) { p.act.save() }
	return f
}

func (p *editPage) picker(mark string, set func(f *form, key string)) *parts.Picker {
	return parts.NewPicker(mark, "", func(key string) { p.act.change(func(form *form) { set(form, key) }) })
}

// set shows a view; fields that say it already are left alone.
func (p *editPage) set(v editView) {
	if reflect.DeepEqual(p.view, v) {
		return
	}
	p.view = v
	p.setGuest(v)
	p.filling = true
	p.name.SetText(v.form.name)
	p.ports.SetText(v.form.ports)
	p.tags.SetText(v.form.tags)
	p.filling = false
	p.name.SetPlaceHolder(v.title)
	p.listen.Set(listenOptions(), listenKey(v.form.listen), "", false)
	p.via.Set(viaOptions(), viaKey(v.form.via), "", false)
	p.policy.Set(policyOptions(v.form.policy), v.form.policy.String(), "", false)
	p.stop.Set(stopOptions(v.form.stopAfter), stopKey(v.form.stopAfter), "", false)
	for i, text := range []string{v.bad.name, v.bad.ports, joined(v.bad.listen, ""), "", joined(v.bad.pod, ""), v.bad.tags, v.bad.stop, v.bad.profile, ""} {
		p.rows[i].bad.SetText(text)
	}
	p.profile.Set(v.profiles, profileOf(tunnels.Spec{Profile: v.form.profile}), "", false)
	p.autoStart.Set(v.form.autoStart)
	p.name.SetBad(v.bad.name != "")
	p.ports.SetBad(v.bad.ports != "")
	p.tags.SetBad(v.bad.tags != "")
	p.warning.warning(v.warning)
	p.note.SetText(v.note)
	label := lang.L("Save")
	if v.saving {
		label = lang.L("Saving…")
	}
	p.save.Set(label, "")
	p.save.SetEnabled(v.changed && !v.saving)
	p.discard.SetEnabled(v.changed && !v.saving)
	p.Refresh()
	p.body.Refresh()
}

// focus gives the keyboard to the first field that is wrong.
func (p *editPage) focus(bad complaints) {
	switch {
	case bad.name != "":
		p.name.Focus()
	case bad.ports != "":
		p.ports.Focus()
	case bad.listen != "":
		parts.Focus(p.listen)
	case bad.tags != "":
		p.tags.Focus()
	case bad.profile != "":
		parts.Focus(p.profile)
	case bad.stop != "":
		parts.Focus(p.stop)
	}
}

// CreateRenderer implements [fyne.Widget].
func (p *editPage) CreateRenderer() fyne.WidgetRenderer {
	return p.d.Renderer(p.layout, func() fyne.Size { return fyne.NewSize(200, 80) }, p)
}

const editFoot = 46

func (p *editPage) layout(s fyne.Size) {
	if p.view.guest != "" {
		p.layoutGuest(s)
		return
	}
	foot := s.Height - editFoot
	p.rule.Place(0, foot, s.Width, 1)
	parts.Put(p.scroll, 0, 0, s.Width, foot)
	x := float32(pageSide)
	for _, b := range []*parts.Button{p.save, p.discard} {
		w := b.MinSize().Width
		parts.Put(b, x, foot+10, w, 26)
		x += w + 8
	}
	w := min(p.more.MinSize().Width, s.Width-x-pageSide)
	parts.Put(p.more, s.Width-pageSide-w+6, foot+10, w, 26)
}

// layoutBody puts the fields, in two columns where they fit.
func (p *editPage) layoutBody(s fyne.Size) {
	const two, gap = 560, 24
	left := column{x: pageSide, y: 14, w: s.Width - 2*pageSide}
	right := left
	if s.Width >= two {
		left.w = floor((left.w - gap) / 2)
		right = column{x: left.x + left.w + gap, y: 14, w: left.w}
	}
	for i, r := range p.rows {
		c := &left
		if s.Width >= two && i%2 == 1 {
			c = &right
		}
		p.placeRow(r, c, p.shows(r.field))
	}
	if s.Width < two {
		right = left
	}
	left.y = max(left.y, right.y)
	left.w = s.Width - 2*pageSide
	left.put(p.warning, 10)
	left.put(p.note, 8)
	if size := fyne.NewSize(200, left.y+4); size != p.content {
		p.content = size
		p.scroll.Refresh()
	}
}

// shows says whether there is anything to choose in a field.
func (p *editPage) shows(field fyne.CanvasObject) bool {
	switch field {
	case p.policy:
		return p.view.manyPods
	case p.profile, p.autoStart:
		return len(p.view.profiles) > 0
	}
	return true
}

func (p *editPage) placeRow(r *editRow, c *column, shown bool) {
	const key = 78
	parts.Show(r.head, shown)
	parts.Show(r.field, shown)
	parts.Show(r.bad, shown)
	if !shown {
		return
	}
	parts.Put(r.head, c.x, c.y+7, key, r.head.Fit(key))
	parts.Put(r.field, c.x+key, c.y, c.w-key, 30)
	c.y += 34
	below := column{x: c.x + key, y: c.y, w: c.w - key}
	below.put(r.bad, 2)
	c.y = below.y + 4
}
