package ui

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2/lang"
)

// bytesText tells an amount of bytes in at most four digits, as "412 KB". The
// units are powers of 1000.
func bytesText(n uint64) string {
	if n < 1000 {
		return fmt.Sprintf("%d ", n) + lang.L("B")
	}
	units := []string{lang.L("KB"), lang.L("MB"), lang.L("GB"), lang.L("TB"), lang.L("PB"), lang.L("EB")}
	v := float64(n)
	i := -1
	for v >= 999.5 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if v < 9.95 {
		whole, part, _ := strings.Cut(fmt.Sprintf("%.1f", v), ".")
		return lang.L("{{.Whole}}.{{.Part}}", vars{"Whole": whole, "Part": part}) + " " + units[i]
	}
	return fmt.Sprintf("%.0f ", v) + units[i]
}

// rateText tells bytes per second.
func rateText(perSecond uint64) string { return bytesText(perSecond) + lang.L("/s") }

// ageText tells how long something has lasted, as "3 h 12 min"; "" below a
// minute. Seconds are left out: they would have the whole window painted each
// second.
func ageText(d time.Duration) string {
	v := vars{"Days": int(d / (24 * time.Hour)), "Hours": int(d % (24 * time.Hour) / time.Hour), "Minutes": int(d % time.Hour / time.Minute)}
	switch {
	case d < time.Minute:
		return ""
	case d < time.Hour:
		return lang.L("{{.Minutes}} min", v)
	case d < 24*time.Hour:
		return lang.L("{{.Hours}} h {{.Minutes}} min", v)
	}
	return lang.L("{{.Days}} d {{.Hours}} h", v)
}

// latencyText tells how long an answer took, as "18 ms"; it is at least 1 ms.
func latencyText(d time.Duration) string {
	if d < 10*time.Second {
		return lang.L("{{.Milliseconds}} ms", vars{"Milliseconds": max(d.Milliseconds(), 1)})
	}
	return lang.L("{{.Seconds}} s", vars{"Seconds": int(d / time.Second)})
}

// untilText counts down, rounding up, as "4 s"; "" when the time has come.
func untilText(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	s := int((d + time.Second - 1) / time.Second)
	if s < 60 {
		return lang.L("{{.Seconds}} s", vars{"Seconds": s})
	}
	return lang.L("{{.Minutes}} min", vars{"Minutes": (s + 59) / 60})
}

// dateText names a day, as "Mon 2 Jan 2006".
func dateText(t time.Time) string { return t.Format(lang.X("date.day", dayFormat)) }

// shortDate names a day without its weekday, as "2 Jan 2006".
func shortDate(t time.Time) string { return t.Format(lang.X("date.short", shortFormat)) }

// momentText names a minute, as "2 Jan 2006 15:04".
func momentText(t time.Time) string { return t.Format(lang.X("date.minute", minuteFormat)) }

// quoted gives a text the quotation marks of the window's language: “web” for "web".
func quoted(s string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(s, `"`)
		inside, after, closed := strings.Cut(rest, `"`)
		if !ok || !closed {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(before)
		out.WriteString(lang.L("“{{.Quoted}}”", vars{"Quoted": inside}))
		s = after
	}
}

// sentence makes a whole sentence of what the engine says: in the window's language,
// with a capital and a full stop.
func sentence(s string) string {
	s = said(strings.TrimSpace(s))
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	if first, _, _ := strings.Cut(s, " "); !strings.ContainsAny(first, "./:_") {
		s = string(unicode.ToUpper(r)) + s[n:]
	}
	s = quoted(s)
	switch last, _ := utf8.DecodeLastRuneInString(s); {
	case strings.ContainsRune(".!?…。！？", last):
	case unicode.Is(unicode.Han, last):
		s += "。"
	default:
		s += "."
	}
	return s
}

// joined puts one sentence behind the other, with a space between them unless the
// first one ends as in Chinese, with a stop that has its own.
func joined(a, b string) string {
	last, _ := utf8.DecodeLastRuneInString(a)
	if a == "" || b == "" || strings.ContainsRune("。！？：；", last) {
		return a + b
	}
	return a + " " + b
}

// paragraph puts sentences behind one another.
func paragraph(sentences []string) string {
	out := ""
	for _, s := range sentences {
		out = joined(out, s)
	}
	return out
}

// listed puts words behind one another, as "web-1, web-2".
func listed(words []string) string {
	return strings.Join(words, lang.X("list.separator", listSeparator))
}
