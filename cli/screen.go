package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// screen is a terminal on which lines are drawn again in place. It is used by one
// goroutine.
type screen struct {
	out    io.Writer
	size   func() (width, height int)
	colour bool
	drawn  []int // how wide the lines are that are there, above the cursor
}

// screenOf returns the terminal that stdout is; nil when it is none, or one that
// understands nothing but lines.
func screenOf(d Deps) *screen {
	f, ok := d.Out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || !understands(f, os.Getenv) {
		return nil
	}
	return &screen{out: f, colour: !noColour(os.Getenv), size: func() (int, int) {
		w, h, err := term.GetSize(int(f.Fd()))
		if err != nil || w <= 0 || h <= 0 {
			return 80, 24
		}
		return w, h
	}}
}

// width is how wide a line may be that is drawn again: in the last cell a terminal may
// be about to begin another line.
func (s *screen) width() int {
	w, _ := s.size()
	return max(1, w-1)
}

// draw puts lines in the place of those drawn before, in one write. Lines are shorter
// than the terminal is wide; what is higher than it is cut, so that all of them can be
// drawn over. The cursor stays behind them, where other output goes.
func (s *screen) draw(lines []string) error {
	width, height := s.size()
	if most := max(1, height-1); len(lines) > most {
		hidden := len(lines) - most + 1
		lines = append(append([]string{}, lines[:most-1]...), fmt.Sprintf("and %d more lines", hidden))
	}
	var b bytes.Buffer
	if up := min(rowsOf(s.drawn, width), max(1, height-1)); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	b.WriteString("\r")
	s.drawn = s.drawn[:0]
	for _, line := range lines {
		b.WriteString(line + "\x1b[K\r\n")
		s.drawn = append(s.drawn, cells(unpainted(line)))
	}
	b.WriteString("\x1b[J")
	_, err := s.out.Write(b.Bytes())
	return err
}

// rowsOf returns how many rows lines take on a terminal that may have become
// narrower since they were drawn.
func rowsOf(widths []int, width int) int {
	rows := 0
	for _, w := range widths {
		rows += max(1, (w+width-1)/max(1, width))
	}
	return rows
}

// unpainted is a text without its colours.
func unpainted(s string) string {
	var b strings.Builder
	for s != "" {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			break
		}
		_, s, _ = strings.Cut(after, "m")
	}
	return b.String()
}
