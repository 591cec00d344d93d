package ui

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels/build"
	"culvert/tunnels/profiles"
	"culvert/tunnels/redact"
	"culvert/tunnels/workspace"
)

// diagnosticsInput is what diagnostics are made from.
type diagnosticsInput struct {
	build     build.Info
	desktop   []string // variables of the environment that tell of the desktop
	language  string
	theme     string // empty for the desktop's
	window    fyne.Size
	scale     float32
	tray      bool // something shows it
	elsewhere bool // the tunnels run in another process
	settings  workspace.Settings
	keyring   keyring.Condition
	contexts  []kube.Context
	profiles  []profiles.Profile
	warnings  []error
	crashes   int // parts of the window that have failed
	tunnels   []reportInput
	private   []redact.Name
	now       time.Time
}

// desktopVariables tell which desktop there is, and how it is drawn on.
var desktopVariables = []string{"XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LIBGL_ALWAYS_SOFTWARE", "FYNE_SCALE", "FYNE_THEME"}

// desktopOf returns those of them that are set.
func desktopOf(look func(string) (string, bool)) []string {
	var out []string
	for _, name := range desktopVariables {
		if value, ok := look(name); ok {
			out = append(out, name+"="+value)
		}
	}
	return out
}

// diagnosticsOf is a report about the whole program for somebody who helps, redacted as
// that of a tunnel is. It is in English, whatever the window's language.
func diagnosticsOf(in diagnosticsInput) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("Culvert %s, commit %s", in.build.Version, orDash(in.build.ShortCommit()))
	line("%s, %s/%s, client-go %s, Fyne %s", in.build.Go, in.build.OS, in.build.Arch,
		orDash(in.build.ModuleVersion(clientGo)), orDash(in.build.ModuleVersion(toolkit)))
	line("Diagnostics of %s", in.now.Format(time.RFC3339))
	line("")
	theme := in.theme
	if theme == "" {
		theme = "the desktop's"
	}
	line("Desktop: %s", orDash(strings.Join(in.desktop, " ")))
	line("Window: %.0f × %.0f, scale %.2f, theme %s, language %s", in.window.Width, in.window.Height, in.scale, theme, in.language)
	line("Tray shown: %s, tunnels run in the background: %s", yesNo(in.tray), yesNo(in.elsewhere))
	line("Settings: restore %s, closing quits %s, quiet %s", yesNo(in.settings.Restore), yesNo(in.settings.CloseQuits), yesNo(in.settings.Quiet))
	line("Keyring: %s", keyringReport(in.keyring))
	writeContexts(line, in.contexts)
	writeProfiles(line, in.profiles)
	line("Parts of the window that have failed: %d", in.crashes)
	for _, w := range in.warnings {
		line("Warning: %v", w)
	}
	for i, t := range in.tunnels {
		line("")
		line("Tunnel %d of %d", i+1, len(in.tunnels))
		writeSpec(line, t.st.Spec, t.names)
		writeStatus(line, t.st, t.now)
		for _, e := range t.events {
			line("  %s", eventText(e))
		}
	}
	return redactorOf(in.contexts, in.private).Text(b.String())
}

// writeContexts counts contexts by how one is signed in to them, and tells of those
// that cannot be used.
func writeContexts(line func(string, ...any), all []kube.Context) {
	plugins, kept, production, unverified := 0, 0, 0, 0
	for _, c := range all {
		if c.ExecPlugin != "" {
			plugins++
		}
		if c.With != "" {
			kept++
		}
		if c.Production {
			production++
		}
		if c.Unverified != "" {
			unverified++
		}
	}
	line("Contexts: %d, with a credential plugin %d, signed in here %d, marked as production %d, unverified %d", len(all), plugins, kept, production, unverified)
	for _, c := range all {
		if c.Err != nil {
			line("  %s: %s", c.Name, errorReport(c.Err))
		}
	}
}

// writeProfiles counts profiles and tells of those that cannot be read.
func writeProfiles(line func(string, ...any), all []profiles.Profile) {
	line("Profiles: %d", len(all))
	for _, p := range all {
		if p.Err != nil {
			line("  one cannot be read, at line %d: %s", p.Line, errorReport(p.Err))
		}
	}
}

func keyringReport(c keyring.Condition) string {
	word := map[keyring.State]string{
		keyring.Fine: "serves", keyring.Asking: "is asking", keyring.Locked: "is locked", keyring.Absent: "is not there",
		keyring.Broken: "does not serve",
	}[c.State]
	if c.Err != nil {
		word += " (" + errorReport(c.Err) + ")"
	}
	return word
}

func yesNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// copyDiagnostics says what diagnostics have, and copies them when the user agrees.
func (a *App) copyDiagnostics() {
	in := diagnosticsInput{
		build: a.deps.Build, desktop: desktopOf(os.LookupEnv), language: languageReport(), theme: a.memory.Theme,
		window: a.window.Canvas().Size(), scale: a.window.Canvas().Scale(), tray: a.tray.host, elsewhere: a.elsewhere(),
		settings: a.settingsNow(), keyring: a.keyringNow(), contexts: a.browser.Contexts().items, profiles: a.book.list,
		warnings: slices.Clone(a.warnings), crashes: len(a.crashes), now: a.deps.Now(),
	}
	for _, st := range a.snap {
		in.tunnels = append(in.tunnels, reportInput{st: st, names: a.names(), now: in.now})
	}
	a.ask(question{
		mark: "diagnostics", title: lang.L("Copy redacted diagnostics?"),
		text: lang.L("They have versions, the desktop, settings, and of each tunnel what its report has but for connections. " +
			"Tokens and passwords are left out; contexts, clusters, users, servers, this computer's name and addresses in the network are replaced, as server-1. " +
			"Names of namespaces, services and pods stay in it: read it before you give it away."),
		ok: lang.L("Copy"),
		do: func(context.Context) (string, error) {
			for i := range in.tunnels {
				in.tunnels[i].events = a.deps.Tunnels.Timeline(in.tunnels[i].st.Spec.ID)
			}
			in.private = redact.Private()
			text := diagnosticsOf(in)
			a.do(func() { a.copyText(text) })
			return lang.L("The diagnostics are on the clipboard: {{.N}} lines.", vars{"N": strings.Count(text, "\n")}), nil
		},
	})
}
