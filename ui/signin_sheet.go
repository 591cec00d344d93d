package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/kube"
	"culvert/ui/parts"
)

// signPhase is one face of the Add cluster sheet.
type signPhase uint8

const (
	signFields signPhase = iota // to fill in
	signTrust                   // a certificate to confirm
	signDone                    // with something to say about it
)

// signView is what the sheet shows beside the fields themselves.
type signView struct {
	phase    signPhase
	title    string
	main     string
	way      string
	found    string
	foundBad bool
	bad      signComplaints
	running  bool
	progress string
	failed   string
	proof    proof
	told     string
	memory   string
}

// signSheet draws the sheet: fields, then a certificate if there is one to
// confirm. The button that trusts it is nowhere near the one before it, so that
// a second click does not trust by mistake.
type signSheet struct {
	widget.BaseWidget
	s       *signing
	view    signView
	filling bool

	*sheetFrame
	d      parts.Drawing
	cancel *parts.Button
	main   *parts.Button

	line     *parts.Field
	found    *parts.Para
	rule     *separator
	rows     []signRow
	way      *parts.Picker
	wayHead  *parts.Para
	chooser  *parts.Button
	note     *parts.Para
	failed   *callout
	proof    *proofBox
	trust    *parts.Button
	told     *parts.Para
	memory   *callout
	body     *fyne.Container
	scroll   *container.Scroll
	content  fyne.Size
	measured float32 // the width that content was made for
}

// signRow is a field with what stands before and below it.
type signRow struct {
	head  *parts.Para
	field *parts.Field
	bad   *parts.Para
	only  string // the way of signing in that it belongs to; empty for all
}

// The rows.
const (
	rowServer = iota
	rowToken
	rowUser
	rowPassword
	rowName
	rowAuthority
)

func newSignSheet(s *signing) *signSheet {
	v := &signSheet{s: s}
	v.sheetFrame = newSheetFrame(&v.d, "sign")
	v.closer.OnTap = s.close
	v.cancel = parts.NewButton("sign/cancel", lang.L("Cancel"), "", parts.Plain, s.back)
	v.main = parts.NewButton("sign/submit", lang.L("Sign in"), "", parts.Main, s.submit)
	v.buildFields()
	v.buildTrust()
	objects := []fyne.CanvasObject{v.line, v.found, v.rule}
	for i, r := range v.rows {
		objects = append(objects, r.head, r.field)
		if i == rowAuthority {
			objects = append(objects, v.chooser)
		}
		objects = append(objects, r.bad)
		if i == rowServer {
			objects = append(objects, v.wayHead, v.way)
		}
	}
	objects = append(objects, v.note, v.failed, v.proof, v.trust, v.told, v.memory)
	v.body = parts.NewArranged(func(z fyne.Size) { v.layoutBody(z.Width) }, func() fyne.Size { return v.content }, objects...)
	v.scroll = container.NewVScroll(v.body)
	for _, o := range []fyne.CanvasObject{v.closer, v.scroll, v.cancel, v.main} {
		v.d.Add(o)
	}
	v.ExtendBaseWidget(v)
	return v
}

func (v *signSheet) buildFields() {
	s := v.s
	v.line = parts.NewField("sign/line", lang.L("Paste a line of oc login here, or fill in the fields below"), "", func(text string) {
		if !v.filling {
			s.bad = false
			s.typed(text)
		}
	}).Mono().Secret()
	v.line.OnPaste = s.pasted
	v.found = parts.NewPara(parts.Caption, parts.Text3)
	v.found.Mark = "sign/found"
	v.rule = newSeparator()
	row := func(mark, head, hint, only string, to func(*signForm) *string) {
		r := signRow{head: parts.NewPara(parts.Body, parts.Text2), bad: parts.NewPara(parts.Caption, parts.Red), only: only}
		r.head.SetText(head)
		r.bad.Mark = mark + "-error"
		r.field = parts.NewField(mark, hint, "", func(text string) {
			if !v.filling {
				s.set(func(f *signForm) { *to(f) = text })
			}
		})
		v.rows = append(v.rows, r)
	}
	row("sign/server", lang.L("Server"), "https://api.example.com:6443", "", func(f *signForm) *string { return &f.server })
	row("sign/token", lang.L("Token"), lang.L("sha256~… or any other"), kube.WithToken, func(f *signForm) *string { return &f.token })
	row("sign/user", lang.L("User"), "", kube.WithPassword, func(f *signForm) *string { return &f.user })
	row("sign/password", lang.L("Password"), "", kube.WithPassword, func(f *signForm) *string { return &f.password })
	row("sign/name", lang.L("Name"), lang.L("the server's host"), "", func(f *signForm) *string { return &f.name })
	row("sign/ca", lang.L("Authority"), lang.L("a PEM file, if not the system's"), "", func(f *signForm) *string { return &f.ca })
	v.rows[rowServer].field.Mono()
	v.rows[rowAuthority].field.Mono()
	v.rows[rowToken].field.Secret()
	v.rows[rowPassword].field.Secret()
	for _, f := range append([]*parts.Field{v.line}, v.fields()...) {
		f.Entry.OnSubmitted = func(string) { s.submit() }
	}
	v.wayHead = parts.NewPara(parts.Body, parts.Text2)
	v.wayHead.SetText(lang.L("Sign in with"))
	v.way = parts.NewPicker("sign/way", "", func(key string) { s.set(func(f *signForm) { f.way = key }) })
	v.chooser = parts.NewButton("sign/choose-ca", lang.L("Choose…"), "folder", parts.Plain, func() {
		s.app.access.choose(lang.L("The file of the cluster's authority"), func(path string) { v.rows[rowAuthority].field.SetText(path) })
	})
	v.note = parts.NewPara(parts.Caption, parts.Text3)
	v.note.SetText(lang.L("Tokens go into the system's keyring and into no file; a password is used once and kept nowhere."))
	v.failed = newCallout("sign/error", s.app.copyText)
}

func (v *signSheet) buildTrust() {
	s := v.s
	v.proof = newProofBox(s.app.copyText)
	v.trust = parts.NewButton("sign/trust", lang.L("Trust this certificate"), "", parts.Plain, s.trust)
	v.told = parts.NewPara(parts.Body, parts.Fg)
	v.told.Mark = "sign/told"
	v.memory = newCallout("sign/memory", nil)
}

func (v *signSheet) fields() []*parts.Field {
	out := make([]*parts.Field, 0, len(v.rows))
	for _, r := range v.rows {
		out = append(out, r.field)
	}
	return out
}

// fill puts the form into the fields.
func (v *signSheet) fill() {
	v.filling = true
	f := v.s.form
	for i, text := range []string{f.server, f.token, f.user, f.password, f.name, f.ca} {
		v.rows[i].field.SetText(text)
	}
	v.filling = false
}

func (v *signSheet) clearLine() {
	v.filling = true
	v.line.SetText("")
	v.filling = false
}

// apply shows a view; the fields keep what is typed.
func (v *signSheet) apply(view signView) {
	v.way.Set([]parts.Option{
		{Key: kube.WithToken, Text: lang.L("Token")},
		{Key: kube.WithPassword, Text: lang.L("User and password"), Note: "OpenShift"},
	}, view.way, "", false)
	if reflect.DeepEqual(v.view, view) {
		return
	}
	top := v.view.phase != view.phase || v.view.failed != view.failed
	v.view = view
	v.title.SetText(view.title)
	v.busy.Set(view.progress)
	colour := parts.Text3
	if view.foundBad {
		colour = parts.Red
	}
	v.found.Set(view.found, colour)
	for i, bad := range []string{view.bad.server, view.bad.token, view.bad.user, view.bad.password} {
		v.rows[i].bad.SetText(bad)
		v.rows[i].field.SetBad(bad != "")
	}
	v.failed.error(view.failed)
	v.proof.set(view.proof)
	v.told.SetText(view.told)
	v.memory.warning(view.memory)
	v.main.SetEnabled(!view.running)
	v.trust.SetEnabled(!view.running)
	cancel := lang.L("Cancel")
	if view.phase == signDone {
		cancel = lang.L("Close")
	}
	v.cancel.Set(cancel, "")
	parts.Show(v.main, view.phase == signFields)
	if top {
		v.scroll.Offset = fyne.Position{}
	}
	v.measured = 0
	v.Refresh()
	v.body.Refresh()
	v.scroll.Refresh()
	if v.s.overlay != nil {
		v.s.overlay.Refresh()
	}
}

func (v *signSheet) focusOpened() {
	if v.s.again == "" {
		v.line.Focus()
		return
	}
	if v.s.form.way == kube.WithPassword {
		v.rows[rowPassword].field.Focus()
		return
	}
	v.rows[rowToken].field.Focus()
}

// focusFirst gives the keyboard to the first field that is wrong.
func (v *signSheet) focusFirst(bad signComplaints) {
	for i, text := range []string{bad.server, bad.token, bad.user, bad.password} {
		if text != "" {
			v.rows[i].field.Focus()
			return
		}
	}
}
