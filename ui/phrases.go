package ui

import "fyne.io/fyne/v2/lang"

// phrases are the words of rows that do not vary, in the user's language. To look
// one up costs a microsecond or two: it is done once for each drawing and not for
// each row.
type phrases struct {
	and, freePort, notListening string
	noReconnects, noSession     string
	failed                      string
}

func newPhrases() *phrases {
	return &phrases{
		and: lang.L("and") + " ", freePort: lang.L("any free port"), notListening: lang.L("not listening"),
		noReconnects: lang.L("no reconnects"), noSession: lang.L("no session"), failed: lang.L("Not done: see details"),
	}
}
