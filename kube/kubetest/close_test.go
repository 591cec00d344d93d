package kubetest_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/kube/kubetest"
	"culvert/kube/kubetest/demopod"
	"culvert/kube/portforward"
	"culvert/tunnels"
)

// TestCloseAfterUnreadUpload: the streaming library may keep goroutines of a
// session that broke off while its pod left an upload unread; Close returns all
// the same.
func TestCloseAfterUnreadUpload(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T, *kubetest.Server, *portforward.Session){
		"the cluster drops it": func(t *testing.T, s *kubetest.Server, _ *portforward.Session) {
			if n := s.DropSessions(); n != 1 {
				t.Errorf("%d sessions were dropped", n)
			}
		},
		"the client leaves": func(t *testing.T, _ *kubetest.Server, c *portforward.Session) {
			if err := c.Close(nil); err != nil {
				t.Error(err)
			}
		},
		"Close ends it": func(*testing.T, *kubetest.Server, *portforward.Session) {},
	}
	for name, cut := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := cluster(t, shop())
			d, err := portforward.NewDialer(config(t, s, "demo"))
			if err != nil {
				t.Fatal(err)
			}
			c, err := d.Dial(t.Context(), portforward.PodRef{Namespace: "shop", Name: "web"}, tunnels.ViaSPDY)
			if err != nil {
				t.Fatal(err)
			}
			var running sync.WaitGroup
			t.Cleanup(func() {
				if err := c.Close(nil); err != nil {
					t.Error(err)
				}
				running.Wait()
			})
			upload, err := c.Open(t.Context(), demopod.PortSlow)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(upload, make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			running.Go(func() { _, _ = io.Copy(io.Discard, upload) }) // until the session ends
			if err := within(t, "uploading", func() error { _, err := upload.Write(make([]byte, 1<<20)); return err }); err != nil {
				t.Fatal(err)
			}
			for range 10 { // some of these get no answer
				if _, err := c.Open(t.Context(), demopod.PortEcho); err != nil {
					t.Fatal(err)
				}
			}
			answered := make(chan error, 5)
			for range cap(answered) { // one for each of the library's workers
				running.Go(func() { answered <- c.Ping(context.Background()) })
			}
			if err := within(t, "pinging", func() error { return <-answered }); err != nil {
				t.Fatal(err)
			}

			cut(t, s, c)
			start := time.Now()
			within(t, "Close", func() error { s.Close(); return nil })
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestSessionsBreakInOrder: new connections that are given up at the moment at
// which their session breaks do no harm to the streaming library, whose workers
// would wait for ever, and race.
func TestSessionsBreakInOrder(t *testing.T) {
	s := cluster(t, shop())
	d, err := portforward.NewDialer(config(t, s, "demo"))
	if err != nil {
		t.Fatal(err)
	}
	before := stuck()
	for range 40 {
		c, err := d.Dial(t.Context(), portforward.PodRef{Namespace: "shop", Name: "web"}, tunnels.ViaSPDY)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			stream, err := c.Open(t.Context(), demopod.PortEcho)
			if err != nil {
				t.Fatal(err)
			}
			stream.Reset(nil)
		}
		s.DropSessions()
		_ = c.Close(nil) // the server has closed it
	}
	within(t, "Close", func() error { s.Close(); return nil })
	if n := stuck(); n > before {
		t.Errorf("%d goroutines of the library wait for ever", n-before)
	}
}

// stuck counts the goroutines that the streaming library has lost.
func stuck() int {
	all := stacks()
	return strings.Count(all, ".handleResetFrame(") + strings.Count(all, ".waitWriteReply(")
}
