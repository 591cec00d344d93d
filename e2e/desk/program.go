package desk

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"culvert/e2e/real"
)

// Build makes the program with its window, and with the names of its widgets, and
// returns its path. It is for packages that are a folder in the folder e2e.
func Build() (program string, err error) {
	module, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	options, err := real.OptionsFromEnv()
	if err != nil {
		return "", err
	}
	cache, err := options.CacheDir()
	if err != nil {
		return "", err
	}
	began := time.Now()
	program = filepath.Join(cache, "bin", "culvert-e2e")
	// Packages are tested at the same time: each moves a whole file to its place.
	draft := fmt.Sprintf("%s.%d", program, os.Getpid())
	cmd := exec.Command("go", "build", "-buildvcs=false", "-tags", "migrated_fynedo no_emoji e2e", "-o", draft, ".")
	cmd.Dir = filepath.Dir(module)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOWORK=off", "GOFLAGS=")
	if printed, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, printed)
	}
	if err := os.Rename(draft, program); err != nil {
		return "", err
	}
	fmt.Fprintf(os.Stderr, "e2e: %7.2f s  build culvert with its window: done\n", time.Since(began).Seconds())
	return program, nil
}
