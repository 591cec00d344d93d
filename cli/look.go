package cli

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"culvert/tunnels"
)

// look is how tables are drawn.
type look struct {
	width  int  // in cells; 0 means that nothing is cut
	colour bool // escape sequences for colours are understood
	ascii  bool // no other letters are
}

// mark is what stands for what is left out.
func (l look) mark() string {
	if l.ascii {
		return "..."
	}
	return "…"
}

// appearance is how a state is shown: by a sign, a word and, where there are colours,
// by one.
type appearance struct{ sign, ascii, word, colour string }

// The colours, as select graphic rendition has them.
const (
	green  = "32"
	yellow = "33"
	red    = "31"
	faint  = "2"
)

func appearanceOf(s tunnels.State) appearance {
	switch s {
	case tunnels.Stopped:
		return appearance{"○", "-", "stopped", faint}
	case tunnels.Ready:
		return appearance{"●", "*", "ready", green}
	case tunnels.Starting:
		return appearance{"◐", "~", "starting", yellow}
	case tunnels.Waiting:
		return appearance{"◐", "~", "waiting", yellow}
	case tunnels.Degraded:
		return appearance{"▲", "!", "degraded", yellow}
	case tunnels.Reconnecting:
		return appearance{"◐", "~", "reconnecting", yellow}
	case tunnels.NeedsUser:
		return appearance{"✖", "x", "needs you", red}
	}
	return appearance{"?", "?", s.String(), ""}
}

// paint gives a text a colour.
func (l look) paint(s, colour string) string {
	if !l.colour || colour == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// onlyASCII says whether the user's terminal is set up for no other letters.
func onlyASCII(env func(string) string) bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return false
	}
	for _, name := range [...]string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return true
}

// noColour says whether the user wants none, as https://no-color.org has it.
func noColour(env func(string) string) bool { return env("NO_COLOR") != "" }

// addressesText lists where a tunnel is reached: one address for each number that is
// the same on 127.0.0.1 and [::1], as localhost:8080.
func addressesText(st tunnels.Status) string {
	var out []string
	done := make(map[string]bool)
	for _, m := range st.Spec.Mappings {
		for _, text := range shortAddresses(st, m) {
			if !done[text] {
				done[text] = true
				out = append(out, text)
			}
		}
	}
	if len(out) == 0 {
		return none
	}
	return strings.Join(out, " ")
}

func shortAddresses(st tunnels.Status, m tunnels.Mapping) []string {
	var all []string
	loopback := make(map[uint16]int)
	for _, b := range st.Bound {
		if b.Mapping == m && b.Addr.Addr().IsLoopback() && reachableAsLocalhost(b.Addr.Addr().String()) {
			loopback[b.Addr.Port()]++
		}
	}
	for _, b := range st.Bound {
		if b.Mapping != m {
			continue
		}
		if loopback[b.Addr.Port()] == 2 && reachableAsLocalhost(b.Addr.Addr().String()) {
			all = append(all, fmt.Sprintf("localhost:%d", b.Addr.Port()))
			continue
		}
		all = append(all, b.Addr.String())
	}
	return all
}

func reachableAsLocalhost(addr string) bool { return addr == "127.0.0.1" || addr == "::1" }

// targetText is a tunnel's target with its ports, as svc/web:8080,9090.
func targetText(s tunnels.Spec) string {
	var ports []string
	for _, m := range s.Mappings {
		ports = append(ports, m.Remote.String())
	}
	return s.Target.String() + ":" + strings.Join(ports, ",")
}

// bytesText tells a number of bytes in as few letters as are of use.
func bytesText(n uint64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	units := "KMGTPE"
	v, i := float64(n), -1
	for v >= 999.5 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if v < 9.95 {
		return fmt.Sprintf("%.1f %cB", v, units[i])
	}
	return fmt.Sprintf("%.0f %cB", v, units[i])
}

// rateText tells what goes through a tunnel now; empty for nothing.
func rateText(st tunnels.Status) string {
	if st.RateIn+st.RateOut == 0 {
		return ""
	}
	return bytesText(st.RateIn+st.RateOut) + "/s"
}

// lookOf is how tables are drawn on stdout.
func lookOf(d Deps) look {
	l := look{ascii: onlyASCII(os.Getenv)}
	if s := screenOf(d); s != nil {
		l.width, l.colour = s.width(), s.colour
	}
	return l
}

// sinceText tells how long ago something was.
func sinceText(at, now time.Time) string {
	if at.IsZero() {
		return none
	}
	d := max(0, now.Sub(at))
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm %ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
