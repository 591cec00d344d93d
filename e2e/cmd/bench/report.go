package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// report is all that a run has found.
type report struct {
	Machine machine
	Notes   []string `json:",omitempty"`
	Lines   []figure
	Samples []sample
}

// The lines of a document between which the table goes.
const (
	tableBegin = "<!-- make bench: begin -->"
	tableEnd   = "<!-- make bench: end -->"
)

// write prints the table, and puts it and the figures where the flags say.
func (r report) write(o options) error {
	table := r.table()
	fmt.Print(table)
	figures, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	figures = append(figures, '\n')
	if o.json == "" {
		fmt.Printf("%s", figures)
	} else if err := os.WriteFile(o.json, figures, 0o644); err != nil {
		return err
	}
	if o.document == "" {
		return nil
	}
	text, err := os.ReadFile(o.document)
	if err != nil {
		return err
	}
	if text, err = replaceTable(text, table); err != nil {
		return fmt.Errorf("%s: %w", o.document, err)
	}
	return os.WriteFile(o.document, text, 0o644)
}

// replaceTable puts a table between a document's markers.
func replaceTable(text []byte, table string) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(tableBegin+"\n"))
	_, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !ok2 {
		return nil, fmt.Errorf("%w %s and %s", errNoMarkers, tableBegin, tableEnd)
	}
	return fmt.Appendf(nil, "%s%s\n%s%s%s", before, tableBegin, table, tableEnd, after), nil
}

// table returns the figures in Markdown.
func (r report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n", r.Machine)
	var groups []string
	rows := make(map[string][]figure)
	for _, f := range r.Lines {
		g := groupOf(f)
		if rows[g] == nil {
			groups = append(groups, g)
		}
		rows[g] = append(rows[g], f)
	}
	for _, g := range groups {
		fmt.Fprintf(&b, "\n%s\n\n| | Culvert | kubectl | ratio | goal | |\n|---|---|---|---|---|---|\n", g)
		for _, f := range rows[g] {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", f.Title, f.ours(), f.theirs(), f.ratio(), f.Want, f.verdict())
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\n%s\n", n)
	}
	b.WriteString("\n")
	return b.String()
}

// groupOf returns the heading that a line stands under.
func groupOf(f figure) string {
	switch f.Metric {
	case rate:
		return "**Throughput, MiB/s**"
	case cpuPerGiB:
		return "**The forwarder's CPU-seconds per GiB**"
	case rssIdle, rssNow, liveGrowth, moreThread:
		return "**The forwarder's memory, MiB, and goroutines**"
	}
	switch f.Row {
	case rowPod, rowAPI, rowKubelet, rowHole:
		return "**Recovery, seconds or connections**"
	}
	return "**Small connections** (ms, requests per second, seconds, connections)"
}

func (f figure) ours() string {
	s := f.spread(f.Culvert)
	switch {
	case f.Troubles > 0 && f.Culvert.Count == 0:
		return "failed: " + cell(f.Trouble)
	case f.Troubles > 0:
		return fmt.Sprintf("%s; %d failed: %s", s, f.Troubles, cell(f.Trouble))
	}
	return s
}

func (f figure) theirs() string {
	if f.Kubectl.Count == 0 {
		return f.KubectlDoes
	}
	return f.spread(f.Kubectl)
}

// spread shows the median and, if there is one, the range.
func (f figure) spread(s spread) string {
	if s.Count == 0 {
		return ""
	}
	if middle, low, high := f.show(s.Median), f.show(s.Min), f.show(s.Max); low != high {
		return fmt.Sprintf("%s (%s–%s)", middle, low, high)
	}
	return f.show(s.Median)
}

func (f figure) ratio() string {
	if !f.RatioMeasured || f.Metric == good || f.Metric == bad || f.Metric == cut {
		return ""
	}
	text := fmt.Sprintf("%.2f", f.Ratio.Median)
	if f.Ratio.Count > 1 {
		text += fmt.Sprintf(" (%.2f–%.2f)", f.Ratio.Min, f.Ratio.Max)
	}
	if len(f.Theirs) > 1 {
		return text + " to " + strings.TrimPrefix(string(f.Against), "kubectl-")
	}
	return text
}

func (f figure) verdict() string {
	switch {
	case f.Met == nil:
		return ""
	case *f.Met:
		return "met"
	}
	return "**missed**"
}

// cell makes a text fit for a cell of a table.
func cell(text string) string {
	text = strings.NewReplacer("\n", " ", "|", "/").Replace(text)
	if runes := []rune(text); len(runes) > 120 {
		text = string(runes[:120]) + "…"
	}
	return text
}
