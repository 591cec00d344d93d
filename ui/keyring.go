package ui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels"
)

// Keyring is the system's keyring, as far as the user is told of it.
type Keyring interface {
	// Watch calls fn with the keyring's condition, now and after each change, never
	// concurrently, until ctx is done.
	Watch(ctx context.Context, fn func(keyring.Condition))
	// Retry asks the keyring anew, which may bring up a window of its own, and puts
	// there what is kept in memory. It blocks for up to half a minute.
	Retry(ctx context.Context) error
}

// verbUnlock is the banner's verb for the keyring.
const verbUnlock = "unlock the keyring"

// watchKeyring follows the keyring until the window is closed.
func (a *App) watchKeyring() {
	if a.deps.Keyring == nil {
		return
	}
	a.spawn(func(ctx context.Context) {
		a.deps.Keyring.Watch(ctx, func(c keyring.Condition) {
			a.keyring.Store(&c)
			a.pump.mark()
		})
	})
}

// keyringNow returns the keyring's condition, as it was heard of last.
func (a *App) keyringNow() keyring.Condition {
	if c := a.keyring.Load(); c != nil {
		return *c
	}
	return keyring.Condition{}
}

// keyringFacts tells that the keyring does not serve, and what to do.
func keyringFacts(c keyring.Condition) []bannerView {
	b := bannerView{key: "keyring", verb: verbUnlock}
	switch c.State {
	case keyring.Fine:
		return nil
	case keyring.Asking:
		b.key, b.verb, b.advice = "keyring asks", "", true
		b.title = lang.L("Waiting for the keyring.")
		b.text = lang.L("If it asks for its password, please answer it.")
	case keyring.Locked:
		b.title, b.button = lang.L("The keyring is locked."), lang.L("Unlock…")
		b.text = lang.L("Unlock it to use the sign-ins in it; new ones are kept until Culvert ends.")
	case keyring.Absent:
		b.title, b.button, b.advice = lang.L("No keyring is running."), lang.L("Try again"), true
		b.text = lang.L("Tokens end with Culvert. Install gnome-keyring or KWallet to keep them.")
	case keyring.Broken:
		b.title, b.button = lang.L("The keyring does not work."), lang.L("Try again")
		b.text = complaint(c.Err)
	}
	b.key += " " + b.title
	return []bannerView{b}
}

// unlockKeyring asks the keyring anew. What waits for a token goes on then.
func (a *App) unlockKeyring() {
	if a.unlocking {
		return
	}
	a.unlocking = true
	a.spawn(func(ctx context.Context) {
		err := a.deps.Keyring.Retry(ctx)
		a.do(func() {
			a.unlocking = false
			if err != nil { // the banner tells
				return
			}
			clear(a.access.inMemory)
			a.kickAll(waitForToken(a.snap))
			for _, c := range a.browser.Contexts().items {
				if c.Origin == kube.OriginSignedIn {
					a.browser.check(c.Name)
				}
			}
			a.draw()
		})
	})
}

// kickAll has tunnels try again at once.
func (a *App) kickAll(ids []tunnels.ID) {
	a.spawn(func(ctx context.Context) {
		for _, id := range ids {
			if ctx.Err() == nil {
				a.deps.Tunnels.Kick(id)
			}
		}
	})
}

// waitForToken returns the tunnels that wait for a sign-in.
func waitForToken(snap tunnels.Snapshot) []tunnels.ID {
	var out []tunnels.ID
	for _, st := range snap {
		if st.State == tunnels.NeedsUser && st.Err != nil && st.Err.Cause == tunnels.CauseSignIn {
			out = append(out, st.Spec.ID)
		}
	}
	return out
}
