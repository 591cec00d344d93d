// Command server is what the pods of the real clients' run have beside Debian's
// programs: a server of WebSockets and of gRPC, and what makes files and a
// history for the others to serve.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"culvert/e2e/clients/content"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatalf("server: %v", err)
	}
}

func run(args []string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	switch {
	case len(args) == 2 && args[0] == "file":
		size, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil {
			return err
		}
		_, err = io.Copy(os.Stdout, content.Noise(1, size))
		return err
	case len(args) == 1 && args[0] == "history":
		return content.History(os.Stdout)
	case len(args) == 1 && args[0] == "streams":
		return serve(ctx)
	}
	return fmt.Errorf("%q is not understood: use file SIZE, history or streams", args)
}
