package load

import (
	"bytes"
	"context"
	"net"
	"sync"
	"time"
)

// connect makes one new connection after the other.
func (j Job) connect(ctx context.Context) Result {
	var rs results
	for range j.Count {
		rs.ended(Echo(ctx, j.Echo, []byte("x"), patience))
	}
	return rs.result()
}

// requests counts echoes on connections that stay open.
func (j Job) requests(ctx context.Context) Result {
	var r Result
	conns := make([]net.Conn, 0, j.Conns)
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	line := bytes.Repeat([]byte("r"), 64)
	for range j.Conns {
		conn, err := dial(ctx, j.Echo, patience+j.For)
		if err == nil {
			conns = append(conns, conn)
			err = echo(conn, line) // the connection is there before the clock starts
		}
		if err != nil {
			r.fail(err)
			return r
		}
	}
	var rs results
	began := time.Now()
	until := began.Add(j.For)
	counts := make([]int, len(conns))
	var all sync.WaitGroup
	for i, conn := range conns {
		all.Go(func() {
			for time.Now().Before(until) {
				if err := echo(conn, line); err != nil {
					rs.carried(0, err)
					return
				}
				counts[i]++
			}
		})
	}
	all.Wait()
	r = rs.result()
	r.Seconds = time.Since(began).Seconds()
	for _, n := range counts {
		r.Done += n
	}
	return r
}

// atOnce is how many connections are being made at a time for Hold.
const atOnce = 50

// hold makes connections that stay.
func (j Job) hold(ctx context.Context) (Result, func()) {
	var rs results
	conns := make([]net.Conn, j.Conns)
	began := time.Now()
	each(j.Conns, atOnce, func(i int) {
		one := time.Now()
		conn, err := dial(ctx, j.Echo, 10*time.Minute)
		if err == nil {
			conns[i] = conn
			err = echo(conn, []byte("held"))
		}
		rs.ended(time.Since(one), err)
	})
	r := rs.result()
	r.Seconds = time.Since(began).Seconds()
	return r, func() {
		for _, c := range conns {
			if c != nil {
				c.Close()
			}
		}
	}
}

// short makes connections that end as soon as they have had their echo. Of
// those it keeps no times: there are too many.
func (j Job) short(ctx context.Context) Result {
	var rs results
	each(j.Count, j.Conns, func(int) {
		_, err := Echo(ctx, j.Echo, []byte("short"), patience)
		rs.carried(0, err)
	})
	return rs.result()
}

// each calls do for 0 to n-1, some at a time.
func each(n, atOnce int, do func(i int)) {
	var all sync.WaitGroup
	next := make(chan int)
	for range min(n, atOnce) {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}
