package portforward

import (
	"errors"
	"net"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// TestFault33ResetOfTheSession: a connection that breaks takes its streams with
// it, and a write that waits.
func TestFault33ResetOfTheSession(t *testing.T) {
	checkLeaks(t)
	s, p := newTCPPeer(t, 32<<10)
	st, e, d := p.accept(s)
	p.send(replies(e, d)...)
	written := make(chan error, 1)
	go func() {
		_, err := st.Write(make([]byte, 4<<20))
		written <- err
	}()
	wantBlocked(t, s)
	if err := errors.Join(p.conn.(*net.TCPConn).SetLinger(0), p.conn.Close()); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	wantCause(t, s.Load().Err, tunnels.CauseSessionLost)
	wantCause(t, <-written, tunnels.CauseSessionLost)
	wantCause(t, wantRead(t, st, ""), tunnels.CauseSessionLost)
}

// TestFault35GoAwayDrainIsLimited: streams may go on for half a minute.
func TestFault35GoAwayDrainIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.keepReading()
		p.send(replies(e, d)...)
		start := time.Now()
		for range 2 {
			p.send(&spdy.GoAwayFrame{LastGoodStreamId: d})
			time.Sleep(time.Second)
		}
		wantCause(t, wantRead(t, st, ""), tunnels.CauseSessionLost)
		if took := time.Since(start); took != drainTime {
			t.Errorf("took %v", took)
		}
	})
}

// TestFault40HugeDataFrame: a frame of 16 MiB costs the memory of what a stream
// may hold, whether anybody wants it or not.
func TestFault40HugeDataFrame(t *testing.T) {
	for name, wanted := range map[string]bool{"wanted": true, "unknown stream": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				st, e, d := p.accept(s)
				p.keepReading()
				p.send(replies(e, d)...)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				id := d
				if !wanted {
					id += 4
				}
				done := p.flood(uint32(id))
				if wanted {
					buf := make([]byte, 64<<10)
					for left := 1<<24 - 1; left > 0; {
						n, err := st.Read(buf)
						if err != nil {
							t.Fatal(err)
						}
						left -= n
					}
				}
				<-done
				p.send(&spdy.PingFrame{Id: 2}) // it is read, so all before it is
				synctest.Wait()
				runtime.ReadMemStats(&after)
				if grown := after.TotalAlloc - before.TotalAlloc; grown > 10<<20 { // 1 MiB is the flood's own; a pool loses some under the race detector
					t.Errorf("allocated %d bytes", grown)
				}
				if load := s.Load(); load.Err != nil || load.Queued != 0 {
					t.Errorf("load %+v", load)
				}
			})
		})
	}
}

// TestFault42ZeroLengthDataAndFinOnReply: neither is more than it says.
func TestFault42ZeroLengthDataAndFinOnReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.keepReading()
		p.send(data(d, ""), data(e, ""), data(d, "hello"), data(d, ""))
		buf := make([]byte, 10)
		if n, err := st.Read(buf); string(buf[:n]) != "hello" || err != nil {
			t.Errorf("got %q, %v", buf[:n], err)
		}
		p.send(&spdy.SynReplyFrame{
			StreamId: d, Headers: http.Header{}, CFHeader: spdy.ControlFrameHeader{Flags: spdy.ControlFlagFin},
		})
		if err := wantRead(t, st, ""); !errors.Is(err, errEOF) {
			t.Errorf("got %v", err)
		}
		if _, err := st.Write([]byte("x")); err != nil {
			t.Errorf("our own half ended, too: %v", err)
		}
	})
}
