package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"culvert/e2e/clients/content"
	"culvert/e2e/clients/servers"
)

// webSocket echoes messages, has messages pushed, and closes from either side.
func (w *work) webSocket(ctx context.Context) error {
	if err := w.echoes(ctx); err != nil {
		return err
	}
	w.done = "the echoes"
	return w.pushes(ctx)
}

// connect opens a WebSocket. Its reads and writes end when ctx does.
func (w *work) connect(ctx context.Context, path string) (*websocket.Conn, error) {
	d := websocket.Dialer{NetDialContext: w.c.Dial, HandshakeTimeout: 30 * time.Second}
	conn, answer, err := d.DialContext(ctx, "ws://"+w.f.addr(servers.PortWebSocket)+path, nil)
	if err != nil {
		return nil, fmt.Errorf("open a WebSocket: %w", err)
	}
	_ = answer.Body.Close() // it has none
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	return conn, nil
}

func (w *work) echoes(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := w.connect(ctx, "/echo?id="+w.label)
	if err != nil {
		return err
	}
	count := 1000
	began := time.Now()
	for n := range count {
		if err := echo(conn, websocket.TextMessage, fmt.Appendf(nil, "message %d", n)); err != nil {
			return fmt.Errorf("message %d: %w", n, err)
		}
	}
	w.values[perSecond] = float64(count) / time.Since(began).Seconds()
	large, err := io.ReadAll(content.Noise(5, 16<<20))
	if err != nil {
		return err
	}
	if err := echo(conn, websocket.BinaryMessage, large); err != nil {
		return fmt.Errorf("a message of 16 MiB: %w", err)
	}
	end := websocket.FormatCloseMessage(4001, "enough")
	if err := conn.WriteControl(websocket.CloseMessage, end, time.Now().Add(10*time.Second)); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, 4001) {
		return fmt.Errorf("the answer to a close with 4001: %w", err)
	}
	return w.endedAs(ctx, w.label, "4001 enough")
}

// echo sends a message and wants it back.
func echo(conn *websocket.Conn, kind int, message []byte) error {
	// A large message comes back while it is still sent.
	sent := make(chan error, 1)
	go func() { sent <- conn.WriteMessage(kind, message) }() // ends with the connection
	gotKind, got, err := conn.ReadMessage()
	if err != nil {
		return err
	}
	if gotKind != kind || !bytes.Equal(got, message) {
		return fmt.Errorf("%d bytes came back as %d others", len(message), len(got))
	}
	return <-sent
}

// pushes has the server send numbers and close.
func (w *work) pushes(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := w.connect(ctx, "/push")
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		_, message, err := conn.ReadMessage()
		if websocket.IsCloseError(err, 4002) && n == 1000 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("after %d pushed messages: %w", n, err)
		}
		if string(message) != fmt.Sprint(n) {
			return fmt.Errorf("message %d is %q", n, message)
		}
	}
}

// endedAs returns an error unless the server has seen a call end as wanted.
func (w *work) endedAs(ctx context.Context, id, want string) error {
	url := "http://" + w.f.addr(servers.PortWebSocket) + "/ended?id=" + id
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := w.c.HTTPClient().Do(r)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return err
	}
	if string(got) != want {
		return fmt.Errorf("the server has seen the end %q, not %q", got, want)
	}
	return nil
}
