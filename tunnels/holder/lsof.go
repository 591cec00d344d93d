package holder

import (
	"net/netip"
	"strconv"
	"strings"
)

// parseLsof reads what "lsof -F pctn" says of listeners on addr's port and returns
// the one with the lowest process id that keeps others from listening on addr.
func parseLsof(out string, addr netip.AddrPort) (found Process, ok bool) {
	var now Process
	six := false
	best := none
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		switch value := line[1:]; line[0] {
		case 'p':
			pid, err := strconv.Atoi(value)
			if err != nil {
				pid = 0
			}
			now, six = Process{PID: pid}, false
		case 'c':
			now.Name = value
		case 't':
			six = value == "IPv6"
		case 'n':
			at, known := parseName(value, six)
			g := gripOf(at, addr)
			if known && now.PID > 0 && g != none && (g > best || g == best && now.PID < found.PID) {
				found, best = now, g
			}
		}
	}
	return found, best != none
}

// parseName reads "127.0.0.1:5432", "[::1]:5432" or "*:5432".
func parseName(s string, six bool) (netip.AddrPort, bool) {
	if port, all := strings.CutPrefix(s, "*:"); all {
		s = "0.0.0.0:" + port
		if six {
			s = "[::]:" + port
		}
	}
	at, err := netip.ParseAddrPort(s)
	return at, err == nil
}
