package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// doctorJSON is what `culvert doctor -o json` prints.
type doctorJSON struct {
	OK       bool          `json:"ok"` // nothing is wrong
	Findings []findingJSON `json:"findings"`
}

type findingJSON struct {
	Check      string `json:"check"`
	About      string `json:"about,omitempty"`
	Result     string `json:"result"` // "ok", "note" or "wrong"
	Found      string `json:"found"`
	Remedy     string `json:"remedy,omitempty"` // never empty but for "ok"
	TookMillis int64  `json:"tookMillis,omitempty"`
}

func findingsJSON(all []finding) doctorJSON {
	out := doctorJSON{OK: worst(all) != isWrong, Findings: []findingJSON{}}
	for _, f := range all {
		out.Findings = append(out.Findings, findingJSON{f.check, f.about, f.severity.String(), f.found, f.remedy, f.took.Milliseconds()})
	}
	return out
}

// doctorPrinter writes findings for people.
type doctorPrinter struct {
	out    io.Writer
	colour bool
	each   func([]finding)
	err    error // of the first write that failed
}

func newDoctorPrinter(out io.Writer, colour bool) *doctorPrinter {
	file, ok := out.(*os.File)
	p := &doctorPrinter{out: out, colour: colour && ok && term.IsTerminal(int(file.Fd()))}
	p.each = p.write
	return p
}

func (p *doctorPrinter) print(found []finding) {
	if p.each != nil {
		p.each(found)
	}
}

// Where the columns of a finding begin.
const (
	checkColumn = 7
	foundColumn = 18
)

func (p *doctorPrinter) write(found []finding) {
	for _, f := range found {
		text := printable(f.found)
		if f.about != "" {
			text = printable(f.about) + ": " + text
		}
		if f.took > 0 {
			text += fmt.Sprintf(" (%v)", f.took.Round(time.Millisecond))
		}
		p.line("%s%-*s%s\n", p.word(f.severity), foundColumn-checkColumn, f.check, text)
		if f.remedy != "" {
			p.line("%*s-> %s\n", foundColumn, "", strings.ReplaceAll(f.remedy, "\n", " "))
		}
	}
}

// end writes the verdict.
func (p *doctorPrinter) end(all []finding) error {
	wrong, notes := 0, 0
	for _, f := range all {
		switch f.severity {
		case isWrong:
			wrong++
		case isNote:
			notes++
		case isOK:
		}
	}
	p.line("\n%s\n", verdict(wrong, notes))
	return p.err
}

func verdict(wrong, notes int) string {
	things := func(n int, one, many string) string {
		if n == 1 {
			return one
		}
		return fmt.Sprintf(many, n)
	}
	note := things(notes, "there is 1 note", "there are %d notes")
	switch {
	case wrong == 0 && notes == 0:
		return "All is well."
	case wrong == 0:
		return "Nothing is wrong; " + note + "."
	case notes == 0:
		return things(wrong, "1 thing is wrong.", "%d things are wrong.")
	}
	return things(wrong, "1 thing is wrong", "%d things are wrong") + ", and " + note + "."
}

func (p *doctorPrinter) line(format string, args ...any) {
	if _, err := fmt.Fprintf(p.out, format, args...); err != nil && p.err == nil {
		p.err = err
	}
}

// word is the result, as wide as its column.
func (p *doctorPrinter) word(s severity) string {
	text := fmt.Sprintf("%-*s", checkColumn, s)
	if !p.colour {
		return text
	}
	return [...]string{"\x1b[32m", "\x1b[33m", "\x1b[31m"}[s] + text + "\x1b[0m"
}
