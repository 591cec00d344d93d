package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
)

func TestCalls(t *testing.T) {
	d, h := dir(t), &answering{}
	first(t, d, h)
	c := second(t, d)
	if v := c.First(); v.Version != "1.2" || v.API != 1 || v.PID != os.Getpid() || v.Started.IsZero() {
		t.Errorf("the first is %+v", v)
	}
	if err := c.Raise(t.Context()); err != nil || h.raised != 1 {
		t.Errorf("raised %d times, %v", h.raised, err)
	}
	a, err := c.Args(t.Context(), Args{Args: []string{"a b", "--x"}, Dir: "/d"})
	if err != nil || a.Status != 3 || a.Text != `got ["a b" "--x"][2J` || len(h.args) != 1 || h.args[0].Dir != "/d" {
		t.Errorf("the answer is %+v, %v, of %+v", a, err, h.args)
	}
	for _, arg := range []string{"--fail", "--panic"} {
		_, err := c.Args(t.Context(), Args{Args: []string{arg}})
		if _, ok := errors.AsType[*tunnels.Error](err); !ok || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%s: %v", arg, err)
		}
	}
	if err := c.Raise(t.Context()); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

// TestRequests sends what a client would not.
func TestRequests(t *testing.T) {
	d := dir(t)
	s := first(t, d, &answering{})
	const post = "POST /v1/args HTTP/1.1\r\nHost: culvert\r\nConnection: close\r\nContent-Type: application/json\r\n"
	body := func(b string) string { return post + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(b), b) }
	tests := []struct {
		name, request string
		status        int
		says          string
	}{
		{"version", "GET /v1/version HTTP/1.1\r\nHost: culvert\r\n\r\n", 200, `"api":1`},
		{"a version of later", "GET /v7/version HTTP/1.1\r\nHost: culvert\r\n\r\n", 404, `"speaks":["v1"]`},
		{"another path", "GET /v1/passwords HTTP/1.1\r\nHost: culvert\r\n\r\n", 404, "no such path"},
		{"another method", "DELETE /v1/version HTTP/1.1\r\nHost: culvert\r\n\r\n", 405, "use GET"},
		{"another host", "GET /v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n", 403, "own processes"},
		{"a browser", "GET /v1/version HTTP/1.1\r\nHost: culvert\r\nOrigin: https://example.com\r\n\r\n", 403, "own processes"},
		{"no origin at all", "GET /v1/version HTTP/1.1\r\nHost: culvert\r\nOrigin: null\r\n\r\n", 403, "own processes"},
		{"arguments", body(`{"args":["a"],"dir":"/"}`), 200, "got"},
		{"a field of later", body(`{"args":[],"colour":1}`), 400, "colour"},
		{"another type", body(`{"args":"a"}`), 400, "body is wrong"},
		{"two objects", body(`{"args":[]}{}`), 400, "behind it"},
		{"no object", body(``), 400, "body is wrong"},
		{"half an object", body(`{"args":[`), 400, "body is wrong"},
		{"too large", body(`{"args":["` + strings.Repeat("x", maxBytes) + `"]}`), 413, "too large"},
		{"too much behind it", body(`{"args":[]}` + strings.Repeat(" ", maxBytes)), 413, "too large"},
		{"no JSON", strings.Replace(body(`{"args":[]}`), "application/json", "text/plain", 1), 415, "application/json"},
		{"too large a header", "GET /v1/version HTTP/1.1\r\nHost: culvert\r\nX: " + strings.Repeat("x", 2*maxBytes) + "\r\n\r\n", 431, ""},
		{"no HTTP", "hello\r\n\r\n", 400, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := connect(t, s)
			go io.WriteString(conn, tt.request) // the answer may come before the end
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(io.LimitReader(resp.Body, 300))
			if resp.StatusCode != tt.status || !strings.Contains(string(text), tt.says) {
				t.Errorf("status %d, %s, %v", resp.StatusCode, text, err)
			}
		})
	}
}

func connect(t *testing.T, s *Server) net.Conn {
	t.Helper()
	conn, err := dial(t.Context(), s.place.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(long))
	return conn
}

// TestSlowRequests are cut off, and keep nobody from being served meanwhile.
func TestSlowRequests(t *testing.T) {
	d := dir(t)
	s := first(t, d, &answering{})
	var slow []net.Conn
	for _, begin := range []string{"", "GET /v1/version HTTP/1.1\r\nHost: cul"} {
		conn := connect(t, s)
		io.WriteString(conn, begin)
		slow = append(slow, conn)
	}
	second(t, d)
	for _, conn := range slow {
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Errorf("it is not cut off: %v", err)
		}
	}
}

// TestStalledHandler: the client gives up in time and names the process.
func TestStalledHandler(t *testing.T) {
	d, h := dir(t), &answering{hang: make(chan struct{})}
	first(t, d, h)
	c := second(t, d)
	c.patience = 100 * time.Millisecond
	if err := c.Raise(t.Context()); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("the error is %v", err)
	}
	close(h.hang)
}

// TestCloseDoesNotWait: a handler that hangs does not hold up the end.
func TestCloseDoesNotWait(t *testing.T) {
	d, h := dir(t), &answering{hang: make(chan struct{})}
	s := first(t, d, h)
	c := second(t, d)
	ended := make(chan error)
	go func() { ended <- c.Raise(t.Context()) }()
	began := time.Now()
	s.Close()
	if took := time.Since(began); took > long/10 {
		t.Errorf("it took %v", took)
	}
	close(h.hang)
	<-ended
}

// TestGone: a first that leaves, or has left, is told as such.
func TestGone(t *testing.T) {
	d := dir(t)
	s := first(t, d, &answering{})
	c := second(t, d)
	s.Leave()
	if err := c.Raise(t.Context()); !errors.Is(err, ErrGone) {
		t.Errorf("while it leaves: %v", err)
	}
	s.Close()
	if err := c.Raise(t.Context()); !errors.Is(err, ErrGone) {
		t.Errorf("after it has left: %v", err)
	}
}

// TestAnotherUser is not heard, and neither is served by one.
func TestAnotherUser(t *testing.T) {
	d := dir(t)
	s := first(t, d, &answering{})
	p := s.place
	s.Close()
	inner, err := listen(p.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	l := &ownListener{inner, func(net.Conn) bool { return false }}
	go l.Accept()
	conn := connect(t, s)
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("it is heard: %d, %v", n, err)
	}
}

// TestWarnings: a panic is told to the program, and the report says where it was.
func TestWarnings(t *testing.T) {
	d := dir(t)
	warned := make(chan error, 1)
	crashes := crash.New(crash.Options{Folder: filepath.Join(d, "crashes")})
	s, _, err := Claim(t.Context(), Options{Dir: d, Crashes: crashes, Warn: func(err error) { warned <- err }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	go s.Serve(&answering{})
	second(t, d).Args(t.Context(), Args{Args: []string{"--panic"}})
	if err := <-warned; !strings.Contains(err.Error(), "on purpose") {
		t.Errorf("it says %v", err)
	}
	all, err := crash.Reports(crashes.Folder())
	if err != nil || len(all) != 1 {
		t.Fatalf("the reports are %v, %v", all, err)
	}
	if text, err := os.ReadFile(all[0].Path); err != nil || !strings.Contains(string(text), "main_test.go") {
		t.Errorf("the report is %s, %v", text, err)
	}
}

// TestLog: requests are logged by their paths, and not with what they bring.
func TestLog(t *testing.T) {
	d := dir(t)
	var logged strings.Builder // its handler has a lock
	l := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelInfo}))
	s, _, err := Claim(t.Context(), Options{Dir: d, Log: l})
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(&answering{})
	c := second(t, d)
	if _, err := c.Args(t.Context(), Args{Args: []string{"hidden"}, Dir: "/hidden"}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got := logged.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "method=POST path=/v1/args") || strings.Contains(got, "hidden") {
		t.Errorf("logged is\n%s", got)
	}
}

// TestStrangers: what a client makes of servers that are not of this version.
func TestStrangers(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		says   string
	}{
		{"another version", 404, `{"error":"no","speaks":["v2","v3"]}`, "it speaks v2, v3, this one speaks v1"},
		{"another program", 200, `<html>`, "does not understand"},
		{"an error without a reason", 500, `oops`, "does not understand"},
		{"an endless answer", 200, strings.Repeat("x", 2*maxAnswer), "does not understand"},
		{"a field more", 200, `{"version":"9","api":1,"pid":7,"colour":"red"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := findPlace(dir(t), RoleWindow)
			if err != nil {
				t.Fatal(err)
			}
			l, err := listen(p.socket)
			if err != nil {
				t.Fatal(err)
			}
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			})}
			done := make(chan struct{})
			go func() {
				defer close(done)
				server.Serve(l)
			}()
			defer func() {
				server.Close()
				<-done
			}()
			_, err = meet(t.Context(), p, RoleWindow, long)
			if (err == nil) != (tt.says == "") || err != nil && (!strings.Contains(err.Error(), tt.says) || tunnels.AsError(err).Hint == "") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// FuzzRequests: whatever is sent, the server goes on.
func FuzzRequests(f *testing.F) {
	f.Add([]byte("GET /v1/version HTTP/1.1\r\nHost: culvert\r\n\r\n"))
	f.Add([]byte("POST /v1/args HTTP/1.1\r\nHost: culvert\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"args\":[]}"))
	s := serverOn(nil, Options{Version: "x", Warn: func(error) {}})
	routes := s.handler(s.windowRoutes(&answering{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(data)))
		if err != nil {
			return
		}
		w := &recorder{header: make(http.Header)}
		routes.ServeHTTP(w, req.WithContext(context.Background()))
		if w.body.Len() > 0 && !json.Valid(w.body.Bytes()) {
			t.Errorf("it answers %q", w.body.String())
		}
	})
}

type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(int)             {}
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
