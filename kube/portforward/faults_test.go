package portforward

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

const refusedText = "error forwarding port 80 to pod ab12, uid : dial tcp4 127.0.0.1:80: connect: connection refused"

// TestFault38TextThenResetAndOtherEndings: what a reader gets for each order in which the peer may end the
// two streams, and how long that takes.
func TestFault38TextThenResetAndOtherEndings(t *testing.T) {
	tests := map[string]struct {
		frames func(e, d spdy.StreamId) []spdy.Frame
		cause  tunnels.Cause
		eof    bool
		within time.Duration
	}{
		"text, then both are reset": {
			func(e, d spdy.StreamId) []spdy.Frame {
				return []spdy.Frame{data(e, refusedText), rst(d), rst(e)}
			}, tunnels.CauseRefused, false, 0,
		},
		"data is reset before the text": {
			func(e, d spdy.StreamId) []spdy.Frame {
				return []spdy.Frame{rst(d), data(e, refusedText), rst(e)}
			}, tunnels.CauseRefused, false, 0,
		},
		"text in pieces around the reset": {
			func(e, d spdy.StreamId) []spdy.Frame {
				return []spdy.Frame{data(e, refusedText[:90]), rst(d), data(e, refusedText[90:]), fin(e)}
			}, tunnels.CauseRefused, false, 0,
		},
		"text and its end only": {
			func(e, _ spdy.StreamId) []spdy.Frame { return []spdy.Frame{data(e, refusedText), fin(e)} },
			tunnels.CauseRefused, false, 0,
		},
		"text with fin in one frame": {
			func(e, _ spdy.StreamId) []spdy.Frame {
				return []spdy.Frame{&spdy.DataFrame{StreamId: e, Flags: spdy.DataFlagFin, Data: []byte(refusedText)}}
			}, tunnels.CauseRefused, false, 0,
		},
		"text, then fin of the data": {
			func(e, d spdy.StreamId) []spdy.Frame { return []spdy.Frame{data(e, refusedText), fin(d), fin(e)} },
			tunnels.CauseRefused, false, 0,
		},
		"text and nothing more": {
			func(e, _ spdy.StreamId) []spdy.Frame {
				return []spdy.Frame{data(e, "(conn=1, request=1) timed out waiting for streams")}
			}, tunnels.CauseUnknown, false, errorGrace,
		},
		"data is reset and nothing more": {
			func(_, d spdy.StreamId) []spdy.Frame { return []spdy.Frame{rst(d)} },
			tunnels.CauseReset, false, errorGrace,
		},
		"both are reset without a text": {
			func(e, d spdy.StreamId) []spdy.Frame { return []spdy.Frame{rst(d), rst(e)} },
			tunnels.CauseReset, false, 0,
		},
		"a clean end": {
			func(e, d spdy.StreamId) []spdy.Frame { return []spdy.Frame{fin(e), fin(d)} },
			0, true, 0,
		},
		"a clean end of the data alone": {
			func(_, d spdy.StreamId) []spdy.Frame { return []spdy.Frame{fin(d)} },
			0, true, endGrace,
		},
		"fin of the data, then the text, as containerd ends": {
			func(e, d spdy.StreamId) []spdy.Frame {
				return []spdy.Frame{fin(d), data(e, refusedText), rst(d), rst(e)}
			}, tunnels.CauseRefused, false, 0,
		},
		"fin on the reply": {
			func(_, d spdy.StreamId) []spdy.Frame {
				return []spdy.Frame{&spdy.SynReplyFrame{
					StreamId: d, Headers: http.Header{}, CFHeader: spdy.ControlFrameHeader{Flags: spdy.ControlFlagFin},
				}}
			}, 0, true, endGrace,
		},
	}
	for name, test := range tests {
		for _, before := range []string{"", "some bytes"} {
			if before != "" && name == "fin on the reply" {
				continue
			}
			t.Run(name+" after "+before, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, p := newPeer(t)
					st, e, d := p.accept(s)
					p.keepReading()
					start := time.Now()
					if before != "" {
						p.send(replies(e, d)...)
						p.send(data(d, before))
					}
					p.send(test.frames(e, d)...)
					err := wantRead(t, st, before)
					if took := time.Since(start); took > test.within {
						t.Errorf("took %v, want %v", took, test.within)
					}
					if test.eof {
						if !errors.Is(err, io.EOF) {
							t.Errorf("got %v, want EOF", err)
						}
						return
					}
					wantCause(t, err, test.cause)
					if _, err := st.Write([]byte("x")); err == nil {
						t.Error("a write went through")
					}
					synctest.Wait() // the reader hears of the end before the session forgets the stream
					if n := s.Load().Streams; n != 0 {
						t.Errorf("%d streams left", n)
					}
				})
			})
		}
	}
}

// TestFault36ResetBeforeReply fails that stream and no other.
func TestFault36ResetBeforeReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		first, e, d := p.accept(s)
		second, e2, d2 := p.accept(s)
		p.keepReading()
		p.send(rst(d), rst(e))
		wantCause(t, wantRead(t, first, ""), tunnels.CauseReset)
		p.send(replies(e2, d2)...)
		p.send(data(d2, "hello"), fin(d2))
		if err := wantRead(t, second, "hello"); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

func TestFault35GoAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		unseen, _, _ := p.accept(s)
		p.keepReading()
		p.send(replies(e, d)...)
		p.send(&spdy.GoAwayFrame{LastGoodStreamId: d})
		wantCause(t, wantRead(t, unseen, ""), tunnels.CauseSessionLost)
		synctest.Wait() // the reader may hear of it before the session is done with it
		if load := s.Load(); !load.Draining || load.Streams != 1 {
			t.Errorf("load %+v", load)
		}
		if _, err := s.Open(t.Context(), 80); !errors.Is(err, errDraining) {
			t.Errorf("open: %v", err)
		}
		if _, err := st.Write([]byte("more")); err != nil {
			t.Error(err)
		}
		p.send(data(d, "hello"), fin(e), fin(d))
		if err := wantRead(t, st, "hello"); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		st.Close()
		<-s.Done()
		wantCause(t, s.Load().Err, tunnels.CauseSessionLost)
	})
}

func TestFault35GoAwayOfAnIdleSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		p.keepReading()
		p.send(&spdy.GoAwayFrame{})
		<-s.Done()
		wantCause(t, s.Load().Err, tunnels.CauseSessionLost)
	})
}

// TestFault39DataForUnknownStream: data, resets and replies for streams that never were or
// are over do no harm, nor do empty frames and what Kubernetes never sends.
func TestFault39DataForUnknownStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.keepReading()
		p.send(data(77, string(make([]byte, 100_000))), fin(77), rst(79))
		p.send(replies(81)...)
		p.send(&spdy.WindowUpdateFrame{StreamId: d, DeltaWindowSize: 5}, &spdy.PingFrame{Id: 99},
			&spdy.SettingsFrame{FlagIdValues: []spdy.SettingsFlagIdValue{{Id: spdy.SettingsInitialWindowSize, Value: 7}}},
			&spdy.HeadersFrame{StreamId: d, Headers: http.Header{"X": {"y"}}})
		p.raw([]byte{0x80, 3, 0, 5, 0, 0, 0, 2, 1, 2}) // a NOOP with a payload
		p.send(replies(e, d)...)
		p.send(data(d, ""), data(d, "hello"), data(d, ""), fin(d), data(d, "too late"))
		if err := wantRead(t, st, "hello"); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		synctest.Wait() // the reader may hear of it before the session is done with it
		if err := s.Load().Err; err != nil {
			t.Error(err)
		}
	})
}

// TestStreamFromPeer: the other end may not open streams.
func TestStreamFromPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := newPeer(t)
		p.send(&spdy.SynStreamFrame{StreamId: 2, Headers: http.Header{"A": {"b"}}})
		got, ok := p.next().(*spdy.RstStreamFrame)
		if !ok || got.StreamId != 2 || got.Status != spdy.RefusedStream {
			t.Errorf("got %+v", got)
		}
	})
}

func TestPingsOfThePeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := newPeer(t)
		p.send(&spdy.PingFrame{Id: 4})
		if got, ok := p.next().(*spdy.PingFrame); !ok || got.Id != 4 {
			t.Errorf("got %+v", got)
		}
	})
}

// TestFault32BlackHolePingUnanswered: a black hole is the caller's to notice.
func TestFault32BlackHolePingUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		p.keepReading()
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		if err := s.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if n := len(s.pings); n != 0 {
			t.Errorf("%d pings kept", n)
		}
	})
}

// TestPingFlood: a peer that sends pings and reads no answers is cut off.
func TestPingFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		for range 2 * maxPending / 12 {
			if errors.Join(p.framer.WriteFrame(&spdy.PingFrame{Id: 2}), p.out.Flush()) != nil {
				break
			}
		}
		<-s.Done()
		wantCause(t, s.Load().Err, tunnels.CauseProtocol)
	})
}

// TestPodDone: when the peer has ended both streams, nobody reads our data any
// more, and sending it would block the peer's session.
func TestPodDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.send(replies(e, d)...)
		p.send(fin(e), fin(d))
		if got, ok := p.next().(*spdy.DataFrame); !ok || got.StreamId != d || got.Flags != spdy.DataFlagFin {
			t.Errorf("got %+v, want our end", got)
		}
		if err := wantRead(t, st, ""); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		_, err := st.Write([]byte("x"))
		wantCause(t, err, tunnels.CauseReset)
		if err := st.CloseWrite(); err != nil {
			t.Errorf("close write: %v", err)
		}
		synctest.Wait() // the reader may hear of it before the session is done with it
		if n := s.Load().Streams; n != 0 {
			t.Errorf("%d streams left", n)
		}
	})
}

// TestFault48RemoteEndFirst: the data stream's end alone leaves our half open.
func TestFault48RemoteEndFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.send(replies(e, d)...)
		p.send(fin(d))
		if err := wantRead(t, st, ""); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		sent := make(chan error, 1)
		go func() {
			_, err := st.Write([]byte("upload"))
			sent <- errors.Join(err, st.CloseWrite())
		}()
		if got, ok := p.next().(*spdy.DataFrame); !ok || string(got.Data) != "upload" {
			t.Errorf("got %+v", got)
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
		if got, ok := p.next().(*spdy.DataFrame); !ok || got.Flags != spdy.DataFlagFin {
			t.Errorf("got %+v", got)
		}
		if _, err := st.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write after the end: %v", err)
		}
		p.keepReading()
		st.Close()
		synctest.Wait() // the reader may hear of it before the session is done with it
		if n := s.Load().Streams; n != 0 {
			t.Errorf("%d streams left", n)
		}
	})
}

func TestFault49LocalReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.send(replies(e, d)...)
		p.send(data(d, "never read"))
		synctest.Wait()
		if n := s.Load().Queued; n != 10 {
			t.Errorf("%d bytes queued", n)
		}
		cause := errors.New("the client went away")
		st.Reset(cause)
		st.Reset(errors.New("another"))
		if got, ok := p.next().(*spdy.RstStreamFrame); !ok || got.StreamId != d {
			t.Errorf("got %+v", got)
		}
		if _, err := st.Read(make([]byte, 1)); !errors.Is(err, cause) {
			t.Errorf("read: %v", err)
		}
		if _, err := st.Write([]byte("x")); !errors.Is(err, cause) {
			t.Errorf("write: %v", err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		if load := s.Load(); load.Queued != 0 || load.Streams != 0 {
			t.Errorf("load %+v", load)
		}
		p.send(data(d, "late"), data(e, "late"), rst(d))
		synctest.Wait() // the reader may hear of it before the session is done with it
		if err := s.Load().Err; err != nil {
			t.Error(err)
		}
	})
}
