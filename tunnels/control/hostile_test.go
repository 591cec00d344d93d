package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// versionAnswer is what a first says, in one piece.
const versionAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 71\r\nConnection: close\r\n\r\n" +
	`{"version":"1","api":1,"pid":7,"started":"2026-01-31T09:00:00.000000Z"}`

// hostile returns a remote whose first answers a request for its version as it should,
// and others with what answer writes.
func hostile(answer func(path string, conn net.Conn)) *Remote {
	c := newClient(place{}, patience, func(context.Context) (net.Conn, peer, error) {
		ours, theirs := net.Pipe()
		go func() { // until it has answered; the client closes its end
			defer theirs.Close()
			req, err := http.ReadRequest(bufio.NewReader(theirs))
			if err != nil {
				return
			}
			go io.Copy(io.Discard, theirs)
			if req.URL.Path == "/v1/version" {
				io.WriteString(theirs, versionAnswer)
				return
			}
			answer(req.URL.Path, theirs)
		}()
		return ours, peer{own: true, pid: 7}, nil
	})
	c.most = maxEngineAnswer
	c.first = Version{PID: 7, Started: time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)}
	return c.Engine()
}

func stream200(body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + body
}

// TestHostileStreams: a first that tells nonsense is given up, and nothing of it is
// told on.
func TestHostileStreams(t *testing.T) {
	const one = `{"spec":{"id":"a","target":"svc/a","mappings":[]},"state":"ready"}`
	tests := map[string]string{
		"no HTTP":               "hello",
		"nothing":               "",
		"no stream":             "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>",
		"another status":        "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n{}",
		"no JSON":               stream200("event: tunnels\ndata: <html>\n\n"),
		"half a message":        stream200("event: tunnels\ndata: {\"whole\":true,\"tunnels\":[]}\n"),
		"a state of nowhere":    stream200("event: tunnels\ndata: {\"whole\":true,\"tunnels\":[" + strings.Replace(one, "ready", "flying", 1) + "]}\n\n"),
		"an order of strangers": stream200("event: tunnels\ndata: {\"tunnels\":[" + one + "],\"order\":[\"b\"]}\n\n"),
		"an order with doubles": stream200("event: tunnels\ndata: {\"tunnels\":[" + one + "],\"order\":[\"a\",\"a\"]}\n\n"),
		"a tunnel twice":        stream200("event: tunnels\ndata: {\"whole\":true,\"tunnels\":[" + one + "," + one + "]}\n\n"),
		"no order":              stream200("event: tunnels\ndata: {\"tunnels\":[" + one + "]}\n\n"),
		"a type of nowhere":     stream200("event: settings\ndata: []\n\n"),
		"profiles of nowhere":   stream200("event: profiles\ndata: {\"profiles\":1}\n\n"),
		"an endless message":    stream200("event: tunnels\ndata: " + strings.Repeat("x", maxEngineAnswer)),
		"an endless header":     "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20),
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := hostile(func(_ string, conn net.Conn) { io.WriteString(conn, answer) })
				defer r.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				told := 0
				go r.Watch(ctx, func(tunnels.Snapshot) { told++ })
				go r.WatchProfiles(ctx, func([]profiles.Profile) { told++ })
				before := time.Now()
				<-r.Gone()
				if told > 0 || time.Since(before) > time.Minute {
					t.Errorf("told %d times, and gone after %v", told, time.Since(before))
				}
				if err := r.Put(someSpec("t")); !errors.Is(err, ErrGone) {
					t.Errorf("then: %v", err)
				}
			})
		})
	}
}

// TestSilentStream: a first that says nothing any more is asked, and then gone.
func TestSilentStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := make(chan struct{})
		r := hostile(func(_ string, conn net.Conn) {
			io.WriteString(conn, stream200("event: tunnels\ndata: {\"whole\":true,\"tunnels\":[]}\n\n"))
			<-stopped
		})
		defer r.Close()
		reach := r.client.reach
		r.client.reach = func(ctx context.Context) (net.Conn, peer, error) {
			if r.tunnels.known { // once it has begun it hangs
				<-ctx.Done()
				return nil, peer{}, ctx.Err()
			}
			return reach(ctx)
		}
		before := time.Now()
		<-r.Gone()
		if took := time.Since(before); took < r.limits.silence || took > r.limits.silence+2*patience {
			t.Errorf("it is gone after %v", took)
		}
		close(stopped)
	})
}

// TestReplaced: another process at the socket is not the first that was met.
func TestReplaced(t *testing.T) {
	inBubble(t, func(b *bench) {
		r := b.remote()
		defer r.Close()
		reach := r.client.reach
		r.client.reach = func(ctx context.Context) (net.Conn, peer, error) {
			conn, p, err := reach(ctx)
			p.pid++
			return conn, p, err
		}
		if err := r.Start(b.Context(), "t"); !errors.Is(err, ErrGone) || len(b.engine.calls) > 0 {
			t.Errorf("it is asked: %v", err)
		}
		<-r.Gone()
	})
	inBubble(t, func(b *bench) { // where the system does not tell processes, its version does
		r := b.remote()
		defer r.Close()
		r.client.first.Started = r.client.first.Started.Add(-time.Second)
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		go r.Watch(ctx, func(tunnels.Snapshot) {})
		synctest.Wait()
		if r.lives(ctx) {
			t.Error("it is taken for the one that was met")
		}
	})
}

// TestForeign: what another user serves is not believed.
func TestForeign(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := newClient(place{}, patience, func(ctx context.Context) (net.Conn, peer, error) {
			conn, err := b.pipes.dial(ctx)
			return conn, peer{own: false, pid: 7}, err
		})
		r := c.Engine()
		defer r.Close()
		if err := r.Put(someSpec("t")); !errors.Is(err, errForeign) || errors.Is(err, ErrGone) || tunnels.AsError(err).Hint == "" {
			t.Errorf("it is asked: %v", err)
		}
	})
}

// TestBrokenOff: a call whose connection breaks does not end what lives.
func TestBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := hostile(func(string, net.Conn) {})
		defer r.Close()
		if err := r.Put(someSpec("t")); err == nil || errors.Is(err, ErrGone) || tunnels.AsError(err).Hint == "" {
			t.Errorf("the error is %v", err)
		}
		if _, err := r.Hold(t.Context(), nil); err == nil || errors.Is(err, ErrGone) {
			t.Errorf("of a hold the error is %v", err)
		}
		if r.isGone() {
			t.Error("it is gone")
		}
	})
}

// TestCrowded: a first that has no room for one more stream is there still, and tells as
// soon as it has.
func TestCrowded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		r := hostile(func(_ string, conn net.Conn) {
			if time.Since(begun) < time.Minute {
				io.WriteString(conn, "HTTP/1.1 429 No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"error\":\"there are too many streams\"}")
				return
			}
			io.WriteString(conn, stream200("event: tunnels\ndata: {\"whole\":true,\"tunnels\":[]}\n\n"))
		})
		defer r.Close()
		if _, err := r.Hold(t.Context(), nil); err == nil || errors.Is(err, ErrGone) || tunnels.AsError(err).Error() != "there are too many streams" {
			t.Errorf("the error of a hold is %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() { // ends with cancel
			select {
			case <-r.Gone():
				cancel()
			case <-ctx.Done():
			}
		}()
		r.Watch(ctx, func(tunnels.Snapshot) { cancel() })
		if took := time.Since(begun); took < time.Minute || took > time.Minute+10*time.Second || r.isGone() {
			t.Errorf("after %v, it is gone: %v", took, r.isGone())
		}
	})
}

// TestFollowGoesOn: a follower whose stream breaks is told so, and what happens then.
func TestFollowGoesOn(t *testing.T) {
	event, err := json.Marshal(EventOf(someEvent))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		r := hostile(func(_ string, conn net.Conn) {
			io.WriteString(conn, stream200("event: event\ndata: "+string(event)+"\n\n"))
		})
		defer r.Close()
		ctx, cancel := context.WithCancel(t.Context())
		var kinds []tunnels.EventKind
		err := r.Follow(ctx, func(e tunnels.Event) {
			if kinds = append(kinds, e.Kind); len(kinds) == 4 {
				cancel()
			}
		})
		want := []tunnels.EventKind{tunnels.EventLost, tunnels.EventWarning, tunnels.EventLost, tunnels.EventWarning}
		if err != nil || !slices.Equal(kinds, want) {
			t.Errorf("told %v, %v", kinds, err)
		}
	})
}

// FuzzMessages: whatever a stream holds, its reader goes on or ends, and what is
// learnt of it makes sense.
func FuzzMessages(f *testing.F) {
	whole, err := json.Marshal(Tunnels{Whole: true, Tunnels: []Status{StatusOf(someStatus("a")), StatusOf(someStatus("b"))}})
	if err != nil {
		f.Fatal(err)
	}
	event, err := json.Marshal(EventOf(someEvent))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("event: tunnels\ndata: " + string(whole) + "\n\nevent: tunnels\ndata: {\"tunnels\":[],\"removed\":[\"a\"],\"order\":[\"b\"]}\n\n"))
	f.Add([]byte(":\n\nevent: event\ndata: " + string(event) + "\n\nevent: dropped\ndata: {\"events\":3}\n\nevent: leaving\ndata: {}\n\n"))
	f.Add([]byte("data: a\ndata\n\nevent\nid: 7\r\ndata:b\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := &Remote{tunnels: newLatest[tunnels.Snapshot](), profiles: newLatest[[]profiles.Profile](), settings: newLatest[workspace.Settings]()}
		q, in := newQueue(), readMessages(bytes.NewReader(data), 1000)
		for n := 0; ; n++ {
			m, err := in.next()
			if err != nil {
				break
			}
			if n > len(data) || len(m.data) > 1000 || strings.ContainsAny(m.name, "\n") {
				t.Fatalf("message %d is %q", n, m)
			}
			_ = r.take(m) // it may be nonsense
			_ = takeEvent(m, q)
			now, _, _ := r.tunnels.get()
			seen := make(map[tunnels.ID]bool)
			for _, st := range now {
				if seen[st.Spec.ID] {
					t.Fatalf("%q is there twice", st.Spec.ID)
				}
				seen[st.Spec.ID] = true
			}
		}
		if list, _ := q.take(); len(list) > len(data) {
			t.Fatalf("%d events of %d bytes", len(list), len(data))
		}
	})
}

// FuzzAnswers: whatever the first answers, a client makes an error of it or something
// that crosses again as the same.
func FuzzAnswers(f *testing.F) {
	for _, v := range []any{
		StatusOf(someStatus("a")), EventOf(someEvent), ConnOf(someConn), PortTestOf(someTest), ProfileOf(someProf),
		Deleted{File: DeletedFile{Name: "a.yaml"}},
		fault{Error: *ErrorOf(errSome)},
		SpecOf(someSpec("a")),
	} {
		data, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"id":9,"state":"open","client":{"port":1}}`)) // a port without an address
	c := newClient(place{}, patience, nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		again(t, data, func(s Status) (Status, error) { return twice(s.Parse, StatusOf) })
		again(t, data, func(e Event) (Event, error) { return twice(e.Parse, EventOf) })
		again(t, data, func(c Conn) (Conn, error) { return twice(c.Parse, ConnOf) })
		again(t, data, func(d Deleted) (Deleted, error) { return twice(d.Parse, DeletedOf) })
		again(t, data, func(p Profile) (Profile, error) { return ProfileOf(p.Parse()), nil })
		again(t, data, func(g Guests) (Guests, error) { return GuestsOf(g.Parse()), nil })
		for _, status := range []int{400, 404, 422, 503} {
			err := c.refused(status, data)
			if err == nil || !errors.Is(err, ErrGone) && tunnels.AsError(err) == nil || strings.ContainsAny(err.Error(), "\x1b\x00") {
				t.Errorf("%d is %v", status, err)
			}
		}
	})
}

func twice[A, W any](parse func() (A, error), of func(A) W) (W, error) {
	a, err := parse()
	if err != nil {
		var none W
		return none, err
	}
	return of(a), nil
}

// again checks that what was read once is the same when it crosses again.
func again[W any](t *testing.T, data []byte, cross func(W) (W, error)) {
	var w W
	if json.Unmarshal(data, &w) != nil {
		return
	}
	once, err := cross(w)
	if err != nil {
		return
	}
	text, err := json.Marshal(once)
	if err != nil {
		return // times beyond the year 9999
	}
	var back W
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	more, err := cross(back)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if !alike(once, more) {
		t.Fatalf("%T becomes another:\n%+v\n%+v", w, once, more)
	}
}

// FuzzEngineRequests: whatever is asked of the engine, the server answers in JSON.
func FuzzEngineRequests(f *testing.F) {
	s := serverOn(nil, Options{Version: "x", Warn: func(error) {}})
	engine := newFake()
	routes := s.engineRoutes(engine)
	for _, r := range routes {
		body := `{"id":"a","target":"svc/a","mappings":[{"local":0,"remote":"http"}]}`
		f.Add(r.method, r.path, "application/json", []byte(body))
		f.Add(r.method, r.path+"?of=event,tunnels", "application/json", []byte("{}"))
	}
	f.Add("POST", "/v1/profiles/%2e%2e%2f/restore", "application/json; charset=utf-8", []byte(`{"profile":{"id":"../"},"file":{"name":"../x.yaml"}}`))
	h := s.handler(routes)
	f.Fuzz(func(t *testing.T, method, target, kind string, body []byte) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://culvert/", bytes.NewReader(body))
		if err != nil {
			return
		}
		if req.URL, err = req.URL.Parse(target); err != nil {
			return
		}
		req.Header.Set("Content-Type", kind)
		w := &recorder{header: make(http.Header)}
		h.ServeHTTP(w, req)
		if w.header.Get("Content-Type") == "application/json" && !json.Valid(w.body.Bytes()) {
			t.Errorf("it answers %q", w.body.String())
		}
		engine.mu.Lock()
		engine.calls = nil
		engine.mu.Unlock()
		for len(engine.follows)+len(engine.freed) > 0 {
			select {
			case <-engine.follows:
			case <-engine.freed:
			}
		}
	})
}
