package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

// editor is the sheet in which a tunnel is made or changed. What is typed into
// it is never lost: closing it keeps a draft.
type editor struct {
	app     *App
	key     string // of the draft
	old     tunnels.Spec
	first   form // as it was when the sheet came up fresh
	form    form
	resumed bool // it came up with a draft
	tried   bool // the user asked for it: now empty fields are errors too
	refused complaints
	saving  bool

	said    lineWords // what the reading of the line left to say
	before  form      // what the line is read into
	inLine  bool      // the line has the keyboard
	typings int       // how often something was typed into it

	group     targetGroup // that is listed
	searching bool        // all groups are listed, by what is typed
	search    string      // what is typed
	shown     string      // the target that the list was scrolled to
	offered   string      // the ports that came with the target
	addresses bool        // what to listen on is typed
	note      string      // what was changed of the ports
	trials    portTrials
	trial     trial

	namespacesOf string
	targetsOf    podsOf
	leaveNS      func()
	leaveTargets func()
	choices      choices

	overlay *parts.Overlay
	sheet   *sheet
}

// newTunnel opens the sheet for a new tunnel, with the draft of the last time.
func (a *App) newTunnel() {
	f := form{}
	names := a.names()
	if st, ok := a.snap.Find(a.chosen); ok && a.detail {
		f.context, f.namespace = names.context(st.Spec.Target), names.namespace(st.Spec.Target)
	} else {
		f.context = names.current
		if items := a.browser.Contexts().items; f.context == "" && len(items) > 0 {
			f.context = items[0].Name
		}
		f.namespace = names.namespace(tunnels.Target{Context: f.context})
	}
	if f.context == "" {
		f.namespace = ""
	}
	f.profile = a.book.home()
	a.openEditor("new", f, tunnels.Spec{})
}

// newTunnelFor opens the sheet for a target, with the ports that it declares.
func (a *App) newTunnelFor(g groupOf, target string) {
	f := form{context: g.context, namespace: g.namespace, pod: target, profile: a.book.home()}
	if o, ok := findOffer(a.browser.Targets(g).items, target); ok {
		for _, p := range o.ports {
			f.ports = f.toggleRemote(p)
		}
	}
	a.openEditor("target "+g.context+"/"+g.namespace+"/"+target, f, tunnels.Spec{})
}

// edit opens the sheet for a tunnel that exists, or what says where it is edited.
func (a *App) edit(id tunnels.ID) {
	st, ok := a.snap.Find(id)
	switch {
	case !ok:
	case a.names().guest(st.Spec):
		a.showHowToEdit(id)
	default:
		a.openEditor("edit "+string(id), formOf(st.Spec, a.names()), st.Spec)
	}
}

func (a *App) openEditor(key string, f form, old tunnels.Spec) {
	if a.editor != nil {
		return
	}
	current := a.names().current
	f.line = f.quick(current)
	e := &editor{app: a, key: key, old: old, first: f, form: f}
	if draft, ok := a.drafts[key]; ok && draft != f {
		if draft.line == "" {
			draft.line = draft.quick(current)
		}
		e.form, e.resumed = draft, draft != f
	}
	a.editor = e
	e.sheet = newSheet(e)
	e.overlay = parts.NewOverlay(a.window.Canvas(), e.sheet, true, func(win fyne.Size) (x, y, w, h float32) {
		return middle(win, 788, 628)
	})
	e.overlay.OnDismiss = e.close
	e.sheet.fill()
	e.before = e.form.before()
	e.changed()
	e.overlay.Open()
	if e.form.pod == "" || e.said.err != "" {
		e.sheet.line.field.Focus()
	} else {
		e.sheet.ports.focus(0)
	}
}

// close takes the sheet away and keeps what was typed.
func (e *editor) close() {
	if e.form != e.first {
		e.app.drafts[e.key] = e.form
	} else {
		delete(e.app.drafts, e.key)
	}
	e.end()
}

func (e *editor) end() {
	for _, leave := range []func(){e.leaveNS, e.leaveTargets} {
		if leave != nil {
			leave()
		}
	}
	e.endTrial()
	e.trials.end()
	e.app.editor = nil
	e.overlay.Close()
	e.app.apply()
}

// startOver forgets the draft.
func (e *editor) startOver() {
	delete(e.app.drafts, e.key)
	e.form, e.resumed, e.tried, e.refused = e.first, false, false, complaints{}
	e.note, e.offered, e.search, e.searching, e.addresses = "", "", "", false, false
	e.before = e.form.before()
	e.endTrial()
	e.changed()
}

// set changes the form as a field has it, and shows what follows from it: the line
// is written anew.
func (e *editor) set(change func(*form)) {
	was := e.form
	change(&e.form)
	if e.form == was {
		return
	}
	e.refused, e.note = complaints{}, ""
	e.endTrial()
	e.form.line = e.form.quick(e.app.names().current)
	e.before = e.form.before()
	e.changed()
}

// changed follows the form: it watches what the form names and draws.
func (e *editor) changed() {
	b := e.app.browser
	if e.namespacesOf != e.form.context || e.leaveNS == nil && e.form.context != "" {
		if e.leaveNS != nil {
			e.leaveNS()
			e.leaveNS = nil
		}
		e.namespacesOf = e.form.context
		if e.form.context != "" {
			e.leaveNS = b.lookNamespaces(e.form.context)
		}
	}
	want := podsOf{e.form.context, e.form.namespace}
	if e.form.liveNamespace() != "" {
		want.namespace = "" // there is no such namespace to be asked for
	}
	if e.targetsOf != want || e.leaveTargets == nil && want.namespace != "" {
		if e.leaveTargets != nil {
			e.leaveTargets()
			e.leaveTargets = nil
		}
		e.targetsOf = want
		if want.context != "" && want.namespace != "" {
			e.leaveTargets = lookAll(b, want)
		}
	}
	e.apply()
}

// lookAll watches all groups of a namespace until done is called.
func lookAll(b *browser, of podsOf) (done func()) {
	var leave [targetGroups]func()
	for g := range leave {
		leave[g] = b.lookTargets(groupOf{of, targetGroup(g)})
	}
	return func() {
		for _, f := range leave {
			f()
		}
	}
}

// lists are the targets to choose from, as last seen.
func (e *editor) lists() *targetLists {
	var out targetLists
	for g := range out {
		out[g] = e.app.browser.Targets(groupOf{e.targetsOf, targetGroup(g)})
	}
	return &out
}

// chooseContext takes a context with its own namespace.
func (e *editor) chooseContext(name string) {
	names := e.app.names()
	e.set(func(f *form) {
		if f.context != name {
			f.context = name
			f.namespace = names.namespace(tunnels.Target{Context: name})
		}
	})
}

// complaints are what stands below the fields now.
func (e *editor) complaints() complaints {
	if e.refused.any() {
		return e.refused
	}
	if e.tried {
		_, bad := e.form.spec(e.old)
		bad.line = e.said.err
		bad.profile = e.app.profileRefusal(e.form)
		return bad
	}
	f := e.form
	pod := f.livePod()
	if e.searching && pod == "" && len(e.sheet.pods.Items()) == 0 {
		pod = form{pod: e.search}.livePod()
	}
	return complaints{
		namespace: f.liveNamespace(), pod: pod, ports: f.livePorts(), listen: f.liveListen(),
		tags: f.liveTags(), stop: f.liveStop(), line: e.said.err, profile: e.app.profileRefusal(f),
	}
}

// apply draws the sheet from the form, the catalog and the other tunnels.
func (e *editor) apply() {
	e.said = e.reading()
	b := e.app.browser
	contexts := b.Contexts()
	var options []parts.Option
	for i, c := range contexts.items {
		o := parts.Option{Key: c.Name, Text: c.Name, Dot: contextStripe(c, i), Dim: c.Err != nil}
		if c.Current {
			o.Note = lang.L("current")
		}
		options = append(options, o)
	}
	e.sheet.context.Set(options, e.form.context, complaint(contexts.err), contexts.err != nil)
	e.applyNamespaces(b.Namespaces(e.form.context))
	e.applyTargets()
}

// applyTargets draws the list of targets and what follows from the chosen one.
func (e *editor) applyTargets() {
	lists := e.lists()
	chosen, known := lists.find(e.form.pod)
	if known && e.shown != chosen.text {
		e.group = groupOfKind(chosen.target.Kind)
	}
	only := e.group
	if e.searching {
		only = allGroups
	}
	e.sheet.pods.Set(withTyped(e.choices.update(lists, only, e.search), e.search), chosen.text)
	if known && e.shown != chosen.text {
		e.sheet.pods.Reveal()
	}
	e.shown = chosen.text
	note, bad := e.targetNote(lists, known, only)
	colour := parts.Text3
	if bad {
		colour = parts.Red
	}
	e.sheet.podNote.Set(note, colour)
	e.lookAtPorts()
	e.sheet.apply(e.view(chosen, known, note))
}

// view is what the sheet shows, given the chosen target where it is known.
func (e *editor) view(chosen offer, known bool, note string) sheetView {
	_, all := e.form.spec(e.old)
	v := sheetView{
		form: e.form, line: e.form.lineView(e.said, all), ports: e.portsView(chosen), bad: e.complaints(), chips: e.chips(chosen),
		preview: e.form.preview(), warnings: e.form.openWarning(), resumed: e.resumed, saving: e.saving,
		title: strings.TrimSpace(e.form.pod), podNote: note, note: e.note, manyPods: e.form.manyPods(), addresses: e.addresses,
		group: e.group, searching: e.searching, search: e.search, testing: e.trial.stop != nil, trial: e.trial.result,
		profiles: e.app.profileChoices(e.form.profile),
	}
	if known && len(v.chips) == 0 {
		v.chipsHead = portsHead(chosen.target)
	}
	if t, ok := e.form.target(); ok {
		v.title = t.Name
	}
	return v
}

// portsView is the pairs of ports with what is known of each.
func (e *editor) portsView(chosen offer) portsView {
	v := portsView{rows: e.form.rows(), where: lang.L("In the pod")}
	if t, ok := e.form.target(); ok && t.Kind == tunnels.KindService {
		v.where = lang.L("Of the service")
	}
	for _, r := range v.rows {
		port := triedPort{e.form.listen, 0}
		if m, ok := r.mapping(); ok {
			port.port = m.Local.Fixed()
		} else if m, ok := (portRow{r.local, "1"}).mapping(); ok {
			port.port = m.Local.Fixed()
		}
		v.verdicts = append(v.verdicts, e.form.verdict(r, e.app.snap, e.trials.known[port]))
	}
	for _, p := range chosen.ports {
		v.declared = append(v.declared, parts.Option{Key: tunnels.Port{Number: p.number}.String(), Text: p.label()})
		if p.name != "" {
			v.declared = append(v.declared, parts.Option{Key: p.name, Text: p.name, Note: lang.L("by its name")})
		}
	}
	return v
}

func (e *editor) applyNamespaces(l listing[kube.Namespace]) {
	var options []parts.Option
	for _, name := range namespaceNames(l, e.app.typed[e.form.context]) {
		options = append(options, parts.Option{Key: name, Text: name})
	}
	status := ""
	switch {
	case e.form.context == "":
		status = lang.L("Choose a context first.")
	case !l.loaded:
		status = waitingText(lang.L("Asking for namespaces"), l.since, e.app.deps.Now())
	case l.refused:
		status = lang.L("You may not list the namespaces here: type the name of yours.")
	case l.err != nil:
		status = complaint(l.err)
	}
	e.sheet.namespace.Set(options, e.form.namespace, status, l.err != nil && !l.refused)
}

// targetNote says what the list of targets lacks.
func (e *editor) targetNote(lists *targetLists, known bool, only targetGroup) (note string, bad bool) {
	if e.form.context == "" || e.targetsOf.namespace == "" {
		return lang.L("Choose a context and a namespace to see what is there."), false
	}
	lacks := lists.lack()
	var out []string
	out = append(out, lacks.troubles...)
	if r := lacks.refusal(lang.L("type a name, as svc/web or web-1.")); r != "" {
		out = append(out, r)
	}
	typed, valid := e.form.target()
	switch {
	case !lists.loaded():
		if len(out) == 0 {
			out = append(out, waitingText(lang.L("Asking for what is there"), e.waitingSince(lists), e.app.deps.Now()))
		}
	case len(out) > 0:
	case lists.count() == 0:
		out = append(out, lang.L("There is nothing to forward to in this namespace. You can type a name: the tunnel waits for it."))
	case valid && typed.Kind != tunnels.KindSelector && !known && !lists.matches(e.form.pod):
		out = append(out, lang.L("There is nothing of this name now: the tunnel will wait for it."))
	case only != allGroups && len(lists[only].items) == 0:
		out = append(out, lang.L("There are no {{.Targets}} in this namespace.", vars{"Targets": only.plural()}))
	}
	return paragraph(out), len(lacks.troubles) > 0
}

// waitingSince is when the first list was asked for that has not come.
func (e *editor) waitingSince(lists *targetLists) time.Time {
	for g := range lists {
		if !lists[g].loaded {
			return lists[g].since
		}
	}
	return time.Time{}
}

// portChip is a port that the target declares.
type portChip struct {
	port offeredPort
	on   bool
}

func (e *editor) chips(o offer) []portChip {
	var out []portChip
	for _, p := range o.ports {
		out = append(out, portChip{p, e.form.hasRemote(p)})
	}
	return out
}
