package motion

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// wait is how long the system may take to answer.
const wait = 2 * time.Second

// Reduced asks the system, for 2 s at most. Where nobody has chosen there is no answer.
func Reduced(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/bin/defaults", "read", "com.apple.universalaccess", "reduceMotion").Output()
	return err == nil && strings.TrimSpace(string(out)) == "1"
}
