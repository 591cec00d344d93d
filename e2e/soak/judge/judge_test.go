package judge

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// world is a made-up run of one tunnel, a, and another one, b, at seconds of its own.
type world struct {
	*Judge
	zero time.Time
	id   uint64
}

func newWorld() *world {
	return &world{Judge: New([]string{"a", "b"}, nil), zero: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func (w *world) at(seconds float64) time.Time {
	return w.zero.Add(time.Duration(seconds * float64(time.Second)))
}

func (w *world) show(name, state string, at float64) {
	w.Show(name, state, "", state == "ready", w.at(at))
}

// probe is one that begins and ends; err is nil for an echo.
func (w *world) probe(name string, began, ended float64, err error) {
	w.id++
	w.ProbeBegan(name, w.id, w.at(began))
	w.ProbeEnded(name, w.id, w.at(ended), err)
}

// probes are some in a row that succeed, twice a second.
func (w *world) probes(name string, from, to float64) {
	for at := from; at < to; at += 0.5 {
		w.probe(name, at, at+0.01, nil)
	}
}

// fault is one from beginning to end.
func (w *world) fault(f Fault, began, ended float64, hurt []string) *Window {
	window := w.Begin(f, w.at(began))
	w.End(window, w.at(began), w.at(ended), hurt)
	return window
}

func (w *world) conn(name string, opened, ended float64, err error) {
	w.Conn(Conn{Tunnel: name, What: "download", Opened: w.at(opened), Ended: w.at(ended), Err: err})
}

var errCut = errors.New("connection reset by peer")

func TestJudge(t *testing.T) {
	loud, quiet := Fault{Name: "killed"}, Fault{Name: "black hole", Silent: true}
	frozen, slow := Fault{Name: "culvert frozen", Silent: true, Still: true}, Fault{Name: "slow", Slow: true}
	justA := []string{"a"}
	for _, test := range []struct {
		name string
		run  func(w *world)
		want []string // parts of violations, in their order
	}{
		{"all is well", func(w *world) {
			w.show("a", "ready", 0)
			w.probes("a", 1, 60)
			w.conn("a", 1, 50, nil)
		}, nil},

		{"a wrong byte is not explained by a fault", func(w *world) {
			w.fault(loud, 10, 20, justA)
			w.probes("a", 21, 30)
			w.Conn(Conn{Tunnel: "a", What: "download", Opened: w.at(5), Ended: w.at(12), Wrong: "byte 7 is 0x1 instead of 0x2"})
		}, []string{"bytes: a: the download of 00:00:05: byte 7 is"}},

		{"a connection fails without a fault", func(w *world) { w.conn("a", 1, 5, errCut) }, []string{"connection: a: the download of 00:00:01"}},
		{"a connection is cut by a fault", func(w *world) {
			w.fault(loud, 10, 20, justA)
			w.conn("a", 1, 12, errCut)
			w.probes("a", 21, 30)
		}, nil},
		{"a fault elsewhere cuts it", func(w *world) {
			w.fault(loud, 10, 20, []string{"b"})
			w.conn("a", 1, 12, errCut)
			w.probes("b", 21, 30)
		}, []string{"connection: a"}},
		{"a fault that cuts nothing cuts it", func(w *world) {
			w.fault(slow, 10, 20, []string{})
			w.conn("a", 1, 12, errCut)
		}, []string{"connection: a"}},
		{"it was cut before the fault", func(w *world) {
			w.fault(loud, 10, 20, justA)
			w.conn("a", 1, 9.9, errCut)
			w.probes("a", 21, 30)
		}, []string{"connection: a"}},
		{"it was opened after the recovery", func(w *world) {
			w.fault(loud, 10, 20, justA)
			w.probes("a", 22, 30)
			w.conn("a", 23, 24, errCut)
		}, []string{"connection: a"}},
		{"it was opened before the recovery", func(w *world) {
			w.fault(loud, 10, 20, justA)
			w.conn("a", 21, 31, errCut)
			w.probes("a", 24, 30)
		}, nil},
		{"it drained for too long", func(w *world) {
			w.fault(loud, 10, 20, justA)
			w.probes("a", 21, 30)
			w.conn("a", 1, 80, errCut)
		}, []string{"connection: a"}},
		{"a probe fails without a fault", func(w *world) {
			w.probe("a", 1, 2, errCut)
		}, []string{"connection: a: a probe of 00:00:01 has failed"}},

		{"a tunnel does not recover", func(w *world) {
			w.show("a", "reconnecting", 11)
			w.show("b", "ready", 0)
			w.fault(loud, 10, 20, nil)
			w.probes("b", 21, 30)
			w.probe("a", 15, 46, nil) // it was opened before the end
		}, []string{"recovery: a: it does not work 25s after the end of killed; it is shown as reconnecting"}},

		{"ready, and probes fail", func(w *world) {
			w.show("a", "ready", 0)
			w.probes("a", 1, 5)
			w.fault(loud, 5, 9, nil)
			w.probe("a", 5, 5.1, errCut)
			w.probe("a", 6, 6.1, errCut)
			w.show("a", "reconnecting", 7.5)
			w.probes("a", 10, 11)
			w.probes("b", 10, 11)
		}, []string{"state: a: it was shown as ready for 2.5 s although probes had no answer"}},
		{"ready, and probes fail while a fault is elsewhere", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(quiet, 5, 9, []string{"b"})
			w.probe("a", 5, 8, nil)
			w.probes("b", 10, 11)
		}, []string{"state: a: it was shown as ready for 3.0 s"}},
		{"ready, and a fault that ought to be harmless makes probes wait", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(loud, 5, 9, []string{})
			w.probe("a", 5, 8, nil)
		}, []string{"state: a: it was shown as ready for 3.0 s"}},
		{"everything is slow", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(slow, 5, 9, []string{})
			w.probe("a", 5, 8, nil)
		}, nil},
		{"ready, and probes have no answer", func(w *world) {
			w.show("a", "ready", 0)
			w.ProbeBegan("a", 99, w.at(5))
			w.show("a", "reconnecting", 7.5)
		}, []string{"state: a: it was shown as ready for 2.5 s"}},
		{"it is told soon", func(w *world) {
			w.show("a", "ready", 0)
			w.ProbeBegan("a", 99, w.at(5))
			w.show("a", "reconnecting", 6.5)
		}, nil},
		{"ready again, before a held probe is served", func(w *world) {
			w.show("a", "reconnecting", 0)
			w.ProbeBegan("a", 99, w.at(1))
			w.show("a", "ready", 8)
			w.ProbeEnded("a", 99, w.at(8.1), nil)
		}, nil},
		{"reconnecting, and probes succeed", func(w *world) {
			w.show("a", "reconnecting", 0)
			w.probes("a", 1, 6)
			w.show("a", "ready", 6)
		}, []string{"state: a: it was shown as reconnecting for 4.5 s although probes succeeded"}},
		{"reconnecting, and only some succeed", func(w *world) {
			w.show("a", "reconnecting", 0)
			w.probes("a", 1, 2)
			w.ProbeBegan("a", 99, w.at(2))
			w.show("a", "reconnecting", 5)
			w.show("a", "ready", 6)
			w.ProbeEnded("a", 99, w.at(6.1), nil)
		}, nil},

		{"nothing reaches the client", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(quiet, 5, 35, nil)
			w.ProbeBegan("a", 99, w.at(6))
			w.show("a", "reconnecting", 31)
			w.ProbeEnded("a", 99, w.at(32), errCut)
			w.probes("a", 36, 37)
			w.probes("b", 36, 37)
		}, nil},
		{"nothing reaches the client, for longer than its pings take", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(quiet, 5, 35, nil)
			w.ProbeBegan("a", 99, w.at(6))
			w.show("a", "reconnecting", 33)
			w.ProbeEnded("a", 99, w.at(34), errCut)
			w.probes("a", 36, 37)
			w.probes("b", 36, 37)
		}, []string{"state: a: it was shown as ready for 27.0 s"}},
		{"connections are dead without anybody knowing", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(quiet, 5, 5.1, justA)
			w.probes("a", 6, 12)
			w.ProbeBegan("a", 99, w.at(12))
			w.probe("a", 20, 20.1, nil)
			w.ProbeEnded("a", 99, w.at(21), errCut)
		}, nil},
		{"they are dead for longer than pings take", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(quiet, 5, 5.1, justA)
			w.probes("a", 6, 29)
			w.probe("a", 29, 33, nil)
		}, []string{"state: a: it was shown as ready for 4.0 s"}},
		{"Culvert stands still", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(frozen, 5, 35, []string{})
			w.probe("a", 6, 36, nil)
		}, nil},
		{"Culvert stands still, and does not come to itself", func(w *world) {
			w.show("a", "ready", 0)
			w.fault(frozen, 5, 35, []string{})
			w.probe("a", 6, 45, nil)
		}, []string{"state: a: it was shown as ready for 39.0 s"}},

		{"a listener is closed", func(w *world) {
			w.Listening(map[string]uint64{"127.0.0.1:1": 7, "[::1]:1": 8}, w.at(0))
			w.Listening(map[string]uint64{"127.0.0.1:1": 7}, w.at(1))
			w.Listening(map[string]uint64{"127.0.0.1:1": 7}, w.at(2))
		}, []string{"listener: [::1]:1 is not listened on any more"}},
		{"a listener is opened anew", func(w *world) {
			w.Listening(map[string]uint64{"127.0.0.1:1": 7}, w.at(0))
			w.Listening(map[string]uint64{"127.0.0.1:1": 9, "127.0.0.1:2": 10}, w.at(1))
		}, []string{"listener: 127.0.0.1:1 was closed and opened anew: the socket was 7 and is 9"}},
		{"a connection is refused, in a fault", func(w *world) {
			w.fault(loud, 10, 20, justA)
			w.Refused("a", "127.0.0.1:1", w.at(12))
			w.probes("a", 21, 30)
		}, []string{"listener: a: 127.0.0.1:1 has refused a connection"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld()
			test.run(w)
			w.Finish(w.at(100))
			wantViolations(t, w.Violations(), test.want)
		})
	}
}

func wantViolations(t *testing.T, got []Violation, want []string) {
	t.Helper()
	for i, v := range got {
		if i >= len(want) || !strings.Contains(v.String(), want[i]) {
			t.Errorf("it finds %s", v)
		}
	}
	if len(got) < len(want) {
		t.Errorf("it finds %d violations, want %q", len(got), want)
	}
}

// What the machine was late is taken off, and no more than that.
func TestLateness(t *testing.T) {
	for _, test := range []struct {
		name string
		late func(w *world)
		want int
	}{
		{"nothing is late", func(w *world) { w.Tick(w.at(5)); w.Tick(w.at(5.1)) }, 1},
		{"the judge was late", func(w *world) { w.Tick(w.at(5.5)); w.Tick(w.at(6.8)) }, 0},
		{"the judge was late at another time", func(w *world) { w.Tick(w.at(3)); w.Tick(w.at(4.9)) }, 1},
		{"the cluster was late", func(w *world) { w.Controlled(w.at(5.2), w.at(6.7)) }, 0},
		{"both were, at the same time and not enough", func(w *world) {
			w.Controlled(w.at(5.2), w.at(5.9))
			w.Tick(w.at(5.2))
			w.Tick(w.at(5.9))
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld()
			w.show("a", "ready", 0)
			w.ProbeBegan("a", 99, w.at(5))
			test.late(w)
			w.ProbeEnded("a", 99, w.at(8), nil)
			w.Finish(w.at(100))
			if got := len(w.Violations()); got != test.want {
				t.Errorf("it finds %d violations, want %d", got, test.want)
			}
		})
	}
}

func TestGrowth(t *testing.T) {
	before := Usage{RSS: 50 << 20, PSS: 40 << 20, Files: 100, Threads: 10, Goroutines: 500}
	bounds := Bounds{
		Memory: Bound{1.25, 16 << 20}, Files: Bound{1, 8}, Threads: Bound{1, 8}, Goroutines: Bound{1.1, 20},
	}
	for _, test := range []struct {
		name  string
		after Usage
		want  []string
	}{
		{"flat", Usage{RSS: 70 << 20, PSS: 60 << 20, Files: 108, Threads: 18, Goroutines: 570}, nil},
		{"memory", Usage{RSS: 90 << 20, PSS: 67 << 20}, []string{"resident memory, MiB, here: 90.0 at the end, 50.0 before; up to 78.5", "proportional memory"}},
		{"files", Usage{Files: 109}, []string{"open files, here: 109.0 at the end"}},
		{"threads", Usage{Threads: 19}, []string{"threads"}},
		{"goroutines", Usage{Goroutines: 571}, []string{"goroutines"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld()
			w.Compare("here", before, test.after, bounds)
			wantViolations(t, w.Violations(), test.want)
		})
	}
}

func TestMedianOf(t *testing.T) {
	got := MedianOf([]Usage{{RSS: 9, Files: 1}, {RSS: 1, Files: 3}, {RSS: 5, Files: 2}})
	if got.RSS != 5 || got.Files != 2 {
		t.Errorf("the median is %+v", got)
	}
}

func TestWasShown(t *testing.T) {
	w := newWorld()
	w.show("a", "ready", 0)
	w.show("a", "reconnecting", 5)
	w.show("a", "ready", 8)
	for _, test := range []struct {
		state    string
		from, to float64
		want     bool
	}{
		{"ready", 1, 2, true},
		{"ready", 5, 7, false},
		{"ready", 7, 9, true},
		{"reconnecting", 6, 7, true},
		{"reconnecting", 9, 10, false},
		{"waiting", 0, 10, false},
	} {
		if got := w.WasShown("a", test.state, w.at(test.from), w.at(test.to)); got != test.want {
			t.Errorf("%s from %v to %v: %v", test.state, test.from, test.to, got)
		}
	}
}
