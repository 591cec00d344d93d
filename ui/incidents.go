package ui

import (
	"slices"
	"time"

	"culvert/tunnels"
)

// When the user is told of a tunnel that fails.
const (
	failsFor   = 10 * time.Second // until it is told
	alsoFails  = 5 * time.Second  // what fails as long goes along
	wellFor    = 5 * time.Second  // until its recovery is told
	alsoWell   = 2 * time.Second  // what is well as long goes along
	failsAgain = time.Minute      // until it is told once more in one incident
	overAfter  = time.Minute      // being well until an incident is over
)

// noticeEvery is the least time between two notices of failures, and between two of
// recoveries: what comes meanwhile is summed up.
const noticeEvery = time.Minute

// longestGap bounds the time that counts between two looks: a computer that slept
// has seen nothing.
const longestGap = 2 * time.Second

// incident is the trouble of one tunnel, from its first failure until it was well
// for a while.
type incident struct {
	failed time.Duration // in all, since the user was told last
	well   time.Duration // without a failure since
	state  tunnels.State // as it was seen last
	told   bool          // that it fails
	again  bool          // and also that it recovered, before
	silent bool          // the user has seen it, or wants to hear nothing of it
}

// incidents decide what the user is told beside the window. They are looked at each
// second; nothing runs by itself.
type incidents struct {
	by     map[tunnels.ID]*incident
	looked time.Time
	// lost and back are how long ago failures and recoveries were told.
	lost, back time.Duration
}

func newIncidents() incidents {
	return incidents{by: make(map[tunnels.ID]*incident), lost: noticeEvery, back: noticeEvery}
}

// report is what the user is to be told now.
type report struct {
	lost, back []tunnels.Status
}

func (r report) empty() bool { return len(r.lost)+len(r.back) == 0 }

// fails says whether a state is one that somebody should know of.
func fails(s tunnels.State) bool {
	switch s {
	case tunnels.Reconnecting, tunnels.Waiting, tunnels.NeedsUser, tunnels.Degraded:
		return true
	case tunnels.Stopped, tunnels.Ready, tunnels.Starting:
	}
	return false
}

// look takes a snapshot and returns what the user is to be told now. quiet are
// tunnels of which nothing is told; seen says that the user looks at the window,
// where what needs the user stands.
func (in *incidents) look(now time.Time, snap tunnels.Snapshot, quiet func(tunnels.Spec) bool, seen bool) report {
	gap := min(max(now.Sub(in.looked), 0), longestGap)
	if in.looked.IsZero() {
		gap = 0
	}
	in.looked = now
	in.lost, in.back = in.lost+gap, in.back+gap
	there := make(map[tunnels.ID]bool, len(in.by))
	for _, st := range snap {
		if in.note(st, gap, quiet(st.Spec), seen) {
			there[st.Spec.ID] = true
		}
	}
	for id := range in.by {
		if !there[id] {
			delete(in.by, id)
		}
	}
	return in.due(snap)
}

// note counts the time since the last look for one tunnel, and says whether it has
// an incident. A tunnel that was stopped has none: the user wanted it so.
func (in *incidents) note(st tunnels.Status, gap time.Duration, quiet, seen bool) bool {
	i := in.by[st.Spec.ID]
	switch {
	case st.State == tunnels.Stopped, i == nil && !fails(st.State):
		return false
	case i == nil:
		i = &incident{state: st.State}
		in.by[st.Spec.ID] = i
	case fails(i.state):
		i.failed, i.well = i.failed+gap, 0
	case i.state == tunnels.Ready:
		i.well += gap
	}
	i.state = st.State
	i.silent = quiet || seen && st.State == tunnels.NeedsUser || i.silent && fails(st.State) && !i.told
	return i.well < overAfter || i.told && !i.silent
}

// due returns what has come so far that it is told, and notes that it is.
func (in *incidents) due(snap tunnels.Snapshot) report {
	var r report
	lost := in.lost >= noticeEvery && slices.ContainsFunc(snap, func(st tunnels.Status) bool { return in.isLost(st, failsFor) })
	back := in.back >= noticeEvery && slices.ContainsFunc(snap, func(st tunnels.Status) bool { return in.isBack(st, wellFor) })
	for _, st := range snap {
		switch i := in.by[st.Spec.ID]; {
		case lost && in.isLost(st, alsoFails):
			i.told, i.failed = true, 0
			r.lost = append(r.lost, st)
		case back && in.isBack(st, alsoWell):
			i.told, i.again, i.failed = false, true, 0
			r.back = append(r.back, st)
		}
	}
	if lost {
		in.lost = 0
	}
	if back {
		in.back = 0
	}
	return r
}

// isLost says whether a tunnel fails for so long that it is told.
func (in *incidents) isLost(st tunnels.Status, least time.Duration) bool {
	i := in.by[st.Spec.ID]
	if i == nil || i.told || i.silent || !fails(i.state) {
		return false
	}
	if i.again {
		least = failsAgain
	}
	return i.failed >= least
}

// isBack says whether a tunnel of which it was told is well for so long again.
func (in *incidents) isBack(st tunnels.Status, least time.Duration) bool {
	i := in.by[st.Spec.ID]
	return i != nil && i.told && !i.silent && i.state == tunnels.Ready && i.well >= least
}
