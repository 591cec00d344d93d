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
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// Client talks to the first. Its calls take two seconds at most; their errors are
// *tunnels.Errors, and that of a first that does not answer names its process. Only
// ErrGone is none.
type Client struct {
	place    place
	patience time.Duration
	http     *http.Client
	first    Version
	pid      atomic.Int64 // of the process that has accepted a connection; 0 when unknown
}

// meet connects to the first and asks for its version. The error wraps errAbsent
// when nobody is there, and errLeaving when somebody is about to go.
func meet(ctx context.Context, p place, patience time.Duration) (*Client, error) {
	c := &Client{place: p, patience: patience}
	c.http = &http.Client{Transport: &http.Transport{
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxBytes,
		DialContext:            func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx) },
	}}
	if err := c.call(ctx, http.MethodGet, "version", nil, &c.first); err != nil {
		return nil, err
	}
	return c, nil
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

// dial connects to a first of the same user.
func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	conn, err := dial(ctx, c.place.socket)
	if err != nil {
		return nil, err
	}
	p, err := serverOf(conn)
	if err == nil && !p.own {
		err = errForeign
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	c.pid.Store(int64(p.pid))
	return conn, nil
}

// call makes a request and decodes its answer into out; nil wants none.
func (c *Client) call(ctx context.Context, method, verb string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return tunnels.AsError(err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+host+"/v1/"+verb, body)
	if err != nil {
		return tunnels.AsError(err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.explain(ctx, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case err != nil:
		return c.explain(ctx, err)
	case resp.StatusCode == http.StatusServiceUnavailable:
		return errLeaving
	case resp.StatusCode >= http.StatusBadRequest:
		return c.refused(data)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return stranger(c.process(), "its answer is "+err.Error())
	}
	return nil
}

// explain says why there was no answer.
func (c *Client) explain(ctx context.Context, err error) error {
	_, broken := errors.AsType[*net.OpError](err)
	switch {
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return tunnels.AsError(context.Cause(ctx))
	case ctx.Err() != nil:
		return silent(c.process())
	case errors.Is(err, errForeign):
		return &tunnels.Error{Err: errForeign, Hint: "Somebody else on this machine pretends to be your Culvert: ask who administers it."}
	case broken || isAbsent(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", errAbsent, err) // it has ended, or has not begun
	}
	return stranger(c.process(), printable(err.Error()))
}

// refused is the error that the first has answered with.
func (c *Client) refused(data []byte) error {
	var f fault
	if json.Unmarshal(data, &f) != nil || f.Error == "" {
		return stranger(c.process(), "it answers with something else")
	}
	if len(f.Speaks) > 0 && !slices.Contains(f.Speaks, "v1") {
		return stranger(c.process(), "it speaks "+printable(strings.Join(f.Speaks, ", "))+", this one speaks v1")
	}
	return &tunnels.Error{Err: errors.New(printable(f.Error)), Hint: printable(f.Hint)}
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
