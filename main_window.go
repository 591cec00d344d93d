//go:build !nogui

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"culvert/cli"
	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels/attach"
	"culvert/ui"
)

// appID names the program to desktops.
const appID = "io.culvert.Culvert"

// withWindow adds the window.
func withWindow(d cli.Deps) cli.Deps {
	d.HasDisplay = hasDisplay
	d.Tray = trayShown
	d.Window = openWindow
	return d
}

// openWindow shows the window and blocks until it is closed or ctx is done. Tunnels of
// this process end with it; those of a background process go on.
func openWindow(ctx context.Context, o cli.WindowOptions) error {
	warn := func(err error) {
		warn(err)
		o.Log.Warn("warning", "error", err)
	}
	one, err := claim(ctx, o, "", warn)
	if one == nil {
		return err
	}
	end := newLeaving()
	defer end.leave()
	end.later(one.close)
	language, err := languageOf(o)
	if err != nil {
		warn(err)
	}
	if err := ui.SpeakUsersLanguage(language); err != nil {
		warn(err)
	}
	makeCacheDir()
	launchNoBus()
	keys := keyring.New(o.Keyring, nil) // what is to be said, the window says
	clusters, err := kube.Open(kube.Options{
		Path: o.Kubeconfig, Data: o.Data, Patient: true, Folder: o.Folder, Program: o.Program, Shell: o.Shell,
		Keyring: keys, Warn: warn, Crashes: o.Crashes,
	})
	if err != nil {
		return err
	}
	end.later(clusters.Close)
	warnings := make(chan error, 16)
	told := func(err error) {
		warn(err)
		select {
		case warnings <- err:
		default: // the window has enough to tell
		}
	}
	opener := &engines{o: o, clusters: clusters, kubeconfigs: clusters.Kubeconfigs, warn: told}
	engine, err := attach.New(ctx, opener.open, told, o.Crashes)
	if err != nil {
		return err
	}
	end.later(engine.Close)
	end.later(one.leave)
	var access ui.Access // nil where there is nowhere to keep what it changes
	if o.Folder != "" {
		access = clusters
	}
	var memory windowMemory
	if o.Folder != "" {
		memory = windowMemory(filepath.Join(o.Folder, "window.json"))
	}
	deps := ui.Deps{
		App: newApp(), Memory: memory, Screen: screenSize, Catalog: clusters, Access: access, Demo: o.Demo,
		Tunnels: engine, Profiles: engine, Settings: engine, Home: engine, Begin: opener.toBegin(), Warnings: warnings,
		Keyring: keyringOfAll{keys, clusters}, Crashes: o.Crashes,
		Stuck: func() {
			// The toolkit hangs although the window is closed: what would have
			// been done behind Run is done here.
			end.leave()
			os.Exit(cli.ExitOK)
		},
	}
	background(&deps, o)
	window := ui.New(deps)
	one.show(faceOf(window, clusters.Kubeconfigs))
	if len(o.Files) > 0 {
		one.face.open(startOf(o).files)
	}
	defer context.AfterFunc(ctx, func() {
		window.Quit()
		end.leave() // the toolkit may be stuck
	})()
	onDisplayLost(func() {
		warn(errors.New("the connection to the display is lost"))
		end.leave()
		os.Exit(cli.ExitError)
	})
	window.Run()
	return nil
}

// keyringOfAll is the keyring together with the clusters that have tokens in it.
type keyringOfAll struct {
	*keyring.Keyring
	clusters *kube.Clusters
}

// Retry implements [ui.Keyring]: the clusters fetch their tokens anew.
func (k keyringOfAll) Retry(ctx context.Context) error { return k.clusters.RetryKeyring(ctx) }

// warn tells the user what is wrong but not fatal.
func warn(err error) { fmt.Fprintf(os.Stderr, "culvert: %v\n", err) }

// newApp returns the toolkit's app. It gets its ID afterwards: one that has it
// from the start keeps preferences of its own, see windowMemory. One without has
// made a folder for itself, another with each start: it goes.
func newApp() fyne.App {
	app.SetMetadata(fyne.AppMetadata{Name: ui.Title, Version: version})
	a := app.NewWithID("")
	_ = os.Remove(a.Cache().RootURI().Path()) // empty, or not there
	app.SetMetadata(fyne.AppMetadata{ID: appID, Name: ui.Title, Version: version})
	return a
}

// makeCacheDir makes the user's cache folder where a fresh home has none: the
// toolkit makes a folder in it, but not the folder itself, and complains on
// stderr. Where it cannot be made the complaint stands.
func makeCacheDir() {
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700)
	}
}
