package main

import (
	"errors"
	"maps"
	"regexp"
	"strings"
	"testing"
)

func TestParseWrk(t *testing.T) {
	for _, test := range []struct {
		name, printed string
		want          float64
		trouble       string
	}{
		{"all went well", "Running 2s test\n  100 requests in 2.00s\nRequests/sec:   3979.54\nTransfer/sec:  1.0MB\n", 3979.54, ""},
		{"sockets", "  Socket errors: connect 0, read 3, write 0, timeout 1\nRequests/sec:   3979.54\n", 0, "read 3"},
		{"other answers", "  Non-2xx or 3xx responses: 7\nRequests/sec:   3979.54\n", 0, "responses: 7"},
		{"no answer", "Requests/sec:      0.00\n", 0, "no answer"},
		{"nothing", "", 0, "no rate"},
	} {
		got, err := parseWrk(test.printed)
		if err == nil && test.trouble != "" || err != nil && (test.trouble == "" || !strings.Contains(err.Error(), test.trouble)) || err == nil && got != test.want {
			t.Errorf("%s: %g, %v", test.name, got, err)
		}
	}
}

func TestParseBenchmark(t *testing.T) {
	printed := `"test","rps","avg_latency_ms","min_latency_ms"
"SET","3906.25","1.5","0.2"
"GET","2911.21","1.5","0.2"
"LPUSH","4310.34","1.5","0.2"
"MSET (10 keys)","2500.00","1.5","0.2"
`
	got, err := parseBenchmark(printed)
	want := map[string]float64{"SET": 3906.25, "GET": 2911.21, "LPUSH": 4310.34, "MSET": 2500}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("the rates are %v, %v; want %v", got, err, want)
	}
	half, _, _ := strings.Cut(printed, `"LPUSH"`)
	if _, err := parseBenchmark(half); err == nil {
		t.Error("half of the tests are enough")
	}
}

func TestUnderstand(t *testing.T) {
	const bound = `"bound":[{"address":"::1","port":5,"remote":80},{"address":"127.0.0.1","port":4,"remote":80}]`
	for _, test := range []struct {
		name      string
		peer      peer
		line      string
		ports     map[uint16]uint16
		complains bool
	}{
		{"culvert starts", culvert, `{"event":"state","state":"starting",` + bound + `}`, nil, false},
		{"culvert is ready", culvert, `{"event":"state","state":"ready",` + bound + `}`, map[uint16]uint16{80: 4}, false},
		{"culvert has a connection", culvert, `{"event":"connection","state":"ready",` + bound + `}`, nil, false},
		{"culvert loses one", culvert, `{"event":"connection-failed","state":"ready",` + bound + `}`, nil, true},
		{"culvert loses its session", culvert, `{"event":"session-lost","state":"ready",` + bound + `}`, nil, true},
		{"culvert reconnects", culvert, `{"event":"state","state":"reconnecting",` + bound + `}`, nil, true},
		{"culvert panics", culvert, `panic: x`, nil, true},
		{"kubectl tells a port", kubectl, "Forwarding from 127.0.0.1:4 -> 80", map[uint16]uint16{80: 4}, false},
		{"kubectl tells the other family", kubectl, "Forwarding from [::1]:4 -> 80", nil, false},
		{"kubectl has a connection", kubectl, "Handling connection for 4", nil, false},
	} {
		ports, complaint := test.peer.understand(test.line)
		if !maps.Equal(ports, test.ports) || (complaint != "") != test.complains {
			t.Errorf("%s: %v, %q", test.name, ports, complaint)
		}
	}
}

func TestReport(t *testing.T) {
	lines := []line{{"a", p50, "first", 1}, {"a", up, "second", 0}, {"b", p50, "never done", 1}}
	v := func(ms, rate float64) map[string]float64 { return map[string]float64{p50: ms, up: rate} }
	r := report{machine: "here", packages: "git 1", lines: lines, rounds: 3, results: []result{
		{"a", culvert, 0, v(1, 10), nil},
		{"a", kubectl, 0, v(2, 20), nil},
		{"a", kubectl, 1, v(3, 30), errors.Join(errExits)},
		{"a", culvert, 1, v(1.5, 60), nil},
		{"a", culvert, 2, nil, errors.New("lost | here\nand there")},
		{"a", kubectl, 2, v(4, 40), errComplains},
	}}
	got := r.markdown()
	for _, want := range []string{
		"| first | 1.2 (1.0–1.5); failed (1 of 3): lost / here and there | 3.0 (2.0–4.0); failed (1 of 3): exits; complains (1 of 3) | 0.50 |\n",
		"| second | 35 (10–60); failed (1 of 3): as above | 30 (20–40); failed (1 of 3): as above | 1.25 (0.50–2.00) |\n",
		"Packages: git 1.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "never done") {
		t.Error("a row is told that was not done")
	}
}

func TestInCell(t *testing.T) {
	const said = "complains, in 8 lines, the last: E1122 20:30:48.805060   14636 portforward.go:512] \"Error\" a|b <c>"
	if got, want := inCell(said), `complains, in 8 lines, the last: portforward.go:512] "Error" a/b &lt;c>`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := inCell(strings.Repeat("ä", 200)); len([]rune(got)) != 161 {
		t.Errorf("a cell of %d letters", len([]rune(got)))
	}
}

func TestVerdict(t *testing.T) {
	tr := &trial{results: []result{{row: "a", peer: kubectl, trouble: errExits}, {row: "a", peer: culvert}}}
	if err := tr.verdict(); err != nil {
		t.Errorf("what fails through kubectl is no failure of the run: %v", err)
	}
	tr.results = append(tr.results, result{row: "b", peer: culvert, trouble: errComplains})
	if err := tr.verdict(); !errors.Is(err, errComplains) {
		t.Errorf("the run ends with %v", err)
	}
}

func TestReplace(t *testing.T) {
	got, err := replace([]byte("a\n"+begin+"\nold\n"+end+"\nb\n"), "\nnew\n")
	if want := "a\n" + begin + "\n\nnew\n" + end + "\nb\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := replace([]byte("a\n"+end+"\n"), "new"); !errors.Is(err, errNoMarkers) {
		t.Errorf("without markers: %v", err)
	}
}

// TestLinesAreOfRows holds the document's lines to the rows: none is told of
// what is not done, and each row is told of.
func TestLinesAreOfRows(t *testing.T) {
	told := make(map[string]bool)
	for _, l := range allLines() {
		told[l.row] = true
	}
	for _, r := range allRows() {
		if !told[r.name] {
			t.Errorf("the document has no line of %s", r.name)
		}
		delete(told, r.name)
	}
	if len(told) > 0 {
		t.Errorf("there are no rows %v", told)
	}
	if got := chosen(regexp.MustCompile("^ssh$")); len(got) != 1 || got[0].name != "ssh" {
		t.Errorf("chosen are %v", got)
	}
}
