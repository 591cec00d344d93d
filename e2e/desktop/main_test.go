package desktop

import (
	"fmt"
	"os"
	"testing"

	"culvert/e2e/desk"
)

// program is the path of the program under test.
var program string

func TestMain(m *testing.M) {
	var err error
	if program, err = desk.Build(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: build culvert with its window: %v\n", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
