package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// report is what a run has found.
type report struct {
	machine  string
	packages string
	lines    []line
	results  []result
	rounds   int
}

func (t *trial) report() report {
	seen := make(map[string]bool)
	r := report{lines: allLines(), results: t.results, rounds: t.pairs}
	var names []string
	for _, p := range t.used {
		if name := p.String(); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	slices.Sort(names)
	r.packages = strings.Join(names, ", ")
	r.machine = fmt.Sprintf("%s, %s; %d pairs; %.0f minutes.", t.began.UTC().Format(time.RFC3339), t.machine(), t.pairs, time.Since(t.began).Minutes())
	if t.quick {
		r.machine += " A quick run: less was done than the titles say."
	}
	return r
}

// The lines of a document between which the findings go.
const (
	begin = "<!-- make clients: begin -->"
	end   = "<!-- make clients: end -->"
)

// write prints the findings and puts them into the document, if there is one.
func (r report) write(document string) error {
	text := r.markdown()
	fmt.Print(text)
	if document == "" {
		return nil
	}
	old, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	replaced, err := replace(old, text)
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	return os.WriteFile(document, replaced, 0o644)
}

var errNoMarkers = errors.New("the document has no lines with the markers")

// replace puts text between a document's markers.
func replace(document []byte, text string) ([]byte, error) {
	before, rest, ok := bytes.Cut(document, []byte(begin+"\n"))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return nil, fmt.Errorf("%w %s and %s", errNoMarkers, begin, end)
	}
	return fmt.Appendf(nil, "%s%s\n%s%s%s", before, begin, text, end, after), nil
}

func (r report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n| | Culvert | kubectl | ratio |\n|---|---|---|---|\n", r.machine)
	told := make(map[string]bool)
	for _, l := range r.lines {
		if !slices.ContainsFunc(r.results, func(res result) bool { return res.row == l.row }) {
			continue // it was not to be done
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", l.title, r.cell(l, culvert, !told[l.row]), r.cell(l, kubectl, !told[l.row]), r.ratio(l))
		told[l.row] = true
	}
	fmt.Fprintf(&b, "\nPackages: %s.\n\n", r.packages)
	return b.String()
}

// cell tells what a peer has come to in all rounds, and with words if first: a row
// says why it has failed in the first of its lines.
func (r report) cell(l line, p peer, first bool) string {
	var failed, complained []string
	for _, res := range r.results {
		switch {
		case res.row != l.row || res.peer != p || res.trouble == nil:
		case errors.Is(res.trouble, errComplains):
			complained = append(complained, inCell(res.trouble.Error()))
		default:
			failed = append(failed, inCell(res.trouble.Error()))
		}
	}
	var parts []string
	if values := slices.Collect(maps.Values(r.values(l, p))); len(values) > 0 {
		parts = append(parts, l.spread(values))
	}
	if !first && len(failed) > 0 {
		failed[0] = "as above"
	}
	if len(failed) > 0 {
		parts = append(parts, fmt.Sprintf("failed%s: %s", r.times(failed), failed[0]))
	}
	if first && len(complained) > 0 {
		parts = append(parts, complained[0]+r.times(complained))
	}
	return strings.Join(parts, "; ")
}

// times tells in how many rounds something was so.
func (r report) times(rounds []string) string {
	if r.rounds == 1 {
		return ""
	}
	return fmt.Sprintf(" (%d of %d)", len(rounds), r.rounds)
}

// values are those of the rounds in which the client has done its work, whatever
// became of the forwarder afterwards.
func (r report) values(l line, p peer) map[int]float64 {
	values := make(map[int]float64)
	for _, res := range r.results {
		if v, ok := res.values[l.metric]; ok && res.row == l.row && res.peer == p {
			values[res.round] = v
		}
	}
	return values
}

// ratio is that of the pairs, Culvert's to kubectl's.
func (r report) ratio(l line) string {
	ours, theirs := r.values(l, culvert), r.values(l, kubectl)
	var ratios []float64
	for round, v := range ours {
		if w := theirs[round]; w != 0 {
			ratios = append(ratios, v/w)
		}
	}
	if len(ratios) == 0 {
		return ""
	}
	return line{decimals: 2}.spread(ratios)
}

// spread shows the median and, if there is one, the range.
func (l line) spread(all []float64) string {
	show := func(v float64) string { return fmt.Sprintf("%.*f", l.decimals, v) }
	middle, low, high := show(quantile(all, 0.5)), show(slices.Min(all)), show(slices.Max(all))
	if low == high {
		return middle
	}
	return fmt.Sprintf("%s (%s–%s)", middle, low, high)
}

// logHead is what kubectl's log puts before a message: level, time, process.
var logHead = regexp.MustCompile(`\b[EWI][0-9]{4} [0-9:.]+ +[0-9]+ `)

// inCell makes a text fit for a cell of a table.
func inCell(text string) string {
	text = logHead.ReplaceAllString(text, "")
	text = strings.NewReplacer("\n", " ", "|", "/", "<", "&lt;").Replace(text)
	if runes := []rune(text); len(runes) > 160 {
		text = string(runes[:160]) + "…"
	}
	return text
}

// verdict returns an error when something went wrong through Culvert.
func (t *trial) verdict() error {
	var errs []error
	for _, res := range t.results {
		if res.peer == culvert && res.trouble != nil {
			errs = append(errs, fmt.Errorf("%s through Culvert: %w", res.row, res.trouble))
		}
	}
	return errors.Join(errs...)
}

func (r result) String() string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(r.values)) {
		parts = append(parts, fmt.Sprintf("%s %.4g", k, r.values[k]))
	}
	if r.trouble != nil {
		parts = append(parts, "FAILED: "+r.trouble.Error())
	}
	return strings.Join(parts, ", ")
}
