package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/ui/parts"
)

func keysOf(verbs []verb) string {
	var out []string
	for _, v := range verbs {
		out = append(out, v.key)
	}
	return strings.Join(out, " ")
}

func TestContextVerbs(t *testing.T) {
	tests := []struct {
		name string
		c    kube.Context
		want string
	}{
		{"of a kubeconfig", kube.Context{}, "production"},
		{"signed in", kube.Context{Origin: kube.OriginSignedIn}, "sign-in sign-out production"},
		{"imported", kube.Context{Origin: kube.OriginImported}, "review production"},
		{"with a plugin", kube.Context{ExecPlugin: "/opt/bin/aws"}, "locate production"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := keysOf(contextVerbs(tt.c)); got != tt.want {
				t.Errorf("the verbs are %q, want %q", got, tt.want)
			}
		})
	}
	if got := pluginName(`C:\tools\aws.exe`); got != "aws.exe" {
		t.Errorf("the plugin is called %q", got)
	}
}

func signInError(err error) *tunnels.Error {
	return &tunnels.Error{Op: "x", Err: err, Hint: "Run `culvert login`.", Cause: tunnels.CauseSignIn, Permanent: true}
}

func TestRemedies(t *testing.T) {
	expired := signInError(errors.New("the token has expired"))
	missing := signInError(&kube.MissingPluginError{Command: "aws"})
	busy := &tunnels.Error{Err: errors.New("busy"), Cause: tunnels.CausePortBusy}
	signedIn, plugin := kube.Context{Origin: kube.OriginSignedIn}, kube.Context{ExecPlugin: "aws"}
	waiting := kube.Context{Origin: kube.OriginImported, ExecPlugin: "aws", Consent: &kube.Consent{Hash: "h"}}
	given := kube.Context{Origin: kube.OriginImported, ExecPlugin: "aws", Consent: &kube.Consent{Hash: "h", Given: true}}
	tests := []struct {
		name  string
		state tunnels.State
		err   *tunnels.Error
		c     kube.Context
		can   bool
		want  string
		hint  bool // the error's hint is shown
	}{
		{"a sign-in that has expired", tunnels.NeedsUser, expired, signedIn, true, "sign-in", false},
		{"where nothing can be kept", tunnels.NeedsUser, expired, signedIn, false, "", true},
		{"a tunnel that goes on by itself", tunnels.Reconnecting, expired, signedIn, true, "", true},
		{"another trouble", tunnels.NeedsUser, busy, signedIn, true, "", true},
		{"a plugin that fails", tunnels.NeedsUser, expired, plugin, true, "check", true},
		{"a plugin that is missing", tunnels.NeedsUser, missing, plugin, true, "locate check", false},
		{"a missing plugin where nothing can be kept", tunnels.NeedsUser, missing, plugin, false, "check", true},
		{"a context that waits for consent", tunnels.NeedsUser, expired, waiting, true, "review", false},
		{"a context with consent", tunnels.NeedsUser, expired, given, true, "check", true},
		{"a kubeconfig's own token", tunnels.NeedsUser, expired, kube.Context{}, true, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := tunnels.Status{State: tt.state, Err: tt.err}
			remedies := remediesOf(st, tt.c, tt.can)
			if got := keysOf(remedies); got != tt.want {
				t.Errorf("the remedies are %q, want %q", got, tt.want)
			}
			if tt.err.Hint == "" {
				return
			}
			if got := strings.Contains(inWindow(tt.err, remedies), tt.err.Hint); got != tt.hint {
				t.Errorf("the hint for the command line is shown: %v, want %v", got, tt.hint)
			}
		})
	}
}

func TestDressedCards(t *testing.T) {
	refused := signInError(errors.New("it runs the command `aws`, and you have not allowed that"))
	tests := []struct {
		name     string
		card     contextCard
		c        kube.Context
		err      error
		can, mem bool
		want     string // word, button
		note     string
	}{
		{"not asked yet", contextCard{check: true, canAsk: true, word: "Not checked yet"}, kube.Context{}, nil, true, false, "Not checked yet, Check", ""},
		{"asked", contextCard{canAsk: true, word: "Answers"}, kube.Context{}, nil, true, true, "Answers, Check again", "its token ends with Culvert"},
		{"not verified", contextCard{canAsk: true, word: "Answers", note: "Marked as production"}, kube.Context{Unverified: "x"}, nil, true, true, "Answers, Check again", "Marked as production · its server is not verified"},
		{"expired", contextCard{canAsk: true, word: "Sign in"}, kube.Context{Origin: kube.OriginSignedIn}, signInError(errors.New("expired")), true, false, "Sign in, Sign in…", "Expired."},
		{"expired in the demo", contextCard{canAsk: true, word: "Sign in"}, kube.Context{Origin: kube.OriginSignedIn}, signInError(errors.New("expired")), false, false, "Sign in, Check again", ""},
		{
			"waits for consent",
			contextCard{word: "Cannot be used"},
			kube.Context{Origin: kube.OriginImported, Err: refused, Consent: &kube.Consent{}},
			nil, true, false,
			"Not allowed yet, Review…", "It runs the command `aws`, and you have not allowed that.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := dressed(tt.card, tt.c, tt.err, tt.can, tt.mem)
			if s := got.word + ", " + got.act.text; s != tt.want || got.note != tt.note || got.menu != tt.can {
				t.Errorf("the card says %q and %q, with a menu: %v", s, got.note, got.menu)
			}
		})
	}
}

func TestATunnelThatNeedsASignInOffersIt(t *testing.T) {
	f := two()
	f.snap[0].State, f.snap[0].Err = tunnels.NeedsUser, signInError(errors.New("the token has expired"))
	c := newFakeCatalog()
	c.contexts[0].Origin, c.contexts[0].User, c.contexts[0].With = kube.OriginSignedIn, "kim", kube.WithPassword
	w := newWorldWith(t, f, c, &fakeAccess{})
	w.app.choose("web")
	if got := w.app.details.view.trouble; got != "The token has expired." {
		t.Errorf("the details say %q", got)
	}
	test.Tap(w.app.details.remedies.buttons[0])
	s := w.app.access.signing
	if s == nil {
		t.Fatal("no sheet opens")
	}
	if s.again != "dev" || s.sheet.rows[rowUser].field.Text() != "kim" || s.sheet.rows[rowServer].field.Text() != "https://dev.example.net:6443" {
		t.Error("the sheet is not filled in")
	}
}

func TestAMissingPluginIsLocated(t *testing.T) {
	f := two()
	f.snap[1].State, f.snap[1].Err = tunnels.NeedsUser, signInError(&kube.MissingPluginError{Command: "login-helper"})
	access := &fakeAccess{}
	w := newWorldWith(t, f, newFakeCatalog(), access)
	w.app.access.choose = func(_ string, got func(string)) { got("/opt/bin/login-helper") }
	w.app.choose("redis")
	test.Tap(w.app.details.remedies.buttons[0])
	w.until("it is stored", func() bool {
		return slices.Equal(access.called(), []string{"locate login-helper /opt/bin/login-helper"})
	})
	test.Tap(w.app.details.remedies.buttons[1])
	w.until("the tunnel tries again", func() bool { return slices.Contains(w.tunnels.called(), "kick redis") })
	access.fail = errors.New("it is no program")
	test.Tap(w.app.details.remedies.buttons[0])
	w.until("it is told", func() bool { return w.app.window.Canvas().Overlays().Top() != nil })
}

func TestSigningOutTellsWhatIsLeft(t *testing.T) {
	c := newFakeCatalog()
	c.contexts[0].Origin = kube.OriginSignedIn
	access := &fakeAccess{left: []error{errors.New("the token may go on being good on the server")}}
	w := newWorldWith(t, two(), c, access)
	w.app.contextVerb(verbSignOut, "dev")
	o := w.app.window.Canvas().Overlays().Top().(*parts.Overlay)
	ask := texts(o)
	if !strings.Contains(ask, "1 tunnel goes there") {
		t.Errorf("it asks %q", ask)
	}
	if n := len(access.called()); n != 0 {
		t.Error("it signs out before it has asked")
	}
	test.Tap(button(o, "sign-out/ok"))
	w.until("it tells what is left", func() bool { return strings.Contains(texts(o), "may go on being good") })
	test.Tap(button(o, "sign-out/cancel"))
	if o.IsOpen() || !slices.Equal(access.called(), []string{"logout dev"}) {
		t.Errorf("asked for %v", access.called())
	}
	access.left = nil
	w.app.contextVerb(verbSignOut, "dev")
	o = w.app.window.Canvas().Overlays().Top().(*parts.Overlay)
	test.Tap(button(o, "sign-out/ok"))
	w.until("the question goes", func() bool { return !o.IsOpen() })
}

func TestProductionIsMarkedInTheMenu(t *testing.T) {
	c := newFakeCatalog()
	c.contexts[1].Production = true
	access := &fakeAccess{}
	w := newWorldWith(t, newFakeTunnels(), c, access)
	w.app.contextVerb(verbMark, "dev")
	w.until("dev is marked", func() bool { return slices.Equal(access.called(), []string{"mark dev"}) })
	w.app.contextVerb(verbMark, "prod")
	w.until("prod is not marked any more", func() bool { return slices.Equal(access.called(), []string{"mark dev", "unmark prod"}) })
	w.until("the card of prod is marked", func() bool {
		cards := w.app.welcome.view.contexts
		return len(cards) == 2 && !cards[0].production && cards[1].production
	})
	w.until("prod is marked in the tree", func() bool { return w.app.tree.rows.len() == 2 && w.app.tree.rows.at(1).note == "PROD" })
}

func TestWithoutAccessNothingOfItIsOffered(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.addCluster()
	w.app.importFile()
	w.app.contextMenu("dev", w.app.tree.Position())
	w.app.contextVerb(verbMark, "dev")
	w.app.contextVerb(verbSignOut, "dev")
	if w.app.welcome.cluster.Visible() || w.app.welcome.file.Visible() || w.app.rail.more != nil || w.app.window.Canvas().Overlays().Top() != nil {
		t.Error("the demo offers what it cannot do")
	}
}
