package hostile

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// scene is what the scripts need that a test makes.
type scene struct {
	other *authority // that nobody trusts
}

func (sc scene) tlsTrials(t *testing.T) []trial {
	shows := func(change func(*tls.Config)) script {
		return script{tls: func(_ *server, c *tls.Config) { change(c) }}
	}
	says := func(text string) script {
		return script{raw: func(_ *server, c net.Conn) {
			_, _ = io.WriteString(c, text)
			_, _ = io.Copy(io.Discard, c)
		}}
	}
	return []trial{
		{name: "tls-authority", does: "a certificate of another authority", tells: "is not the one in the kubeconfig", script: shows(func(c *tls.Config) {
			c.Certificates[0] = sc.other.certificate(t, time.Now().Add(time.Hour))
		})},
		{name: "tls-expired", does: "a certificate that has expired", tells: "expired", script: script{tls: func(s *server, c *tls.Config) {
			c.Certificates[0] = s.signer.certificate(t, time.Now().Add(-time.Hour))
		}}},
		{name: "tls-chain", does: "a chain of 1,000 certificates", tells: "handshake message of length", script: shows(func(c *tls.Config) {
			for range 1000 {
				c.Certificates[0].Certificate = append(c.Certificates[0].Certificate, c.Certificates[0].Certificate[0])
			}
		})},
		{name: "tls-alert", does: "wants a certificate, and refuses by an alert", tells: "certificate", script: shows(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert })},
		{name: "tls-version", does: "speaks TLS 1.0 alone", tells: "TLS", script: shows(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 })},
		{name: "tls-record", does: "a TLS record of a forbidden size", tells: "TLS", script: says("\x16\x03\x03\xff\xff" + strings.Repeat("\x00", 1<<16))},
		{name: "tls-plain", does: "answers in plain HTTP", tells: "does not speak TLS", script: says("HTTP/1.1 400 Bad Request\r\n\r\n")},
		{name: "tls-alerts", does: "warnings of TLS without end", tells: "TLS", script: script{raw: func(_ *server, c net.Conn) {
			pour(c, "", always("\x15\x03\x03\x00\x02\x01\x5a"))
		}}},
	}
}

// h2 is a server that agrees on HTTP/2, answers the preface and then does as act
// says with the first request's stream.
func h2(act func(f *http2.Framer, out io.Writer, stream uint32)) script {
	return script{h2: func(_ *server, c *tls.Conn) {
		preface := make([]byte, len(http2.ClientPreface))
		if _, err := io.ReadFull(c, preface); err != nil {
			return
		}
		f := http2.NewFramer(c, c)
		if f.WriteSettings() != nil {
			return
		}
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			head, ok := frame.(*http2.HeadersFrame)
			if !ok {
				continue
			}
			ended := make(chan struct{})
			go func() { // until the connection is closed
				defer close(ended)
				_, _ = io.Copy(io.Discard, c)
			}()
			act(f, c, head.StreamID)
			c.Close()
			<-ended
			return
		}
	}}
}

// repeated is a frame again and again.
func repeated(write func(f *http2.Framer) error) func(*http2.Framer, io.Writer, uint32) {
	return func(_ *http2.Framer, out io.Writer, _ uint32) {
		var one bytes.Buffer
		if err := write(http2.NewFramer(&one, nil)); err != nil {
			panic(err)
		}
		pour(out, "", always(one.String()))
	}
}

func fields(pairs ...string) []byte {
	var block bytes.Buffer
	e := hpack.NewEncoder(&block)
	for i := 0; i < len(pairs); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return block.Bytes()
}

func h2Trials() []trial {
	lists := []trial{
		{name: "h2-continuation", does: "CONTINUATION without end", tells: "HTTP/2", script: h2(func(f *http2.Framer, out io.Writer, id uint32) {
			if f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: fields(":status", "200")}) != nil {
				return
			}
			var one bytes.Buffer
			_ = http2.NewFramer(&one, nil).WriteContinuation(id, false, fields("x-a", strings.Repeat("x", 1000)))
			pour(out, "", always(one.String()))
		})},
		{name: "h2-empty-continuation", slow: true, does: "empty CONTINUATION without end", tells: "does not answer", script: h2(func(f *http2.Framer, out io.Writer, id uint32) {
			if f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: fields(":status", "200")}) != nil {
				return
			}
			var one bytes.Buffer
			_ = http2.NewFramer(&one, nil).WriteContinuation(id, false, nil)
			pour(out, "", always(one.String()))
		})},
		{name: "h2-settings", slow: true, does: "SETTINGS without end", tells: "does not answer", script: h2(repeated(func(f *http2.Framer) error { return f.WriteSettings() }))},
		{name: "h2-pings", slow: true, does: "PING without end", tells: "does not answer", script: h2(repeated(func(f *http2.Framer) error { return f.WritePing(false, [8]byte{}) }))},
		{name: "h2-resets", slow: true, does: "RST_STREAM without end, of streams that nobody has opened", tells: "does not answer", script: h2(repeated(func(f *http2.Framer) error { return f.WriteRSTStream(1001, http2.ErrCodeCancel) }))},
		{name: "h2-refused", does: "refuses each stream", tells: "HTTP/2", script: h2(func(f *http2.Framer, _ io.Writer, id uint32) {
			_ = f.WriteRSTStream(id, http2.ErrCodeEnhanceYourCalm)
		})},
		{name: "h2-goaway", does: "GOAWAY at once", tells: "closes each connection", script: h2(func(f *http2.Framer, _ io.Writer, _ uint32) { _ = f.WriteGoAway(0, http2.ErrCodeNo, nil) })},
		{name: "h2-frame", does: "a frame of 16 MiB", tells: "closed", script: h2(func(_ *http2.Framer, out io.Writer, _ uint32) {
			pour(out, "\xff\xff\xff\x00\x00\x00\x00\x00\x01", always(strings.Repeat("\x00", 1024)))
		})},
	}
	return lists
}
