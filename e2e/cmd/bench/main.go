// Command bench measures Culvert and kubectl on the same real cluster in the
// same run, one after the other in pairs, and writes a table and JSON. Run it
// with `make bench`; docs/performance.md tells what is measured and how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"culvert/e2e/load"
	"culvert/e2e/real"
)

func main() {
	var err error
	if len(os.Args) == 2 && os.Args[1] == loadVerb {
		err = load.Main(os.Stdin, os.Stdout)
	} else {
		err = run()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	culvert, window string
	pairs           int
	long            int
	megabytes       int64
	rows            *regexp.Regexp
	translated      bool
	document, json  string
}

func parse() (options, error) {
	var o options
	var rows string
	flag.StringVar(&o.culvert, "culvert", "../bin/kubectl-culvert", "the `program` to measure")
	flag.StringVar(&o.window, "window", "../bin/culvert", "the window's `program`, for its memory; none when it does not exist")
	flag.IntVar(&o.pairs, "pairs", 7, "how often each work is done by each")
	flag.IntVar(&o.long, "long", 3, "how often the works are done that take a minute each")
	flag.Int64Var(&o.megabytes, "mib", 384, "how much a download or an upload carries, in `MiB`")
	flag.StringVar(&rows, "rows", ".", "a regular `expression` for the rows to measure; see -list")
	flag.BoolVar(&o.translated, "translated", false, "end WebSocket tunnels at the API server, as before Kubernetes 1.36, and not at the kubelet")
	flag.StringVar(&o.document, "document", "", "a `file` whose marked part is replaced by the table")
	flag.StringVar(&o.json, "json", "", "the `file` for all figures; standard output when empty")
	list := flag.Bool("list", false, "list the rows and end")
	flag.Parse()
	if flag.NArg() > 0 {
		return o, fmt.Errorf("%q is not understood: give flags only", flag.Arg(0))
	}
	if o.pairs < 1 || o.long < 1 || o.megabytes < 64 {
		return o, errors.New("-pairs and -long are at least 1, -mib at least 64")
	}
	var err error
	if o.rows, err = regexp.Compile(rows); err != nil {
		return o, fmt.Errorf("-rows: %w", err)
	}
	if *list {
		for _, r := range allRows() {
			fmt.Println(r.name)
		}
		os.Exit(0)
	}
	for _, path := range []*string{&o.culvert, &o.window} {
		if *path, err = filepath.Abs(*path); err != nil {
			return o, err
		}
	}
	if _, err := os.Stat(o.culvert); err != nil {
		return o, fmt.Errorf("the program to measure: %w", err)
	}
	if _, err := os.Stat(o.window); err != nil {
		o.window = ""
	}
	return o, nil
}

func run() error {
	o, err := parse()
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	m := thisMachine(o)
	ro, err := real.OptionsFromEnv()
	if err != nil {
		return err
	}
	c, err := real.Start(ctx, ro)
	if err != nil {
		return err
	}
	b := &bench{options: o, c: c, began: time.Now()}
	err = b.prepare(ctx)
	if err == nil {
		err = b.measure(ctx)
	}
	if b.proxy != nil {
		b.proxy.Close()
	}
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, errors.New(c.Logs()))
	}
	err = errors.Join(err, c.Stop())
	if err != nil {
		o.document = "" // what there is of figures is for the terminal
	}
	m.Minutes = time.Since(b.began).Minutes()
	r := report{Machine: m, Lines: b.lines(), Samples: b.samples}
	if b.window == "" {
		r.Notes = append(r.Notes, "The window's program was not measured: bin/culvert was not there.")
	}
	return errors.Join(err, r.write(o))
}

// measure does all rows, each in rounds.
func (b *bench) measure(ctx context.Context) error {
	for _, row := range allRows() {
		if !b.rows.MatchString(row.name) {
			continue
		}
		began := time.Now()
		for round := range row.rounds(b.options) {
			b.round(ctx, row, round)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
		}
		fmt.Fprintf(os.Stderr, "bench: %-16s took %.0f s\n", row.name, time.Since(began).Seconds())
	}
	return nil
}

// round lets each peer do a row once.
func (b *bench) round(ctx context.Context, row row, round int) {
	samples := make([]sample, 0, len(row.peers))
	var all sync.WaitGroup
	for i := range row.peers {
		// Nobody is always the first.
		p := row.peers[(i+round)%len(row.peers)]
		if p == window && b.window == "" || round > 0 && slices.Contains(row.first, p) {
			continue
		}
		samples = samples[:len(samples)+1]
		s := &samples[len(samples)-1]
		all.Go(func() {
			*s = b.sample(ctx, row, p)
			s.Row, s.Peer, s.Round = row.name, p, round
			fmt.Fprintf(os.Stderr, "bench: %-16s %d/%d %-18s %s\n", row.name, round+1, row.rounds(b.options), p, s)
		})
		if !row.together {
			all.Wait()
		}
	}
	all.Wait()
	b.samples = append(b.samples, samples...)
}

// sample does one row once. What goes wrong is a result, too.
func (b *bench) sample(ctx context.Context, row row, p peer) sample {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	s, err := row.run(b, ctx, p)
	if err != nil {
		s.Trouble = strings.TrimSpace(err.Error())
	}
	return s
}
