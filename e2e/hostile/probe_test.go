package hostile

import (
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// probe uses the tunnel to the honest cluster all the time: one connection stays,
// and others come and go.
type probe struct {
	address string
	done    chan struct{}
	running sync.WaitGroup

	mu    sync.Mutex
	count int
	worst time.Duration
	err   error
}

// mostWait is how long an echo may take on a machine that floods keep busy.
const mostWait = 30 * time.Second

func newProbe(t *testing.T, address string) *probe {
	t.Helper()
	p := &probe{address: address, done: make(chan struct{})}
	stays, err := net.DialTimeout("tcp", address, mostWait)
	if err != nil {
		t.Fatal(err)
	}
	p.running.Go(func() {
		defer stays.Close()
		p.repeat(func(n int) error { return echo(stays, n) })
	})
	p.running.Go(func() {
		p.repeat(func(n int) error {
			c, err := net.DialTimeout("tcp", address, mostWait)
			if err != nil {
				return err
			}
			defer c.Close()
			return echo(c, n)
		})
	})
	return p
}

func (p *probe) repeat(try func(n int) error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		began := time.Now()
		err := try(n)
		took := time.Since(began)
		p.mu.Lock()
		p.count++
		p.worst = max(p.worst, took)
		if err != nil && p.err == nil {
			p.err = fmt.Errorf("echo %d after %v: %w", n, took, err)
		}
		p.mu.Unlock()
		select {
		case <-tick.C:
		case <-p.done:
			return
		}
		if err != nil {
			return
		}
	}
}

func echo(c net.Conn, n int) error {
	if err := c.SetDeadline(time.Now().Add(mostWait)); err != nil {
		return err
	}
	text := fmt.Sprintf("echo number %d\n", n)
	if _, err := io.WriteString(c, text); err != nil {
		return err
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil {
		return err
	}
	if string(got) != text {
		return fmt.Errorf("%q came back of %q", got, text)
	}
	return nil
}

// stop ends the probing, which must have found nothing.
func (p *probe) stop(t *testing.T) {
	t.Helper()
	close(p.done)
	p.running.Wait()
	if p.err != nil {
		t.Errorf("the honest tunnel: %v", p.err)
	}
	if p.count < 4 {
		t.Errorf("the honest tunnel was used %d times", p.count)
	}
}
