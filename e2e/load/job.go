package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Kind is what a job does.
type Kind string

// The kinds of jobs.
const (
	Download Kind = "download" // Bytes over Conns connections from the source
	Upload   Kind = "upload"   // the same to the sink
	Connect  Kind = "connect"  // Count new connections, one after the other, each echoes a byte
	Requests Kind = "requests" // Conns connections echo 64 bytes over and over, for For
	Hold     Kind = "hold"     // Conns connections echo once and stay
	Short    Kind = "short"    // Count connections, Conns at a time, each echoes once
	Loaded   Kind = "loaded"   // Connect while a download runs
	Beside   Kind = "beside"   // ten echoes undisturbed, and ten beside four unread downloads
	Late     Kind = "late"     // half-closes a connection whose answer comes 2.5 s later
)

// Job is what a client has to do. Echo, Source, Sink and Late are addresses.
type Job struct {
	Kind                     Kind
	Echo, Source, Sink, Late string
	Conns, Count             int
	Bytes                    int64
	For                      time.Duration
}

// Result is how it went. Fields that do not belong to the job's kind are zero.
type Result struct {
	Seconds float64   // that all of it took
	Bytes   int64     // carried
	Done    int       // connections or requests that went well
	Failed  int       // and others
	Failure string    // the first of those
	Millis  []float64 // of each that went well, in the order of their ends
	Before  []float64 // the same of the echoes before the downloads
}

// Run does a job. The connections of Hold and Beside stay until release is
// called, which may be nil. Run returns an error only for a job that makes no
// sense: what fails on the way is in the result.
func (j Job) Run(ctx context.Context) (r Result, release func(), err error) {
	began := time.Now()
	switch j.Kind {
	case Download, Upload:
		r = j.bulk(ctx)
	case Connect:
		r = j.connect(ctx)
	case Loaded:
		r = j.loaded(ctx)
	case Requests:
		r = j.requests(ctx)
	case Hold:
		r, release = j.hold(ctx)
	case Short:
		r = j.short(ctx)
	case Beside:
		r, release = j.beside(ctx)
	case Late:
		r = j.late(ctx)
	default:
		return Result{}, nil, fmt.Errorf("there is no job %q", j.Kind)
	}
	if r.Seconds == 0 {
		r.Seconds = time.Since(began).Seconds()
	}
	return r, release, nil
}

// Main is the process of its own: it reads a job from in, writes its result to
// out, and lets go of its connections when in has ended.
func Main(in io.Reader, out io.Writer) error {
	d := json.NewDecoder(in)
	var j Job
	if err := d.Decode(&j); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	r, release, err := j.Run(context.Background())
	if err != nil {
		return err
	}
	if release != nil {
		defer release()
	}
	if err := json.NewEncoder(out).Encode(r); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if _, err := io.Copy(io.Discard, in); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("wait for the end: %w", err)
	}
	return nil
}
