// Command manpages writes the manual pages of culvert and its verbs into a folder. It is
// for `make man` alone: the program itself does not have them.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"culvert/cli"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "development"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: manpages FOLDER")
		os.Exit(2)
	}
	if err := write(cli.Command(version), os.Args[1], date()); err != nil {
		fmt.Fprintf(os.Stderr, "manpages: %v\n", err)
		os.Exit(1)
	}
}

// date is what the pages are of: SOURCE_DATE_EPOCH, or now.
func date() time.Time {
	if epoch, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(epoch, 0).UTC()
	}
	return time.Now()
}
