package ui

import (
	"context"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/holder"
)

// lookEvery is the least time between two looks at who has a port.
const lookEvery = 5 * time.Second

// portLooks looks at the conflict of the tunnel that is shown.
type portLooks struct {
	of   wantedPort
	at   time.Time
	busy bool
	look portLook
	wait map[wantedPort]bool // the user has chosen to wait
}

// wantedPort is a local address that a tunnel wants.
type wantedPort struct {
	id   tunnels.ID
	addr netip.AddrPort
}

// lookAtPort returns what is known of a tunnel's conflict, and looks again when that
// is old.
func (a *App) lookAtPort(st tunnels.Status) portLook {
	p := &a.ports
	c, ok := conflictOf(st, a.snap)
	if !ok {
		p.of = wantedPort{}
		for k := range p.wait {
			if k.id == st.Spec.ID {
				delete(p.wait, k) // it is over: the next one is another matter
			}
		}
		return portLook{}
	}
	of := wantedPort{st.Spec.ID, c.addr}
	if p.of != of {
		p.of, p.at, p.busy, p.look = of, time.Time{}, false, portLook{}
	}
	if now := a.deps.Now(); !p.busy && (p.at.IsZero() || now.Sub(p.at) >= lookEvery) {
		p.busy, p.at = true, now
		a.spawn(func(ctx context.Context) { a.findHolder(ctx, of, c.owner == "", st.Spec.Listen) })
	}
	look := p.look
	look.waits = p.wait[of]
	return look
}

// findHolder looks away from the toolkit's goroutine.
func (a *App) findHolder(ctx context.Context, of wantedPort, foreign bool, listen []string) {
	look := portLook{done: true}
	if foreign {
		look.process, look.err = a.deps.Holder(of.addr)
	}
	if port := of.addr.Port(); port < 65535 {
		look.next, _ = a.deps.Tunnels.NextFree(ctx, listen, port+1) // none is what 0 says
	}
	if ctx.Err() != nil {
		return
	}
	a.do(func() {
		if a.ports.of == of {
			a.ports.look, a.ports.busy = look, false
			a.apply()
		}
	})
}

// portVerb does one of the verbs of the conflict card; ok is false for other verbs.
func (a *App) portVerb(key string, st tunnels.Status) (ok bool) {
	c, taken := conflictOf(st, a.snap)
	id, next := st.Spec.ID, uint16(0)
	if a.ports.of == (wantedPort{id, c.addr}) {
		next = a.ports.look.next
	}
	switch key {
	case verbUsePort:
		if taken && next != 0 {
			a.startOn(id, map[tunnels.Mapping]uint16{c.mapping: next})
		}
	case verbSavePort:
		a.savePort(st, c, next, taken)
	case verbWaitPort:
		if taken {
			a.ports.await(wantedPort{id, c.addr})
			a.apply()
		}
	case verbRetryPort:
		a.reconnect(id)
	case verbStopHolder:
		if taken && c.owner != "" {
			a.stopFor(c.owner, id)
		}
	case verbOwnPort:
		back := make(map[tunnels.Mapping]uint16)
		for m := range st.Instead {
			if n := m.Local.Fixed(); n != 0 {
				back[m] = n
			}
		}
		if len(back) > 0 { // without a port that stands in there is none to go back to
			a.startOn(id, back)
		}
	case verbOtherPort:
		a.edit(id)
	default:
		return false
	}
	return true
}

func (p *portLooks) await(of wantedPort) {
	if p.wait == nil {
		p.wait = make(map[wantedPort]bool)
	}
	p.wait[of] = true
}

func (a *App) startOn(id tunnels.ID, local map[tunnels.Mapping]uint16) {
	a.act(id, lang.L("Starting…"), func(ctx context.Context) error { return a.deps.Tunnels.StartOn(ctx, id, local) })
}

// savePort stores the port that is offered, or those that stand in now.
func (a *App) savePort(st tunnels.Status, c conflict, next uint16, taken bool) {
	local := st.Instead
	if taken {
		local = map[tunnels.Mapping]uint16{c.mapping: next}
	}
	if taken && next == 0 || len(local) == 0 {
		return
	}
	spec := st.Spec
	spec.Mappings = withLocals(spec.Mappings, local)
	var ports []string
	for _, m := range spec.Mappings {
		ports = append(ports, m.String())
	}
	a.changeSpec(st.Spec, spec, lang.L("“{{.Tunnel}}” now forwards {{.Ports}}.", vars{"Tunnel": spec.Title(), "Ports": strings.Join(ports, ", ")}))
}

// withLocals returns mappings with other local ports.
func withLocals(ms []tunnels.Mapping, local map[tunnels.Mapping]uint16) []tunnels.Mapping {
	out := make([]tunnels.Mapping, len(ms))
	for i, m := range ms {
		out[i] = m
		if n, ok := local[m]; ok && n != 0 {
			out[i].Local = tunnels.LocalPort(n)
		}
	}
	return out
}

// stopFor stops a tunnel for the sake of another one, which then tries its ports.
func (a *App) stopFor(owner, id tunnels.ID) {
	a.act(owner, lang.L("Stopping…"), func(ctx context.Context) error {
		err := a.deps.Tunnels.Stop(ctx, owner)
		if err == nil {
			a.deps.Tunnels.Kick(id)
		}
		return err
	})
}

// changeSpec stores a changed spec and offers to take that back.
func (a *App) changeSpec(was, spec tunnels.Spec, told string) {
	if a.refusesChange(was) {
		return
	}
	a.act(spec.ID, lang.L("Changing…"), func(ctx context.Context) error {
		err := a.deps.Tunnels.Put(spec)
		if err == nil && ctx.Err() == nil {
			a.do(func() { a.offerBack(told, was, spec) })
		}
		return err
	})
}

func (a *App) offerBack(told string, was, spec tunnels.Spec) {
	a.offer("pencil", told, func() { a.changeBack(was, spec) })
}

// changeBack takes a change of a spec back, unless there is more to lose by it: what
// was changed since, or that the tunnel was removed.
func (a *App) changeBack(was, spec tunnels.Spec) {
	st, ok := a.snap.Find(was.ID)
	if !ok || !reflect.DeepEqual(st.Spec, spec) && !reflect.DeepEqual(st.Spec, was) {
		a.tell(lang.L("Not undone"), lang.L("“{{.Name}}” was changed again or removed meanwhile.", vars{"Name": was.Title()}))
		return
	}
	a.act(was.ID, lang.L("Changing…"), func(context.Context) error { return a.deps.Tunnels.Put(was) })
}

// Holder tells which program listens on a local address; [holder.Find] does.
type Holder func(netip.AddrPort) (holder.Process, error)
