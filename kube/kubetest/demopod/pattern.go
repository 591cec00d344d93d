package demopod

import (
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
)

// period is prime, so that a lost or doubled block of any usual size shows.
const period = 65521

var table = sync.OnceValue(func() []byte {
	b := make([]byte, period)
	rnd := rand.New(rand.NewPCG(7, 42))
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return b
})

// Pattern is the byte sequence that the source sends: always the same, and
// different at every offset. It is an io.Reader of a given length, and an
// io.Writer that checks what it gets against the same sequence.
type Pattern struct {
	length, offset uint64
	start          uint64 // in the table
}

// NewPattern returns the first n bytes of the sequence.
func NewPattern(n uint64) *Pattern { return &Pattern{length: n} }

// NewStream returns the n bytes that the stream sends for a seed: those of one
// seed are those of another, shifted, so that bytes of two connections are not
// taken for each other.
func NewStream(seed, n uint64) *Pattern { return &Pattern{length: n, start: seed % period} }

// Read gives the next bytes, io.EOF after the last one.
func (p *Pattern) Read(b []byte) (int, error) {
	left := p.length - p.offset
	if left == 0 {
		return 0, io.EOF
	}
	b = b[:min(uint64(len(b)), left)]
	for total := 0; total < len(b); {
		n := copy(b[total:], table()[(p.start+p.offset)%period:])
		total, p.offset = total+n, p.offset+uint64(n)
	}
	return len(b), nil
}

// Write returns an error at the first byte that does not belong there.
func (p *Pattern) Write(b []byte) (int, error) {
	if uint64(len(b)) > p.length-p.offset {
		return 0, fmt.Errorf("%d bytes more than the %d expected", uint64(len(b))-(p.length-p.offset), p.length)
	}
	for total := 0; total < len(b); {
		want := table()[(p.start+p.offset)%period:]
		got := b[total:min(len(b), total+len(want))]
		if want = want[:len(got)]; string(got) != string(want) {
			for i := range got {
				if got[i] != want[i] {
					return total + i, fmt.Errorf("byte %d is %#x instead of %#x", p.offset+uint64(i), got[i], want[i])
				}
			}
		}
		total, p.offset = total+len(got), p.offset+uint64(len(got))
	}
	return len(b), nil
}

// Left returns how many bytes have not been read or checked yet.
func (p *Pattern) Left() uint64 { return p.length - p.offset }
