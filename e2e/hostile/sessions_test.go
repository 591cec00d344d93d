package hostile

import (
	"bufio"
	"io"
	"net"
	"strings"
)

// notProtocol is what ends a session that is none.
const notProtocol = "what is not the port-forward protocol"

// frames is a session in which the server writes some frames again and again.
func frames(first []byte, more func(i int) []byte) script {
	return script{upgrade: func(c *call) {
		conn, in := c.session()
		defer conn.Close()
		pourFrames(conn, in, c.webSocket(), first, more)
	}}
}

func pourFrames(conn net.Conn, in *bufio.Reader, webSocket bool, first []byte, more func(i int) []byte) {
	p := &peer{conn: conn, webSocket: webSocket}
	ended := make(chan struct{})
	go func() { // until the client has closed the connection, or conn is
		defer close(ended)
		p.listen(in)
	}()
	err := p.write(first)
	if more == nil {
		<-ended
		return
	}
	for i, batch := 0, []byte(nil); err == nil; i++ {
		if batch = append(batch, more(i)...); len(batch) >= 64<<10 {
			err = p.write(batch)
			batch = batch[:0]
		}
	}
	conn.Close()
	<-ended
}

func again(frame []byte) func(int) []byte { return func(int) []byte { return frame } }

func spdyTrials() []trial {
	zeros := make([]byte, 64<<10)
	giant := append(data(3, 1<<24-1), make([]byte, 1<<24-1)...)
	strange := append(data(99, 1<<24-1), make([]byte, 1<<24-1)...)
	list := []trial{
		{name: "spdy-data-wanted", does: "DATA frames of 16 MiB without end for a connection whose client does not read", client: true, goes: true, script: frames(nil, again(giant))},
		{name: "spdy-data-unasked", does: "DATA frames of 16 MiB without end for a stream that nobody has opened", script: frames(nil, again(strange)), tells: notProtocol},
		{name: "spdy-control-16m", does: "a control frame of 16 MiB", script: frames(control(settings, 1<<24-1, zeros), again(zeros)), tells: "a control frame of 16777215 bytes"},
		{name: "spdy-control-half", does: "the head of a control frame, and then never the rest", tells: "it does not answer", script: frames(control(settings, 60000, nil), nil)},
		{name: "spdy-version", does: "frames of another version", script: frames([]byte{0x80, 9, 0, 4, 0, 0, 0, 0}, nil), tells: notProtocol},
		{name: "spdy-zip-bomb", does: "headers of some 32 KiB that unpack to 32 MiB", script: frames(bomb(3), nil), tells: notProtocol},
		{name: "spdy-headers-bad", does: "headers that do not unpack", script: frames(control(synReply, 8, append(numbers(3), 1, 2, 3, 4)), nil), tells: notProtocol},
		{name: "spdy-streams", does: "opens thirty thousand streams", script: frames(opened(30_000), nil), tells: notProtocol},
		{name: "spdy-settings", does: "SETTINGS without end", script: frames(nil, again(whole(settings, 0))), tells: notProtocol},
		{name: "spdy-pings", does: "pings without end", script: frames(nil, func(i int) []byte { return whole(ping, uint32(2*i+2)) }), tells: notProtocol},
		{name: "spdy-pongs", does: "answers to pings that nobody has sent, without end", script: frames(nil, again(whole(ping, 99999))), tells: notProtocol},
		{name: "spdy-resets", does: "RST_STREAM without end", script: frames(nil, func(i int) []byte { return whole(rstStream, uint32(2*i+1)&0x7fffffff, 5) }), tells: notProtocol},
		{name: "spdy-goaways", does: "GOAWAY at once, and without end", script: frames(nil, again(whole(goAway, 0, 0))), tells: "ended the session in order"},
		{name: "spdy-unknown", does: "frames of unknown kinds without end", script: frames(nil, again(control(77, 0, nil))), tells: notProtocol},
		{name: "spdy-empty", does: "DATA frames without data, without end", script: frames(nil, again(data(3, 0))), client: true, tells: notProtocol},
		{name: "spdy-zero", does: "DATA for stream 0", script: frames(data(0, 5), nil), tells: notProtocol},
		{name: "spdy-garbage", does: "switches, and then sends a web page", script: frames([]byte("<html>"+strings.Repeat("x", 1<<16)), nil), tells: "does not answer"},
	}
	for i := range list {
		list[i].via = "spdy"
	}
	return list
}

func webSocketTrials() []trial {
	zeros := make([]byte, 64<<10)
	frame := func(first ...byte) script { return frames(first, nil) }
	list := []trial{
		{name: "ws-giant", does: "a message of 2⁶² bytes, which hold SETTINGS without end", script: frames(message(0x82, 1<<62), again(whole(settings, 0))), tells: notProtocol},
		{name: "ws-negative", does: "a message of a negative length", script: frames(message(0x82, 1<<63), again(zeros)), tells: notProtocol},
		{name: "ws-fragments", does: "pieces of a message without end, each empty", script: frames([]byte{0x02, 0}, again([]byte{0x00, 0})), tells: notProtocol},
		{name: "ws-pings", does: "pings without end", script: frames(nil, again(append([]byte{0x89, 125}, make([]byte, 125)...))), tells: notProtocol},
		{name: "ws-pongs", does: "pongs without end that nobody has asked for", script: frames(nil, again([]byte{0x8a, 0})), tells: notProtocol},
		{name: "ws-masked", does: "a masked frame", script: frame(0x82, 0x84, 1, 2, 3, 4, 5, 6, 7, 8), tells: "a masked WebSocket frame"},
		{name: "ws-text", does: "a text message", script: frame(0x81, 5, 'h', 'e', 'l', 'l', 'o'), tells: "a text message"},
		{name: "ws-opcode", does: "a frame of an unknown kind", script: frame(0x83, 0), tells: "unknown kind 3"},
		{name: "ws-reserved", does: "a frame with reserved bits", script: frame(0xf2, 0), tells: "reserved bits"},
		{name: "ws-close-bare", does: "a close frame without a reason, at once", script: frame(0x88, 0), tells: "closed the connection"},
		{name: "ws-close-1006", does: "a close frame with a status that may not be sent", script: frame(0x88, 2, 0x03, 0xee), tells: "the status 1006"},
		{name: "ws-cut", does: "ends the connection in the middle of a frame", script: script{upgrade: func(c *call) {
			conn, _ := c.session()
			_, _ = conn.Write([]byte{0x82, 126, 0xff})
			conn.Close()
		}}, tells: "1006"},
		{name: "ws-accept", does: "switches with a wrong proof", script: script{upgrade: func(c *call) {
			conn, _ := c.hijack()
			defer conn.Close()
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\nSec-WebSocket-Accept: no\r\n\r\n")
		}}, tells: "a wrong Sec-WebSocket-Accept"},
	}
	for i := range list {
		list[i].via = "websocket"
	}
	return list
}
