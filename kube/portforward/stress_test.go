package portforward

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"culvert/tunnels"
)

// TestStress runs clients of every temper over one session at once, against the
// real server, and finds the session empty afterwards.
func TestStress(t *testing.T) {
	checkLeaks(t)
	piece := make([]byte, 100_000)
	api := newAPIServer(t, pods{80: echo, 82: func(stream io.ReadWriteCloser) error {
		for range 5 {
			if _, err := stream.Write(piece); err != nil {
				return err
			}
		}
		return nil
	}})
	s := mustDial(t, api.config())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	clients := []func(*rand.Rand) error{
		func(*rand.Rand) error { return echoOnce(s, "hello") },
		func(*rand.Rand) error { return s.Ping(ctx) },
		func(r *rand.Rand) error { return leaveEarly(s, 82, r) },
		func(r *rand.Rand) error { return leaveEarly(s, 80, r) },
		func(*rand.Rand) error { return wantRefusal(s) },
		func(*rand.Rand) error { return download(s, 5*len(piece)) },
	}
	var running sync.WaitGroup
	for i := range 24 {
		random := rand.New(rand.NewPCG(uint64(i), 0))
		running.Go(func() {
			for range 15 {
				if err := clients[random.IntN(len(clients))](random); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
	if load := s.Load(); load.Streams != 0 || load.Queued != 0 || load.Stalled != 0 || load.Err != nil {
		t.Errorf("load afterwards: %+v", load)
	}
}

// leaveEarly reads or sends a little and resets or closes the stream.
func leaveEarly(s *Session, port uint16, r *rand.Rand) error {
	st, err := s.Open(context.Background(), port)
	if err != nil {
		return err
	}
	if port == 80 {
		if _, err := st.Write(make([]byte, r.IntN(50_000))); err != nil {
			return err
		}
	} else if _, err := io.CopyN(io.Discard, st, int64(r.IntN(50_000))); err != nil {
		return err
	}
	if r.IntN(2) == 0 {
		st.Reset(errors.New("left"))
	}
	return st.Close()
}

func wantRefusal(s *Session) error {
	st, err := s.Open(context.Background(), 81)
	if err != nil {
		return err
	}
	defer st.Close()
	_, err = io.ReadAll(st)
	if e := tunnels.AsError(err); e == nil || e.Cause != tunnels.CauseRefused {
		return fmt.Errorf("got %w, want a refusal", err)
	}
	return nil
}

func download(s *Session, want int) error {
	st, err := s.Open(context.Background(), 82)
	if err != nil {
		return err
	}
	defer st.Close()
	n, err := st.WriteTo(io.Discard)
	if err == nil && n != int64(want) {
		err = fmt.Errorf("got %d bytes, want %d", n, want)
	}
	return err
}

// TestCloseBlockedConnection: an upload that nobody reads blocks the whole
// connection, TLS included; closing takes less than a second all the same.
func TestCloseBlockedConnection(t *testing.T) {
	checkLeaks(t)
	stop := make(chan struct{})
	api := newAPIServer(t, pods{80: func(io.ReadWriteCloser) error {
		<-stop
		return nil
	}})
	defer close(stop)
	s := mustDial(t, api.config())
	st := open(t, s, 80)
	written := make(chan error, 1)
	go func() {
		_, err := st.Write(make([]byte, 256<<20))
		written <- err
	}()
	for blocked := false; !blocked; {
		select {
		case s.out.turn <- struct{}{}: // between two frames
			s.out.pass()
		case <-time.After(300 * time.Millisecond):
			blocked = true
		}
	}
	closeInTime(t, s)
	if err := <-written; err == nil {
		t.Error("the write went through")
	}
}
