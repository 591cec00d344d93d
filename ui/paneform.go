package ui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// paneForm is what stands in the fields of the Edit page.
type paneForm struct {
	form
	tagWords string // separated by spaces or commas
	stopText string // as "1 h 30 min"; empty for a tunnel that goes on
}

// paneComplaints are the sentences below the fields; empty where all is well.
type paneComplaints struct {
	complaints
	tags, stop string
}

func (c paneComplaints) any() bool { return c != paneComplaints{} }

func paneFormOf(spec tunnels.Spec, names targetNames) paneForm {
	return paneForm{form: formOf(spec, names), tagWords: strings.Join(spec.Tags, " "), stopText: spanText(spec.StopAfter)}
}

// spec returns the tunnel that the fields describe, given what it replaces, and
// what is wrong with it. Where nothing was changed of the target, it stays as it
// was, with what it leaves to the kubeconfig.
func (f paneForm) spec(old tunnels.Spec) (tunnels.Spec, paneComplaints) {
	spec, bad := f.form.spec(old)
	spec.Target = old.Target
	spec.Tags = words(f.tagWords)
	after, err := parseSpan(f.stopText)
	spec.StopAfter = after
	out := paneComplaints{complaints: bad, tags: f.liveTags(), stop: stopComplaint(after, err)}
	if !out.any() {
		f.blame(&out.complaints, spec.Validate())
	}
	return spec, out
}

// live is what to say below the fields while one types.
func (f paneForm) live() paneComplaints {
	after, err := parseSpan(f.stopText)
	return paneComplaints{
		complaints: complaints{ports: f.livePorts(), listen: f.liveListen()},
		tags:       f.liveTags(), stop: stopComplaint(after, err),
	}
}

func (f paneForm) liveTags() string {
	tags := words(f.tagWords)
	if len(tags) > tunnels.MaxTags {
		return lang.L("{{.N}} tags are too many: give at most {{.Most}}.", vars{"N": len(tags), "Most": tunnels.MaxTags})
	}
	for i, tag := range tags {
		if err := tunnels.ValidateTag(tag); err != nil {
			return complaint(err)
		}
		if slices.Contains(tags[:i], tag) {
			return lang.L("“{{.Tag}}” is there twice.", vars{"Tag": tag})
		}
	}
	return ""
}

func stopComplaint(after time.Duration, err error) string {
	switch {
	case err != nil:
		return sentence(err.Error())
	case after > tunnels.MaxStopAfter:
		return lang.L("That is too long: give at most {{.Most}}.", vars{"Most": spanText(tunnels.MaxStopAfter)})
	}
	return ""
}

// stopNever is the key of a tunnel that goes on.
const stopNever = "never"

// stopOptions are the times after which a tunnel may stop by itself; others can be
// typed.
func stopOptions(now string) []parts.Option {
	out := []parts.Option{{Key: stopNever, Text: lang.L("Never")}}
	for _, d := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 8 * time.Hour} {
		out = append(out, parts.Option{Key: spanText(d), Text: spanText(d)})
	}
	if now != "" && !slices.ContainsFunc(out, func(o parts.Option) bool { return o.Key == now }) {
		out = append(out, parts.Option{Key: now, Text: now})
	}
	return out
}

// parseSpan reads a length of time as spanText tells it, and as one types it:
// "1 h 30 min", "90m", "2d"; a bare number means minutes. An empty text is 0.
func parseSpan(s string) (time.Duration, error) {
	wrong := fmt.Errorf("%q is not a time: write it as 30 min, 1 h 30 min or 2 d", strings.TrimSpace(s))
	rest := strings.ToLower(strings.TrimSpace(s))
	var sum time.Duration
	for rest != "" {
		digits := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsDigit(r) })
		if digits < 0 {
			digits = len(rest)
		}
		n, err := strconv.ParseInt(rest[:digits], 10, 32)
		if err != nil {
			return 0, wrong
		}
		rest = strings.TrimLeft(rest[digits:], " ")
		letters := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
		if letters < 0 {
			letters = len(rest)
		}
		unit, ok := spanUnit(rest[:letters])
		if !ok {
			return 0, wrong
		}
		rest = strings.TrimLeft(rest[letters:], " ")
		sum += time.Duration(min(n, int64(tunnels.MaxStopAfter/unit)+1) * int64(unit)) // more is as wrong, and would overflow
	}
	if sum == 0 && strings.TrimSpace(s) != "" {
		return 0, errors.New("no time is no time to stop after: give at least one second, or choose Never")
	}
	return sum, nil
}

func spanUnit(s string) (time.Duration, bool) {
	switch s {
	case "", "m", "min", "mins", "minute", "minutes":
		return time.Minute, true
	case "h", "hour", "hours":
		return time.Hour, true
	case "d", "day", "days":
		return 24 * time.Hour, true
	case "s", "sec", "second", "seconds":
		return time.Second, true
	}
	return 0, false
}

// savingNote says what saving does to a tunnel that runs; empty while it is
// stopped.
func savingNote(st tunnels.Status, spec tunnels.Spec) string {
	if !running(st.State) {
		return ""
	}
	if !tunnels.Restarts(st.Spec, spec) {
		return lang.L("The tunnel goes on while this is saved: nothing is cut.")
	}
	out := lang.L("Saving restarts the tunnel.")
	if st.Conns > 0 {
		out = lang.L("Saving restarts the tunnel:") + " " + plural(st.Conns, "1 connection will be cut.", "{{.N}} connections will be cut.", nil)
	}
	if slices.ContainsFunc(spec.Mappings, func(m tunnels.Mapping) bool {
		return m.Local == tunnels.AnyPort && slices.Contains(st.Spec.Mappings, m)
	}) {
		out += " " + lang.L("Random ports are kept.")
	}
	return out
}
