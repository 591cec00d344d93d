package load

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/kube/kubetest/demopod"
)

// pod serves the demo services on free ports until the test ends.
func pod(t *testing.T) map[uint16]string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	services := demopod.Standard()
	var mu sync.Mutex
	addrs := make(map[uint16]string)
	listening := make(chan struct{}, len(services))
	ended := make(chan error, 1)
	go func() {
		ended <- demopod.Serve(ctx, func(port uint16) (net.Listener, error) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err == nil {
				mu.Lock()
				addrs[port] = l.Addr().String()
				mu.Unlock()
			}
			listening <- struct{}{}
			return l, err
		}, "web-1", services, 0)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	for range services {
		<-listening
	}
	return addrs
}

func TestJobs(t *testing.T) {
	addrs := pod(t)
	for _, test := range []struct {
		job   Job
		done  int // at least
		bytes int64
	}{
		{Job{Kind: Download, Conns: 4, Bytes: 4 << 20}, 4, 4 << 20},
		{Job{Kind: Upload, Conns: 4, Bytes: 4 << 20}, 4, 4 << 20},
		{Job{Kind: Connect, Count: 5}, 5, 0},
		{Job{Kind: Loaded, Count: 5}, 5, 0},
		{Job{Kind: Requests, Conns: 3, For: 50 * time.Millisecond}, 3, 0},
		{Job{Kind: Hold, Conns: 100}, 100, 0},
		{Job{Kind: Short, Conns: 4, Count: 50}, 50, 0},
		{Job{Kind: Beside}, echoes, 0},
		{Job{Kind: Late}, 1, 0},
	} {
		t.Run(string(test.job.Kind), func(t *testing.T) {
			job := test.job
			job.Echo, job.Source = addrs[demopod.PortEcho], addrs[demopod.PortSource]
			job.Sink, job.Late = addrs[demopod.PortSink], addrs[demopod.PortLate]
			r, release, err := job.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if release != nil {
				release()
			}
			if r.Failed > 0 || r.Done < test.done || r.Bytes != test.bytes || r.Seconds <= 0 {
				t.Errorf("the result is %+v", r)
			}
		})
	}
}

func TestFailuresAreCounted(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	r, _, err := Job{Kind: Connect, Echo: addr, Count: 3}.Run(t.Context())
	if err != nil || r.Failed != 3 || r.Done != 0 || !strings.Contains(r.Failure, "refused") {
		t.Errorf("the result is %+v, %v", r, err)
	}
	if _, _, err := (Job{Kind: "dance"}).Run(t.Context()); err == nil {
		t.Error("an unknown job is not an error")
	}
}

func TestMainSpeaksJSON(t *testing.T) {
	job, err := json.Marshal(Job{Kind: Connect, Echo: pod(t)[demopod.PortEcho], Count: 2})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Main(bytes.NewReader(job), &out); err != nil {
		t.Fatal(err)
	}
	var r Result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Done != 2 || len(r.Millis) != 2 {
		t.Errorf("the answer is %s, %v", out.Bytes(), err)
	}
}
