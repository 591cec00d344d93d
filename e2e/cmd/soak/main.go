// Command soak runs Culvert on a real cluster with traffic and faults and judges it. Run it
// with `make soak`; docs/reliability.md tells what is checked.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"culvert/e2e/soak"
)

func main() {
	passed, err := run()
	if err != nil {
		fmt.Fprintf(os.Stderr, "soak: %v\n", err)
	}
	if err != nil || !passed {
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	soak.Options
	document, json string
}

func parse() (options, error) {
	o := options{Options: soak.Options{Out: os.Stderr}}
	flag.DurationVar(&o.For, "for", 20*time.Minute, "how long it runs, from 1m on; 90s is for trying it out")
	flag.Uint64Var(&o.Seed, "seed", 0, "what decides the faults, their order and victims; 0 chooses a `number`")
	flag.IntVar(&o.Tunnels, "tunnels", 30, "how many there are, 1 to 100")
	flag.StringVar(&o.Culvert, "culvert", "../bin/kubectl-culvert", "the `program` under test")
	flag.StringVar(&o.document, "document", "", "a `file` in whose marked part the run gets its row")
	flag.StringVar(&o.json, "json", "", "the `file` for everything that was found; the logs go beside it; default ../bin/soak-SEED.json")
	flag.Parse()
	if flag.NArg() > 0 {
		return o, fmt.Errorf("%q is not understood: give flags only", flag.Arg(0))
	}
	if o.For < time.Minute || o.Tunnels < 1 || o.Tunnels > 100 {
		return o, errors.New("-for is at least 1m, and -tunnels from 1 to 100")
	}
	if o.Seed == 0 {
		o.Seed = 1 + rand.Uint64N(1_000_000)
	}
	if o.json == "" {
		o.json = fmt.Sprintf("../bin/soak-%d.json", o.Seed)
	}
	o.Logs = strings.TrimSuffix(o.json, ".json")
	for _, path := range []*string{&o.Culvert, &o.Logs} {
		var err error
		if *path, err = filepath.Abs(*path); err != nil {
			return o, err
		}
	}
	if _, err := os.Stat(o.Culvert); err != nil {
		return o, fmt.Errorf("the program under test: %w: make static builds it", err)
	}
	return o, nil
}

func run() (passed bool, err error) {
	o, err := parse()
	if err != nil {
		return false, err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	fmt.Fprintf(os.Stderr, "soak: seed %d, %v; logs are in %s\n", o.Seed, o.For, o.Logs)
	report, err := soak.Run(ctx, o.Options)
	if report == nil {
		return false, err
	}
	if err != nil {
		report.Error = err.Error()
	}
	fmt.Print(report)
	figures, jerr := json.MarshalIndent(report, "", "\t")
	if jerr == nil {
		jerr = os.WriteFile(o.json, append(figures, '\n'), 0o644)
	}
	if ctx.Err() == nil && o.document != "" {
		jerr = errors.Join(jerr, report.WriteRow(o.document))
	}
	return report.Verdict() == soak.Passed, errors.Join(err, jerr)
}
