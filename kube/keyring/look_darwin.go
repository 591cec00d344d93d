package keyring

import (
	"context"
	"fmt"
	"os/exec"
)

// look asks which keychain is used. Whether it is locked is not asked: the system
// would offer to unlock it.
func look(ctx context.Context) (idle bool, err error) {
	if err := exec.CommandContext(ctx, "/usr/bin/security", "default-keychain").Run(); err != nil {
		return false, fmt.Errorf("%w: there is no default keychain (%w)", errNone, err)
	}
	return false, nil
}
