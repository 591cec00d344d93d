package portforward

import (
	"net"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// TestBlockedInTheSystem: a write that the system has taken but cannot send is
// as blocked as one that waits.
func TestBlockedInTheSystem(t *testing.T) {
	checkLeaks(t)
	const size = 512 << 10
	s, p := newTCPPeer(t, 2*size)
	st, e, d := p.accept(s)
	p.send(replies(e, d)...)
	if _, err := st.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	wantBlocked(t, s)
	p.readUpload(size)
	wantUnblocked(t, s)
}

// TestClosedSocketTellsNothing: asking a closed connection is harmless.
func TestClosedSocketTellsNothing(t *testing.T) {
	s, _ := newTCPPeer(t, 32<<10)
	if _, ok := readSendSide(s.socket); !ok {
		t.Error("an open connection tells nothing")
	}
	closeInTime(t, s)
	if side, ok := readSendSide(s.socket); ok {
		t.Errorf("got %+v", side)
	}
}

func TestConnectionIsTuned(t *testing.T) {
	l := listen(t, func(net.Conn) {})
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(conn, new(sync.Pool))
	defer w.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	options := map[string]struct{ level, name, want int }{
		"TCP_USER_TIMEOUT": {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 0},
		"TCP_NODELAY":      {unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		"SO_KEEPALIVE":     {unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		"TCP_KEEPIDLE":     {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 15},
		"TCP_KEEPINTVL":    {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 5},
		"TCP_KEEPCNT":      {unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 4},
	}
	for name, option := range options {
		var got int
		var getErr error
		err := raw.Control(func(fd uintptr) { got, getErr = unix.GetsockoptInt(int(fd), option.level, option.name) })
		if err != nil || getErr != nil || got != option.want {
			t.Errorf("%s is %d (%v, %v), want %d", name, got, err, getErr, option.want)
		}
	}
}
