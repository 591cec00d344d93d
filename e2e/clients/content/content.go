// Package content makes what real clients carry: the same bytes in each run, so
// that both ends know them without having seen the other's.
package content

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
)

// Noise returns size bytes that no compression makes smaller, others for each seed.
func Noise(seed byte, size int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{seed}), size)
}

// The history that is cloned.
const (
	Commits        = 20
	FilesPerCommit = 100
	FileSize       = 25_000
)

// History writes Commits commits on the branch main, each with new files, for git
// fast-import.
func History(to io.Writer) error {
	w := bufio.NewWriter(to)
	noise := rand.NewChaCha8([32]byte{2})
	file := make([]byte, FileSize)
	for c := range Commits {
		fmt.Fprintf(w, "commit refs/heads/main\nmark :%d\ncommitter Culvert <culvert@culvert.test> %d +0000\ndata <<END\nfiles %d\nEND\n", c+1, 1_700_000_000+c, c)
		if c > 0 {
			fmt.Fprintf(w, "from :%d\n", c)
		}
		for f := range FilesPerCommit {
			if _, err := noise.Read(file); err != nil {
				return err
			}
			fmt.Fprintf(w, "M 100644 inline folder%02d/file%02d.bin\ndata %d\n%s\n", c, f, len(file), file)
		}
	}
	return w.Flush()
}

// rowSize is how long each row is, with its end of line.
const rowSize = 1024

// Rows returns lines for a table with one column of text, size bytes in all, a
// multiple of 1,024. Each line is another.
func Rows(size int64) io.Reader {
	line := make([]byte, rowSize)
	noise := rand.New(rand.NewChaCha8([32]byte{3}))
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
	for i := range line {
		line[i] = letters[noise.IntN(len(letters))]
	}
	line[rowSize-1] = '\n'
	return &rows{line: line, left: size / rowSize}
}

// rows reads as numbered copies of a line.
type rows struct {
	line    []byte
	pending []byte
	left, n int64
}

func (r *rows) Read(b []byte) (int, error) {
	total := 0
	for total < len(b) {
		if len(r.pending) == 0 {
			if r.left == 0 {
				break
			}
			r.n, r.left = r.n+1, r.left-1
			copy(r.line, fmt.Sprintf("%012d", r.n))
			r.pending = r.line
		}
		n := copy(b[total:], r.pending)
		r.pending = r.pending[n:]
		total += n
	}
	if total == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return total, nil
}
