package delay

import (
	"math"
	"math/rand/v2"
	"time"
)

// Loss is what TCP makes of lost packets: nothing is missing, but now and then
// all that follows waits until the packet was sent again. A proxy sees bytes
// and not packets, so it is these stalls that it makes, without a seed: when
// bytes come has none either. The zero value is none.
type Loss struct {
	// Every is the mean time between two stalls of one direction of one
	// connection. The times between them are distributed exponentially.
	Every time.Duration
	// Shortest and Longest bound a stall; what lies between is chosen on a
	// logarithmic scale, as resending is tried after twice the time each time.
	Shortest, Longest time.Duration
}

// stalls are those of one direction of a connection.
type stalls struct {
	loss Loss
	next time.Time // when the next one begins
	ends time.Time // of the last one
}

// at returns how long what is sent now is held up.
func (s *stalls) at(now time.Time, loss Loss) time.Duration {
	if loss != s.loss {
		s.loss, s.next = loss, now.Add(loss.pause())
	}
	if loss.Every > 0 && !now.Before(s.next) {
		s.ends = now.Add(loss.length())
		s.next = s.ends.Add(loss.pause())
	}
	return max(0, s.ends.Sub(now))
}

func (l Loss) pause() time.Duration {
	return time.Duration(rand.ExpFloat64() * float64(l.Every))
}

func (l Loss) length() time.Duration {
	ratio := float64(l.Longest) / float64(l.Shortest)
	return time.Duration(float64(l.Shortest) * math.Pow(ratio, rand.Float64()))
}
