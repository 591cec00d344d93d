package ui

func (a *App) quickLine() { a.newTunnel() }

func (a *App) pasteCommand() { a.newTunnel() }
