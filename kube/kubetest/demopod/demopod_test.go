package demopod_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"culvert/kube/kubetest/demopod"
	"culvert/tunnels/tunneltest/memnet"
)

// networks are what a pod may run on: the program must not tell the difference.
func networks(t *testing.T) map[string]func(port uint16) (net.Conn, error) {
	t.Helper()
	mem := &memnet.Network{}
	serve(t, mem.Listen)

	var mu sync.Mutex
	addrs := map[uint16]string{}
	serve(t, func(port uint16) (net.Listener, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			addrs[port] = l.Addr().String()
		}
		return l, err
	})
	return map[string]func(port uint16) (net.Conn, error){
		"memory": func(port uint16) (net.Conn, error) { return mem.Dial(port) },
		"tcp": func(port uint16) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			return net.Dial("tcp", addrs[port])
		},
	}
}

// serve runs the standard services until the test ends, and awaits their ports.
func serve(t *testing.T, listen demopod.ListenFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	services := demopod.Standard()
	ready := make(chan struct{}, len(services))
	done := make(chan error, 1)
	go func() {
		done <- demopod.Serve(ctx, func(port uint16) (net.Listener, error) {
			l, err := listen(port)
			ready <- struct{}{}
			return l, err
		}, "web-1", services, 0)
	}()
	for range services {
		<-ready
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the services end with %v", err)
		}
	})
}

func TestServices(t *testing.T) {
	for name, dial := range networks(t) {
		t.Run(name, func(t *testing.T) {
			open := func(t *testing.T, port uint16) net.Conn {
				c, err := dial(port)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = c.Close() })
				if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
					t.Fatal(err)
				}
				return c
			}
			t.Run("echo", func(t *testing.T) { checkEcho(t, open(t, demopod.PortEcho)) })
			t.Run("source", func(t *testing.T) { checkSource(t, open(t, demopod.PortSource)) })
			t.Run("sink", func(t *testing.T) { checkSink(t, open(t, demopod.PortSink)) })
			t.Run("half-close", func(t *testing.T) {
				c := open(t, demopod.PortHalfClose)
				send(t, c, "hello")
				if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
					t.Fatal(err)
				}
				wantRest(t, c, "got 5 bytes\n")
			})
			t.Run("banner", func(t *testing.T) { wantRest(t, open(t, demopod.PortBanner), "hello from web-1\n") })
			t.Run("late", func(t *testing.T) {
				c := open(t, demopod.PortLate)
				send(t, c, "1ms\n")
				wantRest(t, c, "late\n")
			})
			t.Run("reset", func(t *testing.T) {
				var b []byte
				c, err := dial(demopod.PortReset) // the reset may come before dial has looked
				if err == nil {
					defer c.Close()
					b, err = io.ReadAll(c)
				}
				if (string(b) != "x" && string(b) != "") || !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("got %q, %v", b, err)
				}
			})
			t.Run("slow", func(t *testing.T) {
				line, err := bufio.NewReader(open(t, demopod.PortSlow)).ReadString('\n')
				if err != nil || len(line) != 1024 || !strings.Contains(line, " web-1 line 1 ") {
					t.Errorf("got %q, %v", line, err)
				}
			})
			t.Run("stream", func(t *testing.T) { checkStream(t, open) })
			t.Run("page", func(t *testing.T) { checkPage(t, open) })
		})
	}
}

func send(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

func wantRest(t *testing.T, c net.Conn, want string) {
	t.Helper()
	if b, err := io.ReadAll(c); err != nil || string(b) != want {
		t.Errorf("got %q, %v", b, err)
	}
}

func checkEcho(t *testing.T, c net.Conn) {
	send(t, c, "ping")
	b := make([]byte, 4)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "ping" {
		t.Errorf("got %q, %v", b, err)
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	wantRest(t, c, "")
}

const bulk = 5<<20 + 12345

func checkSource(t *testing.T, c net.Conn) {
	send(t, c, string(binary.BigEndian.AppendUint64(nil, bulk)))
	check := demopod.NewPattern(bulk)
	if _, err := io.Copy(check, c); err != nil || check.Left() != 0 {
		t.Errorf("%d bytes are missing, %v", check.Left(), err)
	}
}

func checkSink(t *testing.T, c net.Conn) {
	send(t, c, string(binary.BigEndian.AppendUint64(nil, bulk)))
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(c, sum), demopod.NewPattern(bulk)); err != nil {
		t.Fatal(err)
	}
	want := sum.Sum(binary.BigEndian.AppendUint64(nil, bulk))
	if len(want) != demopod.AckSize {
		t.Fatalf("the answer has %d bytes", len(want))
	}
	wantRest(t, c, string(want))
}

// Streams of different seeds differ, whether they are sent slowly or not.
func checkStream(t *testing.T, open func(*testing.T, uint16) net.Conn) {
	for _, pace := range []uint64{0, 4 << 20} {
		c := open(t, demopod.PortStream)
		send(t, c, string(demopod.StreamHeader(bulk/5, 7, pace)))
		got, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		check := demopod.NewStream(7, bulk/5)
		if _, err := check.Write(got); err != nil || check.Left() != 0 {
			t.Errorf("at pace %d %d bytes are missing, %v", pace, check.Left(), err)
		}
		if _, err := demopod.NewStream(8, bulk/5).Write(got); err == nil {
			t.Error("another seed's bytes are the same")
		}
	}
}

// A pod that ends resets a stream that is not over.
func TestEndOfThePodIsNotTheEndOfTheStream(t *testing.T) {
	mem := &memnet.Network{}
	s, err := demopod.Start(mem.Listen, "web-1", []demopod.Service{{Port: demopod.PortStream, Kind: demopod.Stream}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := mem.Dial(demopod.PortStream)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send(t, c, string(demopod.StreamHeader(1<<30, 7, 1<<20)))
	if _, err := io.ReadFull(c, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	if _, err := io.Copy(io.Discard, c); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("it ends with %v", err)
	}
}

func checkPage(t *testing.T, open func(*testing.T, uint16) net.Conn) {
	for accept, want := range map[string]string{
		"*/*":                     "Hello from pod web-1, port 8080.\nGET /a · request",
		"text/html,*/*;q=0.8":     "<h1>web-1</h1>",
		"application/json, */*;x": "Hello from pod web-1",
	} {
		c := open(t, demopod.PortHTTP)
		send(t, c, fmt.Sprintf("GET /a HTTP/1.1\r\nHost: localhost:1\r\nAccept: %s\r\nConnection: close\r\n\r\n", accept))
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK || resp.Header.Get("X-Pod") != "web-1" || !strings.Contains(string(b), want) {
			t.Errorf("%s: got %d %s", accept, resp.StatusCode, b)
		}
	}
}

func TestPatternNoticesDamage(t *testing.T) {
	b, err := io.ReadAll(demopod.NewPattern(200_000))
	if err != nil || len(b) != 200_000 {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"whole", b, ""},
		{"a flipped bit", append(append(b[:70_000:70_000], b[70_000]^1), b[70_001:]...), "byte 70000 is"},
		{"a block twice", append(b[:65_536:65_536], b[:65_536]...), "byte 655"},
		{"too long", append(b[:len(b):len(b)], 0), "1 bytes more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := demopod.NewPattern(200_000).Write(tt.data)
			if got := fmt.Sprint(err); (tt.want == "") != (err == nil) || err != nil && !strings.Contains(got, tt.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestServeReportsATakenPort(t *testing.T) {
	var n memnet.Network
	if _, err := n.Listen(demopod.PortSink); err != nil {
		t.Fatal(err)
	}
	err := demopod.Serve(context.Background(), n.Listen, "web-1", demopod.Standard(), 0)
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "listen on port 9003") {
		t.Errorf("the error is %v", err)
	}
	if _, err := n.Listen(demopod.PortEcho); err != nil {
		t.Errorf("a port is still taken: %v", err)
	}
}
