package kube

// each calls tell at first and after each change of what the inquiry follows, or
// of the configuration, until the context or the clusters are done. Once tell
// says that nothing is awaited any more, changes are told together.
func (q *inquiry) each(tell func() (settled bool)) {
	for {
		_, reconfigured, _ := q.clusters.clusterFor(q.ctx, q.target.Context)
		if tell() {
			pause(q.ctx, publishEvery, q.clusters.ctx.Done(), nil)
		}
		select {
		case <-q.changed:
		case <-reconfigured:
		case <-q.ctx.Done():
			return
		case <-q.clusters.ctx.Done():
			return
		}
	}
}

// listing returns what a feed has said as it is told.
func (s said[T]) listing() Listing[T] {
	l := Listing[T]{Items: s.items, Complete: s.whole}
	if s.err != nil {
		l.Err = s.err
	}
	return l
}
