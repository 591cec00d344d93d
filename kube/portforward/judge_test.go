package portforward

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// nextPing returns the next frame, which has to be a ping.
func (p *peer) nextPing() *spdy.PingFrame {
	p.t.Helper()
	frame := p.next()
	ping, ok := frame.(*spdy.PingFrame)
	if !ok {
		p.t.Fatalf("got %+v, want a ping", frame)
	}
	return ping
}

func (p *peer) wantReset(id spdy.StreamId) {
	p.t.Helper()
	if got, ok := p.next().(*spdy.RstStreamFrame); !ok || got.StreamId != id {
		p.t.Errorf("got %+v, want a reset of %d", got, id)
	}
}

// wantTakes expects that the session goes on: idle still works, and so does a
// new stream.
func wantTakes(t *testing.T, s *Session, p *peer, idle tunnels.Stream, idleID spdy.StreamId) {
	t.Helper()
	if load := s.Load(); load.Draining || load.Err != nil {
		t.Errorf("load %+v", load)
	}
	p.send(data(idleID, "hello"))
	if n, err := idle.Read(make([]byte, 5)); n != 5 || err != nil {
		t.Errorf("the idle stream reads %d, %v", n, err)
	}
	open(t, s, 80)
}

// TestFault37NoAnswer: a peer that shows no sign of life at all costs the session.
func TestFault37NoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, _, d := p.accept(s)
		p.keepReading()
		start := time.Now()
		_, err := st.Read(make([]byte, 1))
		wantCause(t, err, tunnels.CauseSessionLost)
		if took := time.Since(start); took != answerTimeout+judgeTime {
			t.Errorf("took %v", took)
		}
		for range judgePings {
			p.nextPing()
		}
		p.wantReset(d)
		synctest.Wait()
		if !s.Load().Draining {
			t.Error("the session takes more streams")
		}
		if _, err := s.Open(t.Context(), 80); !errors.Is(err, errDraining) {
			t.Errorf("open: %v", err)
		}
	})
}

// TestFault37NoAnswerOfALivingPeer fails one stream and nothing else, whatever the sign
// of life is.
func TestFault37NoAnswerOfALivingPeer(t *testing.T) {
	pong := func(n int) func(*peer, spdy.StreamId, spdy.StreamId) {
		return func(p *peer, _, _ spdy.StreamId) {
			for range n - 1 {
				p.nextPing()
			}
			p.send(p.nextPing())
		}
	}
	tests := map[string]struct {
		play func(p *peer, e, idle spdy.StreamId)
		took time.Duration
	}{
		"the first pong": {pong(1), answerTimeout + pardon},
		"the third":      {pong(3), answerTimeout + 2*time.Second + pardon},
		"the last":       {pong(5), answerTimeout + 4*time.Second + pardon},
		"bytes of another stream": {func(p *peer, _, idle spdy.StreamId) {
			p.nextPing()
			time.Sleep(time.Millisecond)
			p.send(data(idle, "x"))
		}, answerTimeout + pardon + time.Millisecond},
		"a reply for half of it":   {func(p *peer, e, _ spdy.StreamId) { p.send(replies(e)...); p.send(p.nextPing()) }, answerTimeout + pardon},
		"one of an earlier waiter": {func(p *peer, _, _ spdy.StreamId) { p.nextPing(); p.send(p.nextPing()) }, answerTimeout + time.Second + pardon},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				idle, e1, d1 := p.accept(s)
				p.keepReading()
				p.send(replies(e1, d1)...)
				st := open(t, s, 81).(*Stream)
				for range 3 {
					p.next()
				}
				start := time.Now()
				test.play(p, st.errID, d1)
				_, err := st.Read(make([]byte, 1))
				e := wantCause(t, err, tunnels.CauseUnknown)
				if want := "the node did not answer the new connection to port 81 of pod web-1 within " + test.took.Round(time.Second).String(); e.Error() != want || e.Hint == "" {
					t.Errorf("got %q, hint %q; want %q", e, e.Hint, want)
				}
				if took := time.Since(start); took != test.took {
					t.Errorf("took %v, want %v", took, test.took)
				}
				// What is in the way there is still there, so that others go elsewhere.
				if load := s.Load(); load.Unheard < test.took {
					t.Errorf("the session is said to have answered within %v", load.Unheard)
				}
				if name == "bytes of another stream" {
					if _, err := idle.Read(make([]byte, 1)); err != nil {
						t.Error(err)
					}
					for range judgePings - 1 {
						p.nextPing()
					}
				}
				p.wantReset(st.dataID)
				wantTakes(t, s, p, idle, d1)
			})
		})
	}
}

// TestFault37AnswerOfAPeerThatWasAway: a node that had stopped, and has much to do when it goes
// on, is given the time. The session is as good as before.
func TestFault37AnswerOfAPeerThatWasAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.keepReading()
		ping := p.nextPing()
		time.Sleep(3 * time.Second)
		p.send(ping)
		time.Sleep(pardon - time.Second)
		p.send(replies(e, d)...)
		p.send(data(d, "late"))
		p.send(fin(d))
		if err := wantRead(t, st, "late"); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if load := s.Load(); load.Draining || load.Streams != 1 || load.Unheard != 0 {
			t.Errorf("load %+v", load)
		}
	})
}

// TestAnswerWhileJudged: an answer that comes after all is taken.
func TestAnswerWhileJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.keepReading()
		p.nextPing()
		p.send(replies(e, d)...)
		p.send(fin(d))
		if err := wantRead(t, st, ""); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		time.Sleep(judgeTime)
		synctest.Wait()
		if load := s.Load(); load.Draining || load.Streams != 1 {
			t.Errorf("load %+v", load)
		}
	})
}

// TestJudgedOnce: many streams without an answer ask together.
func TestJudgedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		p.keepReading()
		streams := make([]tunnels.Stream, 50)
		for i := range streams {
			streams[i] = open(t, s, 80)
			for range 3 {
				p.next()
			}
		}
		ping := p.nextPing()
		synctest.Wait()
		if n := len(p.kept); n > 0 {
			t.Errorf("%d frames more", n)
		}
		p.send(ping)
		for _, st := range streams {
			_, err := st.Read(make([]byte, 1))
			wantCause(t, err, tunnels.CauseUnknown)
		}
		synctest.Wait()
		if s.Load().Draining {
			t.Error("the session takes no more streams")
		}
	})
}

// TestEndWhileJudged: the end of the session is that of the stream, and nothing
// waits for the judgement.
func TestEndWhileJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, _, _ := p.accept(s)
		p.keepReading()
		p.nextPing()
		cause := &tunnels.Error{Err: errors.New("stopped"), Cause: tunnels.CausePodGone}
		start := time.Now()
		if err := s.Close(cause); err != nil || time.Since(start) > 0 {
			t.Errorf("close: %v after %v", err, time.Since(start))
		}
		if _, err := st.Read(make([]byte, 1)); !errors.Is(err, cause) {
			t.Errorf("read: %v", err)
		}
	})
}

// TestOverlooked: what the node says of half a connection ends that one at once,
// and the session only if it does not answer.
func TestOverlooked(t *testing.T) {
	for name, answers := range map[string]bool{"answers": true, "silent": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				idle, e1, d1 := p.accept(s)
				st, e, d := p.accept(s)
				p.keepReading()
				p.send(replies(e1, d1, e, d)...)
				start := time.Now()
				p.send(data(e, "(conn=1, request=1) timed out waiting for streams"), fin(e))
				_, err := st.Read(make([]byte, 1))
				wantCause(t, err, tunnels.CauseUnknown)
				if took := time.Since(start); took > 0 {
					t.Errorf("took %v", took)
				}
				var ping spdy.Frame
				for reset := false; ping == nil || !reset; { // in either order
					switch frame := p.next().(type) {
					case *spdy.PingFrame:
						ping = frame
					case *spdy.RstStreamFrame:
						reset = frame.StreamId == d
					default:
						t.Fatalf("got %+v", frame)
					}
				}
				if answers {
					p.send(ping)
					time.Sleep(judgeTime)
					wantTakes(t, s, p, idle, d1)
					return
				}
				time.Sleep(judgeTime - time.Millisecond)
				synctest.Wait()
				if s.Load().Draining {
					t.Error("the session is given up early")
				}
				time.Sleep(2 * time.Millisecond)
				synctest.Wait()
				if load := s.Load(); !load.Draining || load.Err != nil {
					t.Errorf("load %+v", load)
				}
			})
		})
	}
}
