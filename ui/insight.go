package ui

import (
	"context"
	"time"

	"culvert/tunnels"
)

// insight is what the open page of the details needs beside the snapshot.
type insight struct {
	of     insightOf
	at     time.Time // when it was asked for
	events []tunnels.Event
	open   []tunnels.Conn
	ended  []tunnels.Conn
}

// insightOf is whose insight it is: another page, or another state, needs another.
type insightOf struct {
	id         tunnels.ID
	page       detailsPage
	state      tunnels.State
	reason     string
	pod        string
	reconnects int
}

// insightEvery is how often an insight is asked for while nothing else changes.
const insightEvery = tickEvery * 9 / 10

// insightOf returns the insight into a tunnel, as last seen, and asks for a new one
// when that is due. It never waits.
func (a *App) insightOf(st tunnels.Status, now time.Time) insight {
	want := insightOf{st.Spec.ID, a.page, st.State, st.Reason, st.Pod, st.Reconnects}
	if !a.peeking && a.page != pageEdit && (a.insight.of != want || now.Sub(a.insight.at) >= insightEvery) {
		a.peeking = true
		a.spawn(func(ctx context.Context) {
			in := peek(a.deps.Tunnels, want, now)
			if ctx.Err() != nil {
				return
			}
			a.do(func() {
				a.peeking, a.insight = false, in
				a.applyDetails(a.names(), a.deps.Now())
			})
		})
	}
	if a.insight.of.id != st.Spec.ID {
		return insight{}
	}
	return a.insight
}

// peek asks the manager for what a page shows.
func peek(t Tunnels, of insightOf, now time.Time) insight {
	in := insight{of: of, at: now}
	switch of.page {
	case pageOverview:
		in.events, in.open = t.Timeline(of.id), t.Connections(of.id)
	case pageConnections:
		in.open, in.ended = t.Connections(of.id), t.Recent(of.id)
	case pageTimeline:
		in.events = t.Timeline(of.id)
	case pageEdit:
	}
	return in
}
