package workspace

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"culvert/tunnels"
)

const (
	// writeAfter is how long what is noted may wait for more.
	writeAfter = time.Second
	// writeAgain is when what could not be written, as on a full disk, is tried again.
	writeAgain = 30 * time.Second
	// lockWait bounds how long the beginning and the end wait for another process.
	lockWait = time.Second
)

// journal keeps what is state: the random ports of tunnels, and which of them run.
// Its methods may be called from any goroutine.
type journal struct {
	path string // empty keeps nothing on a disk
	// passing leaves what ran to other processes, see Options.Passing.
	passing bool
	held    func(tunnels.ID) bool // runs for those alone who hold it; nil where that is never so
	warn    func(error)
	more    chan struct{} // 1 slot: there is something to write

	mu      sync.Mutex
	kept    map[place]past
	dirty   map[place]bool // differs from what was written last
	places  map[tunnels.ID]place
	waiting map[tunnels.ID]bool // stopped, and yet to run as it did in the last process
	told    string              // the trouble that was told of last
}

// openJournal reads the file. What is wrong with it is told, and no error.
func openJournal(ctx context.Context, path string, passing bool, warn func(error)) *journal {
	j := &journal{
		path: path, passing: passing, warn: warn, more: make(chan struct{}, 1),
		kept: make(map[place]past), dirty: make(map[place]bool),
		places: make(map[tunnels.ID]place), waiting: make(map[tunnels.ID]bool),
	}
	if path == "" {
		return j
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	err := updateState(ctx, path, time.Now(), warn, func(kept map[place]past) { j.kept = maps.Clone(kept) })
	if err == nil {
		return j
	}
	j.tell(err)
	if kept, _, err := readState(path); err == nil { // it can be read, if not written
		j.kept = kept
	}
	return j
}

// adopt takes a tunnel into the journal and returns the ports that it had.
func (j *journal) adopt(spec tunnels.Spec, at place) map[tunnels.Mapping]uint16 {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.places[spec.ID] = at
	return portsOf(j.kept[at].Ports)
}

// ran says whether a tunnel that was adopted, and which leads where it led, ran when
// the last process ended. It counts as one that runs until it has.
func (j *journal) ran(spec tunnels.Spec) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.kept[j.places[spec.ID]]
	if !p.Running || p.Context != spec.Target.Context {
		return false
	}
	j.waiting[spec.ID] = true
	return true
}

// place takes note of how tunnels are named now. Those that have no name any more
// are gone: only their ports are kept.
func (j *journal) place(now map[tunnels.ID]place) {
	j.mu.Lock()
	defer j.mu.Unlock()
	carried := make(map[place]past)
	for id, old := range j.places {
		at, there := now[id]
		if there && at == old {
			continue
		}
		p, known := j.kept[old]
		delete(j.kept, old)
		if known {
			j.dirty[old] = true
		}
		if there {
			j.places[id], old = at, at
		} else {
			delete(j.places, id)
			delete(j.waiting, id)
			p.Running, p.Seen = false, time.Now()
		}
		if _, taken := carried[old]; known && (there || !taken) {
			carried[old] = p
		}
	}
	for at, p := range carried {
		j.kept[at], j.dirty[at] = p, true
	}
	if len(carried) > 0 {
		j.signal()
	}
}

// note takes down how the adopted tunnels are.
func (j *journal) note(s tunnels.Snapshot) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now, news := time.Now(), false
	for _, st := range s {
		at, ok := j.places[st.Spec.ID]
		if !ok {
			continue
		}
		before := j.kept[at]
		p := pastOf(st, before)
		p.Running = p.Running && !j.passing && !at.ofGuest() && (j.held == nil || !j.held(st.Spec.ID))
		if p.Running {
			delete(j.waiting, st.Spec.ID)
		} else if j.waiting[st.Spec.ID] {
			continue
		}
		p.Seen = now
		if p.empty() && before.empty() || p.same(before) && now.Sub(before.Seen) < seenEvery {
			continue
		}
		j.kept[at], j.dirty[at], news = p, true, true
	}
	if news {
		j.signal()
	}
}

// pastOf is what is to be kept of a tunnel of which before was kept.
func pastOf(st tunnels.Status, before past) past {
	ports := portsFor(st.Spec, before.Ports)
	maps.Copy(ports, portsText(st.Recallable()))
	return past{Context: st.Spec.Target.Context, Ports: ports, Running: st.State != tunnels.Stopped}
}

func (j *journal) signal() {
	select {
	case j.more <- struct{}{}:
	default:
	}
}

// run writes what is noted, until ctx is done.
func (j *journal) run(ctx context.Context) {
	var again <-chan time.Time // after a failure
	for {
		select {
		case <-j.more:
		case <-again:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(writeAfter):
		case <-ctx.Done():
			return
		}
		again = nil
		if !j.write(ctx) {
			again = time.After(writeAgain)
		}
	}
}

// end writes how tunnels are that are about to be stopped because the program ends.
func (j *journal) end(s tunnels.Snapshot) {
	j.mu.Lock()
	clear(j.waiting)
	j.mu.Unlock()
	j.note(s)
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	j.write(ctx)
}

// write brings what is new to the disk, and says whether it has. What could not be
// written is new still.
func (j *journal) write(ctx context.Context) bool {
	j.mu.Lock()
	dirty, kept := j.dirty, maps.Clone(j.kept)
	j.dirty = make(map[place]bool)
	j.mu.Unlock()
	if j.path == "" || len(dirty) == 0 {
		return true
	}
	err := updateState(ctx, j.path, time.Now(), j.warn, func(file map[place]past) {
		for at := range dirty {
			p, ok := kept[at]
			was := file[at]
			switch {
			case j.passing && was.Running: // which another process has noted
				if ok {
					was.Ports, was.Seen = p.Ports, p.Seen
					file[at] = was
				}
			case ok:
				file[at] = p
			default:
				delete(file, at)
			}
		}
	})
	j.mu.Lock()
	if err != nil {
		maps.Copy(j.dirty, dirty)
	}
	j.mu.Unlock()
	if !errors.Is(err, context.Canceled) {
		j.tell(err)
	}
	return err == nil
}

// tell tells of trouble that is not the same as before.
func (j *journal) tell(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	j.mu.Lock()
	again := text == j.told
	j.told = text
	j.mu.Unlock()
	if err != nil && !again {
		j.warn(err)
	}
}
