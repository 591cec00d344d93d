package ui

import (
	"fmt"
	"reflect"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// sheetView is what the sheet shows beside the fields themselves.
type sheetView struct {
	form      form
	line      lineView
	ports     portsView
	bad       complaints
	chips     []portChip
	chipsHead string
	note      string // about the ports, as which were changed
	preview   []previewLine
	warnings  string
	resumed   bool
	saving    bool
	title     string // that the tunnel has without a name
	podNote   string
	manyPods  bool
	addresses bool // they are typed
	group     targetGroup
	searching bool
	search    string
	testing   bool
	trial     trialView
	profiles  []parts.Option // empty where there are no profiles
}

// sheet draws the editor: the quick line, below it what to forward to at the left,
// and how at the right.
type sheet struct {
	widget.BaseWidget
	e    *editor
	view sheetView

	d                   parts.Drawing
	frame               *sheetFrame
	middle              *parts.Box
	listBox             *parts.Box
	heads               [2]*parts.Text
	line                *lineBox
	context, namespace  *parts.Picker
	targetBad           *parts.Para
	groups              *parts.Segments
	finder              *parts.Button
	pod                 *parts.Field
	podBad, podNote     *parts.Para
	pods                *parts.Options
	ports               *portsBox
	portsBad, portsNote *parts.Para
	chipsHead           *parts.Para
	adder               *parts.Button
	adders              *fyne.Container
	chips               []*parts.Chip
	name, tags          *parts.Field
	listen, via         *parts.Picker
	policy, stop        *parts.Picker
	addresses, number   *parts.Field
	nameRow, tagsRow    *sheetRow
	listenRow, otherRow *sheetRow
	viaRow, policyRow   *sheetRow
	numberRow, stopRow  *sheetRow
	profile             *parts.Picker
	profileRow          *sheetRow
	autoStart           *parts.Check
	preview             *previewBox
	warning             *callout
	right               *fyne.Container
	scroll              *container.Scroll
	content             fyne.Size
	draft               *parts.Para
	over                *parts.Button
	tester              *parts.Button
	verdict             *trialBox
	cancel              *parts.Button
	create, createStart *parts.Button
	filling             bool
}

const portsExample = "6000:5000  :9090"

// Spoken is what a screen reader reads of the sheet.
func (s *sheet) Spoken() string { return s.frame.Spoken() }

func newSheet(e *editor) *sheet {
	s := &sheet{e: e}
	s.frame = newSheetFrame(&s.d, "form")
	s.frame.closer.OnTap = e.close
	s.frame.title.SetText(lang.L("New tunnel"))
	if e.old.ID != "" {
		s.frame.title.SetText(lang.L("Edit {{.Tunnel}}", vars{"Tunnel": e.old.Title()}))
	}
	s.middle = s.d.Box(parts.Border, parts.None, 0)
	for i, text := range []string{lang.L("Target"), lang.L("Ports")} {
		s.heads[i] = s.d.Text(parts.Name, parts.Fg)
		s.heads[i].SetText(text)
	}
	s.listBox = s.d.Box(parts.Bg, parts.Border, 8)
	s.line = newLineBox(func(text string) {
		if !s.filling {
			e.typedLine(text)
		}
	}, func() { e.submit(e.old.ID == "") }, e.lineFocus)
	s.line.several = e.app.offerSeveral
	s.buildLeft()
	s.buildRight()
	s.buildFoot()
	for _, o := range []fyne.CanvasObject{
		s.line, s.context, s.namespace, s.targetBad, s.groups, s.pod, s.finder, s.podBad, s.pods, s.podNote,
		s.scroll, s.tester, s.verdict, s.cancel, s.create, s.createStart, s.draft, s.over, s.frame.closer,
	} {
		s.d.Add(o)
	}
	s.over.Hide()
	s.ExtendBaseWidget(s)
	return s
}

func (s *sheet) buildLeft() {
	e := s.e
	s.context = parts.NewPicker("form/context", lang.L("Context"), e.chooseContext)
	s.namespace = parts.NewPicker("form/namespace", lang.L("Namespace"), func(key string) {
		e.set(func(f *form) { f.namespace = key })
	})
	s.namespace.Custom = true
	s.targetBad = complaintPara("form/target-error")
	var segments []parts.Segment
	for g := range targetGroup(targetGroups) {
		segments = append(segments, parts.Segment{Key: g.plural(), Text: g.title()})
	}
	s.groups = parts.NewSegments("form/group", segments, e.chooseGroup)
	s.groups.OnKey = func(k *fyne.KeyEvent) bool { return s.pods.Key(k.Name) }
	s.finder = parts.NewButton("form/find", "", "search", parts.Ghost, e.toggleSearch)
	s.finder.Tip = lang.L("Search all of them, or type a name")
	s.pod = parts.NewField("form/pod", lang.L("Search, or type a name, as svc/web"), "search", func(text string) {
		if !s.filling {
			e.typeSearch(text)
		}
	})
	s.podBad = complaintPara("form/pod-error")
	s.pods = parts.NewOptions("pod", 36, e.chooseTarget)
	s.pod.OnKey = func(k *fyne.KeyEvent) bool {
		if k.Name == fyne.KeyEscape {
			e.toggleSearch()
			return true
		}
		return s.pods.Key(k.Name)
	}
	s.pod.Entry.OnSubmitted = func(string) { s.pods.Key(fyne.KeyReturn) }
	s.podNote = parts.NewPara(parts.Caption, parts.Text3)
	s.podNote.Mark = "form/pod-note"
}

func complaintPara(mark string) *parts.Para {
	p := parts.NewPara(parts.Caption, parts.Red)
	p.Mark = mark
	return p
}

// field makes a field for a part of the form.
func (s *sheet) field(mark, placeholder string, set func(f *form, text string)) *parts.Field {
	return parts.NewField(mark, placeholder, "", func(text string) {
		if !s.filling {
			s.e.set(func(f *form) { set(f, text) })
		}
	})
}

// picker makes a picker for a part of the form.
func (s *sheet) picker(mark string, set func(f *form, key string)) *parts.Picker {
	return parts.NewPicker(mark, "", func(key string) { s.e.set(func(f *form) { set(f, key) }) })
}

func (s *sheet) buildRight() {
	e := s.e
	submit := func() { e.submit(e.old.ID == "") }
	s.ports = newPortsBox(
		func(i int, r portRow) { e.set(func(f *form) { f.ports = f.setRow(i, r) }) },
		func(i int) { e.set(func(f *form) { f.ports = f.dropRow(i) }) }, submit,
		func(o fyne.CanvasObject) { s.reveal(s.ports.Position().Y+o.Position().Y, o.Size().Height) })
	s.portsBad = complaintPara("form/ports-error")
	s.portsNote = parts.NewPara(parts.Caption, parts.Text2)
	s.portsNote.Mark = "form/ports-note"
	s.chipsHead = parts.NewPara(parts.Caption, parts.Text3)
	s.adder = parts.NewButton("form/add-port", lang.L("Add a port"), "plus", parts.Ghost, e.addPort)
	s.adder.Small = true
	s.adders = parts.NewArranged(func(fyne.Size) {}, nil, s.adder)
	s.name = s.field("form/name", "", func(f *form, text string) { f.name = text })
	s.tags = s.field("form/tags", lang.L("words, as shop billing"), func(f *form, text string) { f.tags = text })
	s.listen = parts.NewPicker("form/listen", "", e.chooseListen)
	s.listen.Custom = true
	s.addresses = s.field("form/addresses", "127.0.0.2 192.168.1.4", func(f *form, text string) { f.listen = text }).Mono()
	s.policy = s.picker("form/policy", func(f *form, key string) { f.policy = policyOf(key) })
	s.number = s.field("form/number", "0", func(f *form, text string) { f.policy = numbered(f.policy, text) })
	s.via = s.picker("form/via", func(f *form, key string) { f.via = viaOf(key) })
	s.stop = s.picker("form/stop-after", func(f *form, key string) { f.stopAfter = stopOf(key) })
	s.stop.Custom = true
	s.profile = parts.NewPicker("form/profile", "", e.chooseProfile)
	s.autoStart = parts.NewCheck("form/auto-start", lang.L("Start when Culvert starts"), func(on bool) { e.set(func(f *form) { f.autoStart = on }) })
	s.autoStart.OnFocus = func() { s.reveal(s.autoStart.Position().Y, s.autoStart.Size().Height) }
	for _, f := range []*parts.Field{s.name, s.tags, s.addresses, s.number} {
		f.Entry.OnSubmitted = func(string) { submit() }
		f.OnFocus = func(on bool) {
			if on {
				s.reveal(f.Position().Y, f.Size().Height)
			}
		}
	}
	for _, p := range []*parts.Picker{s.profile, s.listen, s.policy, s.via, s.stop} {
		p.OnFocus = func() { s.reveal(p.Position().Y, p.Size().Height) }
	}
	s.preview = newPreviewBox()
	s.warning = newCallout("form/warning", nil)
	s.right = parts.NewArranged(s.layoutRight, func() fyne.Size { return s.content }, s.ports, s.portsBad, s.portsNote, s.adders, s.chipsHead)
	row := func(into **sheetRow, head, mark string, field fyne.CanvasObject) {
		*into = newSheetRow(head, mark, field)
		s.right.Objects = append(s.right.Objects, (*into).head, field, (*into).bad)
	}
	row(&s.nameRow, lang.L("Name"), "form/name-error", s.name)
	row(&s.profileRow, lang.L("Profile"), "form/profile-error", s.profile)
	row(&s.tagsRow, lang.L("Tags"), "form/tags-error", s.tags)
	row(&s.listenRow, lang.L("Listen on"), "form/listen-error", s.listen)
	row(&s.otherRow, lang.L("Addresses"), "", s.addresses)
	row(&s.policyRow, lang.L("Pod choice"), "", s.policy)
	row(&s.numberRow, lang.L("Its number"), "", s.number)
	s.right.Objects = append(s.right.Objects, s.preview, s.warning)
	row(&s.viaRow, lang.L("Transport"), "", s.via)
	row(&s.stopRow, lang.L("Stop after"), "form/stop-after-error", s.stop)
	s.right.Objects = append(s.right.Objects, s.autoStart)
	s.scroll = container.NewVScroll(s.right)
}

func (s *sheet) buildFoot() {
	e := s.e
	s.draft = parts.NewPara(parts.Caption, parts.Text3)
	s.over = parts.NewButton("form/start-over", lang.L("Start over"), "", parts.Link, e.startOver)
	s.over.Small = true
	s.tester = parts.NewButton("form/test", lang.L("Test"), "activity", parts.Plain, e.test)
	s.tester.Tip = lang.L("Try the way to these ports without listening anywhere")
	s.verdict = newTrialBox()
	s.cancel = parts.NewButton("form/cancel", lang.L("Cancel"), "", parts.Plain, e.close)
	create, start := lang.L("Create"), lang.L("Create and start")
	if e.old.ID != "" {
		create, start = lang.L("Save"), ""
	}
	s.create = parts.NewButton("form/create", create, "", parts.Plain, func() { e.submit(false) })
	s.createStart = parts.NewButton("form/create-start", start, "", parts.Main, func() { e.submit(true) })
	s.createStart.Tip = lang.L("Ctrl+Enter, anywhere in this sheet")
	if start == "" {
		s.create.Kind = parts.Main
		s.createStart.Hide()
	}
}

// fill puts the form into the fields; those that say it already are left alone.
func (s *sheet) fill() {
	s.filling = true
	f := s.e.form
	s.line.field.SetText(f.line)
	s.pod.SetText(s.e.search)
	s.name.SetText(f.name)
	s.tags.SetText(f.tags)
	s.addresses.SetText(f.listen)
	number := ""
	if n, ok := f.policy.Ordinal(); ok {
		number = strconv.Itoa(n)
	}
	if numbered(f.policy, s.number.Text()) != f.policy || number == "" {
		s.number.SetText(number)
	}
	s.filling = false
}

// apply shows a view.
func (s *sheet) apply(v sheetView) {
	if reflect.DeepEqual(s.view, v) {
		return
	}
	s.view = v
	s.fill()
	f := v.form
	s.line.set(v.line)
	s.groups.Set(v.group.plural())
	parts.Show(s.groups, !v.searching)
	parts.Show(s.pod, v.searching)
	icon := "search"
	if v.searching {
		icon = "x"
	}
	s.finder.Set("", icon)
	s.ports.set(v.ports)
	key := listenChoice(f.listen)
	if v.addresses {
		key = listenOther
	}
	s.listen.Set(listenChoices(), key, "", false)
	s.via.Set(viaOptions(), viaKey(f.via), "", false)
	s.policy.Set(policyOptions(f.policy), f.policy.String(), "", false)
	s.stop.Set(stopOptions(f.stopAfter), stopKey(f.stopAfter), "", false)
	s.complain(v.bad)
	s.portsNote.SetText(v.note)
	s.name.SetPlaceHolder(v.title)
	s.chipsHead.SetText(v.chipsHead)
	s.setChips(v.chips)
	s.profile.Set(v.profiles, profileOf(tunnels.Spec{Profile: f.profile}), "", false)
	s.profileRow.show(len(v.profiles) > 0)
	parts.Show(s.autoStart, len(v.profiles) > 0)
	s.autoStart.Set(f.autoStart)
	_, fixed := f.policy.Ordinal()
	s.policyRow.show(v.manyPods)
	s.numberRow.show(v.manyPods && fixed)
	s.otherRow.show(v.addresses || key == listenOther)
	s.preview.set(v.preview)
	s.warning.warning(v.warnings)
	draft := ""
	if v.resumed {
		draft = lang.L("Your draft from before.")
	}
	s.draft.SetText(draft)
	parts.Show(s.over, v.resumed)
	s.applyTrial(v)
	s.create.SetEnabled(!v.saving)
	s.createStart.SetEnabled(!v.saving)
	s.Refresh()
	s.right.Refresh()
}

func (s *sheet) complain(bad complaints) {
	s.targetBad.SetText(joined(bad.context, bad.namespace))
	s.podBad.SetText(bad.pod)
	s.pod.SetBad(bad.pod != "")
	s.portsBad.SetText(bad.ports)
	s.nameRow.bad.SetText(bad.name)
	s.name.SetBad(bad.name != "")
	s.tagsRow.bad.SetText(bad.tags)
	s.tags.SetBad(bad.tags != "")
	s.listenRow.bad.SetText(bad.listen)
	s.addresses.SetBad(bad.listen != "")
	s.stopRow.bad.SetText(bad.stop)
	s.profileRow.bad.SetText(bad.profile)
}

// applyTrial shows what the Test button does, or did.
func (s *sheet) applyTrial(v sheetView) {
	label, icon, going := lang.L("Test"), "activity", ""
	if v.testing {
		label, icon, going = lang.L("Stop the test"), "square", lang.L("Asking the cluster and the pod…")
	}
	s.tester.Set(label, icon)
	s.frame.busy.Set(going)
	s.verdict.set(v.trial)
}

// setChips offers the ports that the target declares.
func (s *sheet) setChips(ports []portChip) {
	e := s.e
	for len(s.chips) < len(ports) {
		c := parts.NewChip("", "", func() {})
		s.chips = append(s.chips, c)
		s.adders.Add(c)
	}
	for i, c := range s.chips {
		if i >= len(ports) {
			c.Hide()
			continue
		}
		p := ports[i]
		c.Mark = fmt.Sprintf("port:%d", p.port.number)
		c.OnTap = func() { e.set(func(f *form) { f.ports = f.toggleRemote(p.port) }) }
		c.Set(p.port.label(), p.on)
		c.Show()
	}
}

// focusFirst gives the keyboard to the first field that is wrong.
func (s *sheet) focusFirst(bad complaints) {
	switch {
	case bad.line != "":
		s.line.field.Focus()
	case bad.context != "":
		parts.Focus(s.context)
	case bad.namespace != "":
		parts.Focus(s.namespace)
	case bad.pod != "":
		s.e.openSearch()
	case bad.ports != "":
		s.ports.focus(0)
	case bad.name != "":
		s.name.Focus()
	case bad.profile != "":
		parts.Focus(s.profile)
	case bad.tags != "":
		s.tags.Focus()
	case bad.listen != "":
		parts.Focus(s.listen)
	case bad.stop != "":
		parts.Focus(s.stop)
	}
}
