package kube_test

import (
	"os"
	"testing"

	"culvert/kube"
	"culvert/tunnels/tunneltest/leaks"
)

// TestMain lets this test's program do what [kube.Options].Program has to.
func TestMain(m *testing.M) {
	if status, done := kube.RunPart(os.Args[1:]); done {
		os.Exit(status)
	}
	os.Exit(leaks.Run(m))
}
