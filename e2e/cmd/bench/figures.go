package main

import (
	"errors"
	"strings"
)

// figure is a line with what was measured.
type figure struct {
	line
	Unit          string
	Culvert       spread
	Kubectl       spread
	Against       peer   `json:",omitempty"` // the better of Theirs
	KubectlDoes   string `json:",omitempty"` // instead of a figure
	Trouble       string `json:",omitempty"` // the first of Culvert's
	Troubles      int    // rounds in which Culvert has failed
	Ratio         spread // of the pairs
	Want          string
	Met           *bool // nil without a goal, or without figures
	RatioMeasured bool
}

// lines returns the figures of all lines that something was measured for.
func (b *bench) lines() []figure {
	var all []figure
	for _, l := range allLines() {
		var f figure
		if strings.HasPrefix(l.Title, meanTitle) {
			f = meanOf(l, all)
		} else {
			f = b.figure(l)
		}
		if f.Culvert.Count > 0 || f.Troubles > 0 {
			all = append(all, f)
		}
	}
	return all
}

func (b *bench) figure(l line) figure {
	f := figure{line: l, Unit: l.Metric, Want: l.Goal.String()}
	ours, trouble := b.rounds(l, l.Ours)
	f.Troubles = len(trouble)
	if len(trouble) > 0 {
		f.Trouble = trouble[0]
	}
	f.Culvert = spreadOf(inOrder(ours))
	for _, p := range l.Theirs {
		theirs, trouble := b.rounds(l, p)
		s := spreadOf(inOrder(theirs))
		if s.Count == 0 {
			if len(trouble) > 0 && f.KubectlDoes == "" {
				f.KubectlDoes = inShort(trouble[0])
			}
			continue
		}
		if f.Against != "" && (s.Median > f.Kubectl.Median) != l.higher() {
			continue
		}
		f.Kubectl, f.Against = s, p
		var ratios []float64
		for round, v := range ours {
			if w, ok := theirs[round]; ok && w != 0 {
				ratios = append(ratios, v/w)
			}
		}
		f.Ratio, f.RatioMeasured = spreadOf(ratios), len(ratios) > 0
	}
	f.judge()
	return f
}

// rounds returns what a peer did in each round, and what went wrong.
func (b *bench) rounds(l line, p peer) (map[int]float64, []string) {
	values := make(map[int]float64)
	var trouble []string
	for _, s := range b.samples {
		if s.Row != l.Row || s.Peer != p {
			continue
		}
		v, ok := s.Values[l.Metric]
		if ok {
			values[s.Round] = v
		}
		if s.Trouble != "" {
			trouble = append(trouble, s.Trouble)
		}
	}
	return values, trouble
}

func inOrder(m map[int]float64) []float64 {
	all := make([]float64, 0, len(m))
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// inShort names a trouble in a word or two.
func inShort(trouble string) string {
	for _, known := range []error{errExits, errNotAgain} {
		if strings.Contains(trouble, known.Error()) {
			return known.Error()
		}
	}
	return "fails"
}

// meanOf makes the line of the CPU time's mean of its transport's other lines.
func meanOf(l line, others []figure) figure {
	f := figure{line: l, Unit: l.Metric, Want: l.Goal.String()}
	var ours, theirs, ratios []float64
	for _, o := range others {
		if o.Metric == l.Metric && o.Ours == l.Ours && o.RatioMeasured {
			ours, theirs, ratios = append(ours, o.Culvert.Median), append(theirs, o.Kubectl.Median), append(ratios, o.Ratio.Median)
			f.Against = o.Against
		}
	}
	if len(ratios) < 2*len(connections) {
		return f // of a part it would say something else
	}
	f.Culvert, f.Kubectl, f.Ratio = mean(ours), mean(theirs), mean(ratios)
	f.RatioMeasured = true
	f.judge()
	return f
}

// mean is the spread of several medians, with their mean as the median.
func mean(all []float64) spread {
	s := spreadOf(all)
	s.Median = 0
	for _, v := range all {
		s.Median += v / float64(len(all))
	}
	return s
}

// judge says whether the goal was met. A round that has failed meets none.
func (f *figure) judge() {
	met := f.Troubles == 0 && f.Culvert.Count > 0
	switch f.Goal.kind {
	case noGoal:
		return
	case ratioLeast:
		met = met && f.Ratio.Median >= f.Goal.want
	case ratioMost:
		met = met && f.Ratio.Median <= f.Goal.want
	case valueLeast:
		met = met && f.Culvert.Min >= f.Goal.want
	case valueMost:
		met = met && f.Culvert.Max <= f.Goal.want
	case medianValue:
		met = met && f.Culvert.Median <= f.Goal.want
	}
	if k := f.Goal.kind; (k == ratioLeast || k == ratioMost) && !f.RatioMeasured && f.Troubles == 0 {
		return // there is nothing to compare with
	}
	f.Met = &met
}

// errNoMarkers says that a document has no place for the table.
var errNoMarkers = errors.New("the document has no lines with the markers")
