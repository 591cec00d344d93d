package tunnels_test

import (
	"errors"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest/memnet"
)

func TestFault47HalfClose(t *testing.T) {
	tests := []struct {
		name string
		pod  func(c *memnet.Conn, sawEOF chan<- time.Duration)
		want string
		fin  time.Duration // when the pod sees the end of the input; 0 if it does not look
	}{
		{"the answer comes while the end is held back", func(c *memnet.Conn, _ chan<- time.Duration) {
			io.ReadFull(c, make([]byte, len("question")))
			time.Sleep(2500 * time.Millisecond)
			io.WriteString(c, "answer")
			c.Close()
		}, "answer", 0},
		{"a slow answer keeps the end back", func(c *memnet.Conn, saw chan<- time.Duration) {
			began := time.Now()
			for range 3 {
				time.Sleep(2 * time.Second)
				io.WriteString(c, "x")
			}
			io.ReadAll(c)
			saw <- time.Since(began).Round(time.Second)
			c.Close()
		}, "xxx", 9 * time.Second},
		{"an echo gets it soon after its answer", func(c *memnet.Conn, saw chan<- time.Duration) {
			began := time.Now()
			in := make([]byte, len("question"))
			io.ReadFull(c, in)
			time.Sleep(100 * time.Millisecond)
			c.Write(in)
			io.ReadAll(c)
			saw <- time.Since(began).Round(time.Second)
			c.Close()
		}, "question", 3 * time.Second},
		{"a pod that waits for the end gets it", func(c *memnet.Conn, saw chan<- time.Duration) {
			began := time.Now()
			in, _ := io.ReadAll(c)
			saw <- time.Since(began).Round(time.Second)
			c.Write(in)
			c.Close()
		}, "question", 10 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				saw := make(chan time.Duration, 1)
				t.cluster.Serve = func(_ uint16, c *memnet.Conn) { tt.pod(c, saw) }
				t.cluster.SetPods(nil, pod("1"))
				t.run("80")
				c := t.dial(v4)
				io.WriteString(c, "question")
				c.CloseWrite()
				got, err := io.ReadAll(c)
				if err != nil || string(got) != tt.want {
					t.Errorf("got %q, %v", got, err)
				}
				if tt.fin != 0 {
					if d := <-saw; d != tt.fin {
						t.Errorf("the pod saw the end after %v, want %v", d, tt.fin)
					}
				}
				c.Close()
				synctest.Wait()
				if st := t.status("t"); st.Failed != 0 || st.Conns != 0 || t.cluster.Last().Streams() != 0 {
					t.Errorf("left %+v", st)
				}
			})
		})
	}
}

// TestPodSpeaksAfterTheEnd: a connection whose pod has more to say once it has seen
// the end is one that counts.
func TestPodSpeaksAfterTheEnd(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
			io.ReadFull(c, make([]byte, 1))
			io.WriteString(c, "a")
			io.ReadAll(c)
			time.Sleep(time.Second)
			io.WriteString(c, "b")
			time.Sleep(time.Second)
			c.Close()
		}
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.dial(v4)
		io.WriteString(c, "q")
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		c.CloseWrite()
		for i, want := range []int{0, 0, 1, 0} { // held back, seen, spoken, over
			synctest.Wait()
			if n := t.status("t").Conns; n != want {
				t.Errorf("%d connections after %d s, want %d", n, i, want)
			}
			time.Sleep(time.Second + time.Millisecond)
		}
		if got, err := io.ReadAll(c); err != nil || string(got) != "b" {
			t.Errorf("read %q, %v", got, err)
		}
	})
}

func TestFault48PodEndsFirstAndUploadGoesOn(t *testing.T) {
	inBubble(t, func(t *bench) {
		got := make(chan string, 1)
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
			io.WriteString(c, "banner")
			c.CloseWrite()
			in, _ := io.ReadAll(c)
			got <- string(in)
			c.Close()
		}
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.dial(v4)
		if s, err := io.ReadAll(c); err != nil || string(s) != "banner" {
			t.Fatalf("got %q, %v", s, err)
		}
		io.WriteString(c, "still here")
		c.Close()
		if s := <-got; s != "still here" {
			t.Errorf("the pod got %q", s)
		}
	})
}

func TestFault33PodResetReachesTheClientAsReset(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
			io.WriteString(c, "x")
			c.Read(make([]byte, 1))
			c.SetLinger(0)
			c.Close()
		}
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.dial(v4)
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, "go")
		if err := readErr(c); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
		t.want(tunnels.Ready, "")
	})
}

func TestFault49ClientThatGoesAwayEndsTheStream(t *testing.T) {
	inBubble(t, func(t *bench) {
		ended := make(chan error, 1)
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) {
			_, err := io.Copy(io.Discard, c)
			ended <- err
			c.Close()
		}
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.dial(v4)
		io.WriteString(c, "x")
		synctest.Wait()
		c.SetLinger(0)
		c.Close()
		if err := <-ended; !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the pod saw %v", err)
		}
		synctest.Wait()
		if st := t.status("t"); st.Failed != 0 || st.Conns != 0 {
			t.Errorf("left %+v", st)
		}
	})
}
