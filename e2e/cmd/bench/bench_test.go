package main

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, test := range []struct {
		all  []float64
		q    float64
		want float64
	}{
		{nil, 0.5, 0},
		{[]float64{3}, 0.99, 3},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{5, 1, 4, 2, 3}, 0.5, 3},
		{[]float64{0, 10}, 0.9, 9},
	} {
		if got := quantile(test.all, test.q); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("the %g-quantile of %v is %g, want %g", test.q, test.all, got, test.want)
		}
	}
}

func TestLiveHeap(t *testing.T) {
	for line, want := range map[string]float64{
		"gc 7 @1.203s 0%: 0.1+2.3+0.02 ms clock, 0.2+0.3/2.2/0+0.04 ms cpu, 9->10->6 MB, 10 MB goal, 2 MB stacks, 0 MB globals, 2 P": 6,
		"gc 7 @1.203s 0%: 9->10 MB": -1,
		"goroutine 7 [running]:":    -1,
	} {
		if got, ok := liveHeap(line); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %g, %v", line, got, ok)
		}
	}
}

// rounds makes samples of one row.
func rounds(row, metric string, of map[peer][]float64) []sample {
	var all []sample
	for p, values := range of {
		for i, v := range values {
			all = append(all, sample{Row: row, Peer: p, Round: i, Values: map[string]float64{metric: v}})
		}
	}
	return all
}

func TestFigure(t *testing.T) {
	download := line{Row: "download-1", Metric: rate, Ours: spdy, Theirs: []peer{kubectlSPDY, kubectlWebSocket}, Goal: goal{ratioLeast, 1.15}, show: plain(0)}
	samples := map[peer][]float64{
		spdy:             {120, 130, 140},
		kubectlSPDY:      {100, 100, 100},
		kubectlWebSocket: {90, 90, 500}, // its median is the lower one
	}
	b := &bench{samples: rounds(download.Row, rate, samples)}
	f := b.figure(download)
	if f.Against != kubectlSPDY || f.Ratio.Median != 1.3 || f.Ratio.Min != 1.2 || f.Met == nil || !*f.Met {
		t.Errorf("the figure is %+v", f)
	}
	b.samples = append(b.samples, sample{Row: download.Row, Peer: spdy, Round: 3, Trouble: "lost"})
	if f := b.figure(download); *f.Met || f.Troubles != 1 {
		t.Errorf("with a round that failed the figure is %+v", f)
	}
}

func TestFigureWithoutAPeer(t *testing.T) {
	hole := line{Row: rowHole, Metric: seconds, Ours: spdy, Theirs: []peer{kubectlSPDY}, Goal: goal{valueMost, 15}, show: plain(1)}
	b := &bench{samples: append(
		rounds(rowHole, seconds, map[peer][]float64{spdy: {3, 15.5}}),
		sample{Row: rowHole, Peer: kubectlSPDY, Trouble: errNotAgain.Error() + " within 1m0s"},
	)}
	f := b.figure(hole)
	if *f.Met || f.KubectlDoes != errNotAgain.Error() || f.RatioMeasured {
		t.Errorf("the figure is %+v", f)
	}
	if got, want := f.ours(), "9.2 (3.0–15.5)"; got != want {
		t.Errorf("it shows %q, want %q", got, want)
	}
}

func TestMeanOfTheSix(t *testing.T) {
	b := &bench{}
	for i, n := range connections {
		for _, way := range []string{"download", "upload"} {
			row := bulkRow("download", n)
			if way == "upload" {
				row = bulkRow("upload", n)
			}
			b.samples = append(b.samples, rounds(row, cpuPerGiB, map[peer][]float64{spdy: {0.4 + 0.1*float64(i)}, kubectlSPDY: {1}})...)
		}
	}
	for _, f := range b.lines() {
		if strings.HasPrefix(f.Title, meanTitle) {
			if math.Abs(f.Ratio.Median-0.5) > 1e-9 || !*f.Met {
				t.Errorf("the figure is %+v", f)
			}
			return
		}
	}
	t.Error("there is no such line")
}

func TestTableGoesBetweenTheMarkers(t *testing.T) {
	text := "# Title\n" + tableBegin + "\nold\n" + tableEnd + "\nthe end\n"
	got, err := replaceTable([]byte(text), "new\n")
	if want := "# Title\n" + tableBegin + "\nnew\n" + tableEnd + "\nthe end\n"; err != nil || string(got) != want {
		t.Errorf("the text is %q, %v", got, err)
	}
	if _, err := replaceTable([]byte("nothing"), "new"); !errors.Is(err, errNoMarkers) {
		t.Errorf("without markers the error is %v", err)
	}
}

func TestEveryLineHasItsRow(t *testing.T) {
	peers := make(map[string]map[peer]bool)
	for _, r := range allRows() {
		peers[r.name] = make(map[peer]bool)
		for _, p := range r.peers {
			peers[r.name][p] = true
		}
	}
	for _, l := range allLines() {
		if strings.HasPrefix(l.Title, meanTitle) {
			continue
		}
		for _, p := range append([]peer{l.Ours}, l.Theirs...) {
			if !peers[l.Row][p] {
				t.Errorf("%q: %s does not do %s", l.Title, p, l.Row)
			}
		}
	}
}
