package tunnels

import (
	"fmt"
	"slices"
)

// Recall tells which local ports the mappings of a tunnel had in an earlier process,
// so that those of AnyPort get them again from the next Start on, where they are
// free; see Status.Bound for the ports that a tunnel has now. Where such a port is
// in use, another is taken, which a warning tells and which is the one that the next
// Start prefers: a port is kept for as long as it can be had, and no longer.
//
// What the tunnel has had in this process counts more, and what is no mapping of
// its own is left out. So are ports of SamePort: their number is the target's, which
// may have another one by now. An error means that there is no such tunnel.
func (m *Manager) Recall(id ID, ports map[Mapping]uint16) error {
	t, err := m.find(id)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for mp, port := range ports {
		if mp.Local == AnyPort && port != 0 && t.sticky[mp] == 0 && slices.Contains(t.spec.Mappings, mp) {
			t.sticky[mp] = port
		}
	}
	return nil
}

// Recallable returns the ports of a status that [Manager.Recall] may give back: the
// random ones that the tunnel has now, and nothing that stands in for them.
func (st Status) Recallable() map[Mapping]uint16 {
	ports := make(map[Mapping]uint16)
	for _, b := range st.Bound {
		if _, standsIn := st.Instead[b.Mapping]; b.Mapping.Local == AnyPort && !standsIn {
			ports[b.Mapping] = b.Addr.Port()
		}
	}
	return ports
}

// movedFrom is the warning about a random port that could not be had again; empty
// when there is none.
func (b *binder) movedFrom() string {
	if b.before == 0 || b.port == 0 || b.before == b.port || b.instead || len(b.open) == 0 {
		return ""
	}
	return fmt.Sprintf("Port %d, which it had before, is in use: it listens on %d instead.", b.before, b.port)
}
