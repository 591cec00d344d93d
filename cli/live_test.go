package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
)

// someStatuses are tunnels in several states.
func someStatuses(t *testing.T) []tunnels.Status {
	web := aStatus(t, "web", "8080:80 :9090", "127.0.0.1:8080 8080:80", "[::1]:8080 8080:80", "127.0.0.1:41000 :9090", "[::1]:41000 :9090")
	web.Pod, web.Pods, web.RateIn, web.RateOut = "web-7d4b9c6f5-x2x9k", []string{"web-7d4b9c6f5-x2x9k", "web-7d4b9c6f5-mq4tn"}, 1_200_000, 3000
	db := aStatus(t, "数据库 \x1b[31mred\u202e", "5432")
	db.State, db.Reason = tunnels.NeedsUser, "port busy"
	db.Err = &tunnels.Error{Op: "listen on 127.0.0.1:5432", Err: errors.New("postgres (pid 4711) has it"), Hint: "Use another port."}
	slow := aStatus(t, "slow", ":80", "127.0.0.2:41001 :80")
	slow.State, slow.Reason, slow.RetryAt = tunnels.Reconnecting, "cluster unreachable", time.Date(2026, 1, 1, 0, 0, 3, 0, time.UTC)
	return []tunnels.Status{web, db, slow}
}

func TestLiveTable(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		look look
		want string
	}{
		"wide": {look{width: 120}, `
STATE           NAME            LOCAL                           TARGET           POD                     RATE
● ready         web             localhost:8080 localhost:41000  svc/web:80,9090  web-7d4b9c6f5-x2x9k +1  1.2 MB/s
✖ needs you     数据库 [31mred  -                               svc/web:5432     -                       -
    listen on 127.0.0.1:5432: postgres (pid 4711) has it
    Use another port.
◐ reconnecting  slow            127.0.0.2:41001                 svc/web:80       -                       -
    cluster unreachable (again in 4s)`},
		"narrow": {look{width: 60}, `
STATE           NAME          LOCAL            TARGET
● ready         web           localhost:8080…  svc/web:80,9…
    localhost:8080 localhost:41000
✖ needs you     数据库 [31m…  -                svc/web:5432
    listen on 127.0.0.1:5432: postgres (pid 4711) has it
    Use another port.
◐ reconnecting  slow          127.0.0.2:41001  svc/web:80
    cluster unreachable (again in 4s)`},
		"very narrow": {look{width: 40}, `
STATE           NAME     LOCAL
● ready         web      localhost:8080…
    localhost:8080 localhost:41000
✖ needs you     数据库…  -
    listen on 127.0.0.1:5432: postgres
    (pid 4711) has it
    Use another port.
◐ reconnecting  slow     127.0.0.2:41001
    cluster unreachable (again in 4s)`},
		"with ASCII alone": {look{width: 120, ascii: true}, `
STATE           NAME            LOCAL                           TARGET           POD                     RATE
* ready         web             localhost:8080 localhost:41000  svc/web:80,9090  web-7d4b9c6f5-x2x9k +1  1.2 MB/s
x needs you     数据库 [31mred  -                               svc/web:5432     -                       -
    listen on 127.0.0.1:5432: postgres (pid 4711) has it
    Use another port.
~ reconnecting  slow            127.0.0.2:41001                 svc/web:80       -                       -
    cluster unreachable (again in 4s)`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			lines := liveLines(tt.look, someStatuses(t), now)
			if got := "\n" + strings.Join(lines, "\n"); got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
			for _, line := range lines {
				if cells(line) > tt.look.width {
					t.Errorf("%q is wider than %d", line, tt.look.width)
				}
			}
		})
	}
}

// TestColoursSayNothingAlone: without them the lines are the same.
func TestColoursSayNothingAlone(t *testing.T) {
	now := time.Now()
	plain := strings.Join(liveLines(look{width: 100}, someStatuses(t), now), "\n")
	colours := strings.Join(liveLines(look{width: 100, colour: true}, someStatuses(t), now), "\n")
	if colours == plain || unpainted(colours) != plain {
		t.Errorf("got %q, want %q", unpainted(colours), plain)
	}
}

// emulator emulates as much of a terminal as draw makes use of.
type emulator struct {
	rows   []string
	row    int
	writes int
}

func (e *emulator) Write(b []byte) (int, error) {
	e.writes++
	s := string(b)
	for s != "" {
		switch {
		case strings.HasPrefix(s, "\x1b[K"):
			e.at("")
			s = s[3:]
		case strings.HasPrefix(s, "\x1b[J"):
			e.rows = e.rows[:min(e.row, len(e.rows))]
			s = s[3:]
		case strings.HasPrefix(s, "\x1b["):
			var n int
			fmt.Sscanf(s, "\x1b[%dA", &n)
			e.row -= n
			s = s[strings.Index(s, "A")+1:]
		case s[0] == '\r':
			s = s[1:]
		case s[0] == '\n':
			e.row++
			s = s[1:]
		default:
			n := strings.IndexAny(s, "\x1b\r\n")
			e.at(s[:n])
			s = s[n+len("\x1b[K"):]
		}
	}
	return len(b), nil
}

func (e *emulator) at(text string) {
	for len(e.rows) <= e.row {
		e.rows = append(e.rows, "")
	}
	e.rows[e.row] = text
}

func TestScreenDrawsInPlace(t *testing.T) {
	e := &emulator{}
	width, height := 80, 5
	s := &screen{out: e, size: func() (int, int) { return width, height }}
	for _, tt := range []struct{ lines, want string }{
		{"a b", "a b"},
		{"c d e", "c d e"},
		{"f", "f"},
		{"a b c d e f", "a b c and_3_more_lines"},
		{"", ""},
	} {
		if err := s.draw(strings.Fields(tt.lines)); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(strings.Join(e.rows, "\n"), " ", "_"); strings.ReplaceAll(got, "\n", " ") != tt.want {
			t.Errorf("after %q there is %q", tt.lines, got)
		}
	}
	if e.writes != 5 {
		t.Errorf("there were %d writes", e.writes)
	}
}

func TestRowsOfANarrowerTerminal(t *testing.T) {
	if got := rowsOf([]int{0, 10, 11, 25}, 10); got != 1+1+2+3 {
		t.Errorf("got %d", got)
	}
}

func TestOnlyASCII(t *testing.T) {
	for name, tt := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"nothing":         {nil, true},
		"C":               {map[string]string{"LANG": "C"}, true},
		"C with UTF-8":    {map[string]string{"LANG": "C.UTF-8"}, false},
		"the first is it": {map[string]string{"LC_ALL": "C", "LANG": "de_DE.utf8"}, true},
	} {
		if got := onlyASCII(func(n string) string { return tt.env[n] }); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
