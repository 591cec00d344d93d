package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// maxAnswer bounds what is read of an answer, in bytes, and maxEngineAnswer of one in
// the role of the tunnels.
const (
	maxAnswer       = 1 << 20
	maxEngineAnswer = 64 << 20
)

// Client talks to the first. Its calls take two seconds at most; their errors are
// *tunnels.Errors, and that of a first that does not answer names its process. Only
// ErrGone is none.
type Client struct {
	place    place
	patience time.Duration
	most     int64 // of an answer, in bytes
	reach    func(context.Context) (net.Conn, peer, error)
	http     *http.Client
	first    Version
	crashes  *crash.Reporter // contains panics; nil reports none
	pid      atomic.Int64    // of the process that has accepted a connection; 0 when unknown
}

// meet connects to the first and asks for its version. The error wraps errAbsent
// when nobody is there, and errLeaving when somebody is about to go.
func meet(ctx context.Context, p place, r Role, patience time.Duration) (*Client, error) {
	c := newClient(p, patience, func(ctx context.Context) (net.Conn, peer, error) {
		conn, err := dial(ctx, p.socket)
		if err != nil {
			return nil, peer{}, err
		}
		other, err := serverOf(conn)
		if err != nil {
			conn.Close()
		}
		return conn, other, err
	})
	if r == RoleTunnels {
		c.most = maxEngineAnswer
	}
	if err := c.call(ctx, http.MethodGet, "version", nil, &c.first); err != nil {
		return nil, err
	}
	return c, nil
}

// newClient returns a client of what reach connects to.
func newClient(p place, patience time.Duration, reach func(context.Context) (net.Conn, peer, error)) *Client {
	c := &Client{place: p, patience: patience, most: maxAnswer, reach: reach}
	c.http = &http.Client{Transport: &http.Transport{
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxBytes,
		DialContext:            func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx) },
	}}
	return c
}

// First returns who is first.
func (c *Client) First() Version { return c.first }

// Raise shows the first's window in front.
func (c *Client) Raise(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "raise", struct{}{}, nil)
}

// Args hands a command line over. The answer's text holds no control characters
// but line ends.
func (c *Client) Args(ctx context.Context, a Args) (Answer, error) {
	if a.Args == nil {
		a.Args = []string{}
	}
	var out Answer
	err := c.call(ctx, http.MethodPost, "args", a, &out)
	out.Text = printable(out.Text)
	return out, err
}

// Quit ends the first, which is a background process: a window refuses it.
func (c *Client) Quit(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "quit", struct{}{}, nil)
}

// dial connects to a first of the same user: the one that has answered before.
func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience) // net/http does not end it with the request
	defer cancel()
	conn, p, err := c.reach(ctx)
	if err != nil {
		return nil, err
	}
	was := c.pid.Load()
	switch {
	case !p.own:
		err = errForeign
	case was > 0 && p.pid > 0 && int64(p.pid) != was:
		err = errReplaced
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	c.pid.Store(int64(p.pid))
	return conn, nil
}

// call makes a request that takes no longer than the client's patience, and decodes
// its answer into out; nil wants none.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	return c.callFor(ctx, c.patience, method, path, in, out)
}

// callFor is call with a patience of its own.
func (c *Client) callFor(ctx context.Context, within time.Duration, method, path string, in, out any) error {
	bounded, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	resp, err := c.ask(bounded, method, path, in)
	if err != nil {
		return c.explain(ctx, bounded, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, c.most))
	switch {
	case err != nil:
		return c.explain(ctx, bounded, err)
	case resp.StatusCode >= http.StatusBadRequest:
		return c.refused(resp.StatusCode, data)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return stranger(c.process(), "its answer is "+printable(err.Error()))
	}
	return nil
}

// ask makes a request.
func (c *Client) ask(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		if len(data) > maxList { // the first would cut it off
			return nil, errTooLarge
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+host+"/v1/"+path, body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.http.Do(req)
}

// explain says why there was no answer. The caller's ctx was bounded.
func (c *Client) explain(ctx, bounded context.Context, err error) error {
	_, broken := errors.AsType[*net.OpError](err)
	switch {
	case ctx.Err() != nil:
		return tunnels.AsError(context.Cause(ctx))
	case bounded.Err() != nil:
		return silent(c.process())
	case errors.Is(err, errTooLarge):
		return errTooLarge
	case errors.Is(err, errReplaced):
		return errReplaced
	case errors.Is(err, errForeign):
		return &tunnels.Error{Err: errForeign, Hint: "Somebody else on this machine pretends to be your Culvert: ask who administers it."}
	case broken || isAbsent(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", errAbsent, err) // it has ended, or has not begun
	}
	return stranger(c.process(), printable(err.Error()))
}

// refused is the error that the first has answered with.
func (c *Client) refused(status int, data []byte) error {
	if status == http.StatusServiceUnavailable {
		return errLeaving
	}
	var f fault
	if json.Unmarshal(data, &f) != nil || f.Text == "" {
		return stranger(c.process(), "it answers with something else")
	}
	if len(f.Speaks) > 0 && !slices.Contains(f.Speaks, "v1") {
		return stranger(c.process(), "it speaks "+printable(strings.Join(f.Speaks, ", "))+", this one speaks v1")
	}
	f.Text, f.Op, f.Hint, f.Raw = printable(f.Text), printable(f.Op), printable(f.Hint), printable(f.Raw)
	return f.Parse()
}

// process returns the first's process id, or 0.
func (c *Client) process() int {
	if pid := c.pid.Load(); pid > 0 {
		return int(pid)
	}
	return c.place.holder()
}

// printable leaves out what a terminal would act on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
