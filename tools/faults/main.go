// Command faults checks that the tests named in docs/faults.md can fail: in a copy
// of the repository it disables the line that handles a fault, one at a time, and
// runs the fault's first test.
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
	"strconv"
	"time"
)

// some is how many faults a run without -all takes.
const some = 10

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	seed := uint64(1)
	if s := os.Getenv("SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return fmt.Errorf("SEED is %q: give a whole number", s)
		}
		seed = n
	}
	flags := flag.NewFlagSet("faults", flag.ContinueOnError)
	root := flags.String("root", "..", "the repository")
	all := flags.Bool("all", false, "take all faults")
	only := flags.Int("only", 0, "take the fault of this number")
	flags.Uint64Var(&seed, "seed", seed, "chooses ten faults; by default the environment's SEED, or 1")
	if err := flags.Parse(args); err != nil {
		return err
	}
	faults, err := readFaults(*root)
	if err != nil {
		return err
	}
	switch {
	case *only != 0:
		faults = slices.DeleteFunc(faults, func(f fault) bool { return f.number != *only })
	case !*all:
		faults = choose(faults, seed)
		fmt.Printf("seed %d\n", seed)
	}
	if len(faults) == 0 {
		return errors.New("there is no such fault that is built")
	}
	c, err := newCopy(ctx, *root)
	if err != nil {
		return err
	}
	return errors.Join(check(ctx, c, faults), c.remove())
}

// choose returns some of the faults, in their order.
func choose(faults []fault, seed uint64) []fault {
	faults = slices.Clone(faults)
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // it has to be the same for a seed
	random.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	faults = faults[:min(some, len(faults))]
	slices.SortFunc(faults, func(a, b fault) int { return a.number - b.number })
	return faults
}

// check runs the tests of the faults, first as they are, and says which pass all
// the same.
func check(ctx context.Context, c *tree, faults []fault) error {
	fmt.Printf("%d tests as they are ...\n", len(faults))
	if err := c.allPass(ctx, faults); err != nil {
		return err
	}
	fmt.Printf("%3s  %-58s %-10s %6s\n", "", "test, with its line disabled", "", "s")
	var bad []error
	for _, f := range faults {
		began := time.Now()
		result, err := c.without(ctx, f)
		if err != nil {
			bad = append(bad, fmt.Errorf("fault %d: %w", f.number, err))
			result = "ERROR"
		}
		fmt.Printf("%3d  %-58s %-10s %6.1f\n", f.number, f.pkg+"."+f.test, result, time.Since(began).Seconds())
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	fmt.Printf("%d of %d lines are missed when they are disabled\n", len(faults)-len(bad), len(faults))
	return errors.Join(bad...)
}
