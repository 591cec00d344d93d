package kube

import (
	"errors"
	"fmt"
	"io"
	"math"

	"culvert/tunnels"
)

// bounds is how much of a server's answers is taken. Honest ones stay far
// below: etcd holds no object above 1.5 MiB, a page of 500 pods has some 5 MiB,
// and Kubernetes is made for 150,000 pods per cluster.
type bounds struct {
	objectBytes int64 // of one object or watch event
	pageBytes   int64
	listBytes   int64 // of all pages together
	pages       int
	objects     int // of one list, and while watching it
}

func defaultBounds() bounds {
	return bounds{objectBytes: 8 << 20, pageBytes: 256 << 20, listBytes: 1 << 30, pages: 10_000, objects: 200_000}
}

// excessError is more than the bounds allow.
type excessError struct{ what string }

func (e *excessError) Error() string { return "the server sends " + e.what }

// explainExcess judges answers that no Kubernetes API server gives.
func (cl *cluster) explainExcess(e *tunnels.Error, err error) bool {
	excess, ok := errors.AsType[*excessError](err)
	if !ok {
		return false
	}
	e.Cause, e.Permanent = tunnels.CauseProtocol, true
	e.Err = fmt.Errorf("%s sends %s", cl.context.Server, excess.what)
	e.Hint = "Check that the server's URL in the kubeconfig is that of a Kubernetes API server, and tell whoever runs it."
	return true
}

// boundedReader ends with an *excessError when one JSON value, or all of it, is
// too large. Decoders read ahead, so a value may have twice its bound before
// that is noticed.
type boundedReader struct {
	r     io.Reader
	most  int64 // of a value
	value int64 // what is left of it
	left  int64 // of everything
	read  int64
	whole string // what everything is
}

func (b bounds) object(r io.Reader) *boundedReader {
	return &boundedReader{r: r, most: b.objectBytes, value: b.objectBytes, left: math.MaxInt64}
}

// page reads one page of a list of which left bytes may still come.
func (b bounds) page(r io.Reader, left int64) *boundedReader {
	out := b.object(r)
	out.left, out.whole = b.pageBytes, "a list page of more than "+size(b.pageBytes)
	if left < b.pageBytes {
		out.left, out.whole = left, "a list of more than "+size(b.listBytes)
	}
	return out
}

// renew begins another value.
func (b *boundedReader) renew() { b.value = b.most }

func (b *boundedReader) Read(p []byte) (int, error) {
	switch {
	case b.value <= 0:
		return 0, &excessError{"an object of more than " + size(b.most)}
	case b.left <= 0:
		return 0, &excessError{b.whole}
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.value, b.left)])
	b.value, b.left, b.read = b.value-int64(n), b.left-int64(n), b.read+int64(n)
	return n, err
}

func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
