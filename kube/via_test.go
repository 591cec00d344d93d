package kube

import (
	"bufio"
	"context"
	"crypto/sha1" //nolint:gosec // RFC 6455 wants it
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"culvert/kube/portforward"
	"culvert/tunnels"
)

// server is an API server on a network in memory.
type server struct {
	connect time.Duration            // how long connecting takes
	answers map[string]func() string // by method; none is silence

	mu    sync.Mutex
	asked []string // the requests' methods
	open  int      // connections
}

const (
	spdyMethod = http.MethodPost
	wsMethod   = http.MethodGet
)

func newServer() *server { return &server{answers: make(map[string]func() string)} }

// answer sets what requests of a method get, after some time.
func (s *server) answer(method string, after time.Duration, answer string) *server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[method] = func() string {
		time.Sleep(after) // in the bubble of the test, where it takes no time
		return answer
	}
	return s
}

func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

func (s *server) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open += n
}

func (s *server) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	select {
	case <-time.After(s.connect):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ours, theirs := net.Pipe()
	s.count(1)
	go func() {
		defer s.count(-1)
		defer theirs.Close()
		s.serve(theirs)
	}()
	return ours, nil
}

// swallow leaves requests without an answer from now on.
func (s *server) swallow(method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.answers, method)
}

func (s *server) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	req, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, req.Method)
	answer := s.answers[req.Method]
	s.mu.Unlock()
	if answer != nil {
		sum := sha1.Sum([]byte(req.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // RFC 6455 wants it
		text := strings.ReplaceAll(answer(), "ACCEPT", base64.StdEncoding.EncodeToString(sum[:]))
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
	}
	_, _ = io.Copy(io.Discard, in) // until the client ends it
}

const (
	spdyYes = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n"
	wsYes   = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n"
)

func answerText(status, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

func forbiddenText(verb string) string {
	return answerText("403 Forbidden", `{"kind":"Status","reason":"Forbidden","code":403,"message":"pods \"web-1\" is forbidden: `+
		`User \"dev\" cannot `+verb+` resource \"pods/portforward\" in API group \"\" in the namespace \"shop\""}`)
}

// clusters returns contexts one, two and so on, which all lead to the server.
func (s *server) clusters(t *testing.T, names ...string) *Clusters {
	t.Helper()
	var data strings.Builder
	data.WriteString("clusters: [{name: c, cluster: {server: 'http://api.test'}}]\nusers: [{name: u, user: {}}]\ncontexts:\n")
	for _, name := range names {
		fmt.Fprintf(&data, "- {name: %s, context: {cluster: c, user: u}}\n", name)
	}
	c, err := Open(Options{Data: []byte(data.String())})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		cl, err := c.cluster(name)
		if err != nil {
			t.Fatal(err)
		}
		if cl.sessions, err = portforward.NewDialer(&rest.Config{Host: "http://api.test", Dial: s.dial}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func endpoint(kubeContext string) tunnels.Endpoint {
	return tunnels.Endpoint{Context: kubeContext, Namespace: "shop", Pod: "web-1", Node: "n1"}
}

// dialIn dials web-1 and expects a session over the transport after some time.
func dialIn(t *testing.T, c *Clusters, want string, took time.Duration) tunnels.Session {
	t.Helper()
	start := time.Now()
	s, err := c.Dial(t.Context(), endpoint("one"), tunnels.ViaAuto)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Load().Transport; got != want {
		t.Errorf("the transport is %q, not %q", got, want)
	}
	if got := time.Since(start); got != took {
		t.Errorf("it took %v, not %v", got, took)
	}
	return s
}

func wantRequests(t *testing.T, s *server, want ...string) {
	t.Helper()
	if got := s.requests(); !slices.Equal(got, want) {
		t.Errorf("the requests are %v, not %v", got, want)
	}
}

// TestFault30SilentSPDY: what swallows the upgrade to SPDY costs a second, once an
// hour. The loser of the race is ended.
func TestFault30SilentSPDY(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer().answer(wsMethod, 0, wsYes)
		c := s.clusters(t, "one")
		defer c.Close()
		first := dialIn(t, c, "WebSocket", time.Second)
		synctest.Wait()
		if n := s.connections(); n != 1 {
			t.Errorf("%d connections are open", n)
		}
		first.Close(nil)
		wantRequests(t, s, spdyMethod, wsMethod)
		dialIn(t, c, "WebSocket", 0).Close(nil)
		time.Sleep(rememberFor - 2*time.Second)
		dialIn(t, c, "WebSocket", 0).Close(nil)
		wantRequests(t, s, spdyMethod, wsMethod, wsMethod, wsMethod)
		time.Sleep(2 * time.Second)
		dialIn(t, c, "WebSocket", time.Second).Close(nil)
		wantRequests(t, s, spdyMethod, wsMethod, wsMethod, wsMethod, spdyMethod, wsMethod)
	})
}

// TestRace: the first answer wins, and only the time since the request was sent
// counts.
func TestRace(t *testing.T) {
	tests := map[string]struct {
		server *server
		want   string
		took   time.Duration
		asked  []string
	}{
		"SPDY is faster":       {newServer().answer(spdyMethod, 900*time.Millisecond, spdyYes), "SPDY", 900 * time.Millisecond, []string{spdyMethod}},
		"SPDY wins the race":   {newServer().answer(spdyMethod, 1500*time.Millisecond, spdyYes).answer(wsMethod, time.Second, wsYes), "SPDY", 1500 * time.Millisecond, []string{spdyMethod, wsMethod}},
		"WebSocket wins":       {newServer().answer(spdyMethod, 3*time.Second, spdyYes).answer(wsMethod, time.Second, wsYes), "WebSocket", 2 * time.Second, []string{spdyMethod, wsMethod}},
		"WebSocket is refused": {newServer().answer(spdyMethod, 3*time.Second, spdyYes).answer(wsMethod, 0, answerText("400 Bad Request", "")), "SPDY", 3 * time.Second, []string{spdyMethod, wsMethod}},
		"SPDY breaks late":     {newServer().answer(spdyMethod, 2*time.Second, answerText("500 Oh", "")).answer(wsMethod, 3*time.Second, wsYes), "WebSocket", 4 * time.Second, []string{spdyMethod, wsMethod}},
	}
	slow := newServer().answer(spdyMethod, 0, spdyYes)
	slow.connect = 4 * time.Second
	tests["connecting is slow"] = struct {
		server *server
		want   string
		took   time.Duration
		asked  []string
	}{slow, "SPDY", 4 * time.Second, []string{spdyMethod}}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := test.server.clusters(t, "one")
				defer c.Close()
				session := dialIn(t, c, test.want, test.took)
				wantRequests(t, test.server, test.asked...)
				synctest.Wait()
				time.Sleep(10 * time.Second) // whoever answers late
				synctest.Wait()
				if n := test.server.connections(); n != 1 {
					t.Errorf("%d connections are open", n)
				}
				session.Close(nil)
			})
		})
	}
}

// TestFault24OtherTransport: refusals of the upgrade, and a right that is missing,
// lead to the other transport, whichever came first, and what works is remembered.
func TestFault24OtherTransport(t *testing.T) {
	wrongSPDY := strings.Replace(spdyYes, "portforward", "channel", 1)
	wrongWS := strings.Replace(wsYes, "ACCEPT", "nonsense", 1)
	for name, refusal := range map[string]struct{ spdy, ws string }{
		"Fault24 403":      {forbiddenText("create"), forbiddenText("get")},
		"Fault28 protocol": {wrongSPDY, wrongWS},
		"400":              {answerText("400 Bad Request", "Upgrade request required"), answerText("400 Bad Request", `query parameter "port" is required`)},
		"405":              {answerText("405 Method Not Allowed", ""), answerText("405 Method Not Allowed", "")},
		"406":              {answerText("406 Not Acceptable", ""), answerText("406 Not Acceptable", "")},
		"426":              {answerText("426 Upgrade Required", ""), answerText("426 Upgrade Required", "")},
		"501":              {answerText("501 Not Implemented", ""), answerText("501 Not Implemented", "")},
		"502 of a gateway": {answerText("502 Bad Gateway", "<html>"), answerText("502 Bad Gateway", "<html>")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer().answer(spdyMethod, 0, refusal.spdy).answer(wsMethod, 0, wsYes)
				c := s.clusters(t, "one")
				defer c.Close()
				dialIn(t, c, "WebSocket", 0).Close(nil)
				dialIn(t, c, "WebSocket", 0).Close(nil)
				wantRequests(t, s, spdyMethod, wsMethod, wsMethod)

				// The other way round.
				s.answer(spdyMethod, 0, spdyYes).answer(wsMethod, 0, refusal.ws)
				dialIn(t, c, "SPDY", 0).Close(nil)
				dialIn(t, c, "SPDY", 0).Close(nil)
				wantRequests(t, s, spdyMethod, wsMethod, wsMethod, wsMethod, spdyMethod, spdyMethod)
			})
		})
	}
}

// TestFault29NoOtherTransport: what is not about the transport leads to no other
// one, in neither direction.
func TestFault29NoOtherTransport(t *testing.T) {
	for name, answer := range map[string]string{
		"Fault23 401":        answerText("401 Unauthorized", ""),
		"Fault29 login page": answerText("200 OK", "<html><title>Sign in</title>"),
		"Fault29 redirect":   answerText("302 Found\r\nLocation: https://login.test/", ""),
		"404":                answerText("404 Not Found", ""),
		"429":                answerText("429 Too Many", ""),
		"500":                answerText("500 Oh", ""),
		"502 of the server":  answerText("502 Bad Gateway", `{"kind":"Status","reason":"InternalError"}`),
		"503":                answerText("503 Oh", ""),
		"no host":            answerText("400 Bad Request", "pod web-1 does not have a host assigned"),
		"handlers off":       answerText("405 Method Not Allowed", "Debug endpoints are disabled."),
		"cannot connect":     "",
	} {
		for _, first := range []string{spdyMethod, wsMethod} {
			t.Run(name+"/"+first, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newServer().answer(spdyMethod, 0, spdyYes).answer(wsMethod, 0, wsYes)
					c := s.clusters(t, "one")
					defer c.Close()
					if first == wsMethod {
						cl, err := c.cluster("one")
						if err != nil {
							t.Fatal(err)
						}
						cl.choice.remember(tunnels.ViaWebSocket)
					}
					s.answer(first, 0, answer)
					asked := []string{first}
					if answer == "" { // a dial error
						s.connect, asked = 20*time.Second, nil
					}
					if session, err := c.Dial(t.Context(), endpoint("one"), tunnels.ViaAuto); err == nil {
						session.Close(nil)
						t.Error("dialled")
					}
					wantRequests(t, s, asked...)
				})
			})
		}
	}
}

// TestFault24Both: when both transports fail, both reasons are told in one sentence.
func TestFault24Both(t *testing.T) {
	tests := map[string]struct {
		spdy, ws  string
		cause     tunnels.Cause
		permanent bool
		says      string
	}{
		"two rights": {
			forbiddenText("create"), forbiddenText("get"), tunnels.CauseForbidden, true,
			"user dev may not create pods/portforward of pod web-1 in namespace shop (over SPDY), and " +
				"user dev may not get pods/portforward of pod web-1 in namespace shop (over WebSocket)",
		},
		"one right": {
			forbiddenText("create"), forbiddenText("create"), tunnels.CauseForbidden, true,
			"user dev may not create pods/portforward of pod web-1 in namespace shop",
		},
		"a right and an older server": {
			forbiddenText("create"), answerText("400 Bad Request", `query parameter "port" is required`), tunnels.CauseForbidden, true,
			"user dev may not create pods/portforward of pod web-1 in namespace shop (over SPDY), and " +
				`http://api.test has no WebSocket tunnel for port-forwards: status 400: query parameter "port" is required (over WebSocket)`,
		},
		"no upgrades": {
			answerText("400 Bad Request", "no SPDY"), answerText("426 Upgrade Required", "no WebSocket"), tunnels.CauseProtocol, false,
			"http://api.test does not switch to SPDY: status 400: no SPDY (over SPDY), and " +
				"http://api.test has no WebSocket tunnel for port-forwards: status 426: no WebSocket (over WebSocket)",
		},
		"a refusal and a server that is busy": {
			answerText("400 Bad Request", "no SPDY"), answerText("503 Oh\r\nRetry-After: 7", "busy"), tunnels.CauseUnreachable, false,
			"http://api.test does not switch to SPDY: status 400: no SPDY (over SPDY), and " +
				"the API server is busy or not ready: status 503: busy (over WebSocket)",
		},
		"a right and a server that is busy": {
			forbiddenText("create"), answerText("503 Oh\r\nRetry-After: 7", "busy"), tunnels.CauseForbidden, false,
			"user dev may not create pods/portforward of pod web-1 in namespace shop (over SPDY), and " +
				"the API server is busy or not ready: status 503: busy (over WebSocket)",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer().answer(spdyMethod, 0, test.spdy).answer(wsMethod, 0, test.ws)
				c := s.clusters(t, "one")
				defer c.Close()
				_, err := c.Dial(t.Context(), endpoint("one"), tunnels.ViaAuto)
				e := tunnels.AsError(err)
				if e == nil || e.Error() != "dial pod/web-1: "+test.says || e.Cause != test.cause || e.Permanent != test.permanent || e.Hint == "" {
					t.Errorf("got %+v", e)
				}
				if strings.Contains(test.ws, "Retry-After") && e.RetryAfter != 7*time.Second {
					t.Errorf("to be tried again after %v", e.RetryAfter)
				}
				wantRequests(t, s, spdyMethod, wsMethod)
			})
		})
	}
}

// TestFault30SilentServer: time-outs make nobody try longer than the race takes, and let
// the next dial race again.
func TestFault30SilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer().answer(spdyMethod, 0, spdyYes).answer(wsMethod, 0, wsYes)
		c := s.clusters(t, "one")
		defer c.Close()
		dialIn(t, c, "SPDY", 0).Close(nil)
		s.swallow(spdyMethod) // something on the way swallows it from now on
		start := time.Now()
		_, err := c.Dial(t.Context(), endpoint("one"), tunnels.ViaAuto)
		if e := tunnels.AsError(err); e == nil || e.Cause != tunnels.CauseUnreachable || e.Permanent || time.Since(start) != dialTimeout {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		wantRequests(t, s, spdyMethod, spdyMethod)
		dialIn(t, c, "WebSocket", time.Second).Close(nil)

		s.swallow(wsMethod)
		cl, err := c.cluster("one")
		if err != nil {
			t.Fatal(err)
		}
		cl.choice.forget()
		start = time.Now()
		_, err = c.Dial(t.Context(), endpoint("one"), tunnels.ViaAuto)
		if e := tunnels.AsError(err); e == nil || !strings.Contains(e.Error(), "does not answer in time") || time.Since(start) != dialTimeout+raceAfter {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

func TestFault61CancelledRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		c := s.clusters(t, "one")
		defer c.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()
		if _, err := c.Dial(ctx, endpoint("one"), tunnels.ViaAuto); err == nil || time.Since(start) != 2*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		wantRequests(t, s, spdyMethod, wsMethod)
		synctest.Wait()
		if n := s.connections(); n != 0 {
			t.Errorf("%d connections are open", n)
		}
	})
}

// TestChosenTransport: what the user chose is not replaced by anything.
func TestChosenTransport(t *testing.T) {
	for name, test := range map[string]struct {
		via    tunnels.Via
		method string
		answer string
		says   string
		hint   string
	}{
		"WebSocket": {tunnels.ViaWebSocket, wsMethod, answerText("400 Bad Request", "no"), "http://api.test has no WebSocket tunnel for port-forwards: status 400: no", "spdy, or auto"},
		"SPDY":      {tunnels.ViaSPDY, spdyMethod, answerText("400 Bad Request", "no"), "http://api.test does not switch to SPDY: status 400: no", "websocket, or auto"},
		"node off":  {tunnels.ViaNode, spdyMethod, answerText("405 Method Not Allowed", "Debug endpoints are disabled."), "node n1 forwards no ports", "enableDebuggingHandlers"},
		"node without rights": {
			tunnels.ViaNode, spdyMethod, answerText("403 Forbidden", `{"kind":"Status","reason":"Forbidden","code":403,"message":"nodes \"n1\" is forbidden: User \"dev\" cannot create resource \"nodes/proxy\""}`),
			"user dev may not create nodes/proxy", "the right to create nodes/proxy",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer().answer(test.method, 0, test.answer)
				c := s.clusters(t, "one")
				defer c.Close()
				_, err := c.Dial(t.Context(), endpoint("one"), test.via)
				e := tunnels.AsError(err)
				if e == nil || !strings.Contains(e.Error(), test.says) || !e.Permanent || !strings.Contains(e.Hint, test.hint) {
					t.Errorf("got %+v", e)
				}
				wantRequests(t, s, test.method)
			})
		})
	}
	c := newServer().clusters(t, "one")
	defer c.Close()
	for via, e := range map[tunnels.Via]tunnels.Endpoint{
		"telnet":        endpoint("one"),
		tunnels.ViaNode: {Context: "one", Namespace: "shop", Pod: "web-1"},
		tunnels.ViaSPDY: {Context: "one", Namespace: "..", Pod: "web-1"},
	} {
		if _, err := c.Dial(t.Context(), e, via); err == nil {
			t.Errorf("%s was dialled", via)
		}
	}
}

// TestFault50LimitsOfAServer: one server gets 128 sessions and ten dials a second, whichever
// contexts they are of; a session's end makes room.
func TestFault50LimitsOfAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer().answer(spdyMethod, 0, spdyYes)
		c := s.clusters(t, "one", "two")
		defer c.Close()
		dial := func(ctx context.Context, name string) (tunnels.Session, error) {
			return c.Dial(ctx, endpoint(name), tunnels.ViaAuto)
		}
		start := time.Now()
		var sessions []tunnels.Session
		for i := range maxSessions {
			session, err := dial(t.Context(), []string{"one", "two"}[i%2])
			if err != nil {
				t.Fatal(err)
			}
			sessions = append(sessions, session)
			if i == dialBurst-1 && time.Since(start) != 0 {
				t.Errorf("the first dials took %v", time.Since(start))
			}
		}
		if took, want := time.Since(start), (maxSessions-dialBurst)*time.Second/dialsPerSec; took.Round(time.Millisecond) != want {
			t.Errorf("%d dials took %v, not %v", maxSessions, took, want)
		}

		start = time.Now()
		_, err := dial(t.Context(), "one")
		if e := tunnels.AsError(err); e == nil || !strings.Contains(e.Error(), "128 sessions to http://api.test are open already") || e.Hint == "" || e.Permanent {
			t.Errorf("one too many gives %v", err)
		}
		if took := time.Since(start); took != limitPatience {
			t.Errorf("it waited for %v", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := dial(ctx, "two"); err == nil || !strings.Contains(err.Error(), "cancelled") || time.Since(start) != limitPatience+time.Second {
			t.Errorf("a cancelled one gives %v after %v", err, time.Since(start))
		}

		start = time.Now()
		time.AfterFunc(3*time.Second, func() { sessions[7].Close(nil) })
		session, err := dial(t.Context(), "one")
		if err != nil || time.Since(start) != 3*time.Second {
			t.Errorf("after a session's end %v, after %v", err, time.Since(start))
		}
		for _, s := range append(sessions, session) {
			s.Close(nil)
		}
		synctest.Wait()
		cl, err := c.cluster("one")
		if err != nil {
			t.Fatal(err)
		}
		if n := len(cl.limits.places); n != 0 {
			t.Errorf("%d places are taken", n)
		}
	})
}

// TestFailedDialsTakeNoPlace and those that wait too long for their turn are told.
func TestFailedDialsTakeNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer().answer(spdyMethod, 0, answerText("503 Oh", ""))
		c := s.clusters(t, "one")
		defer c.Close()
		for range dialBurst {
			if _, err := c.Dial(t.Context(), endpoint("one"), tunnels.ViaSPDY); err == nil {
				t.Error("dialled")
			}
		}
		cl, err := c.cluster("one")
		if err != nil {
			t.Fatal(err)
		}
		if n := len(cl.limits.places); n != 0 {
			t.Errorf("%d places are taken", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := c.Dial(ctx, endpoint("one"), tunnels.ViaSPDY); err == nil || !strings.Contains(err.Error(), "too many sessions to http://api.test are being opened at once") {
			t.Errorf("got %v", err)
		}
	})
}
