package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"culvert/e2e/clients/servers"
)

// calls makes calls of every kind on one connection.
func (w *work) calls(ctx context.Context) error {
	dial := func(ctx context.Context, addr string) (net.Conn, error) { return w.c.Dial(ctx, "tcp", addr) }
	conn, err := grpc.NewClient(
		"passthrough:///"+w.f.addr(servers.PortGRPC), grpc.WithContextDialer(dial), grpc.WithTransportCredentials(insecure.NewCredentials()),
	)
	if err != nil {
		return err
	}
	client := testpb.NewTestServiceClient(conn)
	for _, step := range []struct {
		name string
		do   func(context.Context, testpb.TestServiceClient) error
	}{
		{"unary calls", w.unary},
		{"a server's stream", w.serverStream},
		{"a stream of both ways", w.bothWays},
		{"a stream that ends with an error", w.refused},
		{"a stream that is cancelled", w.cancelled},
	} {
		if err := step.do(ctx, client); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", step.name, err), conn.Close())
		}
		w.done = step.name
	}
	return conn.Close()
}

func (w *work) unary(ctx context.Context, client testpb.TestServiceClient) error {
	const count = 1000
	body := make([]byte, 100)
	began := time.Now()
	for n := range count {
		body[n%len(body)]++
		r, err := client.UnaryCall(ctx, &testpb.SimpleRequest{Payload: &testpb.Payload{Body: body}})
		if err != nil {
			return err
		}
		if !bytes.Equal(r.GetPayload().GetBody(), body) {
			return fmt.Errorf("call %d has another answer", n)
		}
	}
	w.values[perSecond] = count / time.Since(began).Seconds()
	return nil
}

// serverStream asks for many messages.
func (w *work) serverStream(ctx context.Context, client testpb.TestServiceClient) error {
	count, size := quickly(w.trial, 4000, 400), int32(32<<10)
	r := &testpb.StreamingOutputCallRequest{}
	for range count {
		r.ResponseParameters = append(r.ResponseParameters, &testpb.ResponseParameters{Size: size})
	}
	began := time.Now()
	stream, err := client.StreamingOutputCall(ctx, r)
	if err != nil {
		return err
	}
	got := 0
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if len(m.GetPayload().GetBody()) != int(size) {
			return fmt.Errorf("message %d has %d bytes", got, len(m.GetPayload().GetBody()))
		}
		got++
	}
	if got != count {
		return fmt.Errorf("%d messages have come, not %d", got, count)
	}
	w.values[down] = float64(count) * float64(size) / (1 << 20) / time.Since(began).Seconds()
	return nil
}

// stream is the client's end of a call of both ways.
type stream = grpc.BidiStreamingClient[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse]

// open opens a stream whose end the server tells of under id.
func open(ctx context.Context, client testpb.TestServiceClient, id string) (stream, error) {
	return client.FullDuplexCall(metadata.AppendToOutgoingContext(ctx, "call-id", id))
}

func say(s stream, body string) error {
	if err := s.Send(&testpb.StreamingOutputCallRequest{Payload: &testpb.Payload{Body: []byte(body)}}); err != nil {
		return err
	}
	return hear(s, body)
}

func hear(s stream, want string) error {
	m, err := s.Recv()
	if err != nil {
		return err
	}
	if got := string(m.GetPayload().GetBody()); got != want {
		return fmt.Errorf("%q has come, not %q", got, want)
	}
	return nil
}

// bothWays talks for some seconds, is silent for as long, so that the server
// asks whether anybody is there, and talks again. The server's last word comes
// after the client's end.
func (w *work) bothWays(ctx context.Context, client testpb.TestServiceClient) error {
	s, err := open(ctx, client, w.label+"-both")
	if err != nil {
		return err
	}
	for _, talk := range []time.Duration{2 * time.Second, 0} {
		for until, n := time.Now().Add(talk), 0; n == 0 || time.Now().Before(until); n++ {
			if err := say(s, fmt.Sprintf("message %d", n)); err != nil {
				return err
			}
		}
		if talk > 0 {
			select {
			case <-time.After(3 * time.Second):
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	if err := s.CloseSend(); err != nil {
		return err
	}
	if err := hear(s, "end"); err != nil {
		return err
	}
	if _, err := s.Recv(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("the stream ends with: %w", err)
	}
	return w.endedAs(ctx, w.label+"-both", codes.OK.String())
}

// refused wants the server's status and words.
func (w *work) refused(ctx context.Context, client testpb.TestServiceClient) error {
	s, err := open(ctx, client, w.label+"-refused")
	if err != nil {
		return err
	}
	want := &testpb.EchoStatus{Code: int32(codes.ResourceExhausted), Message: "no more of that"}
	if err := s.Send(&testpb.StreamingOutputCallRequest{ResponseStatus: want}); err != nil {
		return err
	}
	_, err = s.Recv()
	if status.Code(err) != codes.ResourceExhausted || status.Convert(err).Message() != want.GetMessage() {
		return fmt.Errorf("the stream ends with: %w", err)
	}
	return w.endedAs(ctx, w.label+"-refused", codes.ResourceExhausted.String())
}

// cancelled gives a stream up, which the server has to learn.
func (w *work) cancelled(ctx context.Context, client testpb.TestServiceClient) error {
	sctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := open(sctx, client, w.label+"-cancelled")
	if err != nil {
		return err
	}
	if err := say(s, "before"); err != nil {
		return err
	}
	cancel()
	if _, err := s.Recv(); status.Code(err) != codes.Canceled {
		return fmt.Errorf("the stream ends with: %w", err)
	}
	return w.endedAs(ctx, w.label+"-cancelled", codes.Canceled.String())
}
