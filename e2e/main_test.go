// Package e2e tests the built culvert against a real cluster; README.md tells
// what it needs.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"culvert/e2e/real"
)

// patience bounds what a test waits for. It is long, for the machine may be
// busy; tests wait for events and not for time.
const patience = 60 * time.Second

// suite is what all tests share: one cluster, with podsrv in the namespace
// default, and the program under test.
type suite struct {
	*real.Cluster
	culvert string // the path of the static build
	module  string // the folder of this module
}

// shared is set by TestMain before any test runs, and not changed after.
var shared suite

func TestMain(m *testing.M) {
	if socket := os.Getenv(askSocket); socket != "" {
		os.Exit(ask(socket))
	}
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	began := time.Now()
	if err := shared.start(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: %v\n", err)
		return 1
	}
	defer func() {
		if err := shared.stop(code != 0); err != nil {
			fmt.Fprintf(os.Stderr, "e2e: %v\n", err)
			code = 1
		}
		fmt.Fprintf(os.Stderr, "e2e: %7.2f s  in all\n", time.Since(began).Seconds())
	}()
	return m.Run()
}

func (s *suite) start() error {
	var err error
	if s.module, err = os.Getwd(); err != nil {
		return err
	}
	options, err := real.OptionsFromEnv()
	if err != nil {
		return err
	}
	cache, err := options.CacheDir()
	if err != nil {
		return err
	}
	began := time.Now()
	s.culvert = filepath.Join(cache, "bin", "kubectl-culvert")
	if err := real.GoBuild(filepath.Dir(s.module), s.culvert, "-tags", "nogui", "-ldflags", "-s -w", "."); err != nil {
		return fmt.Errorf("build culvert: %w", err)
	}
	fmt.Fprintf(os.Stderr, "e2e: %7.2f s  build culvert: done\n", time.Since(began).Seconds())
	ctx := context.Background()
	if s.Cluster, err = real.Start(ctx, options); err != nil {
		return err
	}
	if err := s.ApplyDemo(ctx); err != nil {
		return errors.Join(err, s.stop(true))
	}
	return nil
}

// stop ends the cluster. The logs of a failed run go to the folder E2E_LOGS if
// that is set, and their ends to standard error.
func (s *suite) stop(failed bool) error {
	var err error
	if failed {
		fmt.Fprint(os.Stderr, s.Logs())
		if dir := os.Getenv("E2E_LOGS"); dir != "" {
			err = s.SaveLogs(dir)
		}
	}
	return errors.Join(err, s.Stop())
}

// testContext ends with the test or when its patience does.
func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	return ctx
}

// eventually calls try again and again until it returns nil.
func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %v: %v", what, patience, err)
		}
	}
}
