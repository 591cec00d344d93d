package demopod

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Lines of the slow source come at this pace and size.
const (
	slowPause = 100 * time.Millisecond
	slowLine  = 1024
)

// chunk is how much the bulk services move at once.
const chunk = 128 << 10

// AckSize is the length of the sink's answer: the count and its SHA-256.
const AckSize = 8 + sha256.Size

func serveEcho(_ context.Context, _ string, c net.Conn) {
	_, _ = io.CopyBuffer(onlyWriter{c}, onlyReader{c}, make([]byte, 16<<10)) // ends with the client
}

func serveSource(_ context.Context, _ string, c net.Conn) {
	n, err := readCount(c)
	if err != nil {
		return
	}
	_, _ = io.CopyBuffer(onlyWriter{c}, NewPattern(n), make([]byte, chunk)) // the client may leave early
}

func serveSink(_ context.Context, _ string, c net.Conn) {
	n, err := readCount(c)
	if err != nil {
		return
	}
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, io.LimitReader(c, int64(min(n, 1<<62))), make([]byte, chunk)); err != nil {
		return
	}
	_, _ = c.Write(sum.Sum(binary.BigEndian.AppendUint64(nil, n))) // the client may have left
}

func serveHalfClose(_ context.Context, _ string, c net.Conn) {
	n, err := io.Copy(io.Discard, onlyReader{c})
	if err != nil {
		return
	}
	_, _ = fmt.Fprintf(c, "got %d bytes\n", n) // the client may have left
}

func serveBanner(_ context.Context, pod string, c net.Conn) {
	_, _ = fmt.Fprintf(c, "hello from %s\n", pod) // the client may have left
}

func serveReset(_ context.Context, _ string, c net.Conn) {
	if _, err := c.Write([]byte{'x'}); err != nil {
		return
	}
	if l, ok := c.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(0) // without it the end is an orderly one
	}
}

func serveSlow(ctx context.Context, pod string, c net.Conn) {
	tick := time.NewTicker(slowPause)
	defer tick.Stop()
	for i := 1; ; i++ {
		line := fmt.Sprintf("%s %s line %d ", time.Now().Format("15:04:05.000"), pod, i)
		line += strings.Repeat(".", max(0, slowLine-1-len(line))) + "\n"
		if _, err := io.WriteString(c, line); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func serveLate(ctx context.Context, _ string, c net.Conn) {
	line, err := bufio.NewReader(io.LimitReader(c, 64)).ReadString('\n')
	if err != nil {
		return
	}
	wait, err := time.ParseDuration(strings.TrimSpace(line))
	if err != nil {
		_, _ = fmt.Fprintf(c, "send a duration, as 2500ms: %v\n", err) // the client may have left
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(wait):
		_, _ = io.WriteString(c, "late\n") // the client may have left
	}
}

// StreamHeader returns what a client sends to the stream at first.
func StreamHeader(count, seed, pace uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, count)
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, seed), pace)
}

// paceStep is how often a paced stream sends.
const paceStep = 50 * time.Millisecond

// serveStream resets the connection when it is closed too early: without that
// the end of the pod's program would look like the end of the stream.
func serveStream(ctx context.Context, _ string, c net.Conn) {
	var b [24]byte
	if _, err := io.ReadFull(c, b[:]); err != nil {
		return
	}
	lingering, ok := c.(interface{ SetLinger(sec int) error })
	if !ok || lingering.SetLinger(0) != nil {
		return
	}
	stream := NewStream(binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[:]))
	if err := sendPaced(ctx, c, stream, binary.BigEndian.Uint64(b[16:])); err != nil {
		return
	}
	_ = lingering.SetLinger(-1) // the client may have left
}

// sendPaced copies at most so many bytes a second; 0 is as many as possible.
func sendPaced(ctx context.Context, to io.Writer, from io.Reader, pace uint64) error {
	if pace == 0 {
		_, err := io.CopyBuffer(onlyWriter{to}, from, make([]byte, chunk))
		return err
	}
	step := int64(max(1, pace/uint64(time.Second/paceStep)))
	tick := time.NewTicker(paceStep)
	defer tick.Stop()
	for {
		if _, err := io.CopyN(onlyWriter{to}, from, step); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func readCount(c net.Conn) (uint64, error) {
	var b [8]byte
	if _, err := io.ReadFull(c, b[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(b[:]), nil
}

// onlyReader and onlyWriter keep io.Copy from bypassing the given buffer.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
