package tunnels

import "slices"

// maxTimeline bounds the events kept of one tunnel.
const maxTimeline = 256

// timeline is what happened to a tunnel last, oldest first. Connections that are
// accepted are not in it, and failures that are the same count as one.
type timeline struct{ events []Event }

func (l *timeline) add(e Event) {
	if e.Kind == EventConn {
		return
	}
	e.Times = 1
	if n := len(l.events); n > 0 && sameFailure(l.events[n-1], e) {
		e.Times += l.events[n-1].Times
		l.events = l.events[:n-1]
	}
	if len(l.events) == maxTimeline {
		l.events = slices.Delete(l.events, 0, 1)
	}
	l.events = append(l.events, e)
}

func sameFailure(a, b Event) bool {
	return a.Kind == b.Kind && (a.Kind == EventFailed || a.Kind == EventCrash) && a.Mapping == b.Mapping && a.Pod == b.Pod &&
		a.Err != nil && b.Err != nil && a.Err.Error() == b.Err.Error()
}

// Timeline returns what happened to a tunnel last, oldest first: at most 256
// events, those of earlier runs included. Accepted connections are left out, and
// connections that failed one after the other for the same reason are one event
// with the time of the last.
func (m *Manager) Timeline(id ID) []Event {
	t, err := m.find(id)
	if err != nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.past.events)
}
