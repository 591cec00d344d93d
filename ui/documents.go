package ui

import (
	"net/url"
	"path"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/docs"
	"culvert/ui/parts"
)

// docLink is where a link in a document leads.
type docLink struct {
	name   string // of a document; empty for an address of the web
	anchor string // in the document; empty for its beginning
	url    *url.URL
}

// docLinkOf says where a link leads; ok is false where nothing is there without the
// source of the program. in is the document that has the link.
func docLinkOf(link *url.URL, in string, all []docs.Document) (to docLink, ok bool) {
	switch {
	case link == nil:
		return docLink{}, false
	case link.Scheme == "https":
		return docLink{url: link}, true
	case link.Scheme != "" || link.Host != "":
		return docLink{}, false
	}
	to = docLink{name: in, anchor: link.Fragment}
	if link.Path != "" {
		to.name = path.Clean(link.Path)
	}
	for _, d := range all {
		if d.Name == to.name {
			return to, true
		}
	}
	return docLink{}, false
}

// readable takes pictures out of a document, which the window does not show.
func readable(markdown string) string {
	var out strings.Builder
	for line := range strings.Lines(markdown) {
		if !strings.HasPrefix(line, "![") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// showDocuments opens the documents at the first of them.
func (a *App) showDocuments() {
	s := newDocSheet(docs.All(), a.copyText, func(u *url.URL) {
		if err := a.deps.App.OpenURL(u); err != nil {
			a.tell(lang.L("The browser could not be opened"), joined(sentence(err.Error()), lang.L("Copy the URL instead: {{.URL}}", vars{"URL": u.String()})))
		}
	})
	s.follow(docLink{name: s.all[0].Name})
	s.open(a.window.Canvas())
}

// docOptions are the documents to choose from.
func docOptions(all []docs.Document) []parts.Option {
	out := make([]parts.Option, 0, len(all))
	for _, d := range all {
		out = append(out, parts.Option{Key: d.Name, Text: d.Title})
	}
	return out
}
