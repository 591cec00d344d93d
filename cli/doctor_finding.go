package cli

import (
	"context"
	"fmt"
	"sync"
	"time"

	"culvert/tunnels"
)

// severity is how bad a finding is.
type severity uint8

const (
	isOK    severity = iota
	isNote           // worth knowing; nothing is hindered that was asked for
	isWrong          // something does not work
)

// String returns the word that is printed.
func (s severity) String() string { return [...]string{"ok", "note", "wrong"}[s] }

// finding is what a check has to say of one thing.
type finding struct {
	check    string // the check's name, as "context"
	about    string // the thing; empty for the check as a whole
	severity severity
	found    string // a sentence, without secrets
	remedy   string // what to do, in sentences; never empty but for isOK
	took     time.Duration
}

func fine(found string, args ...any) finding {
	return finding{found: fmt.Sprintf(found, args...)}
}

func noted(remedy, found string, args ...any) finding {
	return finding{severity: isNote, found: fmt.Sprintf(found, args...), remedy: remedy}
}

func faulty(remedy, found string, args ...any) finding {
	return finding{severity: isWrong, found: fmt.Sprintf(found, args...), remedy: remedy}
}

// of says what a finding is about.
func (f finding) of(about string) finding {
	f.about = about
	return f
}

// failed is a finding from an error; remedy stands in where the error has no hint.
func failed(err error, remedy string) finding {
	e := tunnels.AsError(err)
	return finding{severity: isWrong, found: sentenceOf(e.Error()), remedy: or(e.Hint, remedy)}
}

// sentenceOf ends a text with a full stop.
func sentenceOf(s string) string {
	if s == "" || s[len(s)-1] == '.' {
		return s
	}
	return s + "."
}

func worst(all []finding) severity {
	out := isOK
	for _, f := range all {
		out = max(out, f.severity)
	}
	return out
}

// warnings collects what is told in the background. Its methods may be called from
// any goroutine.
type warnings struct {
	mu  sync.Mutex
	all []error
}

func (w *warnings) add(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, err)
}

func (w *warnings) list() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all[:len(w.all):len(w.all)]
}

// check looks at one kind of things. It returns soon after ctx is done.
type check struct {
	name string
	run  func(ctx context.Context) []finding
}

// atOnce bounds how many checks, and how many tests of contexts, run at a time.
const atOnce = 6

// slack is how much longer than its limit a check may take, before it is left to
// itself.
const slack = time.Second

// contextCheck bounds itself: each of its tests has the limit.
const contextCheck = "context"

// examine runs the checks, several at a time, and returns their findings in the order
// of the checks. As they come, in that order, they are told to each. It returns early
// when ctx is done.
func examine(ctx context.Context, checks []check, limit time.Duration, each func([]finding)) []finding {
	results := make([]chan []finding, len(checks))
	turns := make(chan struct{}, atOnce)
	for i, c := range checks {
		results[i] = make(chan []finding, 1)
		go func() { // one that hangs is left to itself: the program ends soon
			select {
			case turns <- struct{}{}:
				defer func() { <-turns }()
			case <-ctx.Done():
				return
			}
			results[i] <- c.within(ctx, limit)
		}()
	}
	var all []finding
	for _, r := range results {
		select {
		case found := <-r:
			all = append(all, found...)
			if each != nil {
				each(found)
			}
		case <-ctx.Done():
			return all
		}
	}
	return all
}

// within runs a check for as long as it may take.
func (c check) within(ctx context.Context, limit time.Duration) []finding {
	if c.name == contextCheck {
		return c.named(c.run(ctx))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan []finding, 1)
	go func() { done <- c.run(ctx) }()
	t := time.NewTimer(limit + slack)
	defer t.Stop()
	select {
	case found := <-done:
		return c.named(found)
	case <-t.C:
		return c.named([]finding{faulty("Try again, with a longer --timeout.", "This was not found out within %v.", limit)})
	}
}

// named says in findings which check they are of.
func (c check) named(found []finding) []finding {
	for i := range found {
		found[i].check = c.name
	}
	return found
}
