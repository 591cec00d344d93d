// Command cluster runs the end-to-end tests' cluster for trying things by hand.
package main

import (
	"errors"
	"fmt"
	"os"
)

const usage = `usage: go run ./cmd/cluster VERB

  run                 bring a cluster up and keep it until Ctrl-C
  up                  the same in the background; "down" ends it
  down                end the cluster that "up" has started
  kubectl ARG…        kubectl as the cluster's administrator
  exec PROGRAM ARG…   run a program in the cluster's network, with KUBECONFIG set
  logs                the last lines of each component's log

E2E_REQUIRE and E2E_CACHE are as in README.md.`

func main() {
	err := errUsage
	if len(os.Args) > 1 {
		err = verb(os.Args[1], os.Args[2:])
	}
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	case err != nil:
		fmt.Fprintf(os.Stderr, "cluster: %v\n", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("wrong usage")

func verb(name string, args []string) error {
	switch {
	case name == "run" && len(args) == 0:
		return run()
	case name == "up" && len(args) == 0:
		return up()
	case name == "down" && len(args) == 0:
		return down()
	case name == "logs" && len(args) == 0:
		return logs()
	case name == "kubectl":
		return execute("", args)
	case name == "exec" && len(args) > 0:
		return execute(args[0], args[1:])
	}
	return errUsage
}
