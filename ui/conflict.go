package ui

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/holder"
)

// The verbs of a local port that somebody else has.
const (
	verbUsePort    = "use-port"
	verbSavePort   = "save-port"
	verbWaitPort   = "wait-port"
	verbRetryPort  = "retry-port"
	verbStopHolder = "stop-holder"
	verbOwnPort    = "own-port"
	verbOtherPort  = "other-port"
)

// conflict is a local address that a tunnel wants and somebody else has.
type conflict struct {
	mapping tunnels.Mapping
	addr    netip.AddrPort
	partly  bool // the tunnel listens on another address of the mapping
	owner   tunnels.ID
	title   string // of owner, where that is a tunnel of ours; empty otherwise
}

// conflictOf returns the first conflict of a tunnel.
func conflictOf(st tunnels.Status, all tunnels.Snapshot) (conflict, bool) {
	for _, u := range st.Unbound {
		if u.Err == nil || u.Err.Cause != tunnels.CausePortBusy || u.Addr.Port() == 0 {
			continue
		}
		c := conflict{mapping: u.Mapping, addr: u.Addr}
		c.partly = slices.ContainsFunc(st.Bound, func(b tunnels.Bound) bool { return b.Mapping == u.Mapping })
		if o, ok := ownerOf(all, u.Addr); ok {
			c.owner, c.title = o.Spec.ID, o.Spec.Title()
		}
		return c, true
	}
	return conflict{}, false
}

// ownerOf returns the tunnel that listens on an address, or on all of its family.
func ownerOf(all tunnels.Snapshot, addr netip.AddrPort) (tunnels.Status, bool) {
	for _, st := range all {
		for _, b := range st.Bound {
			same := b.Addr.Addr() == addr.Addr() ||
				b.Addr.Addr().Is4() == addr.Addr().Is4() && (b.Addr.Addr().IsUnspecified() || addr.Addr().IsUnspecified())
			if b.Addr.Port() == addr.Port() && same {
				return st, true
			}
		}
	}
	return tunnels.Status{}, false
}

// where names what a conflict is about: the port, or one address of it where the
// others work.
func (c conflict) where() string {
	if c.partly {
		return c.addr.String()
	}
	return lang.L("Port {{.Port}}", vars{"Port": c.port()})
}

func (c conflict) port() string { return fmt.Sprint(c.addr.Port()) }

// portLook is what is known of a conflict beyond the tunnel's own status.
type portLook struct {
	process holder.Process
	err     error  // of the search for it
	next    uint16 // a free port; 0 for none
	done    bool   // false while it is looked for
	waits   bool   // the user has chosen to wait
}

// conflictView is the card about a local port that is taken, or that another one
// stands in for.
type conflictView struct {
	head  string // empty: there is no card
	path  string // of the program
	note  string
	verbs []verb // best first
	ready bool   // the verbs that need a free port can be used
	calm  bool   // nothing is wrong
}

// conflictViewOf returns the card for a tunnel.
func conflictViewOf(st tunnels.Status, all tunnels.Snapshot, look portLook) conflictView {
	c, ok := conflictOf(st, all)
	if !ok {
		return standInView(st)
	}
	if c.owner == "" && look.done && errors.Is(look.err, holder.ErrFree) {
		return conflictView{
			head: lang.L("{{.Where}} is free again.", vars{"Where": c.where()}),
			note: lang.L("The tunnel takes it within 5 s."), ready: true,
			verbs: []verb{{verbRetryPort, lang.L("Retry now"), "rotate-cw", ""}},
		}
	}
	v := conflictView{head: headOf(c, st.Spec.ID, look), note: noteOf(c, look), ready: look.done}
	if c.owner == "" {
		v.path = look.process.Path
	}
	if !look.done && look.next == 0 && c.addr.Port() < 65535 {
		look.next = c.addr.Port() + 1 // likely, and nothing can be done with it yet
	}
	v.verbs = conflictVerbs(c, st.Spec.ID, look)
	return v
}

// headOf says who has the port.
func headOf(c conflict, asking tunnels.ID, look portLook) string {
	data := vars{"Where": c.where(), "Program": look.process.Name, "PID": fmt.Sprint(look.process.PID), "Tunnel": c.title}
	switch {
	case c.owner == asking:
		return lang.L("{{.Where}} is used by another port of this tunnel.", data)
	case c.owner != "":
		return lang.L("{{.Where}} is used by your tunnel “{{.Tunnel}}”.", data)
	case look.process.Own:
		return lang.L("{{.Where}} is used by Culvert itself.", data)
	case look.process.Name != "":
		return lang.L("{{.Where}} is used by {{.Program}} (pid {{.PID}}).", data)
	case look.process.PID != 0:
		return lang.L("{{.Where}} is used by the process {{.PID}}.", data)
	}
	return lang.L("{{.Where}} is used by another program.", data)
}

// noteOf says what else there is to know.
func noteOf(c conflict, look portLook) string {
	switch {
	case look.waits:
		return lang.L("Waiting until it is free: the tunnel tries every 5 s.")
	case c.owner != "":
		return ""
	case look.done && look.process.PID == 0:
		return lang.L("The system does not tell which one: it may be another user's. Culvert never stops other programs.")
	}
	return lang.L("Culvert never stops other programs.")
}

func conflictVerbs(c conflict, asking tunnels.ID, look portLook) []verb {
	port := vars{"Port": fmt.Sprint(look.next), "Old": c.port(), "Tunnel": c.title}
	use := verb{verbUsePort, lang.L("Use {{.Port}} this time", port), "", ""}
	save := verb{verbSavePort, lang.L("Save {{.Port}}", port), "", ""}
	if look.next == 0 {
		use, save = verb{verbOtherPort, lang.L("Choose a port…"), "", ""}, verb{}
	}
	var out []verb
	switch {
	case look.waits:
		out = []verb{{verbRetryPort, lang.L("Retry now"), "rotate-cw", ""}, use, save}
	case c.owner == asking:
		out = []verb{use, save}
	case c.owner != "":
		out = []verb{use, {verbStopHolder, lang.L("Stop “{{.Tunnel}}”", port), "square", ""}, save}
	default:
		out = []verb{use, save, {verbWaitPort, lang.L("Retry when {{.Old}} is free", port), "", ""}}
	}
	return slices.DeleteFunc(out, func(v verb) bool { return v.key == "" })
}

// standInView tells of a port that stands in for the saved one.
func standInView(st tunnels.Status) conflictView {
	for _, m := range st.Spec.Mappings {
		port, ok := st.Instead[m]
		if !ok {
			continue
		}
		data := vars{"Port": fmt.Sprint(port), "Old": fmt.Sprint(m.Local.Fixed())}
		v := conflictView{
			calm: true, ready: true, note: lang.L("That ends when the tunnel is stopped."),
			verbs: []verb{{verbSavePort, lang.L("Save {{.Port}}", data), "", ""}},
		}
		if m.Local.Fixed() == 0 {
			v.head = lang.L("Port {{.Port}} this time.", data)
			return v
		}
		v.head = lang.L("Port {{.Port}} instead of {{.Old}} this time.", data)
		v.verbs = append(v.verbs, verb{verbOwnPort, lang.L("Back to {{.Old}}", data), "", ""})
		return v
	}
	return conflictView{}
}
