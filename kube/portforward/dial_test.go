package portforward

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
)

// pluginToken, in the environment, makes this test program a credential plugin.
const pluginToken = "PORTFORWARD_TEST_TOKEN"

func TestMain(m *testing.M) {
	if host := os.Getenv(dialedHost); host != "" {
		sayDialed(host)
		os.Exit(0)
	}
	switch token := os.Getenv(pluginToken); token {
	case "":
		os.Exit(m.Run())
	case "none":
		fmt.Fprintln(os.Stderr, "please sign in")
		os.Exit(1)
	default:
		fmt.Printf(`{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":%q}}`, token)
	}
}

// plugin is a configuration whose credentials come from this test program.
func plugin(t *testing.T, cfg *rest.Config, token string) *rest.Config {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cfg.ExecProvider = &api.ExecConfig{
		APIVersion:      "client.authentication.k8s.io/v1",
		Command:         program,
		Env:             []api.ExecEnvVar{{Name: pluginToken, Value: token}},
		InteractiveMode: api.NeverExecInteractiveMode,
	}
	return cfg
}

func TestRequest(t *testing.T) {
	checkLeaks(t)
	s := newAPIServer(t, pods{80: echo})
	cfg := s.config()
	cfg.Host += "/k8s/clusters/c-1"
	cfg.BearerToken = "secret"
	cfg.UserAgent = "culvert/1"
	cfg.Impersonate = rest.ImpersonationConfig{UserName: "eve", Groups: []string{"dev", "ops"}}
	wantEcho(t, open(t, mustDial(t, cfg), 80), "hello")
	r := s.request(t)
	if r.Method != http.MethodPost || r.URL.String() != "/k8s/clusters/c-1/api/v1/namespaces/shop/pods/web-1/portforward" {
		t.Errorf("%s %s", r.Method, r.URL)
	}
	if r.ProtoMajor != 1 || r.TLS.NegotiatedProtocol != "http/1.1" {
		t.Errorf("%s, ALPN %q", r.Proto, r.TLS.NegotiatedProtocol)
	}
	for header, want := range map[string]string{
		"Connection":                "Upgrade",
		"Upgrade":                   "SPDY/3.1",
		"X-Stream-Protocol-Version": "portforward.k8s.io",
		"Authorization":             "Bearer secret",
		"User-Agent":                "culvert/1",
		"Impersonate-User":          "eve",
		"Impersonate-Group":         "dev,ops",
	} {
		if got := strings.Join(r.Header.Values(header), ","); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

func TestServerName(t *testing.T) {
	s := newAPIServer(t, pods{80: echo})
	cfg := s.config()
	cfg.ServerName = "example.com" // one of the test certificate's names
	wantEcho(t, open(t, mustDial(t, cfg), 80), "hello")
	if got := s.request(t).TLS.ServerName; got != "example.com" {
		t.Errorf("SNI %q", got)
	}
	cfg.ServerName = "other.test"
	if _, err := dial(t, cfg); err == nil || !strings.Contains(err.Error(), "other.test") {
		t.Errorf("got %v", err)
	}
}

// TestResumption: the second dial resumes the first one's TLS session.
func TestResumption(t *testing.T) {
	s := newAPIServer(t, pods{80: echo})
	d, err := NewDialer(s.config())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		session, err := d.Dial(t.Context(), web1, tunnels.ViaSPDY)
		if err != nil {
			t.Fatal(err)
		}
		wantEcho(t, open(t, session, 80), "hello")
		closeInTime(t, session)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests[0].TLS.DidResume || !s.requests[1].TLS.DidResume {
		t.Error("the second session was not resumed")
	}
}

func TestUntrusted(t *testing.T) {
	s := newAPIServer(t, pods{})
	_, err := dial(t, &rest.Config{Host: s.URL})
	var unknown *tls.CertificateVerificationError
	if !errors.As(err, &unknown) {
		t.Errorf("got %v", err)
	}
	cfg := &rest.Config{Host: s.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	mustDial(t, cfg)
}

func TestCredentialPlugin(t *testing.T) {
	checkLeaks(t)
	s := newAPIServer(t, pods{80: echo})
	wantEcho(t, open(t, mustDial(t, plugin(t, s.config(), "abc")), 80), "hello")
	if got := s.request(t).Header.Get("Authorization"); got != "Bearer abc" {
		t.Errorf("authorization %q", got)
	}
	_, err := dial(t, plugin(t, s.config(), "none"))
	var credentials *CredentialsError
	if !errors.As(err, &credentials) {
		t.Errorf("got %v", err)
	}
	s.request(t) // nothing was sent without credentials
}

// slowCredentials stand for a plugin that waits for its user.
type slowCredentials struct {
	http.RoundTripper
	done <-chan struct{}
}

func (s slowCredentials) RoundTrip(r *http.Request) (*http.Response, error) {
	<-s.done
	return s.RoundTripper.RoundTrip(r)
}

// TestFault57SlowCredentials: a plugin that hangs or asks its user gets a minute,
// and nobody has to wait for it.
func TestFault57SlowCredentials(t *testing.T) {
	tests := map[string]struct {
		cancel time.Duration
		after  time.Duration
	}{
		"never come":        {cancel: time.Hour, after: credentialsTimeout},
		"nobody waits":      {cancel: time.Second, after: time.Second},
		"come after 30 s":   {cancel: time.Hour, after: 30 * time.Second},
		"come just in time": {cancel: time.Hour, after: 59 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				done := make(chan struct{})
				if strings.HasPrefix(name, "come") {
					time.AfterFunc(test.after, func() { close(done) })
				} else {
					defer close(done)
				}
				cfg := plugin(t, &rest.Config{Host: "http://api.test"}, "abc")
				cfg.Dial = scripted(t, switching+"early")
				cfg.Wrap(func(rt http.RoundTripper) http.RoundTripper { return slowCredentials{rt, done} })
				d, err := NewDialer(cfg)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), test.cancel)
				defer cancel()
				start := time.Now()
				s, err := d.Dial(ctx, web1, tunnels.ViaSPDY)
				if took := time.Since(start); took != test.after {
					t.Errorf("took %v, want %v", took, test.after)
				}
				if (err == nil) != strings.HasPrefix(name, "come") {
					t.Errorf("got %v", err)
				}
				if err == nil {
					s.Close(nil)
				}
			})
		})
	}
}

const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n" +
	"X-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n"

// scripted is a network whose servers answer one request with what is given, in
// one packet, and then only listen.
func scripted(t *testing.T, answer string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			in := bufio.NewReader(theirs)
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			if n := in.Buffered(); n > 0 {
				t.Errorf("%d bytes sent before the answer", n)
			}
			if _, err := io.WriteString(theirs, answer); err == nil {
				_, _ = io.Copy(io.Discard, in)
			}
		}()
		return ours, nil
	}
}

func dialScripted(t *testing.T, answer string) (*Session, error) {
	t.Helper()
	return dial(t, &rest.Config{Host: "http://api.test", Dial: scripted(t, answer)})
}

// TestFault43BytesBehindTheAnswer arrive in the same packet and are not lost.
func TestFault43BytesBehindTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := dialScripted(t, switching+string(control(3, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0))) // GOAWAY
		if err != nil {
			t.Fatal(err)
		}
		<-s.Done()
		e := wantCause(t, s.Load().Err, tunnels.CauseSessionLost)
		if !strings.Contains(e.Error(), "ended the session in order") {
			t.Errorf("got %v", e)
		}
	})
}

func page(status, headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), headers, body)
}

// TestFault29RefusedUpgrades: an answer that grants nothing is told by its status,
// the first line of its page or where it redirects to.
func TestFault29RefusedUpgrades(t *testing.T) {
	tests := map[string]struct {
		answer string
		want   StatusError
	}{
		"Kubernetes status": {
			page("403 Forbidden", "Content-Type: application/json\r\n",
				`{"kind":"Status","message":"pods \"web-1\" is forbidden","reason":"Forbidden","code":403}`),
			StatusError{Code: 403, Reason: "Forbidden", Message: `pods "web-1" is forbidden`},
		},
		"retry in seconds": {
			page("429 Too Many Requests", "Retry-After: 7\r\n", "slow down\nplease"),
			StatusError{Code: 429, Message: "slow down", RetryAfter: 7 * time.Second},
		},
		"retry in the status": {
			page("503 Service Unavailable", "", `{"message":"starting","details":{"retryAfterSeconds":3}}`),
			StatusError{Code: 503, Message: "starting", RetryAfter: 3 * time.Second},
		},
		"login page": {
			page("200 OK", "Content-Type: text/html\r\n", "<!DOCTYPE html>\n<html><head><title>\nSign in</title></head><body>x"),
			StatusError{Code: 200, Message: "Sign in"},
		},
		"page without a title": {
			page("502 Bad Gateway", "", "<html><style>a{}</style><!-- b -->\n<h1>Bad <b>gateway</b></h1>"),
			StatusError{Code: 502, Message: "Bad"},
		},
		"redirect": {
			page("302 Found", "Location: https://login.test/oauth?secret=1\r\n", ""),
			StatusError{Code: 302, Location: "https://login.test"},
		},
		"body without an end": {
			"HTTP/1.1 500 Internal Server Error\r\n\r\n" + strings.Repeat("a", maxAnswer+1),
			StatusError{Code: 500, Message: strings.Repeat("a", maxMessage-1) + "…"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := dialScripted(t, test.answer)
				var got *StatusError
				if !errors.As(err, &got) {
					t.Fatalf("got %v", err)
				}
				if *got != test.want {
					t.Errorf("got %+v\nwant %+v", *got, test.want)
				}
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("a secret in %v", err)
				}
			})
		})
	}
}

// TestFault28WrongProtocol: a 101 to something else is refused.
func TestFault28WrongProtocol(t *testing.T) {
	for name, answer := range map[string]string{
		"upgrade":  strings.Replace(switching, "SPDY/3.1", "websocket", 1),
		"protocol": strings.Replace(switching, "portforward.k8s.io", "v4.channel.k8s.io", 1),
		"none":     "HTTP/1.1 101 Switching Protocols\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := dialScripted(t, answer)
				var got *ProtocolError
				if !errors.As(err, &got) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

type network = func(context.Context, string, string) (net.Conn, error)

// wantSilence dials a network that never answers: it takes ten seconds, or as long
// as the caller likes.
func wantSilence(t *testing.T, network network, via tunnels.Via) {
	t.Helper()
	d, err := NewDialer(&rest.Config{Host: "http://api.test", Dial: network})
	if err != nil {
		t.Fatal(err)
	}
	pod := web1
	pod.Node = "n1"
	start := time.Now()
	_, err = d.Dial(t.Context(), pod, via)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no answer from api.test within 10s") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took != dialTimeout {
		t.Errorf("took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	start = time.Now()
	if _, err = d.Dial(ctx, pod, via); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took != time.Second {
		t.Errorf("cancelling took %v", took)
	}
}

// TestFault30Silence: a server that accepts and never answers, or not to the end.
func TestFault30Silence(t *testing.T) {
	for name, answer := range map[string]string{
		"no answer":     "",
		"half a status": "HTTP/1.1 1",
		"no body":       "HTTP/1.1 500 Oh\r\nContent-Length: 10\r\n\r\n",
	} {
		for _, via := range tunnels.Vias {
			t.Run(name+"/"+string(via), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { wantSilence(t, scripted(t, answer), via) })
			})
		}
	}
}

// TestFault31BlackHole: a network that never connects.
func TestFault31BlackHole(t *testing.T) {
	for _, via := range tunnels.Vias {
		t.Run(string(via), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wantSilence(t, func(ctx context.Context, _, _ string) (net.Conn, error) {
					<-ctx.Done()
					return nil, ctx.Err()
				}, via)
			})
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                              0,
		"5":                             5 * time.Second,
		"-5":                            0,
		"99999999999":                   24 * time.Hour,
		"soon":                          0,
		"Fri, 02 Jan 2026 03:04:35 GMT": 30 * time.Second,
		"Fri, 02 Jan 2026 03:04:00 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestBadConfig(t *testing.T) {
	for name, cfg := range map[string]*rest.Config{
		"host": {Host: "http://a b"},
		"CA":   {Host: "https://api.test", TLSClientConfig: rest.TLSClientConfig{CAData: []byte("nonsense")}},
	} {
		if _, err := NewDialer(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestFault57Turn: credentials are asked for in turn, and the turn ends with
// them, not with the answer.
func TestFault57Turn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		defer close(never)
		cfg := plugin(t, &rest.Config{Host: "http://api.test"}, "abc")
		turn, dialled := make(chan struct{}, 1), 0
		cfg.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			dialled++
			if len(turn) != 0 {
				t.Error("the turn has not ended")
			}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		d, err := NewDialer(cfg)
		if err != nil {
			t.Fatal(err)
		}
		d.Turn = func(ctx context.Context) (func(), error) {
			select {
			case turn <- struct{}{}:
				return sync.OnceFunc(func() { <-turn }), nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if _, err := d.Dial(t.Context(), web1, tunnels.ViaSPDY); err == nil || dialled != 1 {
			t.Errorf("dialled %d times, %v", dialled, err)
		}
		turn <- struct{}{} // somebody else's
		_, err = d.Dial(t.Context(), web1, tunnels.ViaSPDY)
		if _, ok := errors.AsType[*CredentialsError](err); !ok || dialled != 1 {
			t.Errorf("dialled %d times, %v", dialled, err)
		}
	})
}
