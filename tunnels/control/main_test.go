package control

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"culvert/tunnels/tunneltest/leaks"
)

// childDir makes a test's process a child that claims in this folder.
const childDir = "CULVERT_TEST_CONTROL_DIR"

// askSocket makes a test's process a child that asks at this socket.
const askSocket = "CULVERT_TEST_CONTROL_SOCKET"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	if socket := os.Getenv(askSocket); socket != "" {
		os.Exit(ask(socket))
	}
	os.Exit(leaks.Run(m))
}

// long is what tests wait for at most: the machine may be busy.
const long = 60 * time.Second

// child claims. The first prints "first" and serves until its input ends;
// another one hands over its process id.
func child(dir string) int {
	s, c, err := Claim(context.Background(), Options{Dir: dir, Version: "test", patience: long})
	switch {
	case err != nil:
		fmt.Println(err)
		return 1
	case c != nil:
		a, err := c.Args(context.Background(), Args{Args: []string{fmt.Sprint(os.Getpid())}})
		fmt.Println("second", c.First().PID, a.Text, err)
		return 0
	}
	go s.Serve(&answering{})
	fmt.Println("first", os.Getpid())
	bufio.NewScanner(os.Stdin).Scan()
	s.Close()
	return 0
}

// ask prints what it is answered at a socket, whoever serves it.
func ask(socket string) int {
	conn, err := dial(context.Background(), socket)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer conn.Close()
	io.WriteString(conn, "GET /v1/version HTTP/1.1\r\nHost: culvert\r\nConnection: close\r\n\r\n")
	text, _ := io.ReadAll(conn) // it may be cut off
	fmt.Printf("answered: %s", text)
	return 0
}

// answering is a handler that remembers what it was asked.
type answering struct {
	mu     sync.Mutex
	raised int
	args   []Args
	hang   chan struct{} // nil, or what it waits for
}

func (h *answering) Raise(ctx context.Context) error {
	if h.hang != nil {
		select {
		case <-h.hang:
		case <-ctx.Done():
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.raised++
	return nil
}

func (h *answering) Args(_ context.Context, a Args) (Answer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.args = append(h.args, a)
	switch {
	case len(a.Args) == 1 && a.Args[0] == "--panic":
		panic("on purpose")
	case len(a.Args) == 1 && a.Args[0] == "--fail":
		return Answer{}, errors.New("it cannot be done\x1b[31m")
	}
	return Answer{Text: fmt.Sprintf("got %q\x1b[2J", a.Args), Status: 3}, nil
}

// dir returns a new private folder whose name is short: the paths of sockets are
// limited.
func dir(t *testing.T) string {
	t.Helper()
	d, err := os.MkdirTemp("", "c")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(d) })
	return filepath.Join(d, "culvert")
}

// first claims, and serves with h until the test ends.
func first(t *testing.T, dir string, h Handler) *Server {
	t.Helper()
	s, c, err := Claim(t.Context(), Options{Dir: dir, Version: "1.2", patience: long, Warn: func(error) {}})
	if err != nil || c != nil {
		t.Fatalf("it is not first: %v, %v", c, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(h)
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
	return s
}

// second returns a client of the first.
func second(t *testing.T, dir string) *Client {
	t.Helper()
	s, c, err := Claim(t.Context(), Options{Dir: dir, patience: long})
	if err != nil || s != nil {
		t.Fatalf("it is not second: %v, %v", s, err)
	}
	return c
}

// start starts a child.
func start(t *testing.T, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}
