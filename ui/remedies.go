package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

// remediesOf returns what the user can do about a tunnel that needs them,
// because of its context.
func remediesOf(st tunnels.Status, c kube.Context, can bool) []verb {
	if st.State != tunnels.NeedsUser || st.Err == nil || st.Err.Cause != tunnels.CauseSignIn {
		return nil
	}
	out := remedyOf(c, st.Err)
	if !can { // nothing can be kept here
		out = slices.DeleteFunc(out, func(v verb) bool { return v.key != verbAskAgain })
	}
	return out
}

// inWindow says an error in a window that has buttons for what its hint tells
// users of the command line to do.
func inWindow(err error, remedies []verb) string {
	e := tunnels.AsError(err)
	if e == nil {
		return ""
	}
	if len(remedies) > 0 && remedies[0].key != verbAskAgain {
		return sentence(e.Err.Error())
	}
	return complaint(err)
}

// remedy puts what the user can do about a tunnel below what is wrong.
func (a *App) remedy(v *detailView, st tunnels.Status, names targetNames) {
	v.conflict = conflictViewOf(st, a.snap, a.lookAtPort(st))
	guest := names.guest(st.Spec)
	if guest {
		v.conflict.verbs = slices.DeleteFunc(v.conflict.verbs, changes)
	}
	if v.conflict.head != "" && !v.conflict.calm && a.failed[st.Spec.ID] == nil {
		v.trouble = ""
	}
	if a.failed[st.Spec.ID] != nil {
		return
	}
	if st.Err != nil {
		v.raw = st.Err.Raw
	}
	if text := portTrouble(st); text != "" {
		v.trouble = text
	}
	if !guest {
		v.remedies = verbsOfFixes(fixesOf(st))
	}
	c, ok := a.contextNamed(names.context(st.Spec.Target))
	if !ok {
		return
	}
	if more := remediesOf(st, c, a.can()); len(more) > 0 {
		v.remedies = append(v.remedies, more...)
		v.trouble = inWindow(st.Err, more)
	}
}

// changes says whether a verb changes the tunnel's spec.
func changes(v verb) bool { return v.key == verbSavePort || strings.HasPrefix(v.key, fixVerb) }

// applyRemedy does one of the remedies of the tunnel that is shown.
func (a *App) applyRemedy(key string) { a.applyRemedyTo(a.chosen, key) }

// applyRemedyTo does one of a tunnel's remedies.
func (a *App) applyRemedyTo(id tunnels.ID, key string) {
	st, ok := a.snap.Find(id)
	switch {
	case !ok, a.portVerb(key, st), a.applyFix(key, st):
	case key == verbAskAgain:
		a.reconnect(id)
	default:
		a.contextVerb(key, a.names().context(st.Spec.Target))
	}
}

// firstRemedy is what helps a tunnel that needs the user, for a place with room for
// one button; ok is false where nothing does. A port that somebody has is the
// conflict card's, which knows a free one.
// What would change the tunnel is left out where that cannot be done.
func firstRemedy(st tunnels.Status, c kube.Context, can, changeable bool) (v verb, ok bool) {
	if st.State != tunnels.NeedsUser {
		return verb{}, false
	}
	all := remediesOf(st, c, can)
	if changeable {
		all = append(verbsOfFixes(fixesOf(st)), all...)
	}
	if len(all) == 0 {
		return verb{}, false
	}
	return all[0], true
}

// maxRemedies is how many buttons there are.
const maxRemedies = 3

// Measures of small buttons in a row.
const (
	buttonLow = 26
	buttonGap = 8
)

// flowButtons lets buttons follow one another, in as many lines of width w as they need,
// and puts them there when place is true. It returns where the last line ends.
func flowButtons(buttons []*parts.Button, left, top, w float32, place bool) float32 {
	x, y := left, top
	for _, b := range buttons {
		bw := min(b.MinSize().Width, w)
		if x > left && x+bw > left+w {
			x, y = left, y+buttonLow+buttonGap
		}
		if place {
			parts.Put(b, x, y, bw, buttonLow)
		}
		x += bw + buttonGap
	}
	return y + buttonLow
}

// remedyBar is a row of buttons.
type remedyBar struct {
	widget.BaseWidget
	act     func(key string)
	verbs   []verb
	d       parts.Drawing
	buttons []*parts.Button
}

func newRemedyBar(act func(key string)) *remedyBar {
	r := &remedyBar{act: act}
	for i := range maxRemedies {
		b := parts.NewButton("", "", "", parts.Plain, func() { r.act(r.verbs[i].key) })
		b.Small = true
		if i == 0 {
			b.Kind = parts.Main
		}
		b.Hide()
		r.buttons = append(r.buttons, b)
		r.d.Add(b)
	}
	r.ExtendBaseWidget(r)
	return r
}

func (r *remedyBar) set(verbs []verb) {
	r.verbs = verbs[:min(len(verbs), len(r.buttons))]
	for i, b := range r.buttons {
		parts.Show(b, i < len(r.verbs))
		if i < len(r.verbs) {
			b.Mark = "remedy:" + r.verbs[i].key
			b.Tip = ""
			if strings.HasPrefix(r.verbs[i].key, fixVerb) {
				b.Tip = lang.L("Changes the tunnel; you can undo it")
			}
			b.Set(r.verbs[i].text, r.verbs[i].icon)
		}
	}
	r.Refresh()
}

// Fit returns the height that is needed.
func (r *remedyBar) Fit(w float32) float32 {
	if len(r.verbs) == 0 {
		return 0
	}
	return flowButtons(r.buttons[:len(r.verbs)], 0, 0, w, false)
}

// CreateRenderer implements [fyne.Widget].
func (r *remedyBar) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(func(s fyne.Size) {
		flowButtons(r.buttons[:len(r.verbs)], 0, 0, s.Width, true)
	}, func() fyne.Size { return fyne.NewSize(20, 0) }, r)
}
