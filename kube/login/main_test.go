package login

import (
	"os"
	"testing"

	"culvert/tunnels/tunneltest/leaks"
)

// The fuzzer leaves what waits for signals.
func TestMain(m *testing.M) { os.Exit(leaks.Run(m, "os/signal.")) }
