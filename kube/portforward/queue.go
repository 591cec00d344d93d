package portforward

// maxQueued bounds the bytes that one stream holds for a slow local reader.
const maxQueued = 1 << 20

// queue holds a stream's received bytes in order. It is guarded by its
// stream's lock; reserved and taken bytes may be touched without it.
type queue struct {
	pool   *buffers
	chunks []*chunk
	size   int
}

func (q *queue) full() bool { return q.size >= maxQueued }

// reserve returns room for up to n more bytes, which commit then counts. The
// queue must not be full.
func (q *queue) reserve(n int) []byte {
	var tail *chunk
	if len(q.chunks) > 0 {
		tail = q.chunks[len(q.chunks)-1]
	}
	if tail == nil || tail.written == len(tail.buf) {
		tail = q.pool.chunk(tail == nil && n <= smallChunk)
		q.chunks = append(q.chunks, tail)
	}
	tail.filling = true
	n = min(n, len(tail.buf)-tail.written, maxQueued-q.size)
	return tail.buf[tail.written : tail.written+n]
}

// commit adds n bytes that were read into the room reserved last. The queue
// may have been dropped since; then they are lost and commit says false.
func (q *queue) commit(n int) bool {
	if len(q.chunks) == 0 {
		return false
	}
	tail := q.chunks[len(q.chunks)-1]
	tail.filling = false
	tail.written += n
	q.size += n
	return true
}

// take returns the oldest bytes without removing them; nil if there are none.
func (q *queue) take() []byte {
	if len(q.chunks) == 0 {
		return nil
	}
	head := q.chunks[0]
	if head.read == head.written {
		return nil
	}
	head.taken = true
	return head.buf[head.read:head.written]
}

// release removes n of the bytes taken last. It returns how many there were:
// none when the queue has been dropped since.
func (q *queue) release(n int) int {
	if len(q.chunks) == 0 {
		return 0
	}
	head := q.chunks[0]
	head.taken = false
	head.read += n
	q.size -= n
	if head.read == head.written && !head.filling {
		q.chunks[0] = nil
		q.chunks = q.chunks[1:]
		q.pool.putChunk(head)
	}
	return n
}

// drop forgets everything and returns how many bytes that were. Chunks that
// somebody is working on are left to the garbage collector.
func (q *queue) drop() int {
	for _, c := range q.chunks {
		if !c.filling && !c.taken {
			q.pool.putChunk(c)
		}
	}
	size := q.size
	q.chunks, q.size = nil, 0
	return size
}
