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
	if err := wait(ctx, os.Getenv("PODSRV_DELAY")); err != nil {
		return err
	}
	return demopod.Serve(ctx, demopod.ListenTCP, pod, demopod.Standard())
}

// wait is what makes a program slow to start: it takes as long as the duration
// says, or until ctx is done.
func wait(ctx context.Context, duration string) error {
	if duration == "" {
		return nil
	}
	d, err := time.ParseDuration(duration)
	if err != nil {
		return fmt.Errorf("PODSRV_DELAY: %w", err)
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return nil
}
