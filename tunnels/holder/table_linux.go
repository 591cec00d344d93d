package holder

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// listening is the state of a listener in /proc/net/tcp.
const listening = "0A"

// parseListener reads a line of /proc/net/tcp or tcp6: where a listener listens
// and its inode. ok is false for the headline and for connections.
func parseListener(line string) (at netip.AddrPort, inode string, ok bool) {
	f := strings.Fields(line)
	if len(f) < 10 || f[3] != listening || f[9] == "0" {
		return netip.AddrPort{}, "", false
	}
	at, ok = parseLocal(f[1])
	return at, f[9], ok
}

// parseLocal reads "0100007F:1538": words of four bytes in the machine's own order,
// and the port.
func parseLocal(s string) (netip.AddrPort, bool) {
	words, digits, _ := strings.Cut(s, ":")
	port, err := strconv.ParseUint(digits, 16, 16)
	if err != nil {
		return netip.AddrPort{}, false
	}
	b, err := hex.DecodeString(words)
	if err != nil || len(b)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(b); i += 4 {
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	a, ok := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(a.Unmap(), uint16(port)), ok
}
