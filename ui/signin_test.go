package ui

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/kube/login"
	"culvert/tunnels"
)

// untrusted is what Login says of a server that nobody known vouches for.
func untrusted(t *testing.T) (*login.UntrustedError, error) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	as := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "the cluster"},
		NotBefore: noon, NotAfter: noon.AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, as, as, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	u := &login.UntrustedError{Host: "api.ocp.example.net:6443", Cert: cert}
	return u, &tunnels.Error{Op: "sign in", Err: u, Cause: tunnels.CauseTLS, Permanent: true}
}

// openedSigning opens the sheet in a window over access.
func openedSigning(t *testing.T, access *fakeAccess) (*world, *signing) {
	t.Helper()
	w := newWorldWith(t, newFakeTunnels(), newFakeCatalog(), access)
	w.until("Add cluster is offered", func() bool { return w.app.welcome.cluster.Visible() })
	test.Tap(w.app.welcome.cluster)
	if w.app.access.signing == nil {
		t.Fatal("Add cluster opens no sheet")
	}
	return w, w.app.access.signing
}

func TestSigningInWithAPastedLine(t *testing.T) {
	access := &fakeAccess{login: func(context.Context, kube.LoginRequest) (kube.LoginResult, error) {
		return kube.LoginResult{Context: kube.Context{Name: "ocp"}}, nil
	}}
	w, s := openedSigning(t, access)
	clipboard := w.app.deps.App.Clipboard()
	clipboard.SetContent("$ oc login \\\n  --token=" + aToken + " \\\n  --server=" + apiURL)
	s.sheet.line.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if got := s.sheet.line.Text(); got != "" {
		t.Error("the line with the token stays in its field")
	}
	if got := s.sheet.rows[rowServer].field.Text(); got != apiURL {
		t.Errorf("the server is %q", got)
	}
	if mark, got := s.sheet.rows[rowToken].field.Box(); strings.Trim(got, "•") != "" || got == "" {
		t.Errorf("%s shows the token", mark)
	}
	if got := s.sheet.found.Text(); got != "Understood: api.ocp.example.net:6443, a token." {
		t.Errorf("below the line stands %q", got)
	}
	token := s.sheet.rows[rowToken].field
	test.Tap(s.sheet.main)
	w.until("the sheet is closed", func() bool { return w.app.access.signing == nil })
	if got := access.asked(); len(got) != 1 || got[0].Token != aToken || got[0].Server != apiURL || len(got[0].Fingerprints) != 0 {
		t.Errorf("asked for %d sign-ins, the first not as pasted", len(got))
	}
	if token.Text() != "" || s.form != (signForm{}) {
		t.Error("the closed sheet still holds the token")
	}
	if w.app.window.Canvas().Overlays().Top() != nil {
		t.Error("the sheet still lies over the window")
	}
}

func TestALineIsUnderstoodAsOneTypes(t *testing.T) {
	_, s := openedSigning(t, &fakeAccess{})
	test.Type(s.sheet.line.Entry, "oc login https://api.ocp.example.net:6443")
	if got := s.sheet.found.Text(); !strings.Contains(got, "neither a token nor a user") || s.bad {
		t.Errorf("while one types it says %q, as an error: %v", got, s.bad)
	}
	test.Type(s.sheet.line.Entry, " -u kim")
	if got := s.sheet.rows[rowUser].field.Text(); got != "kim" || s.form.way != kube.WithPassword {
		t.Errorf("the user is %q", got)
	}
	if s.pasted("oc login --insecure-skip-tls-verify --token=" + aToken + " --server=" + apiURL) {
		t.Error("a line that skips the check of certificates is taken")
	}
	if !s.bad || !strings.Contains(s.found, "never does") {
		t.Errorf("about a line that skips the check of certificates it says %q", s.found)
	}
}

func TestACertificateIsTrustedByAClickOnly(t *testing.T) {
	u, err := untrusted(t)
	access := &fakeAccess{login: func(_ context.Context, r kube.LoginRequest) (kube.LoginResult, error) {
		if !slices.Contains(r.Fingerprints, u.Fingerprint()) {
			return kube.LoginResult{}, err
		}
		return kube.LoginResult{Context: kube.Context{Name: "ocp"}}, nil
	}}
	w, s := openedSigning(t, access)
	s.pasted(ocLogin)
	s.submit()
	w.until("the certificate is shown", func() bool { return s.phase() == signTrust })
	if got := strings.ReplaceAll(s.sheet.proof.print.label.Text, "\n", ""); got != u.Fingerprint() {
		t.Errorf("the fingerprint is shown as %q", got)
	}
	for _, shown := range []string{s.sheet.proof.values[1].Text(), s.sheet.proof.values[2].Text()} {
		if !strings.Contains(shown, "the cluster") {
			t.Errorf("subject or issuer is shown as %q", shown)
		}
	}
	s.submit() // a second click, or Enter, which was meant for the fields
	test.Tap(s.sheet.main)
	if n := len(access.asked()); n != 1 {
		t.Errorf("it was tried %d times without a click that trusts", n)
	}
	w.key(fyne.KeyEscape)
	if s.phase() != signFields || w.app.access.signing == nil {
		t.Error("Escape does not lead back to the fields")
	}
	s.submit()
	w.until("the certificate is shown again", func() bool { return s.phase() == signTrust })
	test.Tap(s.sheet.trust)
	w.until("the sheet is closed", func() bool { return w.app.access.signing == nil })
	asked := access.asked()
	if got := asked[1].Fingerprints; len(got) != 0 {
		t.Errorf("what was not confirmed is sent along: %v", got)
	}
	if got := asked[2].Fingerprints; !slices.Equal(got, []string{u.Fingerprint()}) {
		t.Errorf("confirmed was %v", got)
	}
}

func TestWhatWasConfirmedIsForThatServer(t *testing.T) {
	u, err := untrusted(t)
	access := &fakeAccess{login: func(_ context.Context, r kube.LoginRequest) (kube.LoginResult, error) {
		if len(r.Fingerprints) == 0 {
			return kube.LoginResult{}, err
		}
		return kube.LoginResult{}, errors.New("the password is wrong")
	}}
	w, s := openedSigning(t, access)
	s.pasted(ocLogin)
	s.submit()
	w.until("the certificate is shown", func() bool { return s.phase() == signTrust })
	s.trust()
	w.until("it has failed", func() bool { return s.failed != nil })
	s.submit()
	w.until("it has failed again", func() bool { return len(access.asked()) == 3 && s.failed != nil })
	s.sheet.rows[rowServer].field.SetText("https://other.example.net:6443")
	s.submit()
	w.until("the other server is asked about", func() bool { return s.phase() == signTrust })
	asked := access.asked()
	if !slices.Equal(asked[2].Fingerprints, []string{u.Fingerprint()}) || len(asked[3].Fingerprints) != 0 {
		t.Errorf("confirmed for the same server was %v, for another one %v", asked[2].Fingerprints, asked[3].Fingerprints)
	}
}

func TestAnAttemptCanBeCancelled(t *testing.T) {
	ended := make(chan struct{})
	access := &fakeAccess{login: func(ctx context.Context, _ kube.LoginRequest) (kube.LoginResult, error) {
		<-ctx.Done()
		close(ended)
		return kube.LoginResult{}, ctx.Err()
	}}
	w, s := openedSigning(t, access)
	s.pasted(ocLogin)
	s.submit()
	if got := s.sheet.busy.Text(); !strings.Contains(got, "api.ocp.example.net:6443") || !s.sheet.main.Disabled() {
		t.Errorf("while it is under way the sheet says %q", got)
	}
	s.submit() // does nothing
	test.Tap(s.sheet.cancel)
	<-ended
	if w.app.access.signing == nil || s.failed != nil || s.sheet.main.Disabled() || s.sheet.busy.Text() != "" {
		t.Error("after Cancel the sheet is not as before")
	}
	if n := len(access.asked()); n != 1 {
		t.Errorf("it was tried %d times", n)
	}
	test.Tap(s.sheet.cancel)
	if w.app.access.signing != nil {
		t.Error("the second Cancel leaves the sheet open")
	}
}

func TestErrorsOfSigningInStayInTheSheet(t *testing.T) {
	access := &fakeAccess{login: func(context.Context, kube.LoginRequest) (kube.LoginResult, error) {
		return kube.LoginResult{}, &tunnels.Error{Op: "sign in", Err: errors.New("the token has expired"), Hint: "get a new one", Cause: tunnels.CauseSignIn}
	}}
	w, s := openedSigning(t, access)
	s.submit()
	if !s.sheet.rows[rowServer].field.Bad() || len(access.asked()) != 0 {
		t.Error("an empty form is sent off")
	}
	s.pasted(ocLogin)
	s.submit()
	w.until("it has failed", func() bool { return s.failed != nil })
	if got := s.sheet.failed.text; got != "The token has expired. Get a new one." {
		t.Errorf("the sheet says %q", got)
	}
	s.sheet.rows[rowName].field.SetText("ocp")
	if got := s.sheet.failed.text; got != "" {
		t.Errorf("after a change it still says %q", got)
	}
}

func TestWithoutAKeyringTheWindowSaysSo(t *testing.T) {
	c := newFakeCatalog()
	c.contexts[0].Origin = kube.OriginSignedIn
	access := &fakeAccess{login: func(context.Context, kube.LoginRequest) (kube.LoginResult, error) {
		return kube.LoginResult{
			Context:  kube.Context{Name: "dev", Server: apiURL, User: "kim"},
			InMemory: &tunnels.Error{Err: errors.New("this system has no keyring"), Hint: "Install one."},
		}, nil
	}}
	w := newWorldWith(t, newFakeTunnels(), c, access)
	w.app.contextVerb(verbSignIn, "dev")
	s := w.app.access.signing
	if s.sheet.rows[rowServer].field.Text() != "https://dev.example.net:6443" || s.sheet.rows[rowName].field.Text() != "dev" {
		t.Error("signing in again does not fill in server and name")
	}
	s.sheet.rows[rowToken].field.SetText("t0ken")
	s.submit()
	w.until("it is told", func() bool { return s.phase() == signDone })
	if got := s.sheet.memory.text; !strings.Contains(got, "in memory until Culvert ends") || !strings.Contains(got, "no keyring") {
		t.Errorf("the note is %q", got)
	}
	if s.form != (signForm{}) {
		t.Error("the sheet still holds the token")
	}
	test.Tap(s.sheet.cancel)
	w.until("the card says it too", func() bool {
		return w.app.welcome.view.contexts[0].note == "its token ends with Culvert"
	})
}

func TestTheAuthoritysFileIsRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ca.crt")
	if err := os.WriteFile(file, []byte("a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	access := &fakeAccess{login: func(context.Context, kube.LoginRequest) (kube.LoginResult, error) {
		return kube.LoginResult{}, nil
	}}
	if _, err := signIn(t.Context(), access, kube.LoginRequest{}, file); err != nil || string(access.asked()[0].CA) != "a certificate" {
		t.Errorf("with a file: %v", err)
	}
	for _, bad := range []string{dir, filepath.Join(dir, "none")} {
		_, err := signIn(t.Context(), access, kube.LoginRequest{}, bad)
		if e, ok := errors.AsType[*tunnels.Error](err); !ok || e.Hint == "" {
			t.Errorf("for %s the error is %v", bad, err)
		}
	}
	if n := len(access.asked()); n != 1 {
		t.Errorf("without its authority the cluster is asked %d times", n-1)
	}
}
