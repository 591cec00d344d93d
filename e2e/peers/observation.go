package peers

import (
	"fmt"
	"strings"
	"time"
)

// Observation is what was seen of one peer in one row, from outside. What was
// not looked at is zero.
type Observation struct {
	Row, Peer string
	// Started says that it served, or where nothing can be served yet that its
	// port took connections, before the fault.
	Started bool
	// Exit is how the process ended by itself, as "status 1"; empty when it
	// lived at the end.
	Exit string `json:",omitempty"`
	// Accepts says that the local port took a connection at the end.
	Accepts bool
	// Nobody says that there is no pod to which it could rightly lead.
	Nobody bool `json:",omitempty"`
	// Served says that a connection made since the fault began was served after
	// the fault was over, so many seconds after that. Patience bounds the wait.
	Served   bool
	After    float64 `json:",omitempty"`
	Patience float64 `json:",omitempty"`
	// New connections that were made while the fault lasted and until one was
	// served, and how many of them were not.
	New, Lost int
	// FirstLost tells of the first of those: when it was made after the fault
	// began, and how it ended.
	FirstLost string `json:",omitempty"`
	// Transfer is what became of a connection that carried data.
	Transfer Ending `json:",omitempty"`
	// Beside is how many of so many connections beside a bad one were served.
	Beside, Of int `json:",omitempty"`
	// Stopped is how many seconds it took to end when asked to, and PortFree
	// whether its port could be taken then; only where the row is about that.
	Stopped  float64 `json:",omitempty"`
	Killed   bool    `json:",omitempty"` // it did not end
	PortFree bool    `json:",omitempty"`
	// Said is the last line that it printed before it was asked to end, without
	// addresses.
	Said string `json:",omitempty"`
}

// Ending is how a transfer ended for the client.
type Ending string

// The endings. A reset tells a program that data is missing; an orderly end of
// the connection before the end of the data looks like success to those that do
// not count.
const (
	Whole   Ending = "whole"   // everything came
	Told    Ending = "told"    // cut, with an error that the client sees
	Silent  Ending = "silent"  // cut, with an orderly end
	Hanging Ending = "hanging" // neither data nor an end
	Wrong   Ending = "wrong"   // other bytes than were sent
)

// Grade orders verdicts; lower is better.
type Grade int

// The grades.
const (
	Serves  Grade = iota // as if nothing were
	Hurt                 // it serves, and clients have noticed something
	Refuses              // it does not start
	Useless              // it does not serve any more, or never has
	Corrupt              // data was lost without a word, or came from elsewhere
)

// Verdict is an observation in words, with its grade.
type Verdict struct {
	Text  string
	Grade Grade
}

// Verdict judges by fixed rules.
func (o Observation) Verdict() Verdict {
	var v verdict
	v.transfer(o)
	v.process(o)
	v.clients(o)
	return Verdict{strings.Join(v.parts, "; "), v.grade}
}

type verdict struct {
	parts []string
	grade Grade
}

func (v *verdict) add(g Grade, format string, args ...any) {
	v.parts = append(v.parts, fmt.Sprintf(format, args...))
	v.grade = max(v.grade, g)
}

func (v *verdict) transfer(o Observation) {
	switch o.Transfer {
	case Silent:
		v.add(Corrupt, "data lost without a word")
	case Wrong:
		v.add(Corrupt, "other data than was sent")
	case Hanging:
		v.add(Useless, "the transfer hangs")
	case Told:
		v.add(Hurt, "the transfer is cut, with an error")
	case Whole:
	}
}

func (v *verdict) process(o Observation) {
	switch {
	case o.Stopped > 0 && o.Killed:
		v.add(Useless, "does not end when asked to")
	case o.Stopped > 0:
		v.add(Serves, "ends in %.1f s", o.Stopped)
	case o.Nobody && o.Served:
		v.add(Corrupt, "leads to a pod that it was not asked for")
	case o.Nobody && o.Exit == "":
		v.add(Refuses, "runs and does not serve")
	case (o.Nobody || !o.Started) && o.Exit != "":
		v.add(Refuses, "does not start, %s", o.Exit)
	case !o.Started && !o.Served:
		v.add(Useless, "runs and never serves")
	case o.Exit != "":
		v.add(Useless, "exits, %s", o.Exit)
	case o.Served && o.After >= noticeable:
		v.add(Serves, "goes on, serves after %.1f s", o.After)
	case o.Served:
		v.add(Serves, "goes on")
	case o.Accepts:
		v.add(Useless, "accepts and does not serve within %.0f s", o.Patience)
	default:
		v.add(Useless, "runs, but its port is gone")
	}
}

// noticeable is how many seconds of waiting are told.
const noticeable = 0.5

func (v *verdict) clients(o Observation) {
	if o.Of > 0 && o.Beside < o.Of {
		v.add(Hurt, "%d of %d connections served", o.Beside, o.Of)
		if o.Beside == 0 {
			v.grade = max(v.grade, Useless)
		}
	}
	if o.Lost > 0 && o.Served && !o.Nobody && o.Exit == "" {
		v.add(Hurt, "%d of %d new connections lost", o.Lost, o.New)
	}
	if o.Stopped > 0 && !o.PortFree {
		v.add(Hurt, "its port is not free")
	}
}

// behind says whether a is clearly worse than b: in its grade, as it cuts a
// transfer that the other keeps, or as serving much later.
func behind(a, b Observation) bool {
	va, vb := a.Verdict(), b.Verdict()
	if va.Grade != vb.Grade {
		return va.Grade > vb.Grade
	}
	if b.Transfer == Whole && a.Transfer != Whole {
		return true
	}
	return a.Served && b.Served && a.After > b.After+clearly.Seconds()
}

// clearly is more than chance makes of a difference on a busy machine.
const clearly = 2 * time.Second
