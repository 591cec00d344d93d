package portforward

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// readSendSide asks the system about a connection; false if it is closed or not
// TCP. The fields are those of struct tcp_info. Linux counts retransmissions of
// the oldest bytes in flight until an acknowledgement moves on, and probes of a
// closed window until any acknowledgement comes (tcp_ack in
// net/ipv4/tcp_input.c). Probes carry no data, so they do not count as sent.
func readSendSide(raw syscall.RawConn) (sendSide, bool) {
	if raw == nil {
		return sendSide{}, false
	}
	var info *unix.TCPInfo
	var asked error
	err := raw.Control(func(fd uintptr) {
		info, asked = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	})
	if err != nil || asked != nil {
		return sendSide{}, false
	}
	return sendSide{
		unsent:      info.Notsent_bytes > 0,
		quiet:       time.Duration(info.Last_data_sent) * time.Millisecond,
		retransmits: info.Retransmits,
		probes:      info.Probes,
	}, true
}
