// Command podsrv is what the pods of the test cluster run.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

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
	return demopod.Serve(ctx, demopod.ListenTCP, pod, demopod.Standard())
}
