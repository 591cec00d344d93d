package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"culvert/kube/kubetest/demopod"
)

const gigabyte = 1 << 30

func TestGigabyteDown(t *testing.T) {
	f := forward(t, 2, "podsrv", fmt.Sprintf(":%d", demopod.PortSource))
	conn := dial(t, f.bound[0].addr)
	began := time.Now()
	if err := binary.Write(conn, binary.BigEndian, uint64(gigabyte)); err != nil {
		t.Fatal(err)
	}
	want := demopod.NewPattern(gigabyte)
	if n, err := io.CopyBuffer(writerOnly{want}, readerOnly{conn}, make([]byte, 256<<10)); err != nil || n != gigabyte {
		t.Fatalf("%d bytes came, want %d: %v", n, gigabyte, err)
	}
	logRate(t, began)
}

func TestGigabyteUp(t *testing.T) {
	f := forward(t, 2, "podsrv", fmt.Sprintf(":%d", demopod.PortSink))
	conn := dial(t, f.bound[1].addr)
	began := time.Now()
	if err := binary.Write(conn, binary.BigEndian, uint64(gigabyte)); err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	if _, err := io.CopyBuffer(io.MultiWriter(conn, sum), readerOnly{demopod.NewPattern(gigabyte)}, make([]byte, 256<<10)); err != nil {
		t.Fatal(err)
	}
	ack := make([]byte, demopod.AckSize)
	if _, err := io.ReadFull(conn, ack); err != nil {
		t.Fatal(err)
	}
	logRate(t, began)
	if got := binary.BigEndian.Uint64(ack); got != gigabyte {
		t.Errorf("the pod got %d bytes, want %d", got, gigabyte)
	}
	if !bytes.Equal(ack[8:], sum.Sum(nil)) {
		t.Error("the pod got other bytes than were sent")
	}
}

// readerOnly and writerOnly keep io.Copy from asking for more than that.
type (
	readerOnly struct{ io.Reader }
	writerOnly struct{ io.Writer }
)

func logRate(t *testing.T, began time.Time) {
	t.Helper()
	t.Logf("%.0f MiB/s", gigabyte/float64(1<<20)/time.Since(began).Seconds())
}

func TestThousandHeldConnections(t *testing.T) {
	const connections, atOnce = 1000, 50
	f := forward(t, 2, "podsrv", ":9001")
	conns := make([]net.Conn, connections)
	errs := make([]error, connections)
	began := time.Now()
	// each calls do for every connection, some at a time.
	each := func(do func(i int) error) {
		var all sync.WaitGroup
		slots := make(chan struct{}, atOnce)
		for i := range connections {
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				errs[i] = do(i)
			})
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	each(func(i int) error {
		conn, err := dialQuietly(t, f.bound[i%2].addr)
		if err != nil {
			return err
		}
		conns[i] = conn
		return echo(conn, fmt.Sprintf("connection %d\n", i))
	})
	t.Logf("%d connections after %.2f s", connections, time.Since(began).Seconds())
	each(func(i int) error { return echo(conns[i], fmt.Sprintf("still %d\n", i)) })
	each(func(i int) error { return conns[i].Close() })
	if err := echo(dial(t, f.bound[0].addr), "one more\n"); err != nil {
		t.Error(err)
	}
	f.unchanged(t)
}
