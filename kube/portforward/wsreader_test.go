package portforward

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// frame returns a server's frame.
func frame(head byte, payload string) string {
	b := []byte{head}
	switch n := len(payload); {
	case n < wsLength16:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, wsLength16), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, wsLength64), uint64(n))
	}
	return string(b) + payload
}

const (
	binaryFrame = wsFin | wsBinary
	closeFrame  = wsFin | wsClose
)

func closing(code uint16, reason string) string {
	return frame(closeFrame, string(binary.BigEndian.AppendUint16(nil, code))+reason)
}

// readMessages returns the payload of what a server sent, the error at its end, and
// what was pinged.
func readMessages(r io.Reader) (payload string, pings []string, err error) {
	in := wsReader{br: bufio.NewReader(r), pong: func(p []byte) { pings = append(pings, string(p)) }}
	var got bytes.Buffer
	_, err = io.Copy(&got, &in)
	if _, again := in.Read(make([]byte, 1)); err != nil && !errors.Is(again, err) {
		err = errors.Join(err, errors.New("another error at the second read"), again)
	}
	return got.String(), pings, err
}

// TestFault44Messages: whatever the borders of a server's messages, its bytes
// arrive, its pings are answered and its close frames understood.
func TestFault44Messages(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 5000)
	tests := map[string]struct {
		in      string
		payload string
		pings   string
		err     string // empty for a clean end
	}{
		"messages":                 {in: frame(binaryFrame, "ab") + frame(binaryFrame, "c") + closing(1000, ""), payload: "abc"},
		"empty messages":           {in: frame(binaryFrame, "") + frame(binaryFrame, "a") + frame(binaryFrame, "") + closing(1000, "done"), payload: "a"},
		"long ones":                {in: frame(binaryFrame, big[:126]) + frame(binaryFrame, big[:65535]) + frame(binaryFrame, big) + closing(1000, ""), payload: big[:126] + big[:65535] + big},
		"fragments":                {in: frame(wsBinary, "a") + frame(wsContinuation, "b") + frame(wsContinuation, "") + frame(wsFin|wsContinuation, "c") + frame(binaryFrame, "d") + closing(1000, ""), payload: "abcd"},
		"a ping inside a message":  {in: frame(wsBinary, "a") + frame(wsFin|wsPing, "p") + frame(wsFin|wsContinuation, "b") + frame(wsFin|wsPong, "x") + closing(1000, ""), payload: "ab", pings: "p"},
		"close without a status":   {in: frame(binaryFrame, "a") + frame(closeFrame, ""), payload: "a"},
		"close 1011":               {in: frame(binaryFrame, "a") + closing(1011, "node is\ngone"), payload: "a", err: "closed with status 1011: node is gone"},
		"close 1001":               {in: closing(1001, ""), err: "closed with status 1001"},
		"close 4000":               {in: closing(4000, "own"), err: "closed with status 4000: own"},
		"no close (1006)":          {in: frame(binaryFrame, "a"), payload: "a", err: "without a close frame (status 1006)"},
		"the end in a payload":     {in: frame(binaryFrame, "abc")[:4], payload: "ab", err: "without a close frame (status 1006)"},
		"the end in a head":        {in: frame(binaryFrame, big)[:5], err: "without a close frame (status 1006)"},
		"close 1006 on the wire":   {in: closing(1006, ""), err: "the status 1006"},
		"close 999":                {in: closing(999, ""), err: "the status 999"},
		"close 2999":               {in: closing(2999, ""), err: "the status 2999"},
		"close with half a status": {in: frame(closeFrame, "a"), err: "half a status"},
		"close with no text":       {in: closing(1011, "\xff"), err: "reason is no text"},
		"text":                     {in: frame(wsFin|wsText, "a"), err: "a text message"},
		"masked":                   {in: string([]byte{binaryFrame, wsMasked | 1, 0, 0, 0, 0, 'a'}), err: "a masked WebSocket frame"},
		"reserved bits":            {in: frame(binaryFrame|0x40, "a"), err: "reserved bits"},
		"unknown kind":             {in: frame(wsFin|0x3, "a"), err: "unknown kind 3"},
		"unknown control":          {in: frame(wsFin|0xb, "a"), err: "unknown kind 11"},
		"a ping in pieces":         {in: frame(wsPing, "a"), err: "too long or in pieces"},
		"a long ping":              {in: frame(wsFin|wsPing, big[:126]), err: "too long or in pieces"},
		"nested messages":          {in: frame(wsBinary, "a") + frame(binaryFrame, "b"), payload: "a", err: "inside another one"},
		"a rest without beginning": {in: frame(wsFin|wsContinuation, "a"), err: "without its beginning"},
		"a negative length":        {in: string([]byte{binaryFrame, wsLength64, 0x80, 0, 0, 0, 0, 0, 0, 0}), err: "negative length"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for way, r := range map[string]io.Reader{
				"at once": strings.NewReader(test.in), "in bytes": iotest.OneByteReader(strings.NewReader(test.in)),
			} {
				payload, pings, err := readMessages(r)
				if payload != test.payload || strings.Join(pings, " ") != test.pings {
					t.Errorf("%s: got %d bytes instead of %d, pings %q", way, len(payload), len(test.payload), pings)
				}
				if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
					t.Errorf("%s: got the error %v, want %q", way, err, test.err)
				}
			}
		})
	}
}

// TestClaimedLengths: nothing is allocated for what a frame only claims.
func TestClaimedLengths(t *testing.T) {
	claim := string([]byte{binaryFrame, wsLength64, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) + "abc"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	payload, _, err := readMessages(strings.NewReader(claim))
	runtime.ReadMemStats(&after)
	var end *closeError
	if payload != "abc" || !errors.As(err, &end) {
		t.Errorf("got %q, %v", payload, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("%d bytes were allocated", took)
	}
}

// FuzzWebSocketReader: whatever a server sends, the reader ends, returns no more
// than came, and an error that is one of its own.
func FuzzWebSocketReader(f *testing.F) {
	f.Add([]byte(frame(binaryFrame, "ab") + closing(1000, "")))
	f.Add([]byte(frame(wsBinary, "a") + frame(wsFin|wsPing, "p") + frame(wsFin|wsContinuation, "b") + closing(1011, "x")))
	f.Add([]byte(frame(binaryFrame, strings.Repeat("x", 70_000))))
	f.Add([]byte{binaryFrame, wsLength64, 0xff, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		payload, pings, err := readMessages(bytes.NewReader(in))
		total := len(payload)
		for _, p := range pings {
			total += len(p)
		}
		if total > len(in) {
			t.Errorf("%d bytes out of %d", total, len(in))
		}
		var end *closeError
		var broken *frameError
		if err != nil && !errors.As(err, &end) && !errors.As(err, &broken) {
			t.Errorf("got %v", err)
		}
	})
}

// TestRandomFragments: bytes arrive in whatever pieces they are sent and read.
func TestRandomFragments(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same at each run
	for range 200 {
		sent := make([]byte, r.IntN(200_000))
		for i := range sent {
			sent[i] = byte(r.Uint32())
		}
		var in strings.Builder
		head := byte(wsBinary)
		for rest := sent; ; {
			n := r.IntN(len(rest) + 1)
			if r.IntN(3) > 0 {
				n = min(n, r.IntN(300))
			}
			last := n == len(rest)
			if last || r.IntN(4) == 0 {
				in.WriteString(frame(wsFin|head, string(rest[:n])))
				head = wsBinary
			} else {
				in.WriteString(frame(head, string(rest[:n])))
				head = wsContinuation
			}
			if rest = rest[n:]; last {
				break
			}
		}
		in.WriteString(closing(1000, ""))
		got, _, err := readMessages(iotest.HalfReader(strings.NewReader(in.String())))
		if err != nil || got != string(sent) {
			t.Fatalf("%d bytes come as %d others, %v", len(sent), len(got), err)
		}
	}
}
