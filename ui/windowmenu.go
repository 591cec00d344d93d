package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

// The verbs of the window's menu, beside the themes.
const (
	menuPrefs = "preferences"
	menuTake  = "import"
	menuGive  = "export"
	menuKeys  = "keys"
	menuDocs  = "documents"
	menuAbout = "about"
	menuQuit  = "quit"
	menuTheme = "theme:" // and the choice
)

// windowMenu opens the menu at the end of the top bar.
func (a *App) windowMenu(at fyne.Position) {
	theme := func(choice, text string) parts.Option {
		return parts.Option{Key: menuTheme + choice, Text: text, On: a.memory.Theme == choice}
	}
	quit := lang.L("Quit")
	if a.elsewhere() {
		quit = quitText(tallyOf(a.snap).running, true)
	}
	items := []parts.Option{
		{Key: menuPrefs, Text: lang.L("Preferences…"), Note: with(fyne.KeyComma).String()},
		{Key: menuTake, Text: lang.L("Import tunnels…")},
		{Key: menuGive, Text: lang.L("Export tunnels…"), Dim: len(a.snap) == 0},
		{Key: menuKeys, Text: lang.L("Keys"), Note: plain(fyne.KeyF1).String()},
		{Text: lang.L("Theme"), Head: true},
		theme("", lang.L("As the desktop")), theme(themeLight, lang.L("Light")), theme(themeDark, lang.L("Dark")),
		{Text: Title, Head: true},
		{Key: menuDocs, Text: lang.L("Documentation")},
		{Key: menuAbout, Text: lang.L("About Culvert")},
		{Key: menuQuit, Text: quit, Note: with(fyne.KeyQ).String()},
	}
	parts.OpenMenu(a.window.Canvas(), "window-menu", at, items, func(key string) {
		choice, isTheme := strings.CutPrefix(key, menuTheme)
		switch {
		case isTheme:
			a.setTheme(choice)
			a.keepSoon()
		case key == menuPrefs:
			a.preferences()
		case key == menuTake:
			a.importTunnels()
		case key == menuGive:
			a.giveShown()
		case key == menuKeys:
			a.showKeys()
		case key == menuQuit:
			a.quitAsked()
		case key == menuDocs:
			a.showDocuments()
		case key == menuAbout:
			a.about()
		}
	})
}
