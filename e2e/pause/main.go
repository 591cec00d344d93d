// Command pause is the first container of every pod: it holds the pod's
// namespaces until it is told to end.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// The pod's processes are not its children: the kubelet's default gives
	// each container a process namespace of its own, so nothing is to be reaped.
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	<-end
}
