package desktop

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"culvert/e2e/desk"
)

// pictures is where the pictures of panels are kept, to be looked at.
var pictures = flag.String("pictures", "", "the `folder` for pictures of panels; empty means a temporary one")

// program is the path of the program under test.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if program, err = desk.Build(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: build culvert with its window: %v\n", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
