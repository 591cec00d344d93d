package portforward

import "weak"

// spare keeps a used buffer for reuse for as long as the garbage collector lets
// it: while a connection is idle it costs nothing. Its zero value is empty; it
// may be used by one goroutine at a time.
type spare struct {
	last weak.Pointer[block]
}

type block struct{ b []byte }

// take returns the buffer that keep was given last if it is still there, else nil.
func (s *spare) take() *block { return s.last.Value() }

// keep keeps a buffer, which is not used any more.
func (s *spare) keep(b *block) {
	if b != s.last.Value() {
		s.last = weak.Make(b)
	}
}
