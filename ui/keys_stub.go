package ui

import "culvert/tunnels"

func (a *App) quickLine() { a.newTunnel() }

func (a *App) pasteCommand() { a.newTunnel() }

func (a *App) duplicate(id tunnels.ID) { a.edit(id) }
