package ui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// duplicate opens the sheet for a new tunnel that is like another one.
func (a *App) duplicate(id tunnels.ID) {
	st, ok := a.snap.Find(id)
	if !ok {
		return
	}
	f := formOf(st.Spec, a.names())
	f.id = ""
	f.name = lang.L("{{.Name}} copy", vars{"Name": st.Spec.Title()})
	old := st.Spec
	old.ID = ""
	if a.names().guest(st.Spec) { // the copy is the user's own
		f.profile = a.book.home()
		old.Profile = f.profile
	}
	a.openEditor("duplicate "+string(id), f, old)
	if e := a.editor; e != nil && !e.resumed {
		e.freeLocals()
	}
}

// freeLocals gives the local ports that another tunnel has, or wants, to that tunnel,
// and the next free ones to this.
func (e *editor) freeLocals() {
	was, listen := e.form.ports, e.form.listenWords()
	rows := e.form.rows()
	var clash []int
	for i, r := range rows {
		if m, ok := r.mapping(); ok && m.Local.Fixed() != 0 && m.Local.Fixed() < 65535 && e.form.tunnelAt(m.Local.Fixed(), e.app.snap) != (rival{}) {
			clash = append(clash, i)
		}
	}
	if len(clash) == 0 {
		return
	}
	e.app.spawn(func(ctx context.Context) {
		moved := e.app.nextLocals(ctx, rows, clash, listen)
		if ctx.Err() != nil || moved == "" {
			return
		}
		e.app.do(func() {
			if e.app.editor == e && e.form.ports == was {
				e.set(func(f *form) { f.ports = pairsOf(rows) })
				e.first.ports, e.first.line = e.form.ports, e.form.line
				e.note = moved
				e.apply()
			}
		})
	})
}

// nextLocals changes the local ports of rows and tells which; empty when none is
// free.
func (a *App) nextLocals(ctx context.Context, rows []portRow, clash []int, listen []string) string {
	var told []string
	var last uint16
	for _, i := range clash {
		m, _ := rows[i].mapping()
		old := m.Local.Fixed()
		port, err := a.deps.Tunnels.NextFree(ctx, listen, max(old, last)+1)
		if err != nil {
			continue
		}
		last = port
		remote := rows[i].remote
		rows[i] = portRow{tunnels.Port{Number: port}.String(), remote}
		told = append(told, lang.L("{{.Old}} is another tunnel's: {{.New}} is the next free one.", vars{"Old": old, "New": port}))
	}
	return paragraph(told)
}
