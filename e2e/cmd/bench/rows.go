package main

import (
	"context"
	"fmt"

	"culvert/e2e/load"
)

// row is one kind of work, which several peers do in turn.
type row struct {
	name     string // for -rows and JSON
	peers    []peer
	run      func(b *bench, ctx context.Context, p peer) (sample, error)
	once     bool   // one round is enough
	first    []peer // those for whom the first round is enough
	together bool   // all peers at once: they hardly do anything
	long     bool   // done -long times: it takes a minute each
}

func (r row) rounds(o options) int {
	switch {
	case r.once:
		return 1
	case r.long:
		return o.long
	}
	return o.pairs
}

// connections are the numbers of connections of downloads and uploads.
var connections = [...]int{1, 8, 32}

// The works' names; bulkRow makes those of downloads and uploads.
const (
	rowConnect  = "connect"
	rowFar      = "connect-40ms"
	rowLoaded   = "connect-loaded"
	rowRequests = "requests"
	rowHeld     = "held-1000"
	rowShort    = "short-30000"
	rowFlat     = "short-100000"
	rowBeside   = "beside"
	rowLate     = "half-close"
	rowPod      = "pod-replaced"
	rowAPI      = "api-killed"
	rowKubelet  = "kubelet-restarted"
	rowHole     = "black-hole"
)

func bulkRow(kind load.Kind, conns int) string { return fmt.Sprintf("%s-%d", kind, conns) }

func allRows() []row {
	transports := []peer{spdy, kubectlSPDY, webSocket, kubectlWebSocket}
	kubectls := []peer{kubectlSPDY, kubectlWebSocket}
	var rows []row
	for _, kind := range []load.Kind{load.Download, load.Upload} {
		for _, n := range connections {
			peers := transports
			if kind == load.Download && n == 8 {
				peers = append([]peer{auto}, transports...)
			}
			rows = append(rows, row{name: bulkRow(kind, n), peers: peers, run: bulk(kind, n)})
		}
	}
	return append(rows,
		row{name: rowConnect, peers: append([]peer{auto}, transports...), run: connect(load.Connect, 400, false)},
		row{name: rowFar, peers: transports, run: connect(load.Connect, 25, true)},
		row{name: rowLoaded, peers: transports, run: connect(load.Loaded, 100, false)},
		row{name: rowRequests, peers: transports, run: (*bench).requests},
		row{name: rowHeld, peers: append([]peer{window}, transports...), run: (*bench).held, first: []peer{window}},
		row{name: rowBeside, peers: transports, run: (*bench).beside},
		row{name: rowLate, peers: transports, run: (*bench).late},
		row{name: rowShort, peers: []peer{spdy, kubectlSPDY, window}, run: (*bench).short, long: true, first: []peer{window}},
		row{name: rowPod, peers: transports, run: (*bench).podReplaced, long: true, first: kubectls},
		row{name: rowAPI, peers: transports, run: (*bench).apiKilled, long: true, first: kubectls},
		row{name: rowKubelet, peers: transports, run: (*bench).kubeletRestarted, long: true, first: kubectls},
		row{name: rowHole, peers: transports, run: (*bench).blackHole, long: true, together: true, first: kubectls},
		row{name: rowFlat, peers: []peer{spdy}, run: (*bench).flat, once: true},
	)
}
