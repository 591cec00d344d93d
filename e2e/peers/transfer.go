package peers

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"culvert/kube/kubetest/demopod"
)

// transfer is a download whose bytes are checked.
type transfer struct {
	conn    net.Conn
	pattern *demopod.Pattern
}

// download asks the source, which is the second port, for n bytes.
func (u *subject) download(ctx context.Context, n uint64) (*transfer, error) {
	conn, err := u.at().Dial(ctx, "tcp", u.addr(1))
	if err != nil {
		return nil, err
	}
	u.closeLater(conn)
	if _, err := conn.Write(countOf(n)); err != nil {
		return nil, err
	}
	return &transfer{conn, demopod.NewPattern(n)}, nil
}

// closeLater closes a connection when the row is over.
func (u *subject) closeLater(conn net.Conn) {
	context.AfterFunc(u.ctx, func() { conn.Close() })
}

// some reads and checks n bytes.
func (t *transfer) some(n int64) error {
	_, err := io.CopyN(t.pattern, t.conn, n)
	return err
}

// rest reads to the end, which comes within the patience given or never.
func (t *transfer) rest(patience time.Duration) Ending {
	if err := t.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return Told
	}
	_, err := io.Copy(t.pattern, onlyReader{t.conn})
	switch {
	case t.pattern.Left() == 0 && err == nil:
		return Whole
	case err == nil:
		return Silent
	case isNet(err):
		return ending(err)
	}
	return Wrong
}

// onlyReader keeps io.Copy from leaving the bytes to the connection.
type onlyReader struct{ io.Reader }

// isNet says whether an error is of the connection and not of the bytes.
func isNet(err error) bool {
	var of net.Error
	return errors.As(err, &of)
}
