package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

	"culvert/e2e/clients/servers"
)

// pages lets wrk ask for the small page and for the file of 1 MiB.
func (w *work) pages(ctx context.Context) error {
	for _, m := range []struct {
		metric, path string
		connections  int
	}{{small, "/small.txt", 50}, {large, "/large.bin", 8}} {
		url := "http://" + w.f.addr(servers.PortWeb) + m.path
		out, err := w.do(ctx, call{program: "wrk", args: []string{
			"-t", "2", "-c", strconv.Itoa(m.connections), "-d", quickly(w.trial, "5s", "2s"), "--timeout", "10s", url,
		}})
		if err != nil {
			return err
		}
		if w.values[m.metric], err = parseWrk(out); err != nil {
			return err
		}
		w.done = "wrk on " + m.path
	}
	return nil
}

var (
	wrkRate    = regexp.MustCompile(`(?m)^Requests/sec:\s+([0-9.]+)$`)
	wrkTrouble = regexp.MustCompile(`(?m)^\s*(Socket errors: .*|Non-2xx or 3xx responses: .*)$`)
)

// parseWrk returns the requests per second, when all were answered well.
func parseWrk(printed string) (float64, error) {
	if m := wrkTrouble.FindStringSubmatch(printed); m != nil {
		return 0, fmt.Errorf("wrk: %s", m[1])
	}
	m := wrkRate.FindStringSubmatch(printed)
	if m == nil {
		return 0, fmt.Errorf("wrk prints no rate: %q", printed)
	}
	rate, err := strconv.ParseFloat(m[1], 64)
	if err == nil && rate == 0 {
		err = fmt.Errorf("wrk has got no answer: %q", printed)
	}
	return rate, err
}
