// Command clients tries real clients through Culvert and through kubectl on the
// same real cluster in the same run: psql, redis-benchmark, wrk, ssh, scp and git
// from Debian's packages, and a client of WebSockets and one of gRPC. It writes
// what went right and how fast into a document. Run it with `make clients`;
// docs/clients.md tells what is done.
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
	"syscall"
	"time"

	"culvert/e2e/real"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "clients: %v\n", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	culvert  string
	pairs    int
	only     *regexp.Regexp
	quick    bool
	document string
}

func parse() (options, error) {
	var o options
	var only string
	flag.StringVar(&o.culvert, "culvert", "../bin/kubectl-culvert", "the `program` to try")
	flag.IntVar(&o.pairs, "pairs", 3, "how often each row is done by each")
	flag.StringVar(&only, "only", ".", "a regular `expression` for the rows to do; see -list")
	flag.BoolVar(&o.quick, "quick", false, "do little of each row, once: for development, not for figures")
	flag.StringVar(&o.document, "document", "", "a `file` whose marked part is replaced by what was found")
	list := flag.Bool("list", false, "list the rows and end")
	flag.Parse()
	if flag.NArg() > 0 {
		return o, fmt.Errorf("%q is not understood: give flags only", flag.Arg(0))
	}
	if o.pairs < 1 {
		return o, errors.New("-pairs is at least 1")
	}
	if o.quick {
		o.pairs = 1
	}
	var err error
	if o.only, err = regexp.Compile(only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	if *list {
		for _, r := range allRows() {
			fmt.Println(r.name)
		}
		os.Exit(0)
	}
	if o.culvert, err = filepath.Abs(o.culvert); err != nil {
		return o, err
	}
	if _, err := os.Stat(o.culvert); err != nil {
		return o, fmt.Errorf("the program to try: %w", err)
	}
	return o, nil
}

func run() error {
	o, err := parse()
	if err != nil {
		return err
	}
	rows := chosen(o.only)
	if len(rows) == 0 {
		return errors.New("-only leaves no row: see -list")
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	ro, err := real.OptionsFromEnv()
	if err != nil {
		return err
	}
	ro.RequireReal = true
	c, err := real.Start(ctx, ro)
	if err != nil {
		return err
	}
	t := &trial{options: o, c: c, began: time.Now(), load: loadAverage()}
	err = t.prepare(ctx, ro, rows)
	if err == nil {
		err = t.all(ctx, rows)
	}
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, errors.New(c.Logs()))
	}
	err = errors.Join(err, c.Stop())
	if err != nil {
		return err
	}
	if o.document != "" && (o.quick || len(rows) < len(allRows())) {
		fmt.Fprintf(os.Stderr, "clients: %s is left as it is, for not all was done\n", o.document)
		o.document = ""
	}
	if err := t.report().write(o.document); err != nil {
		return err
	}
	return t.verdict()
}
