package tunnels

import (
	"sync"
	"time"
)

const (
	// gateEvery is the least time between two connections to a port that has
	// refused one and has accepted none yet.
	gateEvery = 100 * time.Millisecond
	// gateTrust is how long a connection to such a port has to last until
	// others follow it. A node tells of a refusal as soon as it has it.
	gateTrust = 250 * time.Millisecond
)

// gate is what is known of one port in one life of a pod. A program that has
// just started does not listen yet: until its port has taken a connection a
// refusal means "later", and one client asks on behalf of all that wait.
type gate struct {
	mu       sync.Mutex
	accepted bool
	shut     bool // it has refused a connection since the last that lasted
	asking   bool // somebody tries
	asked    time.Time
	changed  chan struct{} // closed and replaced when enter may answer otherwise
}

func newGate() *gate { return &gate{changed: make(chan struct{})} }

// gateKey names a port in one life of a pod's containers.
type gateKey struct {
	uid      string
	restarts int
	port     Port
}

// enter says whether to open a connection now: then pass and asks tell how, and
// leave must follow when asks is true. Otherwise changed is closed, or the time
// after has passed, when it may say otherwise.
func (g *gate) enter() (pass, asks bool, changed <-chan struct{}, after time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.accepted || !g.shut:
		return true, false, nil, 0
	case g.asking:
		return false, false, g.changed, gateEvery
	}
	if wait := gateEvery - time.Since(g.asked); wait > 0 {
		return false, false, g.changed, wait
	}
	g.asking, g.asked = true, time.Now()
	return true, true, nil, 0
}

// leave ends the turn of the one who asked.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asking = false
	g.tellLocked()
}

// refuse notes a refusal and says whether it means "later".
func (g *gate) refuse() (later bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.accepted {
		g.shut = true
	}
	return !g.accepted
}

// trust lets others follow a connection that has lasted.
func (g *gate) trust() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = false
	g.tellLocked()
}

// accept notes that the port has taken a connection.
func (g *gate) accept() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.accepted {
		g.accepted, g.shut = true, false
		g.tellLocked()
	}
}

func (g *gate) tellLocked() {
	close(g.changed)
	g.changed = make(chan struct{})
}
