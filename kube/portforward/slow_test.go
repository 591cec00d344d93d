package portforward

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

// dataHeader is the beginning of a DATA frame that claims length bytes.
func dataHeader(id uint32, length int) []byte {
	return []byte{byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id), 0, byte(length >> 16), byte(length >> 8), byte(length)}
}

// flood sends one frame of 16 MiB - 1 for a stream, in the background.
func (p *peer) flood(id uint32) <-chan struct{} {
	const size = 1<<24 - 1
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.raw(dataHeader(id, size))
		piece := make([]byte, 1<<20)
		for sent := 0; sent < size; sent += len(piece) {
			p.raw(piece[:min(len(piece), size-sent)])
		}
	}()
	return done
}

// TestFault45SlowReader: one huge frame fills the stream's queue and no more; the
// session says so, and goes on when the reader does.
func TestFault45SlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.send(replies(e, d)...)
		p.keepReading()
		done := p.flood(uint32(d))
		synctest.Wait()
		time.Sleep(3 * time.Second)
		if load := s.Load(); load.Queued != maxQueued || load.Stalled != 3*time.Second {
			t.Errorf("queued %d, stalled %v", load.Queued, load.Stalled)
		}
		n, err := io.CopyN(io.Discard, struct{ io.Reader }{st}, 1<<24-1)
		if n != 1<<24-1 || err != nil {
			t.Errorf("read %d, %v", n, err)
		}
		<-done
		synctest.Wait()
		if load := s.Load(); load.Queued != 0 || load.Stalled != 0 {
			t.Errorf("afterwards: queued %d, stalled %v", load.Queued, load.Stalled)
		}
	})
}

// TestFault45StalledStreamIsEnded: whatever ends the stalled stream frees its queue
// and lets the others go on at once.
func TestFault45StalledStreamIsEnded(t *testing.T) {
	tests := map[string]func(tunnels.Stream){
		"reset": func(st tunnels.Stream) { st.Reset(errors.New("gone")) },
		"close": func(st tunnels.Stream) { st.Close() },
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				st, _, d := p.accept(s)
				other, e2, d2 := p.accept(s)
				p.keepReading()
				done := p.flood(uint32(d))
				synctest.Wait()
				start := time.Now()
				end(st)
				<-done
				p.send(replies(e2, d2)...)
				p.send(data(d2, "hello"), fin(d2), fin(e2))
				if err := wantRead(t, other, "hello"); !errors.Is(err, io.EOF) {
					t.Error(err)
				}
				if load := s.Load(); load.Queued != 0 || load.Stalled != 0 || time.Since(start) > 0 {
					t.Errorf("load %+v after %v", load, time.Since(start))
				}
			})
		})
	}
}

// TestFault45TinyFrames: many frames of one byte take no more memory than their bytes.
func TestFault45TinyFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.send(replies(e, d)...)
		for range 1000 {
			p.send(data(d, "x"))
		}
		synctest.Wait()
		stream := st.(*Stream)
		stream.mu.Lock()
		chunks := len(stream.queue.chunks)
		stream.mu.Unlock()
		if chunks != 1 {
			t.Errorf("%d chunks for 1000 bytes", chunks)
		}
		p.keepReading()
		if n := s.Load().Queued; n != 1000 {
			t.Errorf("%d bytes queued", n)
		}
	})
}

// TestNoAnswerWhileStalled: a reply that we cannot hear is not late.
func TestNoAnswerWhileStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		slow, e, d := p.accept(s)
		p.send(replies(e, d)...)
		done := p.flood(uint32(d))
		synctest.Wait()
		st, e2, d2 := p.accept(s)
		p.keepReading()
		time.Sleep(answerTimeout + 5*time.Second)
		slow.Close()
		<-done
		p.send(replies(e2, d2)...)
		p.send(fin(d2))
		if err := wantRead(t, st, ""); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

// TestCloseWhilePeerDoesNotRead: neither a blocked write nor a blocked reader
// keeps the session from ending within a second.
func TestCloseWhilePeerDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, _, d := p.accept(s)
		done := p.flood(uint32(d))
		written := make(chan error, 1)
		go func() {
			_, err := st.Write(make([]byte, 1<<20))
			written <- err
		}()
		synctest.Wait()
		start := time.Now()
		s.Close(errors.New("stop"))
		if took := time.Since(start); took > time.Second {
			t.Errorf("took %v", took)
		}
		if err := <-written; err == nil {
			t.Error("the write went through")
		}
		<-done
	})
}

// TestOpenNeverBlocks: opening does not wait for a peer that does not read.
func TestOpenNeverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newPeer(t)
		start := time.Now()
		for range 100 {
			open(t, s, 80)
		}
		if took := time.Since(start); took > 0 {
			t.Errorf("took %v", took)
		}
		if n := s.Load().Streams; n != 100 {
			t.Errorf("%d streams", n)
		}
	})
}
