package peers

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"culvert/e2e/load"
	"culvert/kube/kubetest/demopod"
)

// transferRows are about what clients do.
func transferRows() []Row {
	return []Row{
		{
			Name: "half-close", Faults: "47",
			What: "A client ends its side; the pod answers 1.5 s later.",
			do:   acts(halfClose, demopod.PortLate),
		},
		{
			Name: "pod ends first", Faults: "48",
			What: "The pod sends a line and ends its side at once.",
			do:   acts(banner, demopod.PortBanner),
		},
		{
			Name: "unread downloads", Faults: "45",
			What: "Four downloads that nobody reads; ten new connections beside them.",
			do:   acts(unreadDownloads, demopod.PortSource),
		},
		{
			Name: "unread upload", Faults: "46",
			What: "Two uploads that the pod does not read; ten new connections beside them.",
			do:   acts(unreadUploads, demopod.PortSlow),
		},
	}
}

// acts lets a client of each peer do something through the second port, which
// leads to the one given, and new connections be made through the first after
// that.
func acts(do func(context.Context, *subject), port uint16) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		pod, err := s.newPod(ctx, nil)
		if err != nil {
			return err
		}
		if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort), fmt.Sprint(port)); err != nil {
			return err
		}
		s.served(ctx)
		s.each(func(u *subject) { do(ctx, u) })
		s.after(ctx)
		return nil
	}
}

// ask connects through the second port and sends something.
func (u *subject) ask(ctx context.Context, question string) (*net.TCPConn, error) {
	conn, err := u.at().Dial(ctx, "tcp", u.addr(1))
	if err != nil {
		return nil, err
	}
	u.closeLater(conn)
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	_, err = io.WriteString(conn, question)
	return conn.(*net.TCPConn), err
}

// answer reads to the end of a connection and compares.
func answer(conn io.Reader, wanted string) Ending {
	got, err := io.ReadAll(conn)
	switch {
	case string(got) == wanted:
		return Whole
	case !strings.HasPrefix(wanted, string(got)):
		return Wrong
	case err != nil:
		return ending(err)
	}
	return Silent
}

func halfClose(ctx context.Context, u *subject) {
	conn, err := u.ask(ctx, "1500ms\n")
	if err == nil {
		err = conn.CloseWrite()
	}
	if err != nil {
		u.o.Transfer = ending(err)
		return
	}
	u.o.Transfer = answer(conn, "late\n")
}

func banner(ctx context.Context, u *subject) {
	conn, err := u.ask(ctx, "")
	if err != nil {
		u.o.Transfer = ending(err)
		return
	}
	got, err := io.ReadAll(conn)
	switch {
	case strings.HasPrefix(string(got), "hello from ") && strings.HasSuffix(string(got), "\n"):
		u.o.Transfer = Whole
	case err != nil:
		u.o.Transfer = ending(err)
	default:
		u.o.Transfer = Silent
	}
}

func unreadDownloads(ctx context.Context, u *subject) {
	for range 4 {
		if _, err := u.ask(ctx, string(countOf(1<<30))); err != nil {
			break // the connections beside tell what that means
		}
	}
	pause(ctx, time.Second)
	u.beside(ctx)
}

func unreadUploads(ctx context.Context, u *subject) {
	for range 2 {
		conn, err := u.ask(ctx, "")
		if err != nil {
			break // the connections beside tell what that means
		}
		u.running.Go(func() {
			b := make([]byte, 64<<10)
			for { // until nothing goes any more: the deadline ends it
				if _, err := conn.Write(b); err != nil {
					return
				}
			}
		})
	}
	pause(ctx, time.Second)
	u.beside(ctx)
}

// besides is how many connections are made beside something bad.
const besides = 10

// beside makes new connections through the first port, one every 100 ms, and
// counts those that are served within 5 s.
func (u *subject) beside(ctx context.Context) {
	var served atomic.Int64
	done := make(chan struct{})
	for range besides {
		go func() { // ends with the echo
			if load.EchoOnce(ctx, u.at().Dial, u.addr(0), 5*time.Second) == nil {
				served.Add(1)
			}
			done <- struct{}{}
		}()
		pause(ctx, 100*time.Millisecond)
	}
	for range besides {
		<-done
	}
	u.o.Beside, u.o.Of = int(served.Load()), besides
}

// hold makes a connection to the echo that held asks about later.
func (u *subject) hold(ctx context.Context) {
	conn, err := u.at().Dial(ctx, "tcp", u.addr(0))
	if err != nil {
		return
	}
	u.closeLater(conn)
	u.kept = conn
}

// held says whether the connection that was held still echoes.
func (u *subject) held() Ending {
	if u.kept == nil {
		return Told
	}
	if err := u.kept.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return Told
	}
	if _, err := io.WriteString(u.kept, "held"); err != nil {
		return ending(err)
	}
	if _, err := io.ReadFull(u.kept, make([]byte, len("held"))); err != nil {
		return ending(err)
	}
	return Whole
}
