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
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	pod, err := os.Hostname() // a container's host name is its pod's
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("pod %s", pod)
	if err := demopod.Serve(ctx, demopod.ListenTCP, pod, demopod.Standard()); err != nil {
		log.Fatal(err)
	}
}
