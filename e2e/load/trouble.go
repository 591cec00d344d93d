package load

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

const (
	readers    = 4 // that read nothing of what they have asked for
	asked      = 1 << 30
	echoes     = 10
	echoGap    = 50 * time.Millisecond
	echoWithin = 2 * time.Second
	settle     = time.Second // until everything on the way of the downloads is full
	lateBy     = 2500 * time.Millisecond
)

// beside makes ten connections, and ten more when four downloads are stuck.
func (j Job) beside(ctx context.Context) (Result, func()) {
	before := j.ten(ctx)
	var stuck []net.Conn
	release := func() {
		for _, c := range stuck {
			c.Close()
		}
	}
	var trouble error
	for range readers {
		conn, err := dial(ctx, j.Source, bulkPatience)
		if err == nil {
			stuck = append(stuck, conn)
			err = binary.Write(conn, binary.BigEndian, uint64(asked))
		}
		if err != nil {
			trouble = err
		}
	}
	time.Sleep(settle)
	r := j.ten(ctx)
	r.Before = before.Millis
	if trouble != nil {
		r.fail(fmt.Errorf("an unread download: %w", trouble))
	}
	return r, release
}

// ten makes new connections in a row, without waiting for one before the next.
func (j Job) ten(ctx context.Context) Result {
	var rs results
	var all sync.WaitGroup
	tick := time.NewTicker(echoGap)
	defer tick.Stop()
	for range echoes {
		<-tick.C
		all.Go(func() { rs.ended(Echo(ctx, j.Echo, []byte("beside"), echoWithin)) })
	}
	all.Wait()
	return rs.result()
}

// late ends its side and wants the answer that comes after that.
func (j Job) late(ctx context.Context) Result {
	var rs results
	rs.ended(func() (time.Duration, error) {
		began := time.Now()
		conn, err := dial(ctx, j.Late, patience)
		if err != nil {
			return 0, err
		}
		defer func() { _ = conn.Close() }()
		if _, err := fmt.Fprintf(conn, "%s\n", lateBy); err != nil {
			return 0, err
		}
		if err := conn.CloseWrite(); err != nil {
			return 0, err
		}
		b, err := io.ReadAll(conn)
		if err == nil && string(b) != "late\n" {
			err = fmt.Errorf("the answer is %q", b)
		}
		return time.Since(began), err
	}())
	return rs.result()
}
