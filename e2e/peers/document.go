package peers

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Report is all that a run has found.
type Report struct {
	Date    time.Time
	Machine string
	// Versions of what took part, by name.
	Culvert, Kubectl, Library, Kubernetes string
	Minutes                               float64
	Peers                                 []string // names
	Results                               []Result
	Verdicts                              map[string]map[string]string // by row and peer, for readers of the JSON
}

// The lines of a document between which the table goes.
const (
	tableBegin = "<!-- make peers: begin -->"
	tableEnd   = "<!-- make peers: end -->"
)

var errNoMarkers = errors.New("the document does not have the lines")

// Replace puts a table between a document's markers.
func Replace(text []byte, table string) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(tableBegin+"\n"))
	_, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !ok2 {
		return nil, fmt.Errorf("%w %s and %s", errNoMarkers, tableBegin, tableEnd)
	}
	return fmt.Appendf(nil, "%s%s\n%s%s%s", before, tableBegin, table, tableEnd, after), nil
}

// Table returns the report in Markdown.
func (r Report) Table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, %s; Culvert %s, kubectl %s, anthhub/forwarder %s, Kubernetes %s; %.0f minutes.\n\n",
		r.Date.Format(time.RFC3339), r.Machine, r.Culvert, r.Kubectl, r.Library, r.Kubernetes, r.Minutes)
	peers := r.columns()
	b.WriteString("| What goes wrong |")
	for _, p := range peers {
		fmt.Fprintf(&b, " %s |", p.Title)
	}
	fmt.Fprintf(&b, "\n|---|%s\n", strings.Repeat("---|", len(peers)))
	for _, result := range r.Results {
		fmt.Fprintf(&b, "| %s |", result.head())
		for _, p := range peers {
			fmt.Fprintf(&b, " %s |", result.cell(p.Name))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n" + r.notBest() + "\n" + r.done() + "\n" + r.said())
	return b.String()
}

func (r Report) columns() []Peer {
	var all []Peer
	for _, p := range Peers() {
		for _, name := range r.Peers {
			if p.Name == name {
				all = append(all, p)
			}
		}
	}
	return all
}

// head names a row and its faults.
func (r Result) head() string {
	if r.Faults == "" {
		return r.Row
	}
	return fmt.Sprintf("%s (%s)", r.Row, r.Faults)
}

// marks stand before a verdict, by its grade.
var marks = [...]string{Serves: "●", Hurt: "◐", Refuses: "◌", Useless: "○", Corrupt: "✖"}

func (r Result) cell(peer string) string {
	if r.Trouble != "" {
		return "not measured"
	}
	o, ok := r.of(peer)
	if !ok {
		return ""
	}
	v := o.Verdict()
	return marks[v.Grade] + " " + cell(v.Text)
}

func (r Result) of(peer string) (Observation, bool) {
	for _, o := range r.Observations {
		if o.Peer == peer {
			return o, true
		}
	}
	return Observation{}, false
}

// notBest lists the rows in which another peer does clearly better than the
// first one.
func (r Report) notBest() string {
	var b strings.Builder
	for _, result := range r.Results {
		ours, ok := result.of(r.Peers[0])
		if !ok || result.Trouble != "" {
			continue
		}
		var better []string
		for _, p := range r.columns()[1:] {
			if theirs, ok := result.of(p.Name); ok && behind(ours, theirs) {
				better = append(better, fmt.Sprintf("%s: %s", p.Title, cell(theirs.Verdict().Text)))
			}
		}
		if len(better) > 0 {
			fmt.Fprintf(&b, "- **%s** · Culvert: %s · %s\n", result.Row, cell(ours.Verdict().Text), strings.Join(better, " · "))
		}
	}
	if b.Len() == 0 {
		return "In no row of this run did another peer do clearly better than Culvert: be of a better kind, keep a transfer that Culvert cut, or serve more than 2 s earlier.\n"
	}
	return "Where another peer did clearly better than Culvert, of a better kind, keeping a transfer that Culvert cut, or serving more than 2 s earlier:\n\n" + b.String()
}

// done tells what is done in each row.
func (r Report) done() string {
	var b strings.Builder
	b.WriteString("What is done:\n\n")
	for _, result := range r.Results {
		fmt.Fprintf(&b, "- **%s**: %s\n", result.Row, result.What)
		if result.Trouble != "" {
			fmt.Fprintf(&b, "  Not measured: %s\n", cell(result.Trouble))
		}
	}
	return b.String()
}

// said quotes the last line that each peer printed in a row, if that is not
// where it listens.
func (r Report) said() string {
	var b strings.Builder
	b.WriteString("What each printed last, with addresses and paths taken out; left out where that is where it listens:\n\n")
	for _, result := range r.Results {
		var quotes []string
		for _, p := range r.columns() {
			if o, ok := result.of(p.Name); ok && o.Said != "" && !strings.HasPrefix(o.Said, "Forwarding from") {
				quotes = append(quotes, fmt.Sprintf("%s: `%s`", p.Title, strings.ReplaceAll(cell(o.Said), "`", "'")))
			}
		}
		if len(quotes) > 0 {
			fmt.Fprintf(&b, "- **%s** · %s\n", result.Row, strings.Join(quotes, " · "))
		}
	}
	return b.String()
}

// cell makes a text fit for a cell of a table.
func cell(text string) string { return strings.NewReplacer("\n", " ", "|", "/").Replace(text) }
