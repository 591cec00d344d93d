// Command podsrv is what the pods of the test cluster run.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"culvert/kube/kubetest/demopod"
)

func main() {
	log.SetPrefix("podsrv: ")
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	pod, err := os.Hostname() // a container's host name is its pod's
	if err != nil {
		return err
	}
	log.Printf("pod %s", pod)
	delay, err := duration("PODSRV_DELAY") // makes a program slow to start
	if err != nil {
		return err
	}
	grace, err := duration("PODSRV_GRACE") // for connections after SIGTERM
	if err != nil {
		return err
	}
	select {
	case <-time.After(delay):
	case <-ctx.Done():
	}
	return demopod.Serve(ctx, demopod.ListenTCP, pod, demopod.Standard(), grace)
}

// duration reads a variable of the environment, 0 when it is not set.
func duration(name string) (time.Duration, error) {
	v := os.Getenv(name)
	if v == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(v)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}
