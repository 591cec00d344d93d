package ui

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// bytesText tells an amount of bytes in at most four digits, as "412 KB". The
// units are powers of 1000.
func bytesText(n uint64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	units := "KMGTPE"
	v := float64(n)
	i := -1
	for v >= 999.5 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if v < 9.95 {
		return fmt.Sprintf("%.1f %cB", v, units[i])
	}
	return fmt.Sprintf("%.0f %cB", v, units[i])
}

// rateText tells bytes per second.
func rateText(perSecond uint64) string { return bytesText(perSecond) + "/s" }

// ageText tells how long something has lasted, as "3 h 12 min"; "" below a
// minute. Seconds are left out: they would have the whole window painted each
// second.
func ageText(d time.Duration) string {
	switch {
	case d < time.Minute:
		return ""
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d d %d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// latencyText tells how long an answer took, as "18 ms"; it is at least 1 ms.
func latencyText(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%d ms", max(d.Milliseconds(), 1))
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// untilText counts down, rounding up, as "4 s"; "" when the time has come.
func untilText(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	s := (d + time.Second - 1) / time.Second
	if s < 60 {
		return fmt.Sprintf("%d s", s)
	}
	return fmt.Sprintf("%d min", (s+59)/60)
}

// quoted gives a text the window's quotation marks: “web” for "web".
func quoted(s string) string {
	var out strings.Builder
	before := ' '
	for _, r := range s {
		switch {
		case r != '"':
			out.WriteRune(r)
		case before == ' ' || before == '(':
			out.WriteRune('“')
		default:
			out.WriteRune('”')
		}
		before = r
	}
	return out.String()
}

// sentence makes a whole sentence of an error's text: a capital and a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	if first, _, _ := strings.Cut(s, " "); !strings.ContainsAny(first, "./:_") {
		s = string(unicode.ToUpper(r)) + s[n:]
	}
	s = quoted(s)
	if last, _ := utf8.DecodeLastRuneInString(s); !strings.ContainsRune(".!?…", last) {
		s += "."
	}
	return s
}
