package ui

import (
	"fmt"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// sheetView is what the sheet shows beside the fields themselves.
type sheetView struct {
	bad       complaints
	chips     []portChip
	chipsHead string
	preview   []previewLine
	warnings  string
	resumed   bool
	saving    bool
	title     string // that the tunnel has without a name
	podNote   string
	manyPods  bool
	policy    tunnels.Policy
}

// sheet draws the editor: what to forward to at the left, how at the right.
type sheet struct {
	widget.BaseWidget
	e    *editor
	view sheetView

	d                    parts.Drawing
	title                *parts.Text
	top, bottom, middle  *parts.Box
	listBox              *parts.Box
	heads                [2]*parts.Text
	context, namespace   *parts.Picker
	targetBad            *parts.Para
	pod                  *parts.Field
	podBad, podNote      *parts.Para
	pods                 *parts.Options
	ports, name          *parts.Field
	portsBad, listenBad  *parts.Para
	portsHelp, chipsHead *parts.Para
	chips                []*parts.Chip
	listen, via, policy  *parts.Picker
	nameHead, listenHead *parts.Para
	viaHead, policyHead  *parts.Para
	preview              *previewBox
	warning              *callout
	right                *fyne.Container
	scroll               *container.Scroll
	content              fyne.Size
	draft                *parts.Para
	over                 *parts.Button
	closer, cancel       *parts.Button
	create, createStart  *parts.Button
	filling              bool
}

const (
	everywhere   = "0.0.0.0 ::"
	portsExample = "6000:5000  :9090"
)

func newSheet(e *editor) *sheet {
	s := &sheet{e: e}
	s.top, s.bottom, s.middle = s.d.Box(parts.Border, parts.None, 0), s.d.Box(parts.Border, parts.None, 0), s.d.Box(parts.Border, parts.None, 0)
	s.title = s.d.Text(parts.Heading, parts.Fg)
	s.title.SetText("New tunnel")
	if e.old.ID != "" {
		s.title.SetText("Edit " + e.old.Title())
	}
	for i, text := range []string{"Target", "Ports"} {
		s.heads[i] = s.d.Text(parts.Name, parts.Fg)
		s.heads[i].SetText(text)
	}
	s.listBox = s.d.Box(parts.Bg, parts.Border, 8)
	s.buildLeft()
	s.buildRight()
	s.buildFoot()
	for _, o := range []fyne.CanvasObject{
		s.closer, s.context, s.namespace, s.targetBad, s.pod, s.podBad, s.pods, s.podNote,
		s.scroll, s.draft, s.over, s.cancel, s.create, s.createStart,
	} {
		s.d.Add(o)
	}
	s.over.Hide()
	s.ExtendBaseWidget(s)
	return s
}

func (s *sheet) buildLeft() {
	e := s.e
	s.context = parts.NewPicker("form/context", "Context", e.chooseContext)
	s.namespace = parts.NewPicker("form/namespace", "Namespace", func(key string) {
		e.set(func(f *form) { f.namespace = key })
	})
	s.namespace.Custom = true
	s.targetBad = parts.NewPara(parts.Caption, parts.Red)
	s.targetBad.Mark = "form/target-error"
	s.pod = parts.NewField("form/pod", "Search, or type a name, as svc/web", "search", func(text string) {
		if !s.filling {
			e.set(func(f *form) { f.pod = text })
		}
	})
	s.podBad = parts.NewPara(parts.Caption, parts.Red)
	s.podBad.Mark = "form/pod-error"
	s.pods = parts.NewOptions("pod", 34, func(key string) {
		s.pod.SetText(key)
		s.ports.Focus()
	})
	s.pod.OnKey = func(k *fyne.KeyEvent) bool { return s.pods.Key(k.Name) }
	s.pod.Entry.OnSubmitted = func(string) { s.pods.Key(fyne.KeyReturn) }
	s.podNote = parts.NewPara(parts.Caption, parts.Text3)
	s.podNote.Mark = "form/pod-note"
}

func (s *sheet) buildRight() {
	e := s.e
	s.ports = parts.NewField("form/ports", portsExample, "", func(text string) {
		if !s.filling {
			e.set(func(f *form) { f.ports = text })
		}
	}).Mono()
	submit := func(string) { e.submit(e.old.ID == "") }
	s.ports.Entry.OnSubmitted = submit
	s.portsBad = parts.NewPara(parts.Caption, parts.Red)
	s.portsBad.Mark = "form/ports-error"
	s.portsHelp = parts.NewPara(parts.Caption, parts.Text3)
	s.portsHelp.SetText("LOCAL:REMOTE pairs, separated by spaces. :9090 takes a free local port, 5000 alone the same on both sides.")
	s.chipsHead = parts.NewPara(parts.Caption, parts.Text3)
	s.nameHead = parts.NewPara(parts.Body, parts.Text2)
	s.nameHead.SetText("Name")
	s.name = parts.NewField("form/name", "", "", func(text string) {
		if !s.filling {
			e.set(func(f *form) { f.name = text })
		}
	})
	s.name.Entry.OnSubmitted = submit
	s.listenHead = parts.NewPara(parts.Body, parts.Text2)
	s.listenHead.SetText("Listen on")
	s.listen = parts.NewPicker("form/listen", "", func(key string) { e.set(func(f *form) { f.listen = key }) })
	s.listen.Custom = true
	s.listenBad = parts.NewPara(parts.Caption, parts.Red)
	s.listenBad.Mark = "form/listen-error"
	s.viaHead = parts.NewPara(parts.Body, parts.Text2)
	s.viaHead.SetText("Transport")
	s.via = parts.NewPicker("form/via", "", func(key string) { e.set(func(f *form) { f.via = viaOf(key) }) })
	s.policyHead = parts.NewPara(parts.Body, parts.Text2)
	s.policyHead.SetText("Pods")
	s.policy = parts.NewPicker("form/policy", "", func(key string) { e.set(func(f *form) { f.policy = policyOf(key) }) })
	s.policyHead.Hide()
	s.policy.Hide()
	s.preview = newPreviewBox()
	s.warning = newCallout("form/warning", nil)
	s.right = parts.NewArranged(s.layoutRight, func() fyne.Size { return s.content },
		s.ports, s.portsBad, s.portsHelp, s.chipsHead, s.nameHead, s.name, s.listenHead, s.listen, s.listenBad, s.viaHead, s.via, s.policyHead, s.policy, s.preview, s.warning)
	s.scroll = container.NewVScroll(s.right)
}

func (s *sheet) buildFoot() {
	e := s.e
	s.closer = parts.NewButton("form/close", "", "x", parts.Ghost, e.close)
	s.draft = parts.NewPara(parts.Caption, parts.Text3)
	s.over = parts.NewButton("form/start-over", "Start over", "", parts.Link, e.startOver)
	s.over.Small = true
	s.cancel = parts.NewButton("form/cancel", "Cancel", "", parts.Plain, e.close)
	create, start := "Create", "Create and start"
	kind := parts.Main
	if e.old.ID != "" {
		create, start = "Save", ""
	}
	s.create = parts.NewButton("form/create", create, "", parts.Plain, func() { e.submit(false) })
	s.createStart = parts.NewButton("form/create-start", start, "", kind, func() { e.submit(true) })
	if start == "" {
		s.create.Kind = parts.Main
		s.createStart.Hide()
	}
}

// fill puts the form into the fields.
func (s *sheet) fill() {
	s.filling = true
	f := s.e.form
	s.pod.SetText(f.pod)
	s.ports.SetText(f.ports)
	s.name.SetText(f.name)
	s.filling = false
}

// apply shows a view; the fields keep what is typed.
func (s *sheet) apply(v sheetView) {
	if s.e.form.ports != s.ports.Text() {
		s.fill()
	}
	s.listen.Set(listenOptions(), listenKey(s.e.form.listen), "", false)
	s.via.Set(viaOptions(), viaKey(s.e.form.via), "", false)
	s.policy.Set(policyOptions(s.e.form.policy), s.e.form.policy.String(), "", false)
	if reflect.DeepEqual(s.view, v) {
		return
	}
	s.view = v
	s.targetBad.SetText(joined(v.bad.context, v.bad.namespace))
	s.podBad.SetText(v.bad.pod)
	s.portsBad.SetText(v.bad.ports)
	s.listenBad.SetText(v.bad.listen)
	s.pod.SetBad(v.bad.pod != "")
	s.ports.SetBad(v.bad.ports != "")
	s.name.SetBad(v.bad.name != "")
	s.name.SetPlaceHolder(v.title)
	s.chipsHead.SetText(v.chipsHead)
	s.setChips(v.chips)
	parts.Show(s.policy, v.manyPods)
	parts.Show(s.policyHead, v.manyPods)
	s.preview.set(v.preview)
	s.warning.warning(v.warnings)
	draft := ""
	if v.resumed {
		draft = "Your draft from before."
	}
	s.draft.SetText(draft)
	parts.Show(s.over, v.resumed)
	s.create.SetEnabled(!v.saving)
	s.createStart.SetEnabled(!v.saving)
	s.Refresh()
	s.right.Refresh()
}

func joined(a, b string) string {
	if a != "" && b != "" {
		return a + " " + b
	}
	return a + b
}

func listenOptions() []parts.Option {
	return []parts.Option{
		{Key: tunnels.Localhost, Text: "This computer only", Note: "127.0.0.1 and ::1"},
		{Key: "127.0.0.1", Text: "This computer, IPv4 only", Note: "127.0.0.1"},
		{Key: "::1", Text: "This computer, IPv6 only", Note: "::1"},
		{Key: everywhere, Text: "All networks", Note: "0.0.0.0 and ::"},
	}
}

func listenKey(listen string) string {
	if listen == "" {
		return tunnels.Localhost
	}
	return listen
}

// setChips offers the ports that the target declares.
func (s *sheet) setChips(ports []portChip) {
	e := s.e
	for len(s.chips) < len(ports) {
		c := parts.NewChip("", "", func() {})
		s.chips = append(s.chips, c)
		s.right.Add(c)
	}
	for i, c := range s.chips {
		if i >= len(ports) {
			c.Hide()
			continue
		}
		p := ports[i]
		c.Mark = fmt.Sprintf("port:%d", p.port)
		c.OnTap = func() { e.set(func(f *form) { f.ports = f.toggleRemote(p.port) }) }
		c.Set(p.label, p.on)
		c.Show()
	}
}

// focusFirst gives the keyboard to the first field that is wrong.
func (s *sheet) focusFirst(bad complaints) {
	switch {
	case bad.context != "":
		parts.Focus(s.context)
	case bad.namespace != "":
		parts.Focus(s.namespace)
	case bad.pod != "":
		s.pod.Focus()
	case bad.ports != "":
		s.ports.Focus()
	case bad.name != "":
		s.name.Focus()
	case bad.listen != "":
		parts.Focus(s.listen)
	}
}
