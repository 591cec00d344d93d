package load

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"culvert/kube/kubetest/demopod"
)

// bulkPatience bounds a connection of a download or an upload.
const bulkPatience = 2 * time.Minute

// chunk is how much is read or written at once: as a program does that wants to
// be fast.
const chunk = 256 << 10

// bulk carries Bytes over Conns connections at once, each its share.
func (j Job) bulk(ctx context.Context) Result {
	var rs results
	share := j.Bytes / int64(j.Conns)
	var all sync.WaitGroup
	began := time.Now()
	for range j.Conns {
		all.Go(func() { rs.carried(j.carry(ctx, share)) })
	}
	all.Wait()
	r := rs.result()
	r.Seconds = time.Since(began).Seconds()
	return r
}

func (j Job) carry(ctx context.Context, n int64) (int64, error) {
	addr, way := j.Source, receive
	if j.Kind == Upload {
		addr, way = j.Sink, send
	}
	conn, err := dial(ctx, addr, bulkPatience)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	if err := binary.Write(conn, binary.BigEndian, n); err != nil {
		return 0, err
	}
	carried, err := way(conn, n)
	if err == nil && carried != n {
		err = fmt.Errorf("%d bytes were carried, want %d", carried, n)
	}
	return carried, err
}

// loaded connects and echoes beside a download that is under way.
func (j Job) loaded(ctx context.Context) Result {
	conn, err := dial(ctx, j.Source, bulkPatience)
	if err == nil {
		defer func() { _ = conn.Close() }()
		err = binary.Write(conn, binary.BigEndian, int64(1)<<40)
	}
	if err == nil {
		_, err = io.ReadFull(conn, make([]byte, underWay))
	}
	if err != nil {
		var r Result
		r.fail(err)
		return r
	}
	ended := make(chan error, 1)
	go func() {
		_, err := receive(conn, 0)
		ended <- err
	}()
	r := j.connect(ctx)
	if err := conn.SetDeadline(time.Unix(1, 0)); err != nil {
		r.fail(err)
	}
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		r.fail(fmt.Errorf("the download ended by itself: %w", err))
	}
	return r
}

// underWay is how much of a download has come before it counts as one.
const underWay = 16 << 20

func receive(conn *net.TCPConn, _ int64) (int64, error) {
	var total int64
	for b := make([]byte, chunk); ; {
		n, err := conn.Read(b)
		total += int64(n)
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// send returns when the sink has told how much has come.
func send(conn *net.TCPConn, n int64) (int64, error) {
	b := make([]byte, chunk)
	for left := n; left > 0; {
		w, err := conn.Write(b[:min(left, chunk)])
		left -= int64(w)
		if err != nil {
			return n - left, err
		}
	}
	ack := make([]byte, demopod.AckSize)
	if _, err := io.ReadFull(conn, ack); err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(ack)), nil
}
