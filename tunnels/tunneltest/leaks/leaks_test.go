package leaks

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestInside(t *testing.T) {
	const (
		waits   = "goroutine 7 [select]:\ninternal/poll.runtime_pollWait(0x7f, 0x72)\n\t/src/go/runtime/netpoll.go:351 +0x85\n"
		library = "example.com/mux/v2.(*Conn).Serve(0xc0)\n\t/src/mod/example.com/mux/v2@v2.1.0/conn.go:1 +0x1\n"
		other   = "example.org/other.Serve(...)\n\t/src/mod/example.org/other@v1.0.0/x.go:1 +0x1\n"
		ours    = "culvert/kube.(*server).run(0xc0)\n\t/src/kube/server.go:1 +0x1\n"
		begun   = "created by culvert/kube.start in goroutine 1\n\t/src/kube/server.go:2 +0x2"
	)
	for name, tt := range map[string]struct {
		stack string
		want  bool
	}{
		"theirs":              {waits + library + ours + begun, true},
		"ours calls theirs":   {waits + ours + library + begun, false},
		"another library's":   {waits + other + library + begun, false},
		"the standard's only": {waits + begun, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := inside(tt.stack, []string{"example.com/mux/"}); got != tt.want {
				t.Errorf("inside is %v", got)
			}
		})
	}
}

// program is a test program that leaves a goroutine, which ends soon or not.
type program struct{ stop chan struct{} }

func (p program) Run() int {
	go func() { <-p.stop }()
	return 0
}

func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := program{make(chan struct{})}
		time.AfterFunc(patience/2, func() { close(ends.stop) })
		if code := Run(ends); code != 0 {
			t.Errorf("a goroutine that ends gives %d", code)
		}
		stays := program{make(chan struct{})}
		defer close(stays.stop)
		if code := Run(stays); code != 1 {
			t.Errorf("one that stays gives %d", code)
		}
	})
}
