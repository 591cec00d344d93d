package main

import (
	"fmt"
	"math"

	"culvert/e2e/load"
)

// line is one line of the table: what Culvert did, what kubectl did, and what
// was to be reached.
type line struct {
	Title  string
	Row    string
	Metric string
	Ours   peer
	Theirs []peer // the better of them counts
	Goal   goal
	show   func(float64) string
}

// goal is what was to be reached. The zero value is none.
type goal struct {
	kind goalKind
	want float64
}

type goalKind int

const (
	noGoal      goalKind = iota
	ratioLeast           // of medians of the pairs, at least
	ratioMost            // at most
	valueLeast           // in every round
	valueMost            // in every round
	medianValue          // at most, of all rounds
)

func (g goal) String() string {
	switch g.kind {
	case ratioLeast:
		return fmt.Sprintf("≥ %g ×", g.want)
	case ratioMost:
		return fmt.Sprintf("≤ %g ×", g.want)
	case valueLeast:
		return fmt.Sprintf("≥ %g", g.want)
	case valueMost, medianValue:
		return fmt.Sprintf("≤ %g", g.want)
	default:
		return ""
	}
}

// higher says whether more of what the line measures is better.
func (l line) higher() bool {
	switch l.Metric {
	case rate, perSecond, good:
		return true
	}
	return false
}

func plain(digits int) func(float64) string {
	return func(v float64) string {
		if v != 0 && math.Abs(v) < 1 && digits < 2 {
			return fmt.Sprintf("%.2f", v)
		}
		return fmt.Sprintf("%.*f", digits, v)
	}
}

func delivered(v float64) string {
	if v >= 1 {
		return "delivered"
	}
	return "lost"
}

// transport is one of the two that both programs have.
type transport struct {
	name     string
	ours     peer
	theirs   peer
	better   []peer // what downloads are compared with
	download [len(connections)]goal
	upload   [len(connections)]goal
}

func least(want ...float64) (goals [len(connections)]goal) {
	for i, w := range want {
		goals[i] = goal{ratioLeast, w}
	}
	return goals
}

func bothTransports() []transport {
	return []transport{
		{"SPDY", spdy, kubectlSPDY, []peer{kubectlSPDY, kubectlWebSocket}, least(1.15, 1.4, 1.35), least(1.4, 1.45, 1.5)},
		{"WebSocket", webSocket, kubectlWebSocket, []peer{kubectlWebSocket}, least(1.05, 1.35, 1.5), least()},
	}
}

// allLines returns the table, group by group.
func allLines() []line {
	var lines []line
	for _, t := range bothTransports() {
		lines = append(lines, bulkLines(t)...)
	}
	lines = append(lines, line{Title: "download, 8 connections, without `--via`", Row: bulkRow(load.Download, 8), Metric: rate, Ours: auto, Theirs: []peer{kubectlSPDY, kubectlWebSocket}, Goal: goal{ratioLeast, 1.4}, show: plain(0)})
	lines = append(lines, line{Title: "connect + echo p50, without `--via`", Row: rowConnect, Metric: p50, Ours: auto, Theirs: []peer{kubectlSPDY, kubectlWebSocket}, Goal: goal{ratioMost, 0.55}, show: plain(1)})
	for _, t := range bothTransports() {
		lines = append(lines, smallLines(t)...)
	}
	for _, t := range bothTransports() {
		lines = append(lines, recoveryLines(t)...)
	}
	return append(lines, memoryLines()...)
}

func bulkLines(t transport) []line {
	var rates, cpu []line
	for _, way := range []struct {
		kind  load.Kind
		goals [len(connections)]goal
		with  []peer
	}{{load.Download, t.download, t.better}, {load.Upload, t.upload, []peer{t.theirs}}} {
		for i, n := range connections {
			title := fmt.Sprintf("%s, %d connections, %s", way.kind, n, t.name)
			if n == 1 {
				title = fmt.Sprintf("%s, 1 connection, %s", way.kind, t.name)
			}
			rates = append(rates, line{Title: title, Row: bulkRow(way.kind, n), Metric: rate, Ours: t.ours, Theirs: way.with, Goal: way.goals[i], show: plain(0)})
			cpu = append(cpu, line{Title: title, Row: bulkRow(way.kind, n), Metric: cpuPerGiB, Ours: t.ours, Theirs: []peer{t.theirs}, Goal: goal{ratioMost, 0.7}, show: plain(2)})
		}
	}
	cpu = append(cpu, line{Title: meanTitle + ", " + t.name, Metric: cpuPerGiB, Ours: t.ours, Theirs: []peer{t.theirs}, Goal: goal{ratioMost, 0.55}, show: plain(2)})
	return append(rates, cpu...)
}

// meanTitle begins the title of the one line that is made of others: those of
// the same metric and peers.
const meanTitle = "mean of the six"

func smallLines(t transport) []line {
	with := []peer{t.theirs}
	one := func(title, row, metric string, g goal, show func(float64) string) line {
		return line{Title: title + ", " + t.name, Row: row, Metric: metric, Ours: t.ours, Theirs: with, Goal: g, show: show}
	}
	return []line{
		one("connect + echo p50", rowConnect, p50, goal{ratioMost, 0.55}, plain(1)),
		one("connect + echo p99", rowConnect, p99, goal{}, plain(1)),
		one("connect + echo at 40 ms round trip p50", rowFar, p50, goal{ratioMost, 0.35}, plain(1)),
		one("connect + echo at 40 ms round trip p99", rowFar, p99, goal{}, plain(1)),
		one("connect + echo beside a running download p50", rowLoaded, p50, goal{}, plain(1)),
		one("50 keep-alive connections, 64 B echoes", rowRequests, perSecond, goal{ratioLeast, 1.3}, plain(0)),
		one("1,000 held connections made", rowHeld, seconds, goal{}, plain(2)),
		one("of ten new connections beside four unread downloads", rowBeside, good, goal{valueLeast, 10}, plain(0)),
		one("their p50 to the undisturbed", rowBeside, toCalm, goal{medianValue, 2}, plain(2)),
		one("reply 2.5 s after a half-close", rowLate, good, goal{valueLeast, 1}, delivered),
	}
}

func recoveryLines(t transport) []line {
	one := func(title, row, metric string, g goal, show func(float64) string) line {
		return line{Title: title + ", " + t.name, Row: row, Metric: metric, Ours: t.ours, Theirs: []peer{t.theirs}, Goal: g, show: show}
	}
	return []line{
		one("bare pod replaced: failed of those opened after", rowPod, bad, goal{valueMost, 0}, plain(0)),
		one("the same: served", rowPod, good, goal{}, plain(0)),
		one("the same: cut in flight", rowPod, cut, goal{}, plain(0)),
		one("API server killed: serves after it answers", rowAPI, seconds, goal{valueMost, 1}, plain(2)),
		one("kubelet restarted: serves after it answers", rowKubelet, seconds, goal{valueMost, 1}, plain(2)),
		one("black hole healed: serves after", rowHole, seconds, goal{valueMost, 15}, plain(1)),
	}
}

func memoryLines() []line {
	both := []peer{kubectlSPDY, kubectlWebSocket}
	lines := []line{
		{Title: "idle", Row: rowHeld, Metric: rssIdle, Ours: spdy, Theirs: both, Goal: goal{ratioMost, 0.5}},
		{Title: "1,000 held", Row: rowHeld, Metric: rssNow, Ours: spdy, Theirs: both, Goal: goal{ratioMost, 0.65}},
		{Title: "after 30,000 short ones", Row: rowShort, Metric: rssNow, Ours: spdy, Theirs: []peer{kubectlSPDY}, Goal: goal{ratioMost, 0.5}},
		{Title: "idle, the window's program as a command", Row: rowHeld, Metric: rssIdle, Ours: window, Theirs: both},
		{Title: "1,000 held, the window's program as a command", Row: rowHeld, Metric: rssNow, Ours: window, Theirs: both},
		{Title: "after 30,000 short ones, the window's program as a command", Row: rowShort, Metric: rssNow, Ours: window, Theirs: []peer{kubectlSPDY}},
		{Title: "after 100,000 short ones", Row: rowFlat, Metric: rssNow, Ours: spdy},
		{Title: "live heap, the last 50,000 more than the first", Row: rowFlat, Metric: liveGrowth, Ours: spdy, Goal: goal{valueMost, 1}},
		{Title: "goroutines after 100,000 more than after 1,000", Row: rowFlat, Metric: moreThread, Ours: spdy, Goal: goal{valueMost, 5}},
	}
	for i := range lines {
		lines[i].show = plain(1)
	}
	return lines
}
