package load

import (
	"sync"
	"time"
)

// results gathers what becomes of many connections.
type results struct {
	mu sync.Mutex
	r  Result
}

// ended notes the end of one connection, whose echo took so long.
func (rs *results) ended(took time.Duration, err error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if err != nil {
		rs.r.fail(err)
		return
	}
	rs.r.Done++
	rs.r.Millis = append(rs.r.Millis, float64(took)/float64(time.Millisecond))
}

// carried notes the end of a connection that carried n bytes.
func (rs *results) carried(n int64, err error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.r.Bytes += n
	if err != nil {
		rs.r.fail(err)
		return
	}
	rs.r.Done++
}

// result returns what was gathered.
func (rs *results) result() Result {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return rs.r
}

func (r *Result) fail(err error) {
	r.Failed++
	if r.Failure == "" {
		r.Failure = err.Error()
	}
}
