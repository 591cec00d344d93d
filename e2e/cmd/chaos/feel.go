package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"culvert/e2e/chaos"
)

// felt is what clients noticed of a fault.
type felt struct {
	chaos.Harm
	fault   string
	longest time.Duration // that a new connection waited for its answer, of those that were answered
	failed  []time.Time   // when new connections were made that got no answer
	made    int
	after   time.Duration // from the end of the fault until new connections were answered on all tunnels
	cut     int           // of the held connections, as many as there are tunnels
	tunnels int
}

func (felt) head() string {
	return "| Fault | Did | Lasted | Until all serve after it | Longest wait of a new connection | Of new ones, failed | Of them, made after it | Of held ones, cut |\n|---|---|--:|--:|--:|--:|--:|--:|"
}

func (f felt) String() string {
	late := 0
	for _, at := range f.failed {
		if at.After(f.Ended) {
			late++
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %d of %d | %d | %d of %d |", f.fault, f.Note,
		seconds(f.Ended.Sub(f.Began)), seconds(f.after), seconds(f.longest), len(f.failed), f.made, late, f.cut, f.tunnels)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

const (
	knockEvery = 250 * time.Millisecond
	patience   = time.Minute
	// settling is how long clients go on after a fault: what it has broken
	// without evidence is known 25 s later.
	settling = 30 * time.Second
)

// feel does a fault while clients use all tunnels.
func (s *stage) feel(ctx context.Context, f chaos.Fault, r *rand.Rand) (felt, error) {
	c := &clients{felt: felt{fault: f.Name, tunnels: len(s.doors)}, dial: s.world.Host.Dial}
	held, stopHeld := context.WithCancel(ctx)
	defer stopHeld()
	for _, addr := range s.doors {
		conn, err := c.held(ctx, addr)
		if err != nil {
			return felt{}, fmt.Errorf("before it: %w", err)
		}
		c.running.Go(func() { c.hold(held, conn) })
	}
	knocking, stop := context.WithCancel(ctx)
	defer stop()
	for _, addr := range s.doors {
		c.running.Go(func() { c.knock(knocking, addr) })
	}
	harm, err := f.Do(ctx, &s.world, r)
	if err == nil {
		err = c.again(ctx, s.doors)
		c.after = time.Since(harm.Ended)
	}
	if err == nil && (f.Silent || c.after > time.Second) {
		select {
		case <-time.After(settling):
		case <-ctx.Done():
		}
	}
	stop()
	time.AfterFunc(2*time.Second, stopHeld)
	c.running.Wait()
	c.Harm = harm
	return c.felt, err
}

// clients use the tunnels of a stage.
type clients struct {
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	running sync.WaitGroup

	mu sync.Mutex
	felt
}

// echo wants a line back.
func echo(conn io.ReadWriter, line string) error {
	if _, err := io.WriteString(conn, line); err != nil {
		return err
	}
	back, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && back != line {
		err = fmt.Errorf("the echo of %q is %q", line, back)
	}
	return err
}

// try makes a new connection and uses it.
func (c *clients) try(ctx context.Context, addr netip.AddrPort) error {
	conn, err := c.held(ctx, addr)
	if err == nil {
		err = conn.Close()
	}
	return err
}

// held makes a connection that has been used.
func (c *clients) held(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	conn, err := c.dial(ctx, "tcp", addr.String())
	if err != nil {
		return nil, err
	}
	if err = conn.SetDeadline(time.Now().Add(patience)); err == nil {
		err = echo(conn, "hello\n")
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// hold uses a connection every second, and counts it when it is cut.
func (c *clients) hold(ctx context.Context, conn net.Conn) {
	defer func() { _ = conn.Close() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		err := conn.SetDeadline(time.Now().Add(2 * patience))
		if err == nil {
			err = echo(conn, "still here\n")
		}
		if err != nil {
			c.mu.Lock()
			c.cut++
			c.mu.Unlock()
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// knock makes new connections until ctx is done, and waits for their answers.
func (c *clients) knock(ctx context.Context, addr netip.AddrPort) {
	var all sync.WaitGroup
	tick := time.NewTicker(knockEvery)
	defer tick.Stop()
	for {
		all.Go(func() {
			began := time.Now()
			err := c.try(context.WithoutCancel(ctx), addr)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.made++
			if err != nil {
				c.failed = append(c.failed, began)
			} else {
				c.longest = max(c.longest, time.Since(began))
			}
		})
		select {
		case <-tick.C:
		case <-ctx.Done():
			all.Wait()
			return
		}
	}
}

// again returns when connections that are made now are answered by all tunnels.
func (c *clients) again(ctx context.Context, doors map[string]netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var all sync.WaitGroup
	errs := make(chan error, len(doors))
	for name, addr := range doors {
		all.Go(func() {
			for err := c.try(ctx, addr); err != nil; err = c.try(ctx, addr) {
				if ctx.Err() != nil {
					errs <- fmt.Errorf("%s does not serve again: %w", name, err)
					return
				}
			}
			errs <- nil
		})
	}
	all.Wait()
	for range doors {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}
