package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
)

const (
	// mostReviewed is how many contexts of a file the sheet shows.
	mostReviewed = 100
	// mostDemands is how long what a context does may be, in bytes, to be read
	// here. What cannot be read cannot be allowed.
	mostDemands = 16 << 10
)

// importView is what the Import sheet shows.
type importView struct {
	title  string
	path   string
	text   string
	doing  string
	failed string
	items  []importItem
	have   bool // the file is imported: it can be forgotten
	can    bool // it can be imported
}

// importItem is one context of the file.
type importItem struct {
	name, server string
	demands      string // in full; empty when there is nothing to allow
	note         string
	hash         string // empty when it cannot be allowed here
	allowed      bool
	kept         bool // allowed for good: there is nothing to click
}

// importViewOf returns what the sheet shows, given the contexts that there are.
func importViewOf(i *importing, now []kube.Context, at time.Time) importView {
	v := importView{title: lang.L("Import a kubeconfig"), path: i.path, have: i.have, can: i.read && !i.have && i.doing == ""}
	if i.doing != "" {
		v.doing = waitingText(i.doing, i.since, at)
	}
	if i.have {
		v.title = lang.L("An imported kubeconfig")
	}
	if i.failed != nil {
		v.failed = complaint(i.failed)
	}
	if !i.read {
		return v
	}
	v.text = lang.L("The file stays where it is and is followed. Nothing of it runs, and it reads no other file, before you have allowed that below.")
	contexts := i.in.Contexts
	if at := slices.IndexFunc(contexts, func(c kube.Context) bool { return c.Name == i.first }); at > 0 {
		contexts = slices.Concat(contexts[at:at+1], contexts[:at], contexts[at+1:])
	}
	if len(contexts) == 0 {
		v.text, v.can = lang.L("There are no contexts in this file."), false
	}
	if n := len(contexts) - mostReviewed; n > 0 {
		v.text = joined(v.text, lang.L("These are {{.Shown}} of its contexts; the other {{.More}} can be reviewed one by one once the file is imported.", vars{"Shown": mostReviewed, "More": n}))
		contexts = contexts[:mostReviewed]
	}
	for _, c := range contexts {
		v.items = append(v.items, importItemOf(c, i, now))
	}
	return v
}

func importItemOf(c kube.Context, i *importing, now []kube.Context) importItem {
	item := importItem{name: c.Name, server: host(c.Server)}
	if c.Consent == nil {
		item.note = lang.L("Talks to its server, with what the file holds, and does nothing else.")
		return item
	}
	item.demands, item.hash = saidConsent(c.Consent.Text), c.Consent.Hash
	if len(c.Consent.Text) > mostDemands {
		item.demands = saidConsent(strings.ToValidUTF8(c.Consent.Text[:mostDemands], "") + "…")
		item.hash = ""
		item.note = lang.L("This is more than can be read here, so it cannot be allowed here.")
		return item
	}
	item.kept = i.have && slices.ContainsFunc(now, func(k kube.Context) bool {
		return k.Name == c.Name && k.Consent != nil && k.Consent.Given && k.Consent.Hash == c.Consent.Hash
	})
	item.allowed = item.kept || i.allowed[c.Name] == item.hash
	item.note = lang.L("Exactly this is allowed; when it changes you are asked again. SHA-256 {{.Hash}}…", vars{"Hash": fmt.Sprintf("%.16s", item.hash)})
	return item
}
