package tunnels

import (
	"context"
	"slices"
)

// PutBefore is Put; a new tunnel comes right before another one or, where there is
// no such tunnel, behind all.
func (m *Manager) PutBefore(spec Spec, before ID) error { return m.put(spec, before, "") }

// PutStopped is Put, but a running tunnel is stopped, as by Stop, before it would go
// by the new spec. Its status says why until the next Start, and so does its
// timeline; why is a short phrase, and not empty.
func (m *Manager) PutStopped(spec Spec, why string) error { return m.put(spec, "", why) }

func (m *Manager) put(spec Spec, before ID, why string) error {
	if err := spec.Validate(); err != nil {
		return err
	}
	t, err := m.add(spec, before)
	if err != nil {
		return err
	}
	m.feed.notify()
	if t == nil {
		return nil
	}
	return t.replace(context.Background(), spec, why)
}

// add adds a tunnel, or returns the one that has its ID.
func (m *Manager) add(spec Spec, before ID) (there *tunnel, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	if t, ok := m.tunnels[spec.ID]; ok {
		return t, nil
	}
	m.tunnels[spec.ID] = newTunnel(m, spec)
	to := slices.Index(m.order, before)
	if to < 0 {
		to = len(m.order)
	}
	m.order = slices.Insert(m.order, to, spec.ID)
	return nil, nil //nolint:nilnil // there was none
}

// Arrange gives the tunnels another order in [Snapshot]: those that ids names first
// and in that order, the others behind them in the order that they have. IDs of no
// tunnel are left out. The tunnels themselves are left alone, and Arrange does not
// wait.
func (m *Manager) Arrange(ids []ID) {
	if m.arrange(ids) {
		m.feed.notify()
	}
}

// arrange is Arrange, and says whether the order has changed.
func (m *Manager) arrange(ids []ID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	order := make([]ID, 0, len(m.order))
	placed := make(map[ID]bool, len(ids))
	for _, id := range slices.Concat(ids, m.order) {
		if m.tunnels[id] != nil && !placed[id] {
			placed[id] = true
			order = append(order, id)
		}
	}
	same := slices.Equal(order, m.order)
	m.order = order
	return !same
}
