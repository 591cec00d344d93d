package window

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"

	"culvert/e2e/desk"
	"culvert/e2e/real"
)

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
	if code, served := desk.Served(); served {
		return code
	}
	if *heldPort != "" {
		return holdPort(*heldPort)
	}
	var err error
	if shared.culvert, err = desk.Build(); err != nil {
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
