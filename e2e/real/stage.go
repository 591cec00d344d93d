package real

import (
	"fmt"
	"io"
	"time"
)

// stages prints how long each step has taken, as it ends.
type stages struct{ out io.Writer }

// run does one step. Its error is wrapped with the step's name.
func (s stages) run(name string, step func() error) error {
	began := time.Now()
	err := step()
	word := "done"
	if err != nil {
		word = "FAILED"
	}
	fmt.Fprintf(s.out, "e2e: %7.2f s  %s: %s\n", time.Since(began).Seconds(), name, word)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
