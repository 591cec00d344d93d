package soak

import (
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// The sockets of this process are found, of both families, and have other inodes when they
// are opened anew.
func TestListeners(t *testing.T) {
	open := func(addr string) net.Listener {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	four, six := open("127.0.0.1:0"), open("[::1]:0")
	defer six.Close()
	before, err := listeners(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []net.Listener{four, six} {
		if before[l.Addr().String()] == 0 {
			t.Errorf("%s is not among %v", l.Addr(), before)
		}
	}
	four.Close()
	four = open(four.Addr().String())
	defer four.Close()
	after, err := listeners(os.Getpid())
	if at := four.Addr().String(); err != nil || after[at] == before[at] || after[at] == 0 {
		t.Errorf("opened anew the inode of %s is %d, %v; it was %d", at, after[at], err, before[at])
	}
}

func TestUsage(t *testing.T) {
	u, err := usage(os.Getpid(), time.Now())
	if err != nil || u.RSS < mib || u.PSS < mib || u.Files < 3 || u.Threads < 2 {
		t.Errorf("this process uses %+v, %v", u, err)
	}
	if _, err := usage(0, time.Now()); err == nil {
		t.Error("a process that is not there is no error")
	}
}

func TestStacksAreCounted(t *testing.T) {
	log, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p := &product{log: log, goroutines: make(map[string]int)}
	p.read(strings.NewReader("a line\nSIGQUIT: quit\n\ngoroutine 0 gp=0x1 m=0 mp=0x2 [idle]:\nruntime.futex()\n\n" +
		"goroutine 1 [chan receive]:\nmain.main()\n\ngoroutine 7 [select, 2 minutes]:\nculvert/tunnels.(*run).x()\n" +
		"created by culvert/tunnels.(*run).start in goroutine 1\n\ngoroutine 8 [IO wait]:\nx()\ncreated by culvert/tunnels.(*run).start in goroutine 7\n"))
	if total(p.goroutines) != 4 || p.goroutines["culvert/tunnels.(*run).start"] != 2 || p.goroutines["the first one"] != 2 {
		t.Errorf("counted %v", p.goroutines)
	}
}
