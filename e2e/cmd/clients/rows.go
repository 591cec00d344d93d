package main

import (
	"context"
	"regexp"

	"culvert/e2e/clients/servers"
)

// row is what one client does, through a forwarder of its own.
type row struct {
	name   string // for -only
	server string
	ports  []uint16
	run    func(w *work, ctx context.Context) error
}

func allRows() []row {
	return []row{
		{"psql-quits", servers.Postgres, []uint16{servers.PortPostgres}, (*work).quits},
		{"psql-copy", servers.Postgres, []uint16{servers.PortPostgres}, (*work).copies},
		{"redis", servers.Redis, []uint16{servers.PortRedis}, (*work).benchmark},
		{"wrk", servers.Web, []uint16{servers.PortWeb}, (*work).pages},
		{"ssh", servers.SSH, []uint16{servers.PortSSH}, (*work).session},
		{"scp", servers.SSH, []uint16{servers.PortSSH}, (*work).scp},
		{"git", servers.Web, []uint16{servers.PortWeb}, (*work).repository},
		{"websocket", servers.Streams, []uint16{servers.PortWebSocket}, (*work).webSocket},
		{"grpc", servers.Streams, []uint16{servers.PortGRPC, servers.PortWebSocket}, (*work).calls},
	}
}

func chosen(only *regexp.Regexp) []row {
	var rows []row
	for _, r := range allRows() {
		if only.MatchString(r.name) {
			rows = append(rows, r)
		}
	}
	return rows
}

// What works measure.
const (
	p50       = "p50 ms"
	p99       = "p99 ms"
	up        = "up MiB/s"
	down      = "down MiB/s"
	login     = "login ms"
	perSecond = "per second"
	small     = "small per second"
	large     = "large per second"
	cloned    = "clone s"
	sent      = "push s"
)

// line is a line of the document: what a row has measured of one thing.
type line struct {
	row, metric string
	title       string
	decimals    int
}

func allLines() []line {
	lines := []line{
		{"psql-quits", p50, "100 × `psql`: connect with TLS, SELECT, quit; ms", 1},
		{"psql-copy", up, "`psql` COPY of 1 GiB in, MiB/s", 0},
		{"psql-copy", down, "`psql` COPY of 1 GiB out, MiB/s", 0},
	}
	for _, how := range []string{one, many} {
		for _, test := range []string{"SET", "GET", "LPUSH", "MSET"} {
			lines = append(lines, line{"redis", test + how, "`redis-benchmark` " + test + how + ", requests/s", 0})
		}
	}
	return append(lines,
		line{"wrk", small, "`wrk` on a small page, 50 connections, requests/s", 0},
		line{"wrk", large, "`wrk` on a file of 1 MiB, 8 connections, requests/s", 0},
		line{"ssh", login, "`ssh` with a terminal: login and a first command, ms", 0},
		line{"ssh", p50, "the same: from a command to its answer, median ms", 1},
		line{"ssh", p99, "the same, 99th percentile ms", 1},
		line{"scp", up, "`scp` of 256 MiB to the pod, MiB/s", 0},
		line{"scp", down, "`scp` of 256 MiB from the pod, MiB/s", 0},
		line{"git", cloned, "`git clone` over HTTP of 48 MiB in 2,000 files, s", 2},
		line{"git", sent, "`git push` over HTTP of 16 MiB, s", 2},
		line{"websocket", perSecond, "WebSocket: echoes, one at a time, messages/s", 0},
		line{"grpc", perSecond, "gRPC: unary calls, one at a time, calls/s", 0},
		line{"grpc", down, "gRPC: a server's stream of 125 MiB, MiB/s", 0},
	)
}
