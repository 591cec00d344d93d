package crash

// Contain runs f and returns its panic; nil when it returned. It is also nil when f has
// ended its goroutine, as by runtime.Goexit.
func (r *Reporter) Contain(part string, f func()) (p *Panic) {
	defer func() {
		if v := recover(); v != nil {
			p = r.caught(part, v, stackHere())
		}
	}()
	f()
	return nil
}

// Contained returns f for a goroutine of its own or a timer: when f panics then is
// called with that instead, unless it is nil.
func (r *Reporter) Contained(part string, f func(), then func(*Panic)) func() {
	return func() {
		if p := r.Contain(part, f); p != nil && then != nil {
			_ = r.Contain(part, func() { then(p) }) // it is reported, and there is no more to do
		}
	}
}

// Catch is for a defer statement: it ends a panic, and calls then, unless that is nil.
func (r *Reporter) Catch(part string, then func(*Panic)) {
	if v := recover(); v != nil {
		if p := r.caught(part, v, stackHere()); then != nil {
			then(p)
		}
	}
}

// Caught reports what somebody else has recovered, from within the deferred function that
// did so.
func (r *Reporter) Caught(part string, v any) *Panic { return r.caught(part, v, stackHere()) }

// Guard is Contain for who has nothing to do about a panic: it is reported.
func (r *Reporter) Guard(part string, f func()) { _ = r.Contain(part, f) }
