package portforward

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// TestFramesThatCarryNothing end the session when there is no end of them, and an
// honest node's never do.
func TestFramesThatCarryNothing(t *testing.T) {
	flood := map[string]func(d spdy.StreamId) spdy.Frame{
		"settings":      func(spdy.StreamId) spdy.Frame { return &spdy.SettingsFrame{} },
		"pongs":         func(spdy.StreamId) spdy.Frame { return &spdy.PingFrame{Id: 99} },
		"pings":         func(spdy.StreamId) spdy.Frame { return &spdy.PingFrame{Id: 2} },
		"resets":        func(spdy.StreamId) spdy.Frame { return &spdy.RstStreamFrame{StreamId: 77, Status: spdy.Cancel} },
		"streams":       func(spdy.StreamId) spdy.Frame { return &spdy.SynStreamFrame{StreamId: 2} },
		"empty data":    func(d spdy.StreamId) spdy.Frame { return data(d, "") },
		"unwanted data": func(d spdy.StreamId) spdy.Frame { return data(d+40, strings.Repeat("x", 1<<20)) },
	}
	for name, frame := range flood {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				_, e, d := p.accept(s)
				go func() { _, _ = io.Copy(io.Discard, p.conn) }() // until the session has ended
				p.send(replies(e, d)...)
				for n := 0; ; n++ {
					if n > 2*idleFrames {
						t.Fatal("the session goes on")
					}
					if errors.Join(p.framer.WriteFrame(frame(d)), p.out.Flush()) != nil {
						break
					}
				}
				<-s.Done()
				wantCause(t, s.Load().Err, tunnels.CauseProtocol)
			})
		})
	}
}

// TestIdleAllowance: an hour of pings and thousands of short streams are no flood.
func TestIdleAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newIdle()
		for streams := range int64(10_000) {
			for range 8 {
				if err := i.frame(streams); err != nil {
					t.Fatal(err)
				}
			}
			if err := i.skip(4<<20, streams); err != nil {
				t.Fatal(err)
			}
		}
		i = newIdle()
		for range 3600 {
			time.Sleep(time.Second)
			for range 10 {
				if err := i.frame(0); err != nil {
					t.Fatal(err)
				}
			}
		}
		var broken *frameError
		for range 1 << 20 {
			if err := i.frame(0); err != nil {
				if !errors.As(err, &broken) {
					t.Fatal(err)
				}
				return
			}
		}
		t.Error("a flood of frames is taken")
	})
}

// TestEmptyEndsOfMessages: an API server ends each large message with an empty frame; a
// download has hundreds of thousands of them.
func TestEmptyEndsOfMessages(t *testing.T) {
	tests := []struct {
		name    string
		message string
		honest  bool
	}{
		{"bytes and an empty end", frame(wsBinary, "x") + frame(wsFin|wsContinuation, ""), true},
		{"nothing and an empty end", frame(wsBinary, "") + frame(wsFin|wsContinuation, ""), false},
		{"empty messages", frame(wsFin|wsBinary, ""), false},
		{"two empty ends", frame(wsBinary, "x") + frame(wsContinuation, "") + frame(wsFin|wsContinuation, ""), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := wsReader{br: bufio.NewReader(strings.NewReader(strings.Repeat(tt.message, 2*idleFrames))), idle: newIdle()}
				_, err := io.Copy(io.Discard, &in)
				if ended := errors.Is(err, errIdleFrames); ended == tt.honest {
					t.Errorf("it ends with %v", err)
				}
			})
		})
	}
}
