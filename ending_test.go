//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"culvert/cli"
)

// asProgram makes a test's process the program: "main", or one whose verb is
// "stuck".
const asProgram = "CULVERT_TEST_PROGRAM"

func TestMain(m *testing.M) {
	switch os.Getenv(asProgram) {
	case "main":
		main()
	case "stuck":
		os.Exit(cli.Run(cli.Deps{
			Out: os.Stdout, Err: os.Stderr, HasDisplay: func() bool { return true },
			Window: func(ctx context.Context, _ cli.WindowOptions) error {
				fmt.Println("stuck")
				<-ctx.Done()
				fmt.Println("told to end")
				select {}
			},
		}, nil))
	}
	// Whoever runs the tests may ignore this one, and children would take after it:
	// as something listens here, they begin with what the system does.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	os.Exit(m.Run())
}

// leaveLimit is what the program may take to end, with what a busy machine needs
// to notice.
const leaveLimit = 2*time.Second + 3*time.Second

// program is a child that is Culvert.
type program struct {
	*exec.Cmd
	out   *bufio.Scanner
	errs  strings.Builder
	ended chan error
}

// run starts the program in a home of its own; the test's end kills it.
func run(t *testing.T, as string, env []string, args ...string) *program {
	t.Helper()
	p := &program{Cmd: exec.Command(os.Args[0], args...), ended: make(chan error, 1)}
	p.Env = append([]string{asProgram + "=" + as, "HOME=" + t.TempDir(), "DBUS_SESSION_BUS_ADDRESS=disabled:", "PATH=" + os.Getenv("PATH")}, env...)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stdout, p.Stderr, p.out = write, &p.errs, bufio.NewScanner(read)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	go func() { p.ended <- p.Wait() }()
	t.Cleanup(func() {
		p.Process.Kill()
		read.Close()
	})
	return p
}

// end sends a signal and returns the exit status, or -1 when the program does not
// end in time.
func (p *program) end(t *testing.T, s os.Signal) int {
	t.Helper()
	began := time.Now()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	limit := time.NewTimer(leaveLimit)
	defer limit.Stop()
	select {
	case <-p.ended:
		t.Logf("it took %v", time.Since(began))
		return p.ProcessState.ExitCode()
	case <-limit.C:
		t.Errorf("it has not ended after %v", leaveLimit)
		return -1
	}
}

// TestLeavingDuringTraffic: a signal ends the program although its tunnels are
// busy, and the ports are free.
func TestLeavingDuringTraffic(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			p := run(t, "main", nil, "demo", "--headless", "-o", "json")
			addr := p.bound(t, "logs")
			var bytes atomic.Int64
			for range 4 {
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				first := make([]byte, 1)
				if _, err := io.ReadFull(conn, first); err != nil {
					t.Fatalf("nothing comes: %v", err)
				}
				go func() { // ends with the connection
					n, _ := io.Copy(io.Discard, conn)
					bytes.Add(n)
				}()
			}
			if code := p.end(t, s); code != cli.ExitOK {
				t.Errorf("exit status %d: %s", code, p.errs.String())
			}
			l, err := net.Listen("tcp", addr)
			if err != nil {
				t.Fatalf("the port is not free: %v", err)
			}
			l.Close()
		})
	}
}

// bound returns where a tunnel listens once it is ready.
func (p *program) bound(t *testing.T, name string) string {
	t.Helper()
	for p.out.Scan() {
		var line struct {
			Tunnel, State string
			Bound         []struct {
				Address string
				Port    uint16
			}
		}
		if err := json.Unmarshal(p.out.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", p.out.Text(), err)
		}
		if line.Tunnel == name && line.State == "ready" && len(line.Bound) > 0 {
			return fmt.Sprintf("127.0.0.1:%d", line.Bound[0].Port)
		}
	}
	t.Fatalf("%s is not ready: %s", name, p.errs.String())
	return ""
}

// TestLeavingUnheard: an API server that accepts connections and says nothing does
// not hold up the end.
func TestLeavingUnheard(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	asked := make(chan net.Conn, 16)
	go func() { // ends with the listener
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked <- c
		}
	}()
	config := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"a","clusters":[{"name":"a","cluster":{"server":"https://%s"}}],
		"contexts":[{"name":"a","context":{"cluster":"a","user":"a"}}],"users":[{"name":"a","user":{"token":"x"}}]}`, l.Addr())
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := run(t, "main", []string{"KUBECONFIG=" + config}, "forward", "web", ":80")
	defer (<-asked).Close()
	if code := p.end(t, syscall.SIGTERM); code != cli.ExitOK {
		t.Errorf("exit status %d: %s", code, p.errs.String())
	}
}

// TestLeavingStuck: whatever hangs ends with the process.
func TestLeavingStuck(t *testing.T) {
	p := run(t, "stuck", nil)
	p.out.Scan()
	if code := p.end(t, syscall.SIGTERM); code != cli.ExitOK {
		t.Errorf("exit status %d", code)
	}
}

// TestSecondSignal ends the program at once, whatever hangs.
func TestSecondSignal(t *testing.T) {
	p := run(t, "stuck", nil)
	p.out.Scan()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if p.out.Scan(); p.out.Text() != "told to end" {
		t.Fatalf("it says %q", p.out.Text())
	}
	p.end(t, syscall.SIGTERM)
	if ws, ok := p.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGTERM {
		t.Errorf("it has ended by %v", p.ProcessState)
	}
}
