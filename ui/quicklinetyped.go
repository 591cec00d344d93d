package ui

import (
	"context"
	"time"

	"culvert/tunnels/command"
)

// lookAfter is how long a line has to stand still before what it names is asked for:
// each letter of a namespace is a namespace.
const lookAfter = 300 * time.Millisecond

// quickLine opens the sheet for a new tunnel with the keyboard in its line.
func (a *App) quickLine() {
	a.newTunnel()
	if a.editor != nil {
		a.editor.sheet.line.field.Focus()
	}
}

// pasteCommand opens the sheet with the line that is on the clipboard.
func (a *App) pasteCommand() {
	content := a.deps.App.Clipboard().Content()
	text := pasted(content)
	a.quickLine()
	if a.editor != nil && text != "" {
		a.editor.sheet.line.field.SetText(text)
		a.offerSeveral(content)
	}
}

// lineFocus hears that the keyboard comes to the line, or goes.
func (e *editor) lineFocus(on bool) {
	e.inLine = on
	e.before = e.form.before()
}

// typedLine has the fields follow the line.
func (e *editor) typedLine(text string) {
	if text == e.form.line {
		return
	}
	if !e.inLine {
		e.before = e.form.before()
	}
	p, _ := command.Parse(text) // reading tells the error
	e.form = e.before.follow(p, e.app.names())
	e.form.line = text
	e.refused, e.note = complaints{}, ""
	e.endTrial()
	e.apply()
	e.lookSoon()
}

// reading is what the line as it stands leaves to say.
func (e *editor) reading() lineWords {
	p, err := command.Parse(e.form.line)
	return e.form.wordsOf(p, err, e.app.names(), e.seenNamespace)
}

// seenNamespace says whether a namespace is known in the form's context, or cannot be
// known.
func (e *editor) seenNamespace(name string) bool {
	l := e.app.browser.Namespaces(e.form.context)
	if !l.loaded || l.refused || l.err != nil {
		return true
	}
	for _, n := range namespaceNames(l, e.app.typed[e.form.context]) {
		if n == name {
			return true
		}
	}
	return false
}

// lookSoon watches what the form names, unless something is typed before.
func (e *editor) lookSoon() {
	e.typings++
	at := e.typings
	e.app.spawn(func(ctx context.Context) {
		pause := time.NewTimer(lookAfter)
		defer pause.Stop()
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		e.app.do(func() {
			if e.app.editor == e && e.typings == at {
				e.changed()
			}
		})
	})
}
