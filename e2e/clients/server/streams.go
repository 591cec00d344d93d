package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/keepalive"
)

// serve serves WebSockets and gRPC, and tells how streams have ended, until ctx
// is done.
func serve(ctx context.Context) error {
	e := newEnded()
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", webSockets{e}.echo)
	mux.HandleFunc("/push", webSockets{e}.push)
	mux.Handle("/ended", e)
	web := &http.Server{Addr: ":8081", Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	// A connection on which nothing moves is asked each second whether it lives.
	rpc := grpc.NewServer(grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Second, Timeout: 5 * time.Second}))
	testpb.RegisterTestServiceServer(rpc, calls{ended: e})
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", ":8082")
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() {
		rpc.Stop()
		_ = web.Close()
	})()
	var running sync.WaitGroup
	var rerr error
	running.Go(func() { rerr = rpc.Serve(l) })
	err = web.ListenAndServe()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	} else {
		rpc.Stop()
	}
	running.Wait()
	return errors.Join(err, rerr)
}
