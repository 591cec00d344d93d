package window

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"culvert/e2e/real"
)

// patience bounds what a test waits for. It is long, for the machine may be
// busy; tests wait for events and not for time.
const patience = 60 * time.Second

var (
	picturesDir = flag.String("pictures", "", "the `folder` for the pictures of the documentation; empty means a temporary one")
	heldPort    = flag.String("hold-port", "", "be a program that listens on this `port`")
	allPictures = flag.String("pictures-all", "", "the `folder` for pictures of each size, scale and theme; empty means none")
)

// suite is what the tests share.
type suite struct {
	culvert string // the path of the program under test

	starting sync.Once
	cluster  *real.Cluster // once a test has asked for it
	trouble  error
}

// shared is set up by TestMain before any test runs.
var shared suite

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	flag.Parse()
	if *serveDemo != "" {
		return serveCluster(*serveDemo)
	}
	if *heldPort != "" {
		return holdPort(*heldPort)
	}
	if err := shared.build(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: build culvert with its window: %v\n", err)
		return 1
	}
	defer func() {
		if err := shared.stop(code != 0); err != nil {
			fmt.Fprintf(os.Stderr, "e2e: %v\n", err)
			code = 1
		}
	}()
	return m.Run()
}

// build makes the program with its window, and with the names of its widgets.
func (s *suite) build() error {
	module, err := filepath.Abs("..")
	if err != nil {
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
	s.culvert = filepath.Join(cache, "bin", "culvert-e2e")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-tags", "migrated_fynedo no_emoji e2e", "-o", s.culvert, ".")
	cmd.Dir = filepath.Dir(module)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOWORK=off", "GOFLAGS=")
	if printed, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, printed)
	}
	fmt.Fprintf(os.Stderr, "e2e: %7.2f s  build culvert with its window: done\n", time.Since(began).Seconds())
	return nil
}

// realCluster returns the cluster, with the pod podsrv in the namespace
// default. The first call starts it.
func realCluster(t *testing.T) *real.Cluster {
	t.Helper()
	s := &shared
	s.starting.Do(func() {
		options, err := real.OptionsFromEnv()
		if err != nil {
			s.trouble = err
			return
		}
		if s.cluster, s.trouble = real.Start(context.Background(), options); s.trouble == nil {
			s.trouble = s.cluster.ApplyDemo(context.Background())
		}
	})
	if s.trouble != nil {
		t.Fatal(s.trouble)
	}
	return s.cluster
}

// stop ends the cluster, if there is one. The logs of a failed run go to the
// folder E2E_LOGS if that is set, and their ends to standard error.
func (s *suite) stop(failed bool) error {
	if s.cluster == nil {
		return nil
	}
	var err error
	if failed {
		fmt.Fprint(os.Stderr, s.cluster.Logs())
		if dir := os.Getenv("E2E_LOGS"); dir != "" {
			err = s.cluster.SaveLogs(dir)
		}
	}
	return errors.Join(err, s.cluster.Stop())
}

// eventually calls try again and again until it returns nil. What takes long is
// told.
func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			if took := time.Since(began); took > 3*time.Second {
				t.Logf("%s: after %.1f s", what, took.Seconds())
			}
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %v: %v", what, patience, err)
		}
	}
}
