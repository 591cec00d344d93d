//go:build !nogui

package main

import (
	"context"

	"culvert/ui/trayhost"
)

// trayShown says whether something shows icons in a tray now. It returns false when
// that is not known before ctx is done.
func trayShown(ctx context.Context) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	shown := false
	trayhost.Watch(ctx, func(present bool) {
		shown = present
		cancel() // the first answer will do
	})
	return shown
}
