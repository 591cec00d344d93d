package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"time"

	"culvert/e2e/clients/content"
	"culvert/e2e/clients/servers"
)

// psql returns a call that does statements, one after the other, over TLS with a
// server whose name and certificate are checked.
func (w *work) psql(statements ...string) call {
	conn := fmt.Sprintf("host=%s hostaddr=127.0.0.1 port=%d user=dev dbname=postgres sslmode=verify-full sslrootcert=%s",
		databaseName, w.f.ports[servers.PortPostgres], filepath.Join(w.dir, caFile))
	args := []string{"-XAtq", "-v", "ON_ERROR_STOP=1"}
	for _, s := range statements {
		args = append(args, "-c", s)
	}
	return call{program: "psql", args: append(args, conn)}
}

// quits has psql connect, ask and quit, one process after the other.
func (w *work) quits(ctx context.Context) error {
	count := quickly(w.trial, 100, 20)
	var millis []float64
	var first error
	failed := 0
	for n := range count {
		want := fmt.Sprintf("%d|t", n)
		s, err := timed(func() error {
			got, err := w.do(ctx, w.psql(fmt.Sprintf("SELECT %d, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", n)))
			if err == nil && got != want+"\n" {
				err = fmt.Errorf("psql prints %q, want %q", got, want)
			}
			return err
		})
		if gone := w.f.alive(); gone != nil {
			w.done = fmt.Sprintf("%d of %d", n, count)
			return gone
		}
		if err != nil {
			failed++
			first = errors.Join(first, err)
			if failed > 5 {
				break // the others would only take their time
			}
			continue
		}
		millis = append(millis, s*1000)
	}
	if failed > 0 {
		return fmt.Errorf("%d psql failed: %w", failed, first)
	}
	w.values[p50] = quantile(millis, 0.5)
	return nil
}

// copies carries a table into the database and out again, in one session.
func (w *work) copies(ctx context.Context) error {
	size := quickly(w.trial, int64(1<<30), 64<<20)
	mib := float64(size) / (1 << 20)
	c := w.psql("CREATE TEMPORARY TABLE rows (line text)", "COPY rows FROM STDIN", "COPY rows TO STDOUT")
	sent, got := sha256.New(), &arrival{Hash: sha256.New()}
	c.in, c.out = io.TeeReader(content.Rows(size), sent), got
	began := time.Now()
	if _, err := w.do(ctx, c); err != nil {
		return err
	}
	if got.n != size || !bytes.Equal(sent.Sum(nil), got.Sum(nil)) {
		return fmt.Errorf("COPY has sent %d bytes and got %d, with sums %x and %x", size, got.n, sent.Sum(nil), got.Sum(nil))
	}
	w.values[up] = mib / got.first.Sub(began).Seconds()
	w.values[down] = mib / time.Since(got.first).Seconds()
	return nil
}

// arrival sums what is written to it, and remembers when that began.
type arrival struct {
	hash.Hash
	first time.Time
	n     int64
}

func (a *arrival) Write(b []byte) (int, error) {
	if a.n == 0 {
		a.first = time.Now()
	}
	a.n += int64(len(b))
	return a.Hash.Write(b)
}
