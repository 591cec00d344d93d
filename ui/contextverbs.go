package ui

import (
	"context"
	"errors"
	"path"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

// The verbs of a context.
const (
	verbSignIn   = "sign-in"
	verbSignOut  = "sign-out"
	verbReview   = "review"
	verbForget   = "forget"
	verbLocate   = "locate"
	verbMark     = "production"
	verbAskAgain = "check"
)

// contextVerbs are what can be done with a context.
func contextVerbs(c kube.Context) []verb {
	var out []verb
	switch c.Origin {
	case kube.OriginSignedIn:
		out = append(out, verb{verbSignIn, lang.L("Sign in again…"), "log-in", ""}, verb{verbSignOut, lang.L("Sign out…"), "x", ""})
	case kube.OriginImported:
		out = append(out, verb{verbReview, lang.L("Review its file…"), "shield-alert", ""})
	case kube.OriginKubeconfig:
	}
	if c.ExecPlugin != "" {
		out = append(out, verb{verbLocate, lang.L("Locate {{.Plugin}}…", vars{"Plugin": pluginName(c.ExecPlugin)}), "folder", ""})
	}
	if c.Production {
		return append(out, verb{verbMark, lang.L("Not production any more"), "check", ""})
	}
	return append(out, verb{verbMark, lang.L("Mark as production"), "triangle-alert", ""})
}

// pluginName is a plugin's command without its folder.
func pluginName(command string) string { return path.Base(strings.ReplaceAll(command, `\`, "/")) }

// waitsForConsent says whether a context of an imported file is not used before
// the user has allowed what it does.
func waitsForConsent(c kube.Context) bool { return c.Consent != nil && !c.Consent.Given }

// remedyOf returns what the user can do about an error of a context, best first;
// nothing where there is nothing to do here.
func remedyOf(c kube.Context, err error) []verb {
	e := tunnels.AsError(err)
	if waitsForConsent(c) {
		return []verb{{verbReview, lang.L("Review…"), "shield-alert", ""}}
	}
	if e == nil || e.Cause != tunnels.CauseSignIn {
		return nil
	}
	if c.Origin == kube.OriginSignedIn {
		return []verb{{verbSignIn, lang.L("Sign in…"), "log-in", ""}}
	}
	if c.ExecPlugin == "" {
		return nil
	}
	again := verb{verbAskAgain, lang.L("Check again"), "rotate-cw", ""}
	if _, missing := errors.AsType[*kube.MissingPluginError](err); missing {
		return []verb{{verbLocate, lang.L("Locate…"), "folder", ""}, again}
	}
	return []verb{again}
}

// contextMenu opens a context's menu at a place of the window.
func (a *App) contextMenu(name string, at fyne.Position) {
	c, ok := a.contextNamed(name)
	if !ok || !a.can() {
		return
	}
	verbs := contextVerbs(c)
	options := make([]parts.Option, 0, len(verbs))
	for _, v := range verbs {
		options = append(options, parts.Option{Key: v.key, Text: v.text, Icon: v.icon})
	}
	parts.OpenMenu(a.window.Canvas(), "context-menu", at, options, func(key string) { a.contextVerb(key, name) })
}

// clusterMenu opens the menu of the Cluster tree.
func (a *App) clusterMenu(at fyne.Position) {
	if !a.can() {
		return
	}
	options := []parts.Option{
		{Key: "add", Text: lang.L("Add cluster…"), Icon: "log-in"},
		{Key: "import", Text: lang.L("Import kubeconfig…"), Icon: "folder"},
	}
	parts.OpenMenu(a.window.Canvas(), "cluster-menu", at, options, func(key string) {
		if key == "add" {
			a.addCluster()
			return
		}
		a.importFile()
	})
}

func (a *App) contextVerb(key, name string) {
	c, ok := a.contextNamed(name)
	if !ok {
		return
	}
	switch key {
	case verbAskAgain:
		a.browser.check(name)
	case verbSignIn:
		a.signInAgain(c)
	case verbSignOut:
		a.signOut(c)
	case verbReview:
		a.review(c)
	case verbLocate:
		a.locate(c)
	case verbMark:
		if a.can() {
			a.changeAccess(lang.L("The mark cannot be kept"), func() error { return a.deps.Access.MarkProduction(name, !c.Production) })
		}
	}
}

// signOut asks, signs out, and tells what is left.
func (a *App) signOut(c kube.Context) {
	if !a.can() {
		return
	}
	text := lang.L("The token goes from this computer, and on OpenShift from the server too.")
	if n := a.tunnelsTo(c.Name); n > 0 {
		text = joined(text, plural(n, "{{.N}} tunnel goes there and stays, but needs you to sign in again.", "{{.N}} tunnels go there and stay, but need you to sign in again.", nil))
	}
	a.ask(question{
		mark: "sign-out", title: lang.L("Sign out of {{.Context}}?", vars{"Context": c.Name}), text: text, ok: lang.L("Sign out"),
		do: func(ctx context.Context) (string, error) {
			left, err := a.deps.Access.Logout(ctx, c.Name)
			return leftText(c.Name, left), err
		},
	})
}

// leftText tells what signing out could not remove; empty for nothing.
func leftText(name string, left []error) string {
	if len(left) == 0 {
		return ""
	}
	text := lang.L("You are signed out of {{.Context}} here, but not all is gone.", vars{"Context": name})
	for _, e := range left {
		text = joined(text, sentence(e.Error()))
	}
	return text
}

func (a *App) tunnelsTo(kubeContext string) int {
	n, names := 0, a.names()
	for _, st := range a.snap {
		if names.context(st.Spec.Target) == kubeContext {
			n++
		}
	}
	return n
}

// locate lets the user say where a credential plugin is.
func (a *App) locate(c kube.Context) {
	if !a.can() || c.ExecPlugin == "" {
		return
	}
	a.access.choose(lang.L("Where is {{.Plugin}}?", vars{"Plugin": pluginName(c.ExecPlugin)}), func(path string) {
		a.changeAccess(lang.L("This is not the plugin"), func() error {
			err := a.deps.Access.LocatePlugin(c.ExecPlugin, path)
			if err == nil {
				a.browser.check(c.Name)
			}
			return err
		})
	})
}
