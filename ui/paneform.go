package ui

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// paneSpec returns the tunnel that the Edit page describes, given what it replaces,
// and what is wrong with it. The page does not change the target, which stays as it
// was, with what it leaves to the kubeconfig.
func paneSpec(f form, old tunnels.Spec) (tunnels.Spec, complaints) {
	spec, bad := f.spec(old)
	spec.Target = old.Target
	if !bad.any() {
		f.blame(&bad, spec.Validate())
	}
	return spec, bad
}

// paneComplaints is what to say below the fields of the Edit page while one types.
func paneComplaints(f form) complaints {
	return complaints{ports: f.livePorts(), listen: f.liveListen(), tags: f.liveTags(), stop: f.liveStop()}
}

// liveTags is what to say below the tags while one types.
func (f form) liveTags() string {
	tags := words(f.tags)
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

// liveStop is what to say below the time to stop after.
func (f form) liveStop() string {
	after, err := parseSpan(f.stopAfter)
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

// stopKey is the option of a time to stop after.
func stopKey(stopAfter string) string {
	if stopAfter == "" {
		return stopNever
	}
	return stopAfter
}

// stopOf is the time to stop after of an option, or as typed.
func stopOf(key string) string {
	if key == stopNever {
		return ""
	}
	if d, err := parseSpan(key); err == nil {
		return spanText(d)
	}
	return key
}

// stopOptions are the times after which a tunnel may stop by itself; others can be
// typed.
func stopOptions(now string) []parts.Option {
	out := []parts.Option{{Key: stopNever, Text: lang.L("Never")}}
	for _, d := range []time.Duration{30 * time.Minute, time.Hour, 4 * time.Hour, 8 * time.Hour} {
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
	wrong := errors.New(lang.L("“{{.Typed}}” is not a time: write it as 30 min, 1 h 30 min or 2 d", vars{"Typed": strings.TrimSpace(s)}))
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
		return 0, errors.New(lang.L("no time is no time to stop after: give at least one second, or choose Never"))
	}
	return sum, nil
}

// spanUnit knows the units in all languages of the window, whichever it has now: none
// means different things in two of them.
func spanUnit(s string) (time.Duration, bool) {
	switch s {
	case "", "m", "min", "mins", "minute", "minutes", "minuten", "分", "分钟":
		return time.Minute, true
	case "h", "hour", "hours", "std", "stunde", "stunden", "heure", "heures", "时", "小时":
		return time.Hour, true
	case "d", "day", "days", "t", "tag", "tage", "j", "jour", "jours", "天", "日":
		return 24 * time.Hour, true
	case "s", "sec", "second", "seconds", "sek", "sekunde", "sekunden", "seconde", "secondes", "秒":
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
		out = joined(lang.L("Saving restarts the tunnel:"), plural(st.Conns, "1 connection will be cut.", "{{.N}} connections will be cut.", nil))
	}
	if slices.ContainsFunc(spec.Mappings, func(m tunnels.Mapping) bool {
		return m.Local == tunnels.AnyPort && slices.Contains(st.Spec.Mappings, m)
	}) {
		out = joined(out, lang.L("Random ports are kept."))
	}
	return out
}
