package load

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"time"
)

// patience bounds everything that one connection does, but for bulk.
const patience = 30 * time.Second

// dial connects; everything on the connection ends within the given time.
func dial(ctx context.Context, addr string, within time.Duration) (*net.TCPConn, error) {
	deadline := time.Now().Add(within)
	conn, err := (&net.Dialer{Deadline: deadline}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(deadline); err != nil {
		conn.Close()
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// echo sends b and wants it back.
func echo(conn net.Conn, b []byte) error {
	if _, err := conn.Write(b); err != nil {
		return err
	}
	back := make([]byte, len(b))
	if _, err := io.ReadFull(conn, back); err != nil {
		return err
	}
	if !bytes.Equal(b, back) {
		return fmt.Errorf("the echo of %q is %q", b, back)
	}
	return nil
}

// Echo makes a new connection to an echo, sends b, wants it back within the
// given time and closes the connection. It returns how long that took.
func Echo(ctx context.Context, addr string, b []byte, within time.Duration) (time.Duration, error) {
	began := time.Now()
	conn, err := dial(ctx, addr, within)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	if err := echo(conn, b); err != nil {
		return 0, err
	}
	return time.Since(began), nil
}
