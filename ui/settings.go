package ui

import (
	"context"
	"time"

	"culvert/tunnels/workspace"
)

// settingsEvery is how often it is looked whether somebody else has changed the
// settings.
const settingsEvery = 5 * time.Second

// followSettings keeps a.settings as the settings are, until the window is closed: they
// may be another process's, and asking for them takes its time.
func (a *App) followSettings() {
	if a.deps.Settings == nil {
		return
	}
	a.spawn(func(ctx context.Context) {
		tick := time.NewTicker(settingsEvery)
		defer tick.Stop()
		for {
			a.readSettings()
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// heardSettings are settings as an answer had them.
type heardSettings struct {
	turn uint64 // of the question, from 1
	workspace.Settings
}

// readSettings asks for the settings; it may block. Of several answers that of the last
// question stays.
func (a *App) readSettings() {
	heard := &heardSettings{turn: a.settingsAsked.Add(1), Settings: a.deps.Settings.Settings()}
	for {
		was := a.settings.Load()
		if was != nil && was.turn > heard.turn || a.settings.CompareAndSwap(was, heard) {
			return
		}
	}
}

// settingsNow returns the settings as they were heard of last; before that they are what
// they are at first.
func (a *App) settingsNow() workspace.Settings {
	if s := a.settings.Load(); s != nil {
		return s.Settings
	}
	return workspace.Settings{}
}

// withSettings does something once the settings are known: at once, but for the first
// moment of the window.
func (a *App) withSettings(do func()) {
	if a.deps.Settings == nil || a.settings.Load() != nil {
		do()
		return
	}
	a.spawn(func(ctx context.Context) {
		a.readSettings()
		if ctx.Err() == nil {
			a.do(do)
		}
	})
}
