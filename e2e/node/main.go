package node

import (
	"encoding/json"
	"fmt"
	"log"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
)

const usage = `usage: node serve SETUP-JSON
       node exec PARENT-PID NETNS|- PROGRAM [ARG…]`

// Main runs the command cmd/node and returns its exit status.
func Main(args []string) int {
	log.SetPrefix("node: ")
	switch {
	case len(args) == 3 && args[1] == "serve":
		var s Setup
		if err := json.Unmarshal([]byte(args[2]), &s); err != nil {
			log.Printf("read the setup: %v", err)
			return 2
		}
		if err := serve(s); err != nil {
			log.Print(err)
			return 1
		}
		return 0
	case len(args) >= 5 && args[1] == "exec":
		err := enter(args[2], args[3], args[4:])
		fmt.Fprintf(os.Stderr, "node: run %s: %v\n", args[4], err)
		return 127
	}
	fmt.Fprintln(os.Stderr, usage)
	return 2
}

// serve answers calls until its input ends, and leaves nothing behind.
func serve(s Setup) error {
	logs, err := os.OpenRoot(s.RunDir + "/log")
	if err != nil {
		return fmt.Errorf("open the folder of logs: %w", err)
	}
	n := &Node{setup: s, logs: logs, children: newChildren()}
	defer n.end()
	if s.Confined {
		if err := confine(s); err != nil {
			return err
		}
	}
	server := rpc.NewServer()
	if err := server.RegisterName(Service, n); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	server.ServeCodec(jsonrpc.NewServerCodec(wire{os.Stdin, os.Stdout}))
	return nil
}
