package portforward

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/moby/spdystream/spdy"
)

// countedConn counts writes.
type countedConn struct {
	net.Conn
	writes atomic.Int64
}

func (c *countedConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// TestOneFrameOneWrite: a large frame is many TLS records, but one write.
func TestOneFrameOneWrite(t *testing.T) {
	api := newAPIServer(t, pods{80: echo})
	cfg := api.config()
	var counted *countedConn
	cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		counted = &countedConn{Conn: conn}
		return counted, err
	}
	s := mustDial(t, cfg)
	before := counted.writes.Load()
	st := open(t, s, 80)
	sent := make([]byte, maxPayload)
	if _, err := st.Write(sent); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(st, sent); err != nil {
		t.Fatal(err)
	}
	if n := counted.writes.Load() - before; n > 2 {
		t.Errorf("%d writes for an opening and one frame", n)
	}
}

// TestFramesGrow: an upload begins with small frames and grows to large ones;
// interactive bytes are sent as they come.
func TestFramesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.send(replies(e, d)...)
		p.keepReading()
		if _, err := st.(io.ReaderFrom).ReadFrom(bytes.NewReader(make([]byte, 1<<20))); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{8, 16, 32, 64, 128, 256, 256} {
			if got := len(p.next().(*spdy.DataFrame).Data); got != want<<10 {
				t.Errorf("a frame of %d KiB, want %d", got>>10, want)
			}
		}
	})
}
