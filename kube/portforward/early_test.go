package portforward

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// TestUnheard: the session tells how long its oldest stream has been waiting for
// an answer, and forgets it when there is one or the stream is over.
func TestUnheard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		p.keepReading()
		want := func(d time.Duration) {
			t.Helper()
			synctest.Wait()
			if got := s.Load().Unheard; got.Round(time.Millisecond) != d {
				t.Errorf("unheard for %v, want %v", got, d)
			}
		}
		want(0)
		var streams []*Stream
		for range 4 {
			streams = append(streams, open(t, s, 80).(*Stream))
			time.Sleep(time.Second)
		}
		want(4 * time.Second)
		p.send(replies(streams[1].errID, streams[1].dataID)...)
		want(4 * time.Second)
		p.send(replies(streams[0].errID)...)
		want(4 * time.Second)
		p.send(replies(streams[0].dataID)...)
		want(2 * time.Second)
		streams[3].Reset(nil)
		want(2 * time.Second)
		p.send(rst(streams[2].dataID))
		want(0)
		last := open(t, s, 80)
		time.Sleep(time.Second)
		want(time.Second)
		last.Close()
		want(0)
	})
}

// readyReader is an awaiter that never has to wait.
type readyReader struct{ io.Reader }

func (readyReader) Await(func(), bool) {}

// TestOpeningGoesWithFirstData: what opens a stream and its first bytes are one
// write; without bytes it leaves soon.
func TestOpeningGoesWithFirstData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, err := s.Open(t.Context(), 80)
		if err != nil {
			t.Fatal(err)
		}
		go st.Write([]byte("hello"))
		buf := make([]byte, 4<<10)
		n, err := p.conn.Read(buf) // a pipe: of one write
		if err != nil || string(buf[n-5:n]) != "hello" {
			t.Errorf("got %q, %v", buf[:n], err)
		}
		ended, err := s.Open(t.Context(), 80)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		go ended.(io.ReaderFrom).ReadFrom(readyReader{strings.NewReader("")})
		if _, err := p.conn.Read(buf); err != nil || time.Since(start) != 0 {
			t.Errorf("with no bytes to come after %v: %v", time.Since(start), err)
		}
		synctest.Wait() // or it hurries the next one
		if _, err := s.Open(t.Context(), 80); err != nil {
			t.Fatal(err)
		}
		start = time.Now()
		if _, err := p.conn.Read(buf); err != nil || time.Since(start) != patience {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// TestEndsGoWithOthers: the last frame of a stream goes along with what is written
// next; with nothing else it leaves soon, and a reset at once.
func TestEndsGoWithOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		one, e1, d1 := p.accept(s)
		p.send(replies(e1, d1)...)
		two, e2, d2 := p.accept(s)
		p.send(replies(e2, d2)...)
		if err := one.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		go two.Write([]byte("hello"))
		buf := make([]byte, 4<<10)
		n, err := p.conn.Read(buf) // a pipe: of one write
		if err != nil || n != 2*frameHeaderSize+5 || buf[4] != byte(spdy.DataFlagFin) || string(buf[n-5:n]) != "hello" {
			t.Errorf("got %q, %v", buf[:n], err)
		}
		time.Sleep(time.Second)
		start := time.Now()
		if err := two.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if frame, ok := p.next().(*spdy.DataFrame); !ok || frame.StreamId != d2 || time.Since(start) != patience {
			t.Errorf("an end after %v: %+v", time.Since(start), frame)
		}
		start = time.Now()
		two.Reset(nil)
		if frame, ok := p.next().(*spdy.RstStreamFrame); !ok || frame.StreamId != d2 || time.Since(start) != 0 {
			t.Errorf("a reset after %v: %+v", time.Since(start), frame)
		}
	})
}

// TestEarlyData: a few frames go before the answer, and none while an older
// stream has been waiting for its own too long.
func TestEarlyData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		p.keepReading()
		old := open(t, s, 80).(*Stream)
		early := open(t, s, 80).(*Stream)
		written := make(chan int, 10)
		write := func(st tunnels.Stream, times int) {
			go func() {
				for i := range times {
					if _, err := st.Write([]byte("x")); err != nil {
						written <- -1
						return
					}
					written <- i + 1
				}
			}()
		}
		write(early, maxEarly+1)
		synctest.Wait()
		if n := len(written); n != maxEarly {
			t.Errorf("%d frames went early, want %d", n, maxEarly)
		}
		p.send(replies(early.errID, early.dataID)...)
		synctest.Wait()
		if n := len(written); n != maxEarly+1 {
			t.Errorf("%d frames with the answer", n)
		}
		for len(written) > 0 {
			<-written
		}

		time.Sleep(firstPatience + time.Millisecond)
		late := open(t, s, 80).(*Stream)
		write(late, 1)
		gone := open(t, s, 80)
		write(gone, 1)
		write(early, 1)
		if n := <-written; n != 1 {
			t.Errorf("an answered stream wrote %d", n)
		}
		synctest.Wait()
		if n := len(written); n != 0 {
			t.Errorf("%d frames went before their answer", n)
		}
		gone.Reset(errors.New("gone"))
		if n := <-written; n != -1 {
			t.Error("a write to a stream that is over went through")
		}
		p.send(replies(late.errID, late.dataID)...)
		if n := <-written; n != 1 {
			t.Errorf("%d frames went with the answer", n)
		}

		p.send(replies(old.errID, old.dataID)...)
		synctest.Wait()
		write(open(t, s, 80), 1)
		if n := <-written; n != 1 {
			t.Error("a new stream has to wait although all others have their answers")
		}
	})
}

// TestEarlyDataOnASlowNetwork: answers that take long because all of them do are
// no reason to wait for them.
func TestEarlyDataOnASlowNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		p.keepReading()
		answer := func(st *Stream) {
			time.Sleep(100 * time.Millisecond)
			p.send(replies(st.errID, st.dataID)...)
			synctest.Wait()
		}
		answer(open(t, s, 80).(*Stream))
		open(t, s, 80)
		time.Sleep(300 * time.Millisecond)
		start := time.Now()
		if _, err := open(t, s, 80).Write([]byte("x")); err != nil || time.Since(start) > 0 {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// TestFault46EarlyDataDoesNotWedge: an upload that the pod does not read blocks one of
// the server's workers. Whatever new connections send meanwhile, it does not fill
// up that worker's queue, and the session goes on.
func TestFault46EarlyDataDoesNotWedge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read := make(chan struct{})
		s := newServedSession(t, pods{80: echo, 82: func(stream io.ReadWriteCloser) error {
			<-read
			return echo(stream)
		}})
		upload := open(t, s, 82)
		synctest.Wait()
		for range 2 { // the first frame waits for a reader, and the second for the first
			if _, err := upload.Write([]byte("unread")); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		streams := make([]tunnels.Stream, 40)
		echoed := make(chan bool, len(streams))
		for i := range streams {
			st := open(t, s, 80)
			streams[i] = st
			go func() {
				for range 100 {
					if _, err := st.Write([]byte("x")); err != nil {
						return
					}
				}
			}()
			go func() {
				_, err := io.ReadFull(st, make([]byte, 100))
				echoed <- err == nil
			}()
			time.Sleep(10 * time.Millisecond)
		}
		synctest.Wait()
		if n := len(echoed); n < len(streams)/3 {
			t.Errorf("%d of %d connections work", n, len(streams))
		}
		if load := s.Load(); load.Unheard < leastPatience || load.Blocked > 0 {
			t.Errorf("load %+v", load)
		}
		if !s.alive() {
			t.Error("the server reads nothing at all")
		}
		close(read)
		for range streams {
			if !<-echoed {
				t.Error("a connection did not go on when the upload was read")
			}
		}
		for _, st := range append(streams, upload) {
			st.Close()
		}
	})
}
