package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
)

func TestEndedIsAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEnded()
		go func() {
			time.Sleep(time.Second)
			e.tell("other", "OK")
			time.Sleep(time.Second)
			e.tell("one", "Canceled")
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if got := e.await(ctx, "one"); got != "Canceled" {
			t.Errorf("it has ended with %q", got)
		}
		if got := e.await(ctx, "never"); got != "" {
			t.Errorf("what has not ended has ended with %q", got)
		}
	})
}

func TestWebSocketsTellTheirEnd(t *testing.T) {
	e := newEnded()
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", webSockets{e}.echo)
	mux.HandleFunc("/push", webSockets{e}.push)
	s := httptest.NewServer(mux)
	defer s.Close()
	dial := func(path string) *websocket.Conn {
		conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(s.URL, "http", "ws", 1)+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	conn := dial("/echo?id=a")
	if err := conn.WriteMessage(websocket.TextMessage, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, got, err := conn.ReadMessage(); err != nil || string(got) != "x" {
		t.Errorf("%q came back: %v", got, err)
	}
	if err := conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(4001, "enough")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, 4001) {
		t.Errorf("the answer to a close is %v", err)
	}
	if got := e.await(t.Context(), "a"); got != "4001 enough" {
		t.Errorf("it has ended with %q", got)
	}
	conn = dial("/push")
	count := 0
	_, _, err := conn.ReadMessage()
	for ; err == nil; _, _, err = conn.ReadMessage() {
		count++
	}
	if closed, ok := errors.AsType[*websocket.CloseError](err); !ok || closed.Code != closeCode || closed.Text != closeText || count != pushed {
		t.Errorf("after %d messages: %v", count, err)
	}
}

func TestCallsTellTheirEnd(t *testing.T) {
	e := newEnded()
	server := grpc.NewServer()
	testpb.RegisterTestServiceServer(server, calls{ended: e})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	defer server.Stop()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := testpb.NewTestServiceClient(conn)
	ctx, cancel := context.WithCancel(t.Context())
	for id, end := range map[string]func(testpb.TestService_FullDuplexCallClient){
		"OK":       func(s testpb.TestService_FullDuplexCallClient) { s.CloseSend() },
		"Canceled": func(testpb.TestService_FullDuplexCallClient) { cancel() },
	} {
		stream, err := client.FullDuplexCall(metadata.AppendToOutgoingContext(ctx, "call-id", id))
		if err != nil {
			t.Fatal(err)
		}
		end(stream)
		if m, err := stream.Recv(); id == "OK" && (err != nil || string(m.GetPayload().GetBody()) != "end") {
			t.Errorf("the last word is %v, %v", m, err)
		}
		if _, err := stream.Recv(); err == nil || id == "OK" && !errors.Is(err, io.EOF) {
			t.Errorf("%s: the stream ends with %v", id, err)
		}
		if got := e.await(t.Context(), id); got != id {
			t.Errorf("the call %s has ended with %q", id, got)
		}
		if id == "Canceled" {
			ctx, cancel = context.WithCancel(t.Context())
		}
	}
	cancel()
}
