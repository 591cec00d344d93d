package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"culvert/e2e/clients/servers"
)

// benchmark lets redis-benchmark do four tests on 50 connections, one command at
// a time and then sixteen.
func (w *work) benchmark(ctx context.Context) error {
	count := quickly(w.trial, 20_000, 2_000)
	for _, m := range []struct {
		name     string
		count    int
		pipeline int
	}{{one, count, 1}, {many, 10 * count, 16}} {
		out, err := w.do(ctx, w.redis("redis-benchmark", "-c", "50", "-n", strconv.Itoa(m.count), "-P", strconv.Itoa(m.pipeline), "-t", "set,get,lpush,mset", "--csv"))
		if err != nil {
			return err
		}
		rates, err := parseBenchmark(out)
		if err != nil {
			return err
		}
		for test, rate := range rates {
			w.values[test+m.name] = rate
		}
		w.done = "redis-benchmark" + m.name
	}
	return w.redisErrors(ctx)
}

// What stands behind a test's name in its metric.
const (
	one  = ", one at a time"
	many = ", 16 at a time"
)

func (w *work) redis(program string, args ...string) call {
	where := []string{"-h", "127.0.0.1", "-p", strconv.Itoa(int(w.f.ports[servers.PortRedis]))}
	return call{program: program, args: append(where, args...)}
}

// redisErrors returns an error when the server has answered any command with one.
func (w *work) redisErrors(ctx context.Context) error {
	out, err := w.do(ctx, w.redis("redis-cli", "INFO", "stats"))
	if err != nil {
		return err
	}
	if !strings.Contains(out, "total_error_replies:0\r\n") {
		return fmt.Errorf("the server has answered with errors: %s", out)
	}
	return nil
}

// redisTests are what redis-benchmark calls its tests, and their short names.
func redisTests() map[string]string {
	return map[string]string{"SET": "SET", "GET": "GET", "LPUSH": "LPUSH", "MSET (10 keys)": "MSET"}
}

// parseBenchmark returns the requests per second of each test.
func parseBenchmark(printed string) (map[string]float64, error) {
	lines, err := csv.NewReader(strings.NewReader(printed)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("redis-benchmark prints %q: %w", printed, err)
	}
	rates := make(map[string]float64)
	for _, l := range lines {
		if test, ok := redisTests()[l[0]]; ok {
			if rates[test], err = strconv.ParseFloat(l[1], 64); err != nil {
				return nil, fmt.Errorf("redis-benchmark prints %q: %w", printed, err)
			}
		}
	}
	if len(rates) != len(redisTests()) {
		return nil, fmt.Errorf("redis-benchmark has not done all tests: %q", printed)
	}
	return rates, nil
}
