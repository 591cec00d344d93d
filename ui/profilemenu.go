package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// The verbs of a profile. Those of one that is not named are for all.
const (
	profileStart     = "start"
	profileStop      = "stop"
	profileRestart   = "restart"
	profileRename    = "rename"
	profileDuplicate = "duplicate"
	profileKeep      = "keep"
	profileTags      = "tags"
	profileNotify    = "notify"
	profileOpen      = "open"
	profileFolder    = "folder"
	profileExport    = "export"
	profileDelete    = "delete"
	profileNew       = "/new" // no profile has such an ID
	profileAll       = "all"
	profileShow      = "show:" // and the profile's ID
)

// profileOptions are the verbs of a profile, without those that start and stop
// where others do that. What a file has brought is changed there: it lacks the verbs
// for that, and a line says where it is from.
func profileOptions(v profileView, runs, exports bool) []parts.Option {
	var out []parts.Option
	parted := false
	add := func(offered bool, key, text, icon string) {
		if offered {
			out = append(out, parts.Option{Key: key, Text: text, Icon: icon, Rule: parted && len(out) > 0})
			parted = false
		}
	}
	add(runs && v.running < v.total, profileStart, lang.L("Start profile"), "play")
	add(runs && v.running > 0, profileStop, lang.L("Stop profile"), "square")
	add(runs && v.running > 0, profileRestart, lang.L("Restart profile"), "rotate-cw")
	parted = true
	add(v.guest, profileKeep, lang.L("Keep as a profile…"), "bookmark")
	add(!v.guest, profileRename, lang.L("Rename…"), "pencil")
	add(!v.guest, profileDuplicate, lang.L("Duplicate…"), "copy")
	add(!v.guest, profileTags, lang.L("Tags…"), "tag")
	add(!v.guest, profileNotify, lang.L("Notifications"), "bell")
	out[len(out)-1].On = !v.guest && !v.quiet
	parted = true
	add(v.path != "", profileOpen, lang.L("Open file"), "file-text")
	add(v.path != "", profileFolder, lang.L("Show folder"), "folder")
	add(exports, profileExport, lang.L("Export…"), "share-2")
	parted = true
	add(!v.guest, profileDelete, lang.L("Delete…"), "trash-2")
	add(v.guest, profileDelete, lang.L("Remove from the list…"), "trash-2")
	if v.guest && runs {
		out = append([]parts.Option{guestMenuHead(v)}, out...)
	}
	return out
}

// chooserOptions are all profiles to choose from, and what can be done with the
// chosen one.
func chooserOptions(views []profileView, all tally, exports bool) []parts.Option {
	none := true
	var out, verbs []parts.Option
	for _, v := range views {
		note := v.sentence()
		if v.guest {
			note = guestWord() + " · " + note
		}
		if key := v.key(); key != "" {
			note += " · " + key
		}
		out = append(out, parts.Option{Key: profileShow + v.id, Text: v.name, Icon: v.icon(), Note: note, On: v.chosen})
		if v.chosen {
			none = false
			verbs = append([]parts.Option{{Text: v.name, Head: true}}, profileOptions(v, false, exports)...)
		}
	}
	first := parts.Option{Key: profileAll, Text: lang.L("All profiles"), Icon: "list", On: none}
	first.Note = lang.L("{{.Running}} of {{.All}} running", vars{"Running": all.running, "All": all.total}) + " · " + with(fyne.Key0).String()
	out = append([]parts.Option{first}, out...)
	out = append(out, parts.Option{Key: profileNew, Text: lang.L("New profile…"), Icon: "plus", Rule: true})
	return append(out, verbs...)
}

// openChooser opens the list of profiles.
func (a *App) openChooser(at fyne.Position) {
	options := chooserOptions(a.profileViews(), tallyOf(a.snap), a.exportProfile != nil)
	parts.OpenMenu(a.window.Canvas(), "profile-menu", at, options, func(key string) { a.profileVerb(key, a.book.shown) })
}

// openProfileMenu opens the verbs of a profile.
func (a *App) openProfileMenu(id string, at fyne.Position) {
	if v, ok := a.profileView(id); ok {
		parts.OpenMenu(a.window.Canvas(), "profile-menu", at, profileOptions(v, true, a.exportProfile != nil), func(key string) { a.profileVerb(key, id) })
	}
}

// profileVerb does what a line of these menus says.
func (a *App) profileVerb(key, id string) {
	switch key {
	case profileAll:
		a.showProfile("")
	case profileNew:
		a.newProfile(a.showProfile)
	case profileStart:
		a.startProfile(id)
	case profileStop:
		a.stopProfile(id)
	case profileRestart:
		a.restartProfile(id)
	case profileRename:
		a.renameProfile(id)
	case profileDuplicate:
		a.duplicateProfile(id)
	case profileKeep:
		a.keepGuests(id)
	case profileTags:
		a.tagProfile(id)
	case profileNotify:
		a.hushProfile(id)
	case profileOpen, profileFolder:
		a.openProfileFile(id, key == profileFolder)
	case profileExport:
		a.exportProfile(id)
	case profileDelete:
		a.deleteProfile(id)
	default:
		if show, ok := strings.CutPrefix(key, profileShow); ok {
			a.showProfile(show)
		}
	}
}

// moveOptions are the profiles that tunnels can be moved to, with a tick at the one
// in which all of them are.
func moveOptions(views []profileView, specs []tunnels.Spec) []parts.Option {
	var out []parts.Option
	for _, v := range views {
		if v.guest {
			continue
		}
		here := len(specs) > 0
		for _, s := range specs {
			here = here && profileOf(s) == v.id
		}
		out = append(out, parts.Option{Key: profileShow + v.id, Text: v.name, Icon: v.icon(), On: here, Dim: v.trouble != ""})
	}
	return append(out, parts.Option{Key: profileNew, Text: lang.L("New profile…"), Icon: "plus", Rule: true})
}

// openMoveMenu lets the user choose the profile that tunnels are moved to.
func (a *App) openMoveMenu(ids []tunnels.ID, at fyne.Position) {
	var specs []tunnels.Spec
	for _, id := range ids {
		if st, ok := a.snap.Find(id); ok {
			specs = append(specs, st.Spec)
		}
	}
	move := func(profile string) { a.moveToProfile(ids, profile, "") }
	parts.OpenMenu(a.window.Canvas(), "move-menu", at, moveOptions(a.profileViews(), specs), func(key string) {
		if key == profileNew {
			a.newProfile(move)
			return
		}
		move(strings.TrimPrefix(key, profileShow))
	})
}
