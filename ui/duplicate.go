package ui

import (
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
	a.openEditor("duplicate "+string(id), f, old)
}
