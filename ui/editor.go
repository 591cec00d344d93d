package ui

import (
	"strings"

	"fyne.io/fyne/v2"

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

	namespacesOf string
	podsOf       podsOf
	leaveNS      func()
	leavePods    func()

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
	a.openEditor("new", f, tunnels.Spec{})
}

// newTunnelFor opens the sheet for a pod, with the ports that it declares.
func (a *App) newTunnelFor(kubeContext, namespace, pod string) {
	f := form{context: kubeContext, namespace: namespace, pod: pod}
	if p, ok := findPod(a.browser.Pods(podsOf{kubeContext, namespace}), pod); ok {
		for _, c := range declared(p) {
			f.ports = f.toggleRemote(c.Number)
		}
	}
	a.openEditor("pod "+kubeContext+"/"+namespace+"/"+pod, f, tunnels.Spec{})
}

// edit opens the sheet for a tunnel that exists.
func (a *App) edit(id tunnels.ID) {
	if st, ok := a.snap.Find(id); ok {
		a.openEditor("edit "+string(id), formOf(st.Spec, a.names()), st.Spec)
	}
}

func (a *App) openEditor(key string, f form, old tunnels.Spec) {
	if a.editor != nil {
		return
	}
	e := &editor{app: a, key: key, old: old, first: f, form: f}
	if draft, ok := a.drafts[key]; ok && draft != f {
		e.form, e.resumed = draft, true
	}
	a.editor = e
	e.sheet = newSheet(e)
	e.overlay = parts.NewOverlay(a.window.Canvas(), e.sheet, true, func(win fyne.Size) (x, y, w, h float32) {
		w, h = min(788, win.Width-24), min(628, win.Height-24)
		return floor((win.Width - w) / 2), floor((win.Height - h) / 2), w, h
	})
	e.overlay.OnDismiss = e.close
	e.sheet.fill()
	e.changed()
	e.overlay.Open()
	if e.form.pod == "" {
		e.sheet.pod.Focus()
	} else {
		e.sheet.ports.Focus()
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
	for _, leave := range []func(){e.leaveNS, e.leavePods} {
		if leave != nil {
			leave()
		}
	}
	e.app.editor = nil
	e.overlay.Close()
	e.app.apply()
}

// startOver forgets the draft.
func (e *editor) startOver() {
	delete(e.app.drafts, e.key)
	e.form, e.resumed, e.tried, e.refused = e.first, false, false, complaints{}
	e.sheet.fill()
	e.changed()
}

// set changes the form and shows what follows from it.
func (e *editor) set(change func(*form)) {
	before := e.form
	change(&e.form)
	if e.form != before {
		e.refused = complaints{}
		e.changed()
	}
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
	if e.podsOf != want || e.leavePods == nil && want.namespace != "" {
		if e.leavePods != nil {
			e.leavePods()
			e.leavePods = nil
		}
		e.podsOf = want
		if want.context != "" && want.namespace != "" {
			e.leavePods = b.lookPods(want)
		}
	}
	e.apply()
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
		return bad
	}
	return complaints{namespace: e.form.liveNamespace(), pod: e.form.livePod(), ports: e.form.livePorts(), listen: e.form.liveListen()}
}

// apply draws the sheet from the form, the catalog and the other tunnels.
func (e *editor) apply() {
	b := e.app.browser
	contexts := b.Contexts()
	var options []parts.Option
	for i, c := range contexts.items {
		o := parts.Option{Key: c.Name, Text: c.Name, Dot: stripe(i), Dim: c.Err != nil}
		if c.Current {
			o.Note = "current"
		}
		options = append(options, o)
	}
	e.sheet.context.Set(options, e.form.context, complaint(contexts.err), contexts.err != nil)
	e.applyNamespaces(b.Namespaces(e.form.context))
	pods := b.Pods(e.podsOf)
	e.sheet.pods.Set(podOptions(pods, e.filter(pods)), strings.TrimSpace(e.form.pod))
	note, bad := e.podNote(pods)
	colour := parts.Text3
	if bad {
		colour = parts.Red
	}
	e.sheet.podNote.Set(note, colour)
	e.sheet.apply(sheetView{
		bad: e.complaints(), chips: e.chips(pods), preview: e.form.preview(),
		warnings: strings.Join(e.form.warnings(e.app.snap), " "), resumed: e.resumed, saving: e.saving,
		pod: strings.TrimSpace(e.form.pod), podNote: note,
	})
}

func (e *editor) applyNamespaces(l listing[kube.Namespace]) {
	var options []parts.Option
	for _, name := range namespaceNames(l, e.app.typed[e.form.context]) {
		options = append(options, parts.Option{Key: name, Text: name})
	}
	status := ""
	switch {
	case e.form.context == "":
		status = "Choose a context first."
	case !l.loaded:
		status = waitingText("Asking for namespaces", l.since, e.app.deps.Now())
	case l.refused:
		status = "You may not list the namespaces here: type the name of yours."
	case l.err != nil:
		status = complaint(l.err)
	}
	e.sheet.namespace.Set(options, e.form.namespace, status, l.err != nil && !l.refused)
}

// filter is what the pod list is searched for: nothing once a pod is chosen,
// so that the others stay in sight.
func (e *editor) filter(l listing[kube.Pod]) string {
	pod := strings.TrimSpace(e.form.pod)
	if _, exact := findPod(l, pod); exact {
		return ""
	}
	return pod
}

// podNote says what the list of pods lacks.
func (e *editor) podNote(l listing[kube.Pod]) (note string, bad bool) {
	pod := strings.TrimSpace(e.form.pod)
	_, known := findPod(l, pod)
	switch {
	case e.form.context == "" || e.podsOf.namespace == "":
		return "Choose a context and a namespace to see its pods.", false
	case l.err != nil:
		return complaint(l.err), true
	case !l.loaded:
		return waitingText("Asking for pods", l.since, e.app.deps.Now()), false
	case len(l.items) == 0:
		return "There are no pods in this namespace. You can type a name: the tunnel waits for it.", false
	case pod != "" && !known && len(podOptions(l, pod)) == 0:
		return "There is no pod of this name now: the tunnel will wait for it.", false
	}
	return "", false
}

// portChip is a port that the pod declares.
type portChip struct {
	port  uint16
	label string
	on    bool
}

func (e *editor) chips(l listing[kube.Pod]) []portChip {
	p, ok := findPod(l, strings.TrimSpace(e.form.pod))
	if !ok {
		return nil
	}
	var out []portChip
	for _, c := range declared(p) {
		out = append(out, portChip{c.Number, portLabel(c), e.form.hasRemote(c.Number)})
	}
	return out
}
