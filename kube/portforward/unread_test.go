package portforward

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"culvert/kube/kubetest/orderly"
	"culvert/tunnels"

	server "k8s.io/cri-streaming/pkg/streaming/portforward"
)

// hijackable is a response whose connection can be taken over.
type hijackable struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// newServedSession returns a session with the real streaming server, without a
// network, for a synctest bubble.
func newServedSession(t *testing.T, p pods) *Session {
	t.Helper()
	s, theirs := newPipeSession(t)
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {spdyProtocol}, "X-Stream-Protocol-Version": {portForwardProtocol},
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		w := hijackable{httptest.NewRecorder(), theirs}
		server.ServePortForward(orderly.Writer(w), r, p, "web-1", "", nil, time.Hour, 30*time.Second, server.SupportedProtocols)
	}()
	t.Cleanup(func() {
		closeInTime(t, s)
		<-served
		time.Sleep(time.Hour) // the server's timers run out
	})
	return s
}

// TestFault46UnreadUpload: an upload that the pod does not read holds up some of the
// new connections, which fail by themselves. All others go on, and so does the
// upload when the pod reads again.
func TestFault46UnreadUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read := make(chan struct{})
		s := newServedSession(t, pods{
			80: echo,
			82: func(stream io.ReadWriteCloser) error {
				<-read
				return echo(stream)
			},
			83: func(stream io.ReadWriteCloser) error {
				_, err := io.WriteString(stream, "x")
				return errors.Join(err, echo(stream))
			},
		})
		idle := open(t, s, 80)
		wantEcho(t, idle, "hello")
		upload := open(t, s, 82)
		synctest.Wait()
		for range 2 { // the first frame waits for a reader, and the second for the first
			if _, err := upload.Write([]byte("unread")); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()

		start := time.Now()
		streams := make([]tunnels.Stream, 10)
		for i := range streams {
			streams[i] = open(t, s, 83)
		}
		failed := 0
		for _, st := range streams {
			if _, err := io.ReadFull(st, make([]byte, 1)); err != nil {
				wantCause(t, err, tunnels.CauseUnknown)
				failed++
			}
			st.Close()
		}
		if failed != 4 {
			t.Errorf("%d of 10 connections failed, want the 4 of one worker", failed)
		}
		if took := time.Since(start); took < answerTimeout+pardon || took > answerTimeout+pardon+judgeTime {
			t.Errorf("took %v", took)
		}

		synctest.Wait()
		wantEcho(t, idle, "still here")
		if load := s.Load(); load.Draining || load.Err != nil || load.Streams != 2 {
			t.Errorf("load %+v", load)
		}
		close(read)
		got := make([]byte, 12)
		if _, err := io.ReadFull(upload, got); err != nil || string(got) != "unreadunread" {
			t.Errorf("the upload comes back as %q, %v", got, err)
		}
		wantEcho(t, upload, "and on")
		for _, st := range []tunnels.Stream{idle, upload} {
			if err := st.(*Stream).CloseWrite(); err != nil {
				t.Error(err)
			}
			if err := wantRead(t, st, ""); !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			st.Close()
		}
		synctest.Wait()
	})
}
