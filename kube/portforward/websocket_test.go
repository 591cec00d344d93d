package portforward

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // RFC 6455 wants it
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/kube/kubetest"
	"culvert/tunnels"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// cluster serves pod web-1 in shop over every transport.
func cluster(t *testing.T) (*kubetest.Server, *rest.Config) {
	t.Helper()
	s, err := kubetest.New(kubetest.Options{PassFIN: true, Pods: []kubetest.Pod{{Namespace: "shop", Name: "web-1"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	raw, err := clientcmd.Load(s.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := clientcmd.NewDefaultClientConfig(*raw, nil).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	return s, cfg
}

// dialVia dials web-1 over a transport.
func dialVia(t *testing.T, cfg *rest.Config, via tunnels.Via) (*Session, error) {
	t.Helper()
	d, err := NewDialer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	pod := web1
	pod.Node = "node-1"
	s, err := d.Dial(t.Context(), pod, via)
	if err == nil {
		t.Cleanup(func() { closeInTime(t, s) })
	}
	return s, err
}

func TestTransports(t *testing.T) {
	names := map[tunnels.Via]string{tunnels.ViaSPDY: "SPDY", tunnels.ViaWebSocket: "WebSocket", tunnels.ViaNode: "SPDY via node"}
	for _, via := range tunnels.Vias {
		t.Run(string(via), func(t *testing.T) {
			checkLeaks(t)
			_, cfg := cluster(t)
			s, err := dialVia(t, cfg, via)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Load().Transport; got != names[via] {
				t.Errorf("the transport is %q", got)
			}
			if s.socket == nil {
				t.Error("the socket is not found")
			}
			for _, text := range []string{"a", strings.Repeat("large ", 100_000)} {
				st := open(t, s, 9001)
				var running sync.WaitGroup
				running.Go(func() { io.WriteString(st, text) }) // reading shows it
				got := make([]byte, len(text))
				if _, err := io.ReadFull(st, got); err != nil || string(got) != text {
					t.Errorf("%d bytes come back as others, %v", len(text), err)
				}
				running.Wait()
				st.CloseWrite() // reading shows it
				if _, err := st.Read(got); !errors.Is(err, io.EOF) {
					t.Errorf("got %v", err)
				}
				st.Close()
			}
		})
	}
	if _, err := dialVia(t, &rest.Config{Host: "https://api.test"}, tunnels.ViaAuto); err == nil {
		t.Error("no transport was dialled")
	}
}

// upgradeTo is a network whose servers accept a WebSocket and send behind the
// answer, in the same packet, what is given. What they read then goes to play.
func upgradeTo(t *testing.T, change func(answer string) string, behind string, play func(*bufio.Reader, net.Conn)) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			in := bufio.NewReader(theirs)
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			for header, want := range map[string]string{
				"Connection": "Upgrade", "Upgrade": "websocket", "Sec-Websocket-Version": "13",
				"Sec-Websocket-Protocol": "SPDY/3.1+portforward.k8s.io", "Origin": "",
			} {
				if got := req.Header.Get(header); got != want || req.Method != http.MethodGet {
					t.Errorf("%s with %s %q", req.Method, header, got)
				}
			}
			sum := sha1.Sum([]byte(req.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // RFC 6455 wants it
			answer := "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n" +
				"Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n" +
				"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
			if change != nil {
				answer = change(answer)
			}
			if _, err := io.WriteString(theirs, answer+behind); err != nil {
				return
			}
			if play != nil {
				play(in, theirs)
			}
			io.Copy(io.Discard, in) // until the client ends it
		}()
		return ours, nil
	}
}

func dialWebSocket(t *testing.T, network func(context.Context, string, string) (net.Conn, error)) (*Session, error) {
	t.Helper()
	return dialVia(t, &rest.Config{Host: "http://api.test", Dial: network}, tunnels.ViaWebSocket)
}

// TestFault28WrongWebSocket: a 101 that is not to the tunnel is refused.
func TestFault28WrongWebSocket(t *testing.T) {
	replace := func(old, with string) func(string) string {
		return func(answer string) string { return strings.Replace(answer, old, with, 1) }
	}
	for name, change := range map[string]func(string) string{
		"upgrade":      replace("WebSocket", "SPDY/3.1"),
		"no upgrade":   replace("Connection: upgrade\r\n", ""),
		"protocol":     replace("portforward", "channel"),
		"no protocol":  replace("Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n", ""),
		"two":          replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: v4\r\n\r\n"),
		"wrong accept": replace("Accept: ", "Accept: x"),
		"an extension": replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := dialWebSocket(t, upgradeTo(t, change, "", nil))
				var got *ProtocolError
				if !errors.As(err, &got) || !strings.Contains(got.Error(), "websocket with SPDY/3.1+portforward.k8s.io") {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// TestFault43BytesBehindTheWebSocket arrive in the same packet as the 101.
func TestFault43BytesBehindTheWebSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := dialWebSocket(t, upgradeTo(t, nil, frame(binaryFrame, string(control(3, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0))), nil)) // GOAWAY
		if err != nil {
			t.Fatal(err)
		}
		<-s.Done()
		if e := wantCause(t, s.Load().Err, tunnels.CauseSessionLost); !strings.Contains(e.Error(), "ended the session in order") {
			t.Errorf("got %v", e)
		}
	})
}

// TestFault44EndsOfTheTunnel: the session ends with the close frame's reason, or
// with what the server did wrong.
func TestFault44EndsOfTheTunnel(t *testing.T) {
	for name, test := range map[string]struct {
		behind string
		cause  tunnels.Cause
		says   string
	}{
		"close 1000":     {closing(1000, ""), tunnels.CauseSessionLost, "closed the connection to the pod"},
		"close 1011":     {closing(1011, "the node is away"), tunnels.CauseSessionLost, "status 1011: the node is away"},
		"text":           {frame(wsFin|wsText, "hello"), tunnels.CauseProtocol, "a text message"},
		"close 1006":     {closing(1006, ""), tunnels.CauseProtocol, "the status 1006"},
		"half a message": {frame(wsBinary, string(control(3, 6, 4, 0, 0, 0, 2)[:7])) + closing(1011, "x"), tunnels.CauseSessionLost, "status 1011: x"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := dialWebSocket(t, upgradeTo(t, nil, test.behind, nil))
				if err != nil {
					t.Fatal(err)
				}
				<-s.Done()
				if e := wantCause(t, s.Load().Err, test.cause); !strings.Contains(e.Error(), test.says) {
					t.Errorf("got %v", e)
				}
			})
		})
	}
	t.Run("none (1006)", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, err := dialWebSocket(t, upgradeTo(t, nil, "", func(_ *bufio.Reader, conn net.Conn) { conn.Close() }))
			if err != nil {
				t.Fatal(err)
			}
			<-s.Done()
			if e := wantCause(t, s.Load().Err, tunnels.CauseSessionLost); !strings.Contains(e.Error(), "status 1006") {
				t.Errorf("got %v", e)
			}
		})
	})
}

// message reads a client's frame and takes its mask off.
func message(in *bufio.Reader) (head byte, mask [4]byte, payload []byte, err error) {
	var start [2]byte
	if _, err = io.ReadFull(in, start[:]); err != nil {
		return 0, mask, nil, err
	}
	if start[1]&wsMasked == 0 {
		return 0, mask, nil, errors.New("the frame is not masked")
	}
	length := uint64(start[1] & wsLength)
	long := make([]byte, map[uint64]int{wsLength16: 2, wsLength64: 8}[length])
	if _, err = io.ReadFull(in, long); err != nil {
		return 0, mask, nil, err
	}
	if len(long) > 0 {
		length = binary.BigEndian.Uint64(append(make([]byte, 8-len(long)), long...))
	}
	if _, err = io.ReadFull(in, mask[:]); err != nil {
		return 0, mask, nil, err
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(in, payload)
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return start[0], mask, payload, err
}

// webSocketPipe returns a client's WebSocket and the other end of its connection.
func webSocketPipe(t *testing.T) (*webSocket, *countedConn, net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	counted := &countedConn{Conn: ours}
	w := newWebSocket(&upgraded{body: counted, wire: newWire(counted, new(sync.Pool))})
	// What the HTTP library writes goes through the wire.
	w.conn.body = w.conn.wire
	t.Cleanup(func() {
		w.Close()
		theirs.Close()
	})
	return w, counted, theirs
}

// TestMasking: messages of every size arrive, each in one write and with a mask of
// its own, and what was to be written is left as it was.
func TestMasking(t *testing.T) {
	w, counted, theirs := webSocketPipe(t)
	in := bufio.NewReader(theirs)
	masks := make(map[[4]byte]bool)
	sizes := []int{0, 1, 2, 3, 4, 5, 125, 126, 127, 1023, 1024, 1025, 65535, 65536, 256<<10 + 8}
	for n := wsPiece - 20; n < wsPiece+5; n++ {
		sizes = append(sizes, n, n+wsPiece)
	}
	for _, size := range sizes {
		sent := make([]byte, size)
		for i := range sent {
			sent[i] = byte(i*31 + i>>8)
		}
		kept := bytes.Clone(sent)
		before := counted.writes.Load()
		wrote := make(chan error, 1)
		go func() {
			n, err := w.Write(sent)
			if n != size {
				err = errors.Join(err, io.ErrShortWrite)
			}
			wrote <- err
		}()
		head, mask, got, err := message(in)
		if err != nil || head != binaryFrame || !bytes.Equal(got, kept) {
			t.Fatalf("%d bytes come as %d with the head %x, %v", size, len(got), head, err)
		}
		if err := <-wrote; err != nil || !bytes.Equal(sent, kept) {
			t.Errorf("writing %d bytes: %v", size, err)
		}
		if n := counted.writes.Load() - before; n != 1 {
			t.Errorf("%d bytes took %d writes", size, n)
		}
		masks[mask] = true
	}
	if len(masks) < len(sizes) {
		t.Errorf("%d masks for %d messages", len(masks), len(sizes))
	}
}

// TestWritingAllocatesNothing: messages go through buffers that are there already.
func TestWritingAllocatesNothing(t *testing.T) {
	w, _, theirs := webSocketPipe(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(io.Discard, theirs) // until the test ends it
	}()
	sent := make([]byte, 128<<10)
	if n := testing.AllocsPerRun(200, func() {
		if _, err := w.Write(sent); err != nil {
			t.Error(err)
		}
	}); n > 1 { // the random bytes of 64 masks
		t.Errorf("%v allocations a message", n)
	}
	w.Close()
	theirs.Close()
	<-done
}

// TestFault44Pings are answered with their payload, also while a write waits, and
// never hold up reading.
func TestFault44Pings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _, theirs := webSocketPipe(t)
		in := bufio.NewReader(theirs)
		wrote := make(chan error, 1)
		go func() {
			_, err := w.Write([]byte("waits"))
			wrote <- err
		}()
		synctest.Wait()
		got := make(chan string, 1)
		go func() {
			p := make([]byte, 10)
			n, _ := io.ReadFull(w, p[:2])
			got <- string(p[:n])
		}()
		for _, f := range []string{frame(wsBinary, "a"), frame(wsFin|wsPing, "first"), frame(wsFin|wsPing, "second"), frame(wsFin|wsContinuation, "b")} {
			if _, err := io.WriteString(theirs, f); err != nil {
				t.Fatal(err)
			}
		}
		if text := <-got; text != "ab" {
			t.Errorf("read %q", text)
		}
		for _, want := range []struct {
			head byte
			text string
		}{{binaryFrame, "waits"}, {wsFin | wsPong, "second"}} {
			head, _, payload, err := message(in)
			if err != nil || head != want.head || string(payload) != want.text {
				t.Errorf("got %x %q, %v", head, payload, err)
			}
		}
		if err := <-wrote; err != nil {
			t.Error(err)
		}
	})
}

// TestClosingAWebSocket takes less than half a second, whatever the peer does, and
// says goodbye to one that listens.
func TestClosingAWebSocket(t *testing.T) {
	tests := map[string]struct {
		play  func(t *testing.T, w *webSocket, theirs net.Conn) // before Close
		after func(t *testing.T, in *bufio.Reader)
	}{
		"the peer listens": {after: func(t *testing.T, in *bufio.Reader) {
			if head, _, payload, err := message(in); err != nil || head != closeFrame || string(payload) != "\x03\xe8" {
				t.Errorf("got %x %q, %v", head, payload, err)
			}
		}},
		"the peer broke the protocol": {
			play: func(t *testing.T, w *webSocket, theirs net.Conn) {
				go io.WriteString(theirs, frame(wsFin|wsText, "")) // reading shows it
				if _, err := w.Read(make([]byte, 1)); err == nil {
					t.Error("no error")
				}
			},
			after: func(t *testing.T, in *bufio.Reader) {
				if _, _, payload, err := message(in); err != nil || string(payload) != "\x03\xea" {
					t.Errorf("got %q, %v", payload, err)
				}
			},
		},
		"the peer reads nothing": {},
		"a write waits": {play: func(t *testing.T, w *webSocket, _ net.Conn) {
			for range 2 { // one in the connection, one for its turn
				go func() {
					if _, err := w.Write([]byte("x")); err == nil {
						t.Error("written")
					}
				}()
			}
			synctest.Wait()
		}},
		"a pong waits": {play: func(t *testing.T, w *webSocket, theirs net.Conn) {
			go w.Read(make([]byte, 1)) // it ends with the connection
			if _, err := io.WriteString(theirs, frame(wsFin|wsPing, "p")); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, _, theirs := webSocketPipe(t)
				if test.play != nil {
					test.play(t, w, theirs)
				}
				done := make(chan struct{})
				go func() {
					defer close(done)
					if test.after != nil {
						test.after(t, bufio.NewReader(theirs))
					}
				}()
				start := time.Now()
				w.Close() // whatever the connection says
				if took := time.Since(start); took >= 500*time.Millisecond {
					t.Errorf("closing took %v", took)
				}
				<-done
				if _, err := w.Write([]byte("x")); err == nil {
					t.Error("written after Close")
				}
				w.Close() // a second time
			})
		})
	}
}

// TestReadAhead: only what is certain to be data counts as being at hand.
func TestReadAhead(t *testing.T) {
	w, _, theirs := webSocketPipe(t)
	sent := strings.Repeat("x", minReadAhead)
	go io.WriteString(theirs, frame(binaryFrame, sent)+frame(binaryFrame, sent))
	got := make([]byte, len(sent))
	if n, err := io.ReadFull(w, got[:1]); n != 1 || err != nil {
		t.Fatal(err)
	}
	if w.ReadAhead() == 0 || w.ReadAhead() != w.conn.ReadAhead() {
		t.Errorf("%d bytes are at hand inside a message", w.ReadAhead())
	}
	if _, err := io.ReadFull(w, got[1:]); err != nil {
		t.Fatal(err)
	}
	if n := w.ReadAhead(); n != 0 {
		t.Errorf("%d bytes are at hand between two messages", n)
	}
	if _, err := io.ReadFull(w, got); err != nil {
		t.Fatal(err)
	}
}
