//go:build windows || darwin

package trayhost

import "context"

// Watch calls fn with whether something shows icons in a tray, and blocks until ctx
// is done. Here something always does.
func Watch(ctx context.Context, fn func(present bool)) {
	fn(true)
	<-ctx.Done()
}
