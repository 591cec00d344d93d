package real

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
)

// Relay makes the API server reachable from outside of the cluster's network,
// for clients that cannot be given a dialer. It returns the URL and what ends
// the relay and its connections. The API server's certificate is good for it.
func (c *Cluster) Relay() (string, func(), error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // the listener is closed
			}
			running.Go(func() { c.relay(ctx, conn.(*net.TCPConn)) })
		}
	})
	return "https://" + l.Addr().String(), func() {
		cancel()
		l.Close()
		running.Wait()
	}, nil
}

// relay carries one connection until both sides have ended or ctx is done.
func (c *Cluster) relay(ctx context.Context, client *net.TCPConn) {
	defer func() { _ = client.Close() }()
	conn, err := c.Dial(ctx, "tcp", strings.TrimPrefix(c.Server(), "https://"))
	if err != nil {
		return // the client sees a closed connection
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _, _ = client.Close(), conn.Close() })()
	var both sync.WaitGroup
	for _, way := range [][2]*net.TCPConn{{client, conn.(*net.TCPConn)}, {conn.(*net.TCPConn), client}} {
		both.Go(func() {
			// An error on one side is told to the other as an end.
			_, _ = io.Copy(way[1], way[0])
			_ = way[1].CloseWrite()
		})
	}
	both.Wait()
}
