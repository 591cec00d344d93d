package ui

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// connRow is one line of the list of connections. Rows are compared with ==.
type connRow struct {
	head string // a heading; then all else is zero

	id      uint64
	client  string // as "127.0.0.1:53122"
	port    string // of the target
	state   string // where it is not simply open
	colour  fyne.ThemeColorName
	place   string // pod and age
	old     bool   // its pod is not the one of new connections
	ended   bool
	in, out carried
	trouble string // in short
	full    string // the trouble as whole sentences
	raw     string
}

// connsView is what the page of connections shows.
type connsView struct {
	summary string
	rows    []connRow
	empty   string // what would be here
	foot    string
}

// connsOf returns the connections of a tunnel: the open ones, the youngest first,
// then those that have ended, the last first.
func connsOf(st tunnels.Status, open, ended []tunnels.Conn, now time.Time) connsView {
	v := connsView{summary: connSummary(st)}
	pods := podsNow(st)
	old := 0
	for _, c := range slices.Backward(open) {
		r := connRowOf(c, pods, now)
		if r.old {
			old++
		}
		v.rows = append(v.rows, r)
	}
	if len(ended) > 0 {
		v.rows = append(v.rows, connRow{head: lang.L("Ended lately")})
	}
	for _, c := range ended {
		v.rows = append(v.rows, connRowOf(c, pods, now))
	}
	if len(v.rows) == 0 {
		v.empty = noConns(st)
	}
	if old > 0 && len(pods) == 1 {
		v.foot = lang.L("New connections go to {{.Pod}}. The old pod's session closes when its last connection ends.", vars{"Pod": pods[0]})
	}
	return v
}

func connSummary(st tunnels.Status) string {
	if st.State == tunnels.Stopped {
		return ""
	}
	out := []string{lang.L("{{.N}} open", vars{"N": st.Conns}), lang.L("{{.N}} since start", vars{"N": st.Opened})}
	if st.Held > 0 {
		out = append(out, lang.L("{{.N}} waiting", vars{"N": st.Held}))
	}
	if st.Failed > 0 {
		out = append(out, lang.L("{{.N}} failed", vars{"N": st.Failed}))
	}
	return strings.Join(out, ", ")
}

// noConns says what would be in an empty list.
func noConns(st tunnels.Status) string {
	if st.State == tunnels.Stopped {
		return lang.L("The tunnel is stopped. Once it runs, every program that connects to it is listed here, with what it sends and receives.")
	}
	addr, ok := firstBound(st)
	if !ok {
		return lang.L("The tunnel is not listening yet: nobody can connect.")
	}
	return lang.L("Nobody is connected. Every program that connects to {{.Address}} is listed here, with what it sends and receives.", vars{"Address": addr})
}

func connRowOf(c tunnels.Conn, pods []string, now time.Time) connRow {
	r := connRow{
		id: c.ID, client: clientText(c.Client), port: c.Mapping.Remote.String(), old: isOld(c, pods), ended: c.State == tunnels.ConnEnded,
		in: carriedOf(c.In, c.RateIn), out: carriedOf(c.Out, c.RateOut), colour: parts.Text3,
	}
	var place []string
	switch c.State {
	case tunnels.ConnHeld:
		r.state, r.colour = lang.L("waiting"), parts.Accent
	case tunnels.ConnEnding:
		r.state = lang.L("ending")
	case tunnels.ConnEnded:
		place = append(place, lang.L("ended {{.Time}} ago, after {{.Age}}", vars{"Time": secondsText(now.Sub(c.Ended)), "Age": secondsText(c.Ended.Sub(c.Since))}))
	case tunnels.ConnOpen:
	}
	if c.State != tunnels.ConnEnded {
		if c.Pod != "" {
			place = append(place, lang.L("pod {{.Pod}}", vars{"Pod": podTail(c.Pod, c.Pod)}))
		}
		place = append(place, secondsText(now.Sub(c.Since)))
	}
	r.place = strings.Join(place, ", ")
	if c.Err != nil && c.Err.Err != nil {
		r.trouble, r.full, r.raw = quoted(said(c.Err.Err.Error())), complaint(c.Err), c.Err.Raw
	}
	return r
}

func clientText(a netip.AddrPort) string {
	if !a.IsValid() {
		return lang.L("a local program")
	}
	return a.String()
}

// carried is how much has gone one way, and how fast; no rate while nothing goes.
type carried struct{ bytes, rate string }

func carriedOf(n, perSecond uint64) carried {
	m := carried{bytes: bytesText(n)}
	if perSecond > 0 {
		m.rate = rateText(perSecond)
	}
	return m
}

func (m carried) text() string {
	if m.rate == "" {
		return m.bytes
	}
	return m.bytes + " · " + m.rate
}

// secondsText tells how long something has lasted, to the second while that is
// short.
func secondsText(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", max(d, 0)/time.Second)
	}
	return ageText(d)
}

// copy is the row as text.
func (r connRow) copy() string {
	out := []string{r.client + " → " + r.port, r.place, "↓ " + r.in.text(), "↑ " + r.out.text()}
	if r.state != "" {
		out = append(out, r.state)
	}
	if r.full != "" {
		out = append(out, r.full)
	}
	s := strings.Join(out, " · ")
	if r.raw != "" {
		s += "\n" + r.raw
	}
	return s
}
