package ui

import (
	"errors"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// profileTrouble says which file cannot be read, where, and why; empty where all is
// well.
func profileTrouble(p profiles.Profile) string {
	if p.Err == nil {
		return ""
	}
	return joined(unreadable(p), complaint(p.Err))
}

// unreadable says which file cannot be read, and in which line.
func unreadable(p profiles.Profile) string {
	data := vars{"File": profileFile(p), "Line": p.Line}
	if p.Line > 0 {
		return lang.L("{{.File}} cannot be read, line {{.Line}}.", data)
	}
	return lang.L("{{.File}} cannot be read.", data)
}

// profileFile is the name of a profile's file.
func profileFile(p profiles.Profile) string {
	if p.Path == "" {
		return p.ID + ".yaml"
	}
	return filepath.Base(p.Path)
}

// profileFacts has one fact for each profile whose file cannot be read.
func profileFacts(list []profiles.Profile) []bannerView {
	var out []bannerView
	for _, p := range list {
		if p.Err == nil {
			continue
		}
		b := bannerView{
			key: "profile " + p.ID + " " + p.Err.Error(), title: unreadable(p),
			text: complaint(p.Err), button: lang.L("Copy"), copies: profileTrouble(p),
		}
		if p.Path != "" {
			b.opens, b.button, b.copies = p.Path, lang.L("Open file"), ""
		}
		out = append(out, b)
	}
	return out
}

// refusal says why tunnels of a profile cannot be changed now; empty where they can.
func (b *profileBook) refusal(id string) string {
	p, ok := b.find(id)
	switch {
	case !ok:
		return ""
	case p.Guest:
		return guestRefusal(p)
	}
	return profileTrouble(p)
}

// unchangeable says whether the file of a profile cannot be written now, and tells the
// user why, before anything is typed in vain.
func (a *App) unchangeable(id string) bool {
	text := a.book.refusal(id)
	if text != "" {
		a.tell(lang.L("The profile cannot be changed"), text)
	}
	return text != ""
}

// complaintAt is what an error says, after the file and the line where it is about one.
func complaintAt(err error) string {
	var at *profiles.Position
	if e := tunnels.AsError(err); e != nil && e.Op != "" && errors.As(err, &at) {
		return lang.L("{{.About}}: {{.Why}}", vars{"About": saidOp(e.Op), "Why": complaint(err)})
	}
	return complaint(err)
}

// forgetMended takes from the rows what was refused for a mistake in a file that is
// mended since the profiles were as in was.
func (a *App) forgetMended(was []profiles.Profile) {
	for _, p := range was {
		if p.Err == nil || a.book.refusal(p.ID) != "" {
			continue
		}
		for id, e := range a.failed {
			var at *profiles.Position
			if errors.As(e, &at) && strings.HasPrefix(e.Op, profileFile(p)) {
				delete(a.failed, id)
			}
		}
	}
}

// blamesProfile says whether an error is about the file in which a tunnel is kept, and
// not about a field.
func blamesProfile(err error) bool {
	var at *profiles.Position
	e := tunnels.AsError(err)
	return errors.As(err, &at) || e != nil && (strings.HasPrefix(e.Op, "profile") || strings.HasPrefix(e.Op, "write "))
}
