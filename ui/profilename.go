package ui

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels/profiles"
)

// mostNameLetters is how long a profile's name may be.
const mostNameLetters = 200

// nameComplaint says why a profile cannot be called so; id is the profile's own ID,
// empty for a new one.
func nameComplaint(name, id string, list []profiles.Profile) string {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return lang.L("Give the profile a name.")
	case utf8.RuneCountInString(name) > mostNameLetters:
		return lang.L("That is too long for a name: give at most {{.Most}} letters.", vars{"Most": mostNameLetters})
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return lang.L("A name has letters, digits, signs and spaces only: remove what cannot be seen.")
	case !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return lang.L("A name needs a letter or a digit.")
	}
	i := slices.IndexFunc(list, func(p profiles.Profile) bool {
		return p.ID != id && !p.Guest && strings.EqualFold(profileName(p), name)
	})
	if i >= 0 {
		return lang.L("There is a profile “{{.Name}}” already: choose another name.", vars{"Name": profileName(list[i])})
	}
	return ""
}

// freeName returns a name for a copy that no profile has. A long one is cut, so that
// what tells the copies apart has room.
func freeName(of string, list []profiles.Profile) string {
	if r, most := []rune(of), mostNameLetters-20; len(r) > most {
		of = strings.TrimSpace(string(r[:most]))
	}
	name := lang.L("{{.Name}} copy", vars{"Name": of})
	for n := 2; nameComplaint(name, "", list) != "" && n < 100; n++ {
		name = lang.L("{{.Name}} copy {{.N}}", vars{"Name": of, "N": n})
	}
	return name
}

// newProfile asks for a name, makes the profile and then does something with its ID.
func (a *App) newProfile(then func(id string)) {
	a.askName(question{
		mark: "new-profile", title: lang.L("New profile"), ok: lang.L("Create"),
		text: lang.L("A profile is a file of tunnels that belong together: started, stopped and shared together."),
	}, "", func(ctx context.Context, name string) (profiles.Profile, error) {
		return a.deps.Profiles.CreateProfile(ctx, name)
	}, then)
}

// duplicateProfile asks for a name and copies a profile with its tunnels.
func (a *App) duplicateProfile(id string) {
	p, ok := a.book.find(id)
	if !ok || a.unchangeable(id) {
		return
	}
	q := question{
		mark: "duplicate-profile", title: lang.L("Duplicate “{{.Name}}”", vars{"Name": profileName(p)}), ok: lang.L("Duplicate"),
		text: lang.L("The copy has the same tunnels, stopped, with the same local ports: only one of two with the same port can listen."),
	}
	q.typed = freeName(profileName(p), a.book.list)
	a.askName(q, "", func(ctx context.Context, name string) (profiles.Profile, error) {
		return a.deps.Profiles.DuplicateProfile(ctx, id, name)
	}, a.showProfile)
}

// renameProfile asks for another name.
func (a *App) renameProfile(id string) {
	p, ok := a.book.find(id)
	if !ok || a.unchangeable(id) {
		return
	}
	q := question{mark: "rename-profile", title: lang.L("Rename “{{.Name}}”", vars{"Name": profileName(p)}), ok: lang.L("Rename"), typed: profileName(p)}
	if p.Path != "" {
		q.text = lang.L("Its file keeps its name, {{.File}}.", vars{"File": profileFile(p)})
	}
	a.askName(q, id, func(ctx context.Context, name string) (profiles.Profile, error) {
		return p, a.deps.Profiles.ChangeProfile(ctx, id, profiles.Change{Name: &name})
	}, nil)
}

// askName asks for the name of a profile and does something with it; then follows
// what is done with the profile's ID once that has worked.
func (a *App) askName(q question, id string, do func(ctx context.Context, name string) (profiles.Profile, error), then func(id string)) {
	if !a.hasProfiles() {
		return
	}
	var made profiles.Profile
	q.check = func(name string) string { return nameComplaint(name, id, a.book.list) }
	q.use = func(ctx context.Context, name string) (err error) {
		made, err = do(ctx, strings.TrimSpace(name))
		return err
	}
	q.yes = func() {
		a.book.add(made)
		a.draw()
		if then != nil {
			then(made.ID)
		}
	}
	a.ask(q)
}

// tagProfile asks for the tags of a profile, which all its tunnels have too.
func (a *App) tagProfile(id string) {
	p, ok := a.book.find(id)
	if !ok || a.unchangeable(id) {
		return
	}
	a.ask(question{
		mark: "tag-profile", title: lang.L("Tags of “{{.Name}}”", vars{"Name": profileName(p)}), ok: lang.L("Save"),
		text:  lang.L("All tunnels of the profile have these tags, beside their own."),
		typed: strings.Join(p.Tags, " "), placeholder: lang.L("words, as shop billing"),
		check: func(text string) string { return form{tags: text}.liveTags() },
		use: func(ctx context.Context, text string) error {
			tags := words(text)
			return a.deps.Profiles.ChangeProfile(ctx, id, profiles.Change{Tags: &tags})
		},
	})
}
