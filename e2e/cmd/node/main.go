// Command node runs and confines the processes of a test cluster; see package
// node.
package main

import (
	"os"

	"culvert/e2e/node"
)

func main() { os.Exit(node.Main(os.Args)) }
