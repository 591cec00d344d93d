package ui

import (
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/holder"
	"culvert/ui/parts"
)

// verdict is what is known of a row's local port: a glyph or icon, and words.
type verdict struct {
	glyph  string // a state's drawing; empty for none
	text   string
	colour fyne.ThemeColorName
}

// portTrial is what came of trying to listen on a local port.
type portTrial struct {
	done    bool
	err     *tunnels.Error // nil when it is free
	process holder.Process // who has it
	found   error          // why that is not known
}

// triedPort names a trial: a port on what the form listens on.
type triedPort struct {
	listen string
	port   uint16
}

// verdict judges the local port of a row. A port that a tunnel of ours has, or
// wants, was not tried.
func (f form) verdict(r portRow, snap tunnels.Snapshot, trial portTrial) verdict {
	m, ok := r.mapping()
	if !ok {
		local, ok := portRow{r.local, "1"}.mapping()
		if r.remote != "" || r.local == "" || !ok {
			return verdict{}
		}
		m = local // the other field is still empty
	}
	port := m.Local.Fixed()
	switch m.Local {
	case tunnels.AnyPort:
		return verdict{text: lang.L("kept once picked"), colour: parts.Text3}
	case tunnels.SamePort:
		return verdict{text: lang.L("known once it is found"), colour: parts.Text3}
	}
	switch at := f.tunnelAt(port, snap); {
	case at.own:
		return verdict{"ready", lang.L("its own already"), parts.Text3}
	case at.has:
		return taken(at.name)
	case at.name != "":
		return verdict{"degraded", lang.L("wanted by {{.Holder}} too", vars{"Holder": at.name}), parts.Amber}
	}
	return trial.verdict(port)
}

func taken(by string) verdict {
	return verdict{"needs", lang.L("taken by {{.Holder}}", vars{"Holder": by}), parts.Red}
}

func (t portTrial) verdict(port uint16) verdict {
	switch {
	case !t.done:
		return verdict{text: lang.L("looking…"), colour: parts.Text3}
	case t.err == nil:
		return verdict{"ready", lang.L("free"), parts.Text3}
	case t.err.Cause == tunnels.CausePrivileged && port < 1024:
		return verdict{"needs", lang.L("needs rights below 1024"), parts.Red}
	case t.err.Cause != tunnels.CausePortBusy:
		return verdict{"needs", lang.L("cannot be had here"), parts.Red}
	case t.found == nil && t.process.Name != "":
		return taken(lang.L("{{.Program}} (pid {{.PID}})", vars{"Program": t.process.Name, "PID": t.process.PID}))
	case t.found == nil && t.process.PID != 0:
		return taken(lang.L("process {{.PID}}", vars{"PID": t.process.PID}))
	case errors.Is(t.found, holder.ErrFree):
		return verdict{"needs", lang.L("taken a moment ago"), parts.Red}
	}
	return verdict{"needs", lang.L("taken by another program"), parts.Red}
}

// rival is the tunnel that has, or wants, a local port where the form listens.
type rival struct {
	name string // empty for none
	has  bool   // it listens there now
	own  bool   // it is the one that the form is of, and listens there now
}

func (f form) tunnelAt(port uint16, snap tunnels.Snapshot) rival {
	var out rival
	mine := tunnels.ListenAddrs(f.listenWords())
	for _, st := range snap {
		bound := slices.ContainsFunc(st.Bound, func(b tunnels.Bound) bool {
			return b.Addr.Port() == port && overlaps(b.Addr.Addr(), mine)
		})
		switch {
		case st.Spec.ID == f.id && bound:
			return rival{own: true}
		case st.Spec.ID != f.id && (bound || out.name == "" && takesPort(st, mine, port)):
			out = rival{name: st.Spec.Title(), has: bound}
		}
		if out.has {
			return out
		}
	}
	return out
}

// portsToTry are the local ports of which only the system knows whether they are
// free.
func (f form) portsToTry(snap tunnels.Snapshot) []uint16 {
	var out []uint16
	for _, r := range f.rows() {
		m, ok := r.mapping()
		if !ok {
			if m, ok = (portRow{r.local, "1"}).mapping(); !ok || r.remote != "" {
				continue
			}
		}
		port := m.Local.Fixed()
		if port == 0 || slices.Contains(out, port) {
			continue
		}
		if f.tunnelAt(port, snap) == (rival{}) {
			out = append(out, port)
		}
	}
	return out
}
