package ui

import (
	"context"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/ui/parts"
)

// guestIcon is the icon of a profile that a file has brought.
const guestIcon = "file-text"

// guestWord says of a profile, or of a tunnel, that a file has brought it.
func guestWord() string { return lang.L("from a file") }

// guestSource says where guests come from: their file, in full.
func guestSource(path string) string {
	if path == "" {
		return lang.L("Brought by a command, kept in no file")
	}
	return lang.L("From the file {{.Path}}", vars{"Path": path})
}

// guestRefusal says why guests cannot be changed here, and what to do.
func guestRefusal(p profiles.Profile) string {
	if p.Path == "" {
		return lang.L("These tunnels were brought by a command and are in no file. Move a tunnel to a profile to keep it and change it there.")
	}
	return lang.L("These tunnels come from {{.File}}. Edit that file and run `culvert up` again, or move a tunnel to a profile to keep it and change it there.",
		vars{"File": filepath.Base(p.Path)})
}

// guest returns the profile of a tunnel that a file has brought; false for all others.
func (b *profileBook) guest(s tunnels.Spec) (profiles.Profile, bool) {
	p, ok := b.find(profileOf(s))
	return p, ok && p.Guest
}

// keptIn are the profiles that are the user's own.
func keptIn(list []profiles.Profile) []profiles.Profile {
	return slices.DeleteFunc(slices.Clone(list), func(p profiles.Profile) bool { return p.Guest })
}

// refusesChange says whether a tunnel's spec cannot be changed here because a file has
// brought it, and tells the user so.
func (a *App) refusesChange(s tunnels.Spec) bool {
	p, ok := a.book.guest(s)
	if ok {
		a.tell(lang.L("“{{.Name}}” cannot be changed here", vars{"Name": s.Title()}), guestRefusal(p))
	}
	return ok
}

// showHowToEdit opens the page that says how a guest is edited.
func (a *App) showHowToEdit(id tunnels.ID) {
	a.page = pageEdit
	a.choose(id)
}

// keepGuests asks for a name and moves all guests of a file to a profile of that name.
// They go on as they are.
func (a *App) keepGuests(id string) {
	p, ok := a.book.find(id)
	if !ok {
		return
	}
	q := question{
		mark: "keep-guests", title: lang.L("Keep “{{.Name}}” as a profile", vars{"Name": profileName(p)}), ok: lang.L("Keep"),
		text:  lang.L("The tunnels move to a profile of this name and go on as they are. Their file stays as it is; later changes of it are not followed."),
		typed: unusedName(profileName(p), a.book.list),
	}
	a.askName(q, "", func(ctx context.Context, name string) (profiles.Profile, error) {
		return a.deps.Profiles.CreateProfile(ctx, name)
	}, func(made string) {
		moves := movesTo(a.snap, idsOf(inProfile(a.snap, id)), made, "")
		a.carry(moves, func(done []moving) {
			if len(done) == len(moves) {
				a.dropEmpty(id)
			}
		})
		a.showProfile(made)
	})
}

// dropEmpty takes the profile of guests from the list that have all moved.
func (a *App) dropEmpty(id string) {
	a.spawn(func(ctx context.Context) {
		_, err := a.deps.Profiles.DeleteProfile(ctx, id)
		if err != nil && ctx.Err() == nil {
			a.do(func() { a.warn(err) })
		}
	})
}

// unusedName is a name that no profile has: the wanted one, or the same with a number.
func unusedName(want string, list []profiles.Profile) string {
	name := want
	for n := 2; nameComplaint(name, "", list) != "" && n < 100; n++ {
		name = lang.L("{{.Name}} {{.N}}", vars{"Name": want, "N": n})
	}
	return name
}

// removeGuestsText says what goes when guests are removed, and how they come again.
func removeGuestsText(v profileView) string {
	out := ""
	if v.running > 0 {
		out = plural(v.running, "One tunnel runs now and is stopped.", "{{.N}} tunnels run now and are stopped.", nil)
	}
	if v.path == "" {
		out = joined(out, lang.L("They are kept nowhere else."))
	} else {
		out = joined(out, lang.L("{{.File}} stays as it is: `culvert up` brings them again.", vars{"File": filepath.Base(v.path)}))
	}
	return joined(out, lang.L("For a moment it can be undone."))
}

// openGuestMove lets the user choose the profile that a guest is moved to, below the
// button that asks for it.
func (a *App) openGuestMove(at fyne.Position) { a.openMoveMenu([]tunnels.ID{a.chosen}, at) }

// openGuestFile opens the file that has brought the chosen tunnel.
func (a *App) openGuestFile() {
	if st, ok := a.snap.Find(a.chosen); ok {
		a.openProfileFile(profileOf(st.Spec), false)
	}
}

// guestMenuHead is the line above the verbs of guests.
func guestMenuHead(v profileView) parts.Option {
	text := lang.L("Brought by a command, kept in no file")
	if v.path != "" {
		text = lang.L("From the file {{.Path}}", vars{"Path": filepath.Base(v.path)})
	}
	return parts.Option{Text: text, Head: true}
}
