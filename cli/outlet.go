package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"

	"culvert/tunnels"
)

// put writes a whole answer to stdout. Who reads it may have seen enough, as head -1
// has; all else that goes wrong, as a full disk, is an error.
func put(d Deps, write func(io.Writer)) error {
	var b bytes.Buffer
	write(&b)
	_, err := d.Out.Write(b.Bytes())
	return unwritten(err)
}

// putJSON writes one indented JSON document to stdout.
func putJSON(d Deps, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return put(d, func(w io.Writer) { fmt.Fprintf(w, "%s\n", text) })
}

// unwritten says why an answer was not written; nil where nobody wants it.
func unwritten(err error) error {
	if err == nil || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return &tunnels.Error{Op: "write the answer", Err: bare(err), Hint: "Look whether the disk is full, or the terminal gone."}
}

// bare leaves the path out, which is that of a device.
func bare(err error) error {
	if no, ok := errors.AsType[syscall.Errno](err); ok {
		return no
	}
	return err
}

// outlet is a stdout of a verb that runs for long: the first thing that goes wrong
// with it, other than that nobody reads it, ends the verb.
type outlet struct {
	w    io.Writer
	fail context.CancelCauseFunc
	once sync.Once
}

func (o *outlet) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if err := unwritten(err); err != nil {
		o.once.Do(func() { o.fail(err) })
	}
	return n, err
}

// ended returns the error of what ended a verb's inner context, unless that was the
// outer one, which a signal ends.
func ended(inner, outer context.Context) error {
	cause := context.Cause(inner)
	if outer.Err() == nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}
