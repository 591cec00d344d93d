package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Terminal asks who sits at it. Its methods block until there is an answer, and
// return early when ctx is done.
type Terminal interface {
	// Ask shows a question and returns the line that is the answer.
	Ask(ctx context.Context, question string) (string, error)
	// Secret is Ask without showing the answer.
	Secret(ctx context.Context, question string) (string, error)
}

// StandardTerminal returns the terminal that standard input is, or nil.
func StandardTerminal() Terminal {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	return terminal{}
}

// terminal reads from standard input and asks on standard error.
type terminal struct{}

func (terminal) Ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(os.Stderr, question)
	return interruptible(ctx, func() (string, error) {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		return strings.TrimRight(line, "\r\n"), err
	})
}

func (terminal) Secret(ctx context.Context, question string) (string, error) {
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(os.Stderr, question)
	defer fmt.Fprintln(os.Stderr)
	answer, err := interruptible(ctx, func() (string, error) {
		b, err := term.ReadPassword(fd)
		return string(b), err
	})
	if ctx.Err() != nil {
		_ = term.Restore(fd, before) // the reading goes on without showing anything
	}
	return answer, err
}

// interruptible lets read, which nothing can interrupt, be left to itself when
// ctx is done. The program ends then.
func interruptible(ctx context.Context, read func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	results := make(chan result, 1)
	go func() {
		text, err := read()
		results <- result{text, err}
	}()
	select {
	case r := <-results:
		return r.text, r.err
	case <-ctx.Done():
		return "", errors.New("it was cancelled")
	}
}

// maxInput bounds what is read from standard input, in bytes.
const maxInput = 128 << 10

// readAll reads standard input to its end.
func readAll(ctx context.Context, d Deps) (string, error) {
	if d.In == nil {
		return "", nil
	}
	return interruptible(ctx, func() (string, error) {
		b, err := io.ReadAll(io.LimitReader(d.In, maxInput))
		return string(b), err
	})
}
