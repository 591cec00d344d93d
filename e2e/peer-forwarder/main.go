// Command peer-forwarder forwards ports with the library anthhub/forwarder, as
// programs do that embed it. Its arguments are those of kubectl port-forward,
// as far as the library has them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/anthhub/forwarder"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	namespace := flag.String("n", "default", "the `namespace`")
	flag.Parse()
	if flag.NArg() < 2 {
		return fmt.Errorf("usage: peer-forwarder [-n NAMESPACE] KIND/NAME LOCAL:REMOTE…")
	}
	var options []*forwarder.Option
	for _, arg := range flag.Args()[1:] {
		local, remote, ok := strings.Cut(arg, ":")
		from, err := strconv.Atoi(local)
		to, err2 := strconv.Atoi(remote)
		if !ok || err != nil || err2 != nil {
			return fmt.Errorf("%q is not LOCAL:REMOTE in numbers, and the library takes nothing else", arg)
		}
		options = append(options, &forwarder.Option{
			LocalPort: from, RemotePort: to, Namespace: *namespace, Source: flag.Arg(0),
		})
	}
	r, err := forwarder.WithForwarders(context.Background(), options, os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := r.Ready(); err != nil {
		return err
	}
	r.Wait()
	return nil
}
