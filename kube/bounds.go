package kube

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"culvert/tunnels"
)

// bounds is how much of a server's answers is taken. Honest ones stay far
// below: etcd holds no object above 1.5 MiB, an API server takes none above 3 MiB
// of JSON for that reason (MaxRequestBodyBytes in k8s.io/apiserver), a page of 500
// pods has some 5 MiB, and Kubernetes is made for 150,000 pods per cluster.
type bounds struct {
	objectBytes int64 // of one object or watch event
	commas      int64 // in it: each value of it but the first needs one, and memory
	pageBytes   int64
	listBytes   int64 // of all pages together
	pages       int
	pageObjects int // of a page that is to have pageSize: some servers heed no limit
	objects     int // of one list, and while watching it
	tokenBytes  int // of what is sent back: a continue token, a resource version
	// events may come in one watch at once, and so many more in each second of it:
	// Kubernetes is measured with 100 changes of pods in a second per cluster.
	events, eventsPerSecond int
}

func defaultBounds() bounds {
	return bounds{
		objectBytes: 4 << 20, commas: 128 << 10, pageBytes: 256 << 20, listBytes: 1 << 30,
		pages: 2000, pageObjects: 20_000, objects: 200_000, tokenBytes: 64 << 10,
		events: 20_000, eventsPerSecond: 300,
	}
}

// excessError is more than the bounds allow.
type excessError struct {
	what string
	kept bool // it is what all answers together leave behind
}

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
	if excess.kept {
		e.Hint = "Forward to something of a namespace with fewer objects, or stop other tunnels to this cluster."
	}
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

	commas, mostCommas int64 // of a value; 0 for any
	large              turns // nil for no waiting
	holds              bool  // a place in large
}

// turns lets few at a time work at what is large.
type turns chan struct{}

const (
	// largeValue is from which size on a value waits for its turn to be read.
	largeValue = 256 << 10
	// mostRead is how much is read at once.
	mostRead = 64 << 10
)

func (b bounds) object(r io.Reader) *boundedReader {
	return &boundedReader{r: r, most: b.objectBytes, value: b.objectBytes, left: math.MaxInt64, mostCommas: b.commas}
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

// inTurn makes large values wait for each other. Whoever calls it calls done.
func (b *boundedReader) inTurn(large turns) *boundedReader {
	b.large = large
	return b
}

// renew begins another value, and returns the size of the last one, or a little
// more.
func (b *boundedReader) renew() (size int64) {
	size = b.most - b.value
	b.value, b.commas = b.most, 0
	b.done()
	return size
}

// done lets others have their turn.
func (b *boundedReader) done() {
	if b.holds {
		b.holds = false
		<-b.large
	}
}

func (b *boundedReader) Read(p []byte) (int, error) {
	switch {
	case b.value <= 0:
		return 0, &excessError{what: "an object of more than " + size(b.most)}
	case b.left <= 0:
		return 0, &excessError{what: b.whole}
	case b.mostCommas > 0 && b.commas > b.mostCommas:
		return 0, &excessError{what: fmt.Sprintf("an object of more than %d values", b.mostCommas)}
	}
	if b.large != nil && !b.holds && b.most-b.value > largeValue {
		if err := b.wait(); err != nil {
			return 0, err
		}
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.value, b.left, mostRead)])
	b.value, b.left, b.read = b.value-int64(n), b.left-int64(n), b.read+int64(n)
	b.commas += int64(bytes.Count(p[:n], []byte{','}))
	return n, err
}

// errNoTurn is a large object that had to wait for others of its server for too long.
var errNoTurn = errors.New("the server sends large objects too slowly")

func (b *boundedReader) wait() error {
	timer := time.NewTimer(pageTimeout)
	defer timer.Stop()
	select {
	case b.large <- struct{}{}:
		b.holds = true
		return nil
	case <-timer.C:
		return errNoTurn
	}
}

func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
