// Command peers does what can go wrong to Culvert, kubectl and others at the
// same time, on a real cluster, and writes what became of each. Run it with
// `make peers`; docs/peers.md tells what is measured and how.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"culvert/e2e/load"
	"culvert/e2e/peers"
	"culvert/e2e/real"
)

func main() {
	var err error
	if len(os.Args) == 2 && os.Args[1] == peers.LoadVerb {
		err = load.Main(os.Stdin, os.Stdout)
	} else {
		err = run()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "peers: %v\n", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	peers.Options
	document, json, from string
}

func parse() (options, error) {
	o := options{Options: peers.Options{Progress: os.Stderr}}
	var only string
	flag.StringVar(&o.Programs.Culvert, "culvert", "../bin/kubectl-culvert", "the `program` to measure")
	flag.StringVar(&o.Peers, "peers", "", "the `names` of the peers, with commas between them; all if left out")
	flag.StringVar(&only, "only", ".", "a regular `expression` for the rows to do; see -list")
	flag.BoolVar(&o.Quick, "quick", false, "leave out the rows that take long")
	flag.StringVar(&o.document, "document", "", "a `file` whose marked part is replaced by the table")
	flag.StringVar(&o.json, "json", "", "the `file` for all observations; none when empty")
	flag.StringVar(&o.from, "from", "", "write the table of an earlier run, from its `file` of -json, and measure nothing")
	list := flag.Bool("list", false, "list the rows and the peers and end")
	flag.Parse()
	if flag.NArg() > 0 {
		return o, fmt.Errorf("%q is not understood: give flags only", flag.Arg(0))
	}
	if *list {
		for _, r := range peers.Rows() {
			fmt.Printf("%-34s %s\n", r.Name, r.What)
		}
		for _, p := range peers.Peers() {
			fmt.Printf("%-34s %s\n", p.Name, p.About)
		}
		os.Exit(0)
	}
	var err error
	if o.Only, err = regexp.Compile(only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	if o.Programs.Culvert, err = filepath.Abs(o.Programs.Culvert); err != nil {
		return o, err
	}
	if _, err := os.Stat(o.Programs.Culvert); err != nil {
		return o, fmt.Errorf("the program to measure: %w", err)
	}
	return o, nil
}

func run() error {
	o, err := parse()
	if err != nil {
		return err
	}
	if o.from != "" {
		return again(o)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	ro, err := real.OptionsFromEnv()
	if err != nil {
		return err
	}
	ro.RequireReal = true
	cache, err := ro.CacheDir()
	if err != nil {
		return err
	}
	o.Programs.Library = filepath.Join(cache, "bin", "peer-forwarder")
	fmt.Fprintln(os.Stderr, "peers: build anthhub/forwarder")
	if err := real.GoBuild("peer-forwarder", o.Programs.Library, "-ldflags", "-s -w", "."); err != nil {
		return fmt.Errorf("build anthhub/forwarder: %w", err)
	}
	began := time.Now()
	c, err := real.Start(ctx, ro)
	if err != nil {
		return err
	}
	o.Programs.Kubectl = c.KubectlPath()
	r, err := measure(ctx, c, o)
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, errors.New(c.Logs()))
	}
	if err = errors.Join(err, c.Stop()); r == nil {
		return err
	}
	report := r.Report(began)
	return errors.Join(err, write(report, o))
}

// again writes what an earlier run has found.
func again(o options) error {
	b, err := os.ReadFile(o.from)
	if err != nil {
		return err
	}
	var report peers.Report
	if err := json.Unmarshal(b, &report); err != nil {
		return fmt.Errorf("%s: %w", o.from, err)
	}
	o.json = "" // it is there
	return write(report, o)
}

func measure(ctx context.Context, c *real.Cluster, o options) (*peers.Run, error) {
	home, err := os.MkdirTemp("", "culvert-peers-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(home) }() // what stays is in the folder for such files
	r, err := peers.New(ctx, c, home, o.Options)
	if err != nil {
		return nil, err
	}
	return r, r.Measure(ctx)
}

// write prints the table, and puts it and the observations where the flags say.
func write(report peers.Report, o options) error {
	table := report.Table()
	fmt.Print(table)
	if o.json != "" {
		b, err := json.MarshalIndent(report, "", "\t")
		if err != nil {
			return err
		}
		if err := os.WriteFile(o.json, append(b, '\n'), 0o644); err != nil {
			return err
		}
	}
	if o.document == "" {
		return nil
	}
	text, err := os.ReadFile(o.document)
	if err != nil {
		return err
	}
	if text, err = peers.Replace(text, table); err != nil {
		return fmt.Errorf("%s: %w", o.document, err)
	}
	return os.WriteFile(o.document, text, 0o644)
}
