package control

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// limits are those of streams.
type limits struct {
	beat  time.Duration // between signs of life
	write time.Duration // who takes longer to take what is sent is cut off
	look  time.Duration // between looks at what tells nobody of its changes
}

func usualLimits() limits {
	return limits{beat: 10 * time.Second, write: 10 * time.Second, look: 500 * time.Millisecond}
}

// stream is an answer that goes on, of events as a browser's EventSource reads them.
type stream struct {
	w      http.ResponseWriter
	out    *http.ResponseController
	within time.Duration
	buf    bytes.Buffer
}

// openStream begins a stream, or answers that there are too many. The caller calls
// what is returned at the end.
func (s *Server) openStream(w http.ResponseWriter) (*stream, func()) {
	select {
	case s.streams <- struct{}{}:
	default:
		f := says("there are too many streams")
		f.Hint = "End some of the programs that follow Culvert, and try again."
		refuse(w, http.StatusTooManyRequests, f)
		return nil, nil
	}
	allRead(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	return &stream{w: w, out: http.NewResponseController(w), within: s.limits.write}, func() { <-s.streams }
}

// add puts a message behind those that were added before.
func (st *stream) add(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	st.buf.WriteString("event: " + name + "\ndata: ")
	st.buf.Write(data)
	st.buf.WriteString("\n\n")
	return nil
}

// flush sends what was added, or else a sign of life.
func (st *stream) flush() error {
	if st.buf.Len() == 0 {
		st.buf.WriteString(":\n\n")
	}
	if err := st.out.SetWriteDeadline(time.Now().Add(st.within)); err != nil {
		return err
	}
	if _, err := st.buf.WriteTo(st.w); err != nil {
		return err
	}
	return st.out.Flush()
}

// send adds a message and flushes.
func (st *stream) send(name string, v any) error {
	if err := st.add(name, v); err != nil {
		return err
	}
	return st.flush()
}
