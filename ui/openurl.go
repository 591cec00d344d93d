package ui

import (
	"context"
	"net/url"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/speaks"
	"culvert/ui/parts"
)

// spokenOf is what the ports of a tunnel were found to speak, for as long as its
// spec is the same.
type spokenOf struct {
	spec    tunnels.Spec
	schemes map[tunnels.Mapping]string
}

// site is an address that a browser can open.
type site struct {
	url  string
	port string // of the target
}

// sitesOf are the addresses of the doors behind which HTTP is spoken.
func sitesOf(doors []speaks.Door) []site {
	var out []site
	for _, d := range doors {
		if u := d.URL(); u != "" {
			out = append(out, site{u, d.Mapping.Remote.String()})
		}
	}
	return out
}

// nothingToOpen says what was found where no door speaks HTTP.
func nothingToOpen(st tunnels.Status, doors []speaks.Door) string {
	out := make([]string, 0, len(doors))
	for _, d := range doors {
		out = append(out, doorText(st, d))
	}
	return paragraph(out)
}

func doorText(st tunnels.Status, d speaks.Door) string {
	in := st.Pod
	if in == "" {
		in = st.Spec.Target.String()
	}
	about := vars{"Port": d.Mapping.Remote.String(), "Pod": in, "Address": d.Addr.String(), "Said": d.Found.Said}
	switch {
	case d.Err != nil:
		return lang.L("{{.Address}} cannot be reached now: nothing to open.", about)
	case d.Found.TLS && d.Found.Said != "":
		return lang.L("{{.Port}} in {{.Pod}} speaks TLS, but not HTTP (it sent “{{.Said}}”): nothing to open.", about)
	case d.Found.TLS:
		return lang.L("{{.Port}} in {{.Pod}} speaks TLS, but not HTTP: nothing to open.", about)
	case d.Found.Echo:
		return lang.L("{{.Port}} in {{.Pod}} does not speak HTTP (it sends back what it gets): nothing to open.", about)
	case d.Found.Said != "":
		return lang.L("{{.Port}} in {{.Pod}} does not speak HTTP (it sent “{{.Said}}”): nothing to open.", about)
	}
	return lang.L("{{.Port}} in {{.Pod}} does not speak HTTP (it said nothing that could be read): nothing to open.", about)
}

// openBrowser opens what a tunnel leads to in the browser, once it has been found
// out whether it speaks HTTP or HTTPS.
func (a *App) openBrowser(id tunnels.ID) {
	a.withSite(id, "open", lang.L("There is nothing to open"), func(s site) {
		u, err := url.Parse(s.url)
		if err == nil {
			err = a.deps.App.OpenURL(u)
		}
		if err != nil {
			a.tell(lang.L("The browser could not be opened"), joined(sentence(err.Error()), lang.L("Copy the URL instead: {{.URL}}", vars{"URL": s.url})))
		}
	})
}

// copyURL copies the address of what a tunnel leads to, with http or https in front
// of it.
func (a *App) copyURL(id tunnels.ID) {
	a.withSite(id, "url", lang.L("There is no URL to copy"), func(s site) { a.copyBy("details/url", s.url) })
}

// withSite finds what a tunnel leads to and does something with it; of several the
// user chooses one. It never waits.
func (a *App) withSite(id tunnels.ID, mark, none string, use func(site)) {
	st, ok := a.snap.Find(id)
	if !ok || a.probing[id] {
		return
	}
	doors := speaks.Doors(st)
	switch {
	case len(doors) == 0:
		a.tell(none, lang.L("“{{.Name}}” is not listening: start it first.", vars{"Name": st.Spec.Title()}))
		return
	case !st.State.Serving():
		word, _ := stateWord(st, a.deps.Now())
		a.tell(none, lang.L("“{{.Name}}” does not reach its pod now ({{.State}}): wait until it is ready.", vars{"Name": st.Spec.Title(), "State": word}))
		return
	}
	if known, ok := a.spoken[id]; ok && reflect.DeepEqual(known.spec, st.Spec) {
		for i, d := range doors {
			doors[i].Found.Scheme = known.schemes[d.Mapping]
		}
		if sites := sitesOf(doors); len(sites) > 0 {
			a.chooseSite(mark, sites, use)
			return
		}
	}
	a.probing[id] = true
	a.applyDetails(a.names(), a.deps.Now())
	a.spawn(func(ctx context.Context) {
		speaks.Ask(ctx, doors, a.prober)
		if ctx.Err() != nil {
			return
		}
		a.do(func() {
			delete(a.probing, id)
			a.applyDetails(a.names(), a.deps.Now())
			a.found(st, doors, mark, none, use)
		})
	})
}

// found uses what was found, and remembers it where it is of use.
func (a *App) found(st tunnels.Status, doors []speaks.Door, mark, none string, use func(site)) {
	sites := sitesOf(doors)
	if len(sites) == 0 {
		a.askForAddress(st.Spec.ID, none, nothingToOpen(st, doors))
		return
	}
	known := spokenOf{spec: st.Spec, schemes: make(map[tunnels.Mapping]string)}
	for _, d := range doors {
		known.schemes[d.Mapping] = d.Found.Scheme
	}
	a.spoken[st.Spec.ID] = known
	a.chooseSite(mark, sites, use)
}

// askForAddress says why there is no URL, and offers the bare address.
func (a *App) askForAddress(id tunnels.ID, title, text string) {
	a.ask(question{
		mark: "no-site", title: title, text: text, ok: lang.L("Copy the address"),
		do: func(context.Context) (string, error) {
			a.do(func() { a.copyAddress(id) })
			return "", nil
		},
	})
}

// chooseSite uses the only site, or lets the user choose one.
func (a *App) chooseSite(mark string, sites []site, use func(site)) {
	if len(sites) == 1 {
		use(sites[0])
		return
	}
	options := make([]parts.Option, 0, len(sites))
	for _, s := range sites {
		options = append(options, parts.Option{Key: s.url, Text: s.url, Note: s.port, Icon: "external-link"})
	}
	parts.OpenMenu(a.window.Canvas(), "site:"+mark, a.below(mark), options, func(key string) {
		for _, s := range sites {
			if s.url == key {
				use(s)
			}
		}
	})
}

// below is the place of a menu: below the button that it belongs to, or in the
// middle of the window where that is not shown.
func (a *App) below(mark string) fyne.Position {
	b := a.details.open
	if mark == "url" {
		b = a.details.url
	}
	if a.detail && b.Visible() {
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(b).AddXY(0, b.Size().Height+4)
	}
	size := a.window.Canvas().Size()
	return fyne.NewPos(floor(size.Width/2)-110, floor(size.Height/3))
}
