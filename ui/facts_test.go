package ui

import (
	"slices"
	"testing"
	"time"

	"culvert/tunnels"
)

func TestFacts(t *testing.T) {
	names := targetNames{current: "dev", namespaces: map[string]string{"dev": "shop"}}
	service := tunnels.Spec{Target: tunnels.Target{Kind: tunnels.KindService, Name: "web"}, StopAfter: 90 * time.Minute, Tags: []string{"http", "db"}}
	moved := readyStatus(service)
	moved.Pod, moved.PodsReady, moved.PodsAll, moved.Reconnects, moved.Sessions = "web-7d4b9c6f5-x2x9k", 2, 3, 2, 2
	moved.Held, moved.Failed, moved.Since = 1, 3, noon.Add(-20*time.Second)
	many := readyStatus(service)
	many.Pod, many.Pods = "web-a", []string{"web-a", "web-b"}
	left := insight{events: aDay(), open: []tunnels.Conn{
		{Pod: "web-7d4b9c6f5-k7d2p"}, {Pod: "web-7d4b9c6f5-x2x9k"}, {Pod: "web-7d4b9c6f5-k7d2p"}, {}, {Pod: "web-0", State: tunnels.ConnEnded},
	}}
	waiting := tunnels.Status{Spec: spec("a", "", "", "web-1", "80"), State: tunnels.Waiting, Since: noon.Add(-time.Hour)}
	tests := []struct {
		name string
		st   tunnels.Status
		in   insight
		want []string
	}{
		{"a service, its pod just swapped", moved, left, []string{
			"Pod: web-7d4b9c6f5-x2x9k (2 of 3 ready)", "Old pod: …k7d2p (2 connections finish there)", "Target: svc/web (in dev / shop)",
			"Transport: SPDY (18 ms, 2 sessions)", "Uptime: since 11:59:40 ()", "Reconnects: 2 (last at 11:00, another pod, 400 ms)",
			"Connections: 2 open of 14, 1 waiting, 3 failed ()", "Received: 48 MB · 1.0 KB/s ()", "Sent: 1.2 MB · 20 B/s ()",
			"Stop after: 1 h 30 min ()", "Tags: http, db ()",
		}},
		{"several pods", many, insight{}, []string{
			"Pods: web-a, web-b ()", "Target: svc/web (in dev / shop)", "Transport: SPDY (18 ms)", "Uptime: 3 h 12 min (since 08:48:00)",
			"Reconnects: 0 ()", "Connections: 2 open of 14 ()", "Received: 48 MB · 1.0 KB/s ()", "Sent: 1.2 MB · 20 B/s ()",
			"Stop after: 1 h 30 min ()", "Tags: http, db ()",
		}},
		{"a pod that is not there", waiting, insight{}, []string{
			"Pod: web-1 (no session)", "Namespace: shop (in dev)", "Transport: – ()", "In this state: 1 h 0 min (since 11:00:00)", "Reconnects: 0 ()",
			"Connections: 0 open of 0 ()", "Received: 0 B · 1.0 KB/s ()", "Sent: 0 B · 20 B/s ()",
		}},
		{"stopped", stopped(waiting.Spec), insight{}, []string{"Pod: web-1 ()", "Namespace: shop (in dev)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			facts := factsOf(tt.st, names, flow{1000, 20}, tt.in, noon)
			got := make([]string, 0, len(facts))
			for _, f := range facts {
				got = append(got, f.key+": "+f.value+" ("+f.note+")")
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "30 min": 30 * time.Minute, "90": 90 * time.Minute, "1 h 30 min": 90 * time.Minute, "1h30m": 90 * time.Minute,
		"2 D": 48 * time.Hour, "45s": 45 * time.Second, " 8 hours ": 8 * time.Hour,
	} {
		got, err := parseSpan(text)
		if err != nil || got != want {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
		if back, err := parseSpan(spanText(got)); err != nil || back != got {
			t.Errorf("%v is told as %q, which is read as %v, %v", got, spanText(got), back, err)
		}
	}
	for _, text := range []string{"soon", "h", "-3 min", "1 week", "0", "99999999999999999999 d", "1.5 h"} {
		if d, err := parseSpan(text); err == nil {
			t.Errorf("%q is read as %v", text, d)
		}
	}
}

// TestSpansDoNotWrapAround: 213504 days are as many nanoseconds as 25 minutes are,
// modulo 2^64.
func TestSpansDoNotWrapAround(t *testing.T) {
	for _, text := range []string{"213504 d", "2147483647 h", "2147483647 d 1 s"} {
		if d, err := parseSpan(text); err == nil && d <= tunnels.MaxStopAfter {
			t.Errorf("%q is taken for %v", text, d)
		}
	}
}

func FuzzSpan(f *testing.F) {
	f.Add("1 h 30 min")
	f.Add("2147483647 d")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseSpan(s)
		if err != nil || d <= 0 || d > tunnels.MaxStopAfter {
			return
		}
		if back, err := parseSpan(spanText(d)); err != nil || back != d {
			t.Errorf("%q is %v, told as %q, read as %v, %v", s, d, spanText(d), back, err)
		}
	})
}
