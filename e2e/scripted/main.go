// Command scripted is Culvert's window over tunnels and clusters that do what the
// flags say and nothing else, so that a benchmark knows what the window has to
// do. It is a module of its own: the toolkit's requirements are not those of the
// other end-to-end tests.
//
// Lines on its standard input are commands, see [control].
package main

import (
	"context"
	"flag"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"culvert/ui"
)

func main() {
	count := flag.Int("tunnels", 20, "how many tunnels there are, all ready")
	changes := flag.Int("changes", 0, "how many changes there are in a second, in all")
	pods := flag.Int("pods", 0, "how many pods the namespace \"big\" has")
	flag.Parse()

	app.SetMetadata(fyne.AppMetadata{ID: "io.culvert.Scripted", Name: ui.Title})
	ctx, cancel := context.WithCancel(context.Background())
	list := newTunnels(*count)
	defer list.stop()
	if *changes > 0 {
		list.change(ctx, *changes)
	}
	window := ui.New(ui.Deps{App: app.NewWithID("io.culvert.Scripted"), Tunnels: list, Catalog: newCatalog(*pods)})
	go control() // until standard input ends, or the process
	defer cancel()
	window.Run()
}
