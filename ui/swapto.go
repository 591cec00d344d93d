package ui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// swapTo moves a tunnel to one of its target's pods.
func (a *App) swapTo(id tunnels.ID, pod string) {
	if st, ok := a.snap.Find(id); ok && running(st.State) {
		a.act(id, lang.L("Swapping…"), func(context.Context) error { return a.deps.Tunnels.Swap(id, pod) })
	}
}
