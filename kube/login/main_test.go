package login

import (
	"os"
	"testing"

	"culvert/tunnels/tunneltest/leaks"
)

func TestMain(m *testing.M) { os.Exit(leaks.Run(m)) }
