package portforward

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/moby/spdystream/spdy"
)

// TestFault40HugeFrame: a frame of 16 MiB is read as it comes, on either stream, and
// nothing is allocated for what has not come.
func TestFault40HugeFrame(t *testing.T) {
	for name, tt := range map[string]struct {
		onError bool
		text    string
	}{
		"data":       {false, strings.Repeat("a", 100<<10)},
		"error text": {true, strings.Repeat("a", maxErrorText)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				st, e, d := p.accept(s)
				p.send(replies(e, d)...)
				p.keepReading()
				id := d
				if tt.onError {
					id = e
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				p.raw(dataHeader(uint32(id), 1<<24-1))
				p.raw([]byte(tt.text))
				synctest.Wait()
				runtime.ReadMemStats(&after)
				if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
					t.Errorf("allocated %d bytes", grown)
				}
				if tt.onError {
					return
				}
				got := make([]byte, len(tt.text))
				if _, err := io.ReadFull(st, got); err != nil || string(got) != tt.text {
					t.Errorf("read %v", err)
				}
			})
		})
	}
}

// TestFault42EmptyFrames: empty frames change nothing, and a reply may end its
// stream.
func TestFault42EmptyFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		first, e, d := p.accept(s)
		second, e2, d2 := p.accept(s)
		p.keepReading()
		p.send(replies(e, d)...)
		p.send(data(e, ""), data(d, ""), data(d, "hello"), data(d, ""), fin(d), fin(e))
		if err := wantRead(t, first, "hello"); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		for _, id := range []spdy.StreamId{e2, d2} {
			p.send(&spdy.SynReplyFrame{StreamId: id, Headers: http.Header{}, CFHeader: spdy.ControlFrameHeader{Flags: spdy.ControlFlagFin}})
		}
		if err := wantRead(t, second, ""); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		synctest.Wait() // the reader may hear of it before the session is done with it
		if load := s.Load(); load.Err != nil || load.Streams != 0 {
			t.Errorf("load %+v", load)
		}
	})
}
