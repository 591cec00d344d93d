package main

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// calls serves those calls of gRPC's own test service that a client of a tunnel
// makes. How a stream of both ways has ended is told under its call-id.
type calls struct {
	testpb.UnimplementedTestServiceServer
	ended *ended
}

func (calls) UnaryCall(_ context.Context, r *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	return &testpb.SimpleResponse{Payload: r.GetPayload()}, nil
}

func (calls) StreamingOutputCall(r *testpb.StreamingOutputCallRequest, to grpc.ServerStreamingServer[testpb.StreamingOutputCallResponse]) error {
	for _, p := range r.GetResponseParameters() {
		payload := &testpb.Payload{Body: make([]byte, p.GetSize())}
		if err := to.Send(&testpb.StreamingOutputCallResponse{Payload: payload}); err != nil {
			return err
		}
	}
	return nil
}

// FullDuplexCall sends each payload back until the client has ended its side.
func (s calls) FullDuplexCall(both grpc.BidiStreamingServer[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse]) error {
	how := s.duplex(both)
	if ids := metadata.ValueFromIncomingContext(both.Context(), "call-id"); len(ids) == 1 {
		s.ended.tell(ids[0], status.Code(how).String())
	}
	return how
}

func (calls) duplex(both grpc.BidiStreamingServer[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse]) error {
	for {
		r, err := both.Recv()
		if errors.Is(err, io.EOF) {
			// An answer after the end of the client's side is one that a tunnel may lose.
			return both.Send(&testpb.StreamingOutputCallResponse{Payload: &testpb.Payload{Body: []byte("end")}})
		}
		if err != nil {
			return err
		}
		if r.GetResponseStatus() != nil {
			return status.Error(codes.Code(uint32(r.GetResponseStatus().GetCode())), r.GetResponseStatus().GetMessage())
		}
		if err := both.Send(&testpb.StreamingOutputCallResponse{Payload: r.GetPayload()}); err != nil {
			return err
		}
	}
}
