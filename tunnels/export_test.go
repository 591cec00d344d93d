package tunnels

import "time"

// FailSupervision has a goroutine that keeps a tunnel's sessions panic.
func (m *Manager) FailSupervision(id ID) {
	t, _ := m.find(id)
	l := t.running().allLanes()[0]
	l.crew.spawn("a test", func() {
		l.r.mu.Lock()
		defer l.r.mu.Unlock()
		panic("supervision")
	})
}

// FailListening has the goroutine that binds a tunnel's ports panic.
func (m *Manager) FailListening(id ID) {
	t, _ := m.find(id)
	t.running().moving <- move{mappings: []Mapping{}, done: make(chan struct{})}
}

// Oversleep is a sleep of an hour that nobody has noticed yet.
func (m *Manager) Oversleep() {
	last := m.clock()
	last.wall = last.wall.Add(-time.Hour)
	m.looked.Store(&last)
}
