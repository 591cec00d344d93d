package ui

import (
	"fmt"
	"strings"
	"time"

	"culvert/tunnels"
)

// fact is one line of the details: a key and what there is to say.
type fact struct{ key, value string }

// detailView is all that the details show of a tunnel.
type detailView struct {
	id       tunnels.ID
	name     string
	look     stateLook
	sentence string
	on       bool
	canKick  bool
	trouble  string // what is wrong and what to do, in full
	raw      string // what was said at first, where trouble puts it in other words
	remedies []verb // what the user can do about it here
	conflict conflictView
	cards    []addressCard
	facts    []fact
	warnings []string
	role     bool // a right is missing
}

// addressCard is one mapping with its addresses.
type addressCard struct {
	local, remote string // "6000", "5000 in the pod"
	lines         []address
	urgent        bool // the user has to see to those that are not bound
}

// detailsOf returns what the details show of a tunnel.
func detailsOf(st tunnels.Status, names targetNames, f flow, failed *tunnels.Error, now time.Time) detailView {
	v := detailView{
		id: st.Spec.ID, name: st.Spec.Title(), look: lookOf(st.State), sentence: stateSentence(st, now),
		on: running(st.State), canKick: running(st.State), cards: cardsOf(st), warnings: st.Warnings,
	}
	v.role = st.State == tunnels.NeedsUser && st.Err != nil && st.Err.Cause == tunnels.CauseForbidden
	switch {
	case failed != nil:
		v.trouble = complaint(failed)
	case st.Err != nil:
		v.trouble = complaint(st.Err)
	case len(st.Unbound) > 0:
		v.trouble = complaint(st.Unbound[0].Err)
	}
	v.facts = factsOf(st, names, f, now)
	return v
}

func factsOf(st tunnels.Status, names targetNames, f flow, now time.Time) []fact {
	t := st.Spec.Target
	out := []fact{{"Target", leadsTo(st)}, {"In", names.context(t) + " / " + names.namespace(t)}}
	add := func(key, value string) { out = append(out, fact{key, value}) }
	if st.State == tunnels.Stopped {
		return out
	}
	add("Pod", orDash(st.Pod))
	add("Transport", orDash(st.Transport))
	if st.Latency > 0 {
		add("Latency", latencyText(st.Latency))
	}
	if !st.Since.IsZero() {
		word, _ := stateWord(st, now)
		if st.State == tunnels.Reconnecting || st.State == tunnels.NeedsUser {
			word = "In this state"
		}
		age := "since " + st.Since.Format("15:04:05")
		if s := ageText(now.Sub(st.Since)); s != "" {
			age = s + ", " + age
		}
		add(word, age)
	}
	add("Reconnects", fmt.Sprint(st.Reconnects))
	add("Connections", connText(st))
	add("Received", bytesText(st.In)+" · "+rateText(f.in))
	add("Sent", bytesText(st.Out)+" · "+rateText(f.out))
	return out
}

func connText(st tunnels.Status) string {
	s := fmt.Sprintf("%d open of %d", st.Conns, st.Opened)
	if st.Held > 0 {
		s += fmt.Sprintf(", %d waiting", st.Held)
	}
	if st.Failed > 0 {
		s += fmt.Sprintf(", %d failed", st.Failed)
	}
	return s
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func cardsOf(st tunnels.Status) []addressCard {
	var out []addressCard
	all := addressesOf(st)
	stopped := st.State == tunnels.Stopped
	seen := make(map[tunnels.Mapping]int)
	for _, a := range all {
		i, ok := seen[a.mapping]
		if !ok {
			i = len(out)
			seen[a.mapping] = i
			c := addressCard{local: fmt.Sprint(a.mapping.Local), remote: remoteText(st.Spec.Target, a.mapping.Remote), urgent: st.State == tunnels.NeedsUser}
			switch {
			case a.random:
				c.local = "random"
			case a.mapping.Local == tunnels.SamePort:
				c.local = a.mapping.Remote.String()
			}
			out = append(out, c)
		}
		if stopped {
			a.trouble = ""
		}
		if a.mapping.Local.Fixed() == 0 && a.bound {
			out[i].local = portOf(a.text)
		}
		out[i].lines = append(out[i].lines, a)
	}
	return out
}

// remoteText says where a port is.
func remoteText(t tunnels.Target, p tunnels.Port) string {
	if t.Kind == tunnels.KindService {
		return p.String() + " of the service"
	}
	return p.String() + " in the pod"
}

// leadsTo is where a tunnel goes, as "svc/web → web-7d9f (ready, 2 of 3)".
func leadsTo(st tunnels.Status) string {
	t := st.Spec.Target
	if t.Kind == tunnels.KindPod {
		return t.String()
	}
	pods := strings.Join(st.Pods, ", ")
	if pods == "" {
		pods = st.Pod
	}
	some := fmt.Sprintf("%d of %d", st.PodsReady, st.PodsAll)
	switch {
	case st.State == tunnels.Stopped:
		return t.String()
	case pods != "" && st.State.Serving():
		return fmt.Sprintf("%s → %s (ready, %s)", t, pods, some)
	case st.PodsAll > 0:
		return fmt.Sprintf("%s (%s ready)", t, some)
	}
	return t.String()
}

// portOf returns what follows the last colon.
func portOf(addr string) string {
	for i := len(addr) - 1; i >= 0; i-- {
		if addr[i] == ':' {
			return addr[i+1:]
		}
	}
	return addr
}
