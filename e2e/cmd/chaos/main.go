// Command chaos does faults to a cluster with a Culvert before it, one after the
// other, and tells how long each was felt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"culvert/e2e/chaos"
)

const usage = `usage: go run ./cmd/chaos [-seed N] [-times N] [FAULT…]

Each argument is a part of a fault's name, as "API server"; without one all are
done. The table is written to standard output.
`

func main() {
	seed := flag.Uint64("seed", 1, "what is chosen depends on it")
	times := flag.Int("times", 1, "how often each fault is done")
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage); flag.PrintDefaults() }
	flag.Parse()
	if err := run(*seed, *times, flag.Args()); err != nil {
		fmt.Fprintf(os.Stderr, "chaos: %v\n", err)
		os.Exit(1)
	}
}

func run(seed uint64, times int, parts []string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if !slices.ContainsFunc(chaos.Faults(), func(f chaos.Fault) bool { return fits(f.Name, parts) }) {
		return fmt.Errorf("no fault has %q in its name", parts)
	}
	s, err := newStage(ctx)
	if err == nil {
		fmt.Println(felt{}.head())
		for n, fault := range chaos.Faults() {
			if !fits(fault.Name, parts) {
				continue
			}
			for i := range times {
				f, err := s.feel(ctx, fault, rand.New(rand.NewPCG(seed, uint64(n*1000+i))))
				if err != nil {
					return errors.Join(fmt.Errorf("%s: %w", fault.Name, err), s.end())
				}
				fmt.Println(f)
			}
		}
	}
	return errors.Join(err, s.end())
}

// fits says whether a name has one of the parts, or there are none.
func fits(name string, parts []string) bool {
	return len(parts) == 0 || slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
}
