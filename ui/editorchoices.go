package ui

import (
	"culvert/ui/parts"
)

// chooseGroup lists another group of targets.
func (e *editor) chooseGroup(key string) {
	for g := range targetGroup(targetGroups) {
		if g.plural() == key {
			e.group = g
		}
	}
	e.apply()
}

// chooseTarget takes a target of the list. One that declares a single port brings it,
// in place of the port that the last target brought.
func (e *editor) chooseTarget(key string) {
	e.searching, e.search = false, ""
	e.set(func(f *form) {
		f.pod = key
		if f.ports != "" && f.ports != e.offered {
			return
		}
		f.ports, e.offered = "", ""
		if o, ok := e.lists().find(key); ok && len(o.ports) == 1 {
			f.ports = f.toggleRemote(o.ports[0])
			e.offered = f.ports
		}
	})
	e.apply()
	e.sheet.ports.focus(0)
}

// toggleSearch lists all groups by what is typed, or one of them again.
func (e *editor) toggleSearch() {
	if !e.searching {
		e.openSearch()
		return
	}
	e.searching, e.search = false, ""
	e.apply()
	parts.Focus(e.sheet.groups)
}

// openSearch gives the keyboard to the field that searches all targets.
func (e *editor) openSearch() {
	e.searching = true
	e.apply()
	e.sheet.pod.Focus()
}

// typeSearch looks for what is typed. Nothing is taken before it is chosen.
func (e *editor) typeSearch(text string) {
	e.search = text
	e.apply()
}

// addPort adds an empty pair and gives the keyboard to it.
func (e *editor) addPort() {
	e.set(func(f *form) { f.ports = f.setRow(len(f.rows()), portRow{}) })
	e.sheet.ports.focus(len(e.form.rows()) - 1)
}

// chooseListen takes what to listen on; of addresses that are typed the field opens.
func (e *editor) chooseListen(key string) {
	if e.addresses = key == listenOther; e.addresses {
		e.apply()
		e.sheet.addresses.Focus()
		return
	}
	e.set(func(f *form) { f.listen = key })
	e.apply()
}
