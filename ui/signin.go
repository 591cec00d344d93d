package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/kube/login"
	"culvert/tunnels"
	"culvert/ui/parts"
)

// signing is the sheet in which the user signs in to a cluster. Unlike the
// editor it keeps no draft: it holds secrets.
type signing struct {
	app      *App
	again    string // the context that is signed in to anew; empty for a new one
	form     signForm
	found    string // what the pasted line holds, or lacks
	bad      bool   // found is an error
	tried    bool   // the user asked for it: now empty fields are errors too
	run      *signRun
	proof    *login.UntrustedError // of a server that nobody known vouches for
	trusts   []string              // fingerprints that the user has confirmed for trustsOf
	trustsOf string
	failed   error
	done     *kube.LoginResult

	overlay *parts.Overlay
	sheet   *signSheet
}

// signRun is one attempt that is under way.
type signRun struct {
	cancel context.CancelFunc
	since  time.Time
}

// addCluster opens the sheet for a new cluster.
func (a *App) addCluster() { a.openSigning("", signForm{way: kube.WithToken}) }

// signInAgain opens the sheet for a context that was signed in to before.
func (a *App) signInAgain(c kube.Context) { a.openSigning(c.Name, signFormOf(c)) }

func (a *App) openSigning(again string, f signForm) {
	if !a.can() || a.access.signing != nil {
		return
	}
	s := &signing{app: a, again: again, form: f}
	a.access.signing = s
	s.sheet = newSignSheet(s)
	s.overlay = parts.NewOverlay(a.window.Canvas(), s.sheet, true, func(win fyne.Size) (x, y, w, h float32) {
		w, h = min(600, win.Width-24), min(s.sheet.height(min(600, win.Width-24)), win.Height-24)
		return floor((win.Width - w) / 2), floor((win.Height - h) / 2), w, h
	})
	s.overlay.OnDismiss = s.back
	s.sheet.fill()
	s.apply()
	s.overlay.Open()
	s.sheet.focusOpened()
}

// phase says which face the sheet shows.
func (s *signing) phase() signPhase {
	switch {
	case s.done != nil:
		return signDone
	case s.proof != nil:
		return signTrust
	}
	return signFields
}

// set changes the form and shows what follows from it.
func (s *signing) set(change func(*signForm)) {
	before := s.form
	change(&s.form)
	if s.form != before {
		s.failed = nil
		s.apply()
	}
}

// pasted takes a line of `oc login` with its line breaks. It returns false for
// what is none, which then goes into the field.
func (s *signing) pasted(text string) bool {
	line, err := login.ParseLine(text)
	if err != nil {
		s.found, s.bad = complaint(err), true
		return false
	}
	s.take(line)
	s.sheet.clearLine() // its secrets are in their own fields now
	s.found, s.bad = foundIn(line), false
	s.apply()
	return true
}

// typed understands a line as far as it goes.
func (s *signing) typed(text string) {
	if strings.TrimSpace(text) == "" {
		s.found, s.bad = "", false
		s.apply()
		return
	}
	line, err := login.ParseLine(text)
	if err != nil {
		s.found = complaint(err)
	} else {
		s.take(line)
		s.found, s.bad = foundIn(line), false
	}
	s.apply()
}

func (s *signing) take(line login.Line) {
	s.form.take(line)
	s.failed = nil
	s.sheet.fill()
}

// submit signs in with what is typed.
func (s *signing) submit() {
	if s.run != nil || s.phase() != signFields {
		return
	}
	s.tried, s.failed = true, nil
	if bad := s.form.complaints(); bad.any() {
		s.apply()
		s.sheet.focusFirst(bad)
		return
	}
	if s.trustsOf != s.form.server { // what was confirmed was another server's
		s.trusts, s.trustsOf = nil, s.form.server
	}
	s.begin()
}

// trust goes on with the certificate that is shown.
func (s *signing) trust() {
	if s.run != nil || s.proof == nil {
		return
	}
	s.trusts = append(s.trusts, s.proof.Fingerprint())
	s.proof = nil
	s.begin()
}

func (s *signing) begin() {
	a := s.app
	r, ca := s.form.request(), s.form.ca
	r.Fingerprints = slices.Clone(s.trusts)
	ctx, cancel := context.WithCancel(a.ctx)
	run := &signRun{cancel: cancel, since: a.deps.Now()}
	s.run = run
	a.spawn(func(context.Context) {
		defer cancel()
		result, err := signIn(ctx, a.deps.Access, r, ca)
		if a.ctx.Err() != nil {
			return
		}
		a.do(func() { s.ended(run, result, err) })
	})
	s.tick(run)
}

// signIn reads the authority's file, if there is one, and signs in.
func signIn(ctx context.Context, access Access, r kube.LoginRequest, ca string) (kube.LoginResult, error) {
	if strings.TrimSpace(ca) != "" {
		data, err := readAuthority(ca)
		if err != nil {
			return kube.LoginResult{}, err
		}
		r.CA = data
	}
	return access.Login(ctx, r)
}

// tick shows for how long an attempt has been under way.
func (s *signing) tick(run *signRun) {
	if s.run == run {
		s.apply()
		s.app.later(time.Second, func() { s.tick(run) })
	}
}

// ended shows what came of an attempt. One that was cancelled may have
// succeeded all the same.
func (s *signing) ended(run *signRun, result kube.LoginResult, err error) {
	a := s.app
	if err == nil {
		a.keptIn(result)
	}
	if s.run != run {
		a.apply()
		return
	}
	s.run = nil
	untrusted, ok := errors.AsType[*login.UntrustedError](err)
	switch {
	case ok:
		s.proof = untrusted
		a.window.Canvas().Unfocus() // what is typed now is not meant for this
	case err != nil:
		s.failed = err
	case result.InMemory != nil:
		s.form = signForm{}
		s.sheet.fill()
		s.done = &result
	default:
		s.close()
		return
	}
	s.apply()
	s.overlay.Refresh()
}

// keptIn remembers whether a context's token ends with this process, and asks
// the cluster whether it likes the token.
func (a *App) keptIn(result kube.LoginResult) {
	delete(a.access.inMemory, result.Context.Name)
	if result.InMemory != nil {
		a.access.inMemory[result.Context.Name] = true
	}
	a.browser.check(result.Context.Name) // what it said before is of no matter now
}

// back ends an attempt, or leaves the certificate, or closes the sheet.
func (s *signing) back() {
	switch {
	case s.run != nil:
		s.run.cancel()
		s.run = nil
	case s.proof != nil:
		s.proof, s.trusts = nil, nil
	default:
		s.close()
		return
	}
	s.apply()
	s.overlay.Refresh()
}

// close takes the sheet away with all that was typed.
func (s *signing) close() {
	if s.run != nil {
		s.run.cancel()
		s.run = nil
	}
	s.form = signForm{}
	s.sheet.fill()
	s.sheet.clearLine()
	s.app.access.signing = nil
	s.sheet.busy.Set("")
	s.overlay.Close()
	s.app.apply()
}

// apply draws the sheet.
func (s *signing) apply() {
	v := signView{phase: s.phase(), way: s.form.way, found: s.found, foundBad: s.bad, running: s.run != nil}
	v.title, v.main = lang.L("Add a cluster"), lang.L("Sign in")
	if s.again != "" {
		v.title = lang.L("Sign in to {{.Context}}", vars{"Context": s.again})
	}
	if s.tried {
		v.bad = s.form.complaints()
	}
	if s.failed != nil {
		v.failed = complaint(s.failed)
	}
	switch v.phase {
	case signTrust:
		v.title = lang.L("Is this the right server?")
		v.proof = proofOf(s.proof)
	case signDone:
		v.title = lang.L("Signed in")
		v.told, v.memory = signedIn(s.done.Context), memoryText(s.done.InMemory)
	case signFields:
	}
	if s.run != nil {
		v.progress = waitingText(lang.L("Signing in to {{.Server}}", vars{"Server": host(s.form.server)}), s.run.since, s.app.deps.Now())
	}
	s.sheet.apply(v)
}

// signedIn says where and as whom.
func signedIn(c kube.Context) string {
	data := vars{"Server": host(c.Server), "User": c.User, "Context": c.Name, "Time": momentText(c.Expires.Local())}
	text := lang.L("You are signed in to {{.Server}}.", data)
	switch {
	case c.User != "" && !c.Expires.IsZero():
		text = lang.L("You are signed in to {{.Server}} as {{.User}}, until {{.Time}}.", data)
	case c.User != "":
		text = lang.L("You are signed in to {{.Server}} as {{.User}}.", data)
	case !c.Expires.IsZero():
		text = lang.L("You are signed in to {{.Server}}, until {{.Time}}.", data)
	}
	return joined(text, lang.L("The context is called {{.Context}}.", data))
}

// memoryText says why a token ends with this process.
func memoryText(why *tunnels.Error) string {
	return joined(lang.L("The token is kept in memory until Culvert ends, and in no file."), complaint(why))
}
