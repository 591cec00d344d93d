package soak

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// patience bounds what is small.
const patience = time.Minute

// open connects a client. The connection ends with ctx.
func (c *client) open(ctx context.Context, r *run, within time.Duration) (*net.TCPConn, func(), error) {
	conn, err := r.dial(ctx, c.door, time.Now().Add(within))
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return conn, func() {
		stop()
		_ = conn.Close()
	}, nil
}

// request is a short one of HTTP. The page tells what was asked.
func request(ctx context.Context, r *run, c *client) outcome {
	conn, end, err := c.open(ctx, r, patience)
	if err != nil {
		return failed(err)
	}
	defer end()
	path := fmt.Sprintf("/%016x", c.random.Uint64())
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n", path); err != nil {
		return failed(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return failed(err)
	}
	body, err := io.ReadAll(resp.Body)
	c.bytes += int64(len(body))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return failed(err)
	}
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), "GET "+path+" ") {
		return outcome{wrong: fmt.Sprintf("asked for %s, the answer is %d %q", path, resp.StatusCode, body)}
	}
	return outcome{}
}

// late is what a half-closed connection waits for: longer than containerd would wait if
// it was told of the client's end.
const late = 1500 * time.Millisecond

// halfClosed ends its side, and wants the answer that comes later.
func halfClosed(ctx context.Context, r *run, c *client) outcome {
	conn, end, err := c.open(ctx, r, patience)
	if err != nil {
		return failed(err)
	}
	defer end()
	if _, err := fmt.Fprintf(conn, "%v\n", late); err != nil {
		return failed(err)
	}
	if err := conn.CloseWrite(); err != nil {
		return failed(err)
	}
	answer, err := io.ReadAll(conn)
	c.bytes += int64(len(answer))
	switch {
	case err != nil:
		return failed(err)
	case len(answer) == 0:
		return failed(io.ErrUnexpectedEOF) // a pod that ends does that
	case string(answer) != "late\n":
		return outcome{wrong: fmt.Sprintf("the late answer is %q", answer)}
	}
	return outcome{}
}

// Idle connections live so long, and speak now and then.
const (
	idleLife  = 5 * time.Minute
	idlePause = 10 * time.Second
)

// idle is a connection as to a database: it speaks now and then.
func idle(ctx context.Context, r *run, c *client) outcome {
	conn, closeIt, err := c.open(ctx, r, idleLife+time.Minute)
	if err != nil {
		return failed(err)
	}
	defer closeIt()
	end := time.Now().Add(idleLife/2 + time.Duration(c.random.Int64N(int64(idleLife/2))))
	for ctx.Err() == nil && time.Now().Before(end) {
		if o := c.exchange(conn); o.err != nil || o.wrong != "" {
			return o
		}
		pause := time.Duration(c.random.Int64N(int64(2 * idlePause)))
		if o := quiet(ctx, conn, min(pause, time.Until(end))); o.err != nil || o.wrong != "" {
			return o
		}
	}
	return outcome{}
}

// quiet waits so long, or until ctx is done, on a connection on which nothing comes. One that
// is cut meanwhile fails then, and not when something is said next.
func quiet(ctx context.Context, conn *net.TCPConn, d time.Duration) outcome {
	if err := conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		return failed(err)
	}
	if ctx.Err() != nil {
		return outcome{}
	}
	n, err := conn.Read(make([]byte, 1))
	switch {
	case n > 0:
		return outcome{wrong: "a byte came that was not asked for"}
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return failed(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return failed(err)
	}
	return outcome{}
}

// exchange echoes one line.
func (c *client) exchange(conn net.Conn) outcome {
	said := fmt.Sprintf("%s %016x\n", c.door.tunnel, c.random.Uint64())
	if _, err := io.WriteString(conn, said); err != nil {
		return failed(err)
	}
	back := make([]byte, len(said))
	n, err := io.ReadFull(conn, back)
	c.bytes += int64(n)
	if string(back[:n]) != said[:n] {
		return outcome{wrong: fmt.Sprintf("%q came back as %q", said, back[:n])}
	}
	if err != nil {
		return failed(err)
	}
	return outcome{}
}
