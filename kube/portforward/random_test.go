package portforward

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// pattern is what byte i of a stream's upload or download has to be.
func pattern(seed, i int) byte { return byte(seed*31 + i + i>>8*7) }

func patternBytes(seed, from, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = pattern(seed, from+i)
	}
	return p
}

func checkPattern(seed, from int, got []byte) error {
	for i, b := range got {
		if b != pattern(seed, from+i) {
			return fmt.Errorf("byte %d of stream %d is wrong", from+i, seed)
		}
	}
	return nil
}

// patternPod answers the first byte, which is a seed, with size bytes of its
// pattern, and takes in the seed's upload at the same time. It reports an upload
// that is not what it should be.
func patternPod(size int, bad func(error)) func(io.ReadWriteCloser) error {
	return func(stream io.ReadWriteCloser) error {
		var first [1]byte
		if _, err := io.ReadFull(stream, first[:]); err != nil {
			return nil //nolint:nilerr // a client that left
		}
		seed := int(first[0])
		var down sync.WaitGroup
		down.Go(func() {
			random := rand.New(rand.NewPCG(uint64(seed), 1))
			for sent := 0; sent < size; {
				n := min(size-sent, 1+random.IntN(40_000))
				if _, err := stream.Write(patternBytes(seed, sent, n)); err != nil {
					return
				}
				sent += n
			}
		})
		buf := make([]byte, 32<<10)
		for got := 0; ; {
			n, err := stream.Read(buf)
			if wrong := checkPattern(seed, got, buf[:n]); wrong != nil {
				bad(wrong)
			}
			got += n
			if err != nil {
				down.Wait()
				return nil //nolint:nilerr // the client has ended or left
			}
		}
	}
}

// checkedWriter checks a download. Sometimes it is slow, and TryWrite takes
// only a part.
type checkedWriter struct {
	seed, got int
	random    *rand.Rand
	stop      int // fails there; -1 if never
	err       error
}

var errStop = errors.New("the client has had enough")

func (w *checkedWriter) Write(p []byte) (int, error) {
	for range w.random.IntN(50) {
		runtime.Gosched()
	}
	return w.take(p)
}

func (w *checkedWriter) take(p []byte) (int, error) {
	if w.stop >= 0 && w.got+len(p) > w.stop {
		return 0, errStop
	}
	if err := checkPattern(w.seed, w.got, p); err != nil {
		w.err = err
	}
	w.got += len(p)
	return len(p), nil
}

// tryingChecker is a checkedWriter with a TryWrite.
type tryingChecker struct{ *checkedWriter }

func (w tryingChecker) TryWrite(p []byte) (int, error) {
	switch w.random.IntN(3) {
	case 0:
		return 0, nil
	case 1:
		p = p[:w.random.IntN(len(p)+1)]
	}
	return w.take(p)
}

// TestRandomTraffic: whatever streams do beside each other, each one's bytes
// arrive in order and complete, and nothing is left of them.
func TestRandomTraffic(t *testing.T) {
	checkLeaks(t)
	const size = 150_000
	api := newAPIServer(t, pods{90: patternPod(size, func(err error) { t.Error(err) })})
	for seed := range uint64(3) {
		s := mustDial(t, api.config())
		var running sync.WaitGroup
		for i := range 10 {
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			running.Go(func() {
				for round := range 3 {
					if err := randomStream(s, i*3+round, size, random); err != nil {
						t.Errorf("seed %d, stream %d: %v", seed, i*3+round, err)
					}
				}
			})
		}
		running.Wait()
		if load := s.Load(); load.Streams != 0 || load.Queued != 0 || load.Stalled != 0 || load.Unheard != 0 || load.Err != nil {
			t.Errorf("load afterwards: %+v", load)
		}
		if n := s.buffers.sending.Load(); n != 0 {
			t.Errorf("%d frames still on their way", n)
		}
	}
}

// randomStream uploads and downloads, and may end either at any time.
func randomStream(s *Session, seed, size int, random *rand.Rand) error {
	tunnelStream, err := s.Open(context.Background(), 90)
	if err != nil {
		return err
	}
	st := tunnelStream.(*Stream)
	defer st.Close()
	w := &checkedWriter{seed: seed, random: rand.New(rand.NewPCG(uint64(seed), 2)), stop: -1}
	early := random.IntN(3) == 0
	if early {
		w.stop = random.IntN(size)
	}
	upload := random.IntN(100_000)
	reset, whole := random.IntN(6) == 0, random.IntN(2) == 0
	var up sync.WaitGroup
	up.Go(func() {
		sent := append([]byte{byte(seed)}, patternBytes(seed, 0, upload)...)
		if reset {
			_, _ = st.Write(sent[:1+upload/2])
			st.Reset(errStop)
			return
		}
		if whole {
			_, _ = st.ReadFrom(bytes.NewReader(sent))
		} else {
			_, _ = st.Write(sent)
		}
		_ = st.CloseWrite()
	})
	var out io.Writer = w
	if random.IntN(2) == 0 {
		out = tryingChecker{w}
	}
	n, err := st.WriteTo(out)
	if early || reset {
		st.Reset(errStop)
	}
	up.Wait()
	switch {
	case w.err != nil:
		return w.err
	case n != int64(w.got):
		return fmt.Errorf("WriteTo counts %d, but wrote %d", n, w.got)
	case reset && (err == nil || errors.Is(err, errStop)):
		return nil
	case early && errors.Is(err, errStop):
		return nil
	case err != nil:
		return err
	case w.got != size:
		return fmt.Errorf("%d of %d bytes, and a clean end", w.got, size)
	}
	return nil
}
