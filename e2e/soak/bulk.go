package soak

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"culvert/kube/kubetest/demopod"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	// bulkPatience bounds what is large. It is longer than a silent fault and all that
	// follows it.
	bulkPatience = 5 * time.Minute
)

// longDownload takes half a minute on average.
func longDownload(ctx context.Context, r *run, c *client) outcome {
	pace := uint64(256*kib + c.random.Int64N(512*kib))
	return c.download(ctx, r, pace*uint64(5+c.random.IntN(50)), pace, nil)
}

// burst is as fast as it can be.
func burst(ctx context.Context, r *run, c *client) outcome {
	return c.download(ctx, r, uint64(4*mib+c.random.Int64N(12*mib)), 0, nil)
}

// stalled reads a part, nothing for a while, and then the rest.
func stalled(ctx context.Context, r *run, c *client) outcome {
	pause := 5*time.Second + time.Duration(c.random.Int64N(int64(20*time.Second)))
	return c.download(ctx, r, uint64(2*mib+c.random.Int64N(8*mib)), 0, func() {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	})
}

// download wants so many bytes of a stream that no other connection gets. Pause is
// called after the first of them; it may be nil.
func (c *client) download(ctx context.Context, r *run, n, pace uint64, pause func()) outcome {
	conn, end, err := c.open(ctx, r, bulkPatience)
	if err != nil {
		return failed(err)
	}
	defer end()
	seed := c.random.Uint64()
	if _, err := conn.Write(demopod.StreamHeader(n, seed, pace)); err != nil {
		return failed(err)
	}
	want := demopod.NewStream(seed, n)
	b := make([]byte, 64*kib)
	for {
		got, err := conn.Read(b)
		if _, werr := want.Write(b[:got]); werr != nil {
			return outcome{wrong: fmt.Sprintf("of %d bytes with seed %d: %v", n, seed, werr)}
		}
		c.bytes += int64(got)
		switch {
		case errors.Is(err, io.EOF) && want.Left() > 0:
			return outcome{wrong: fmt.Sprintf("it ends in good order %d bytes before the end of %d", want.Left(), n)}
		case errors.Is(err, io.EOF):
			return outcome{}
		case err != nil:
			return failed(err)
		}
		if pause != nil {
			pause()
			pause = nil
		}
	}
}

// uploadPace is how much an upload sends a second.
const uploadPace = 512 * kib

// upload takes some ten seconds.
func upload(ctx context.Context, r *run, c *client) outcome {
	return c.upload(ctx, r, uint64(512*kib+c.random.Int64N(10*mib)), uploadPace)
}

// upload sends so many bytes, at most pace of them a second, and wants the pod to tell what
// it has got.
func (c *client) upload(ctx context.Context, r *run, n uint64, pace int64) outcome {
	conn, end, err := c.open(ctx, r, bulkPatience)
	if err != nil {
		return failed(err)
	}
	defer end()
	sum, err := c.send(ctx, conn, n, pace)
	if err != nil {
		return failed(err)
	}
	want := sum(binary.BigEndian.AppendUint64(nil, n))
	got, err := io.ReadAll(conn)
	switch {
	case err != nil:
		return failed(err)
	case len(got) == 0:
		return failed(io.ErrUnexpectedEOF) // a pod that ends does that
	case string(got) != string(want):
		return outcome{wrong: fmt.Sprintf("of %d bytes the pod tells %x, want %x", n, got, want)}
	}
	c.bytes += int64(n)
	return outcome{}
}

// send sends a count and so many bytes at a pace, and returns what appends their
// sum.
func (c *client) send(ctx context.Context, conn net.Conn, n uint64, pace int64) (func([]byte) []byte, error) {
	if _, err := conn.Write(binary.BigEndian.AppendUint64(nil, n)); err != nil {
		return nil, err
	}
	sum := sha256.New()
	stream := demopod.NewStream(c.random.Uint64(), n)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := io.CopyN(io.MultiWriter(conn, sum), stream, pace/10); errors.Is(err, io.EOF) {
			return sum.Sum, nil
		} else if err != nil {
			return nil, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
