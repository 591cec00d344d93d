package kube

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"culvert/kube/keyring"
	"culvert/tunnels"
)

// LoginRequest is a cluster to sign in to, with a token or with a user and a
// password.
type LoginRequest struct {
	// Name of the context; empty means the one that the server has already, or
	// its host. Signing in to a name again renews the sign-in.
	Name string
	// Server is the API server's URL; empty means that of Name, which must exist.
	Server string

	Token          string
	User, Password string // for OpenShift

	// Namespace of the context; empty keeps the one before, or is "default".
	Namespace string
	// CA are the authorities, in PEM, that the server is trusted by; nil keeps
	// those before, or means the system's.
	CA []byte
	// ServerName is the name in the server's certificate, where it is not the
	// host of Server.
	ServerName string
	// Fingerprints are the certificates that the user has confirmed, see
	// [culvert/kube/login.UntrustedError].
	Fingerprints []string
	// Lasting makes it an error when the token cannot be kept for later
	// processes.
	Lasting bool
}

// LoginResult is what came of signing in.
type LoginResult struct {
	Context Context // it is there already
	// InMemory says why the token ends with this process; nil when it is in the
	// system's keyring.
	InMemory *tunnels.Error
}

// Login signs in to a cluster, which becomes a context, and keeps the token in
// the keyring and the rest in the config folder. Tunnels that waited for the
// sign-in go on by themselves, in other processes too. The error is an
// *tunnels.Error and holds no secret; around a [culvert/kube/login.UntrustedError] it asks to
// confirm a certificate, of the API server or of the server that signs users in:
// call again with its fingerprint then. It blocks for the network, and up to 30
// s for the keyring.
func (c *Clusters) Login(ctx context.Context, r LoginRequest) (LoginResult, error) {
	c.awaitProxies(ctx)
	a, err := c.signingIn(r)
	if err != nil {
		return LoginResult{}, err
	}
	token, err := a.token(ctx)
	if err != nil {
		return LoginResult{}, a.explain(err)
	}
	inMemory, err := c.keep(ctx, a, token)
	if err != nil {
		if a.request.Token == "" {
			a.giveBack(ctx, token)
		}
		return LoginResult{}, err
	}
	c.reload()
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.loaded.entries[a.sign.Name]
	if e == nil { // somebody has signed out meanwhile
		return LoginResult{}, c.unknownLocked(a.sign.Name)
	}
	return LoginResult{Context: e.context, InMemory: inMemory}, nil
}

// keep stores a sign-in: the token first, so that there is none without it, and
// the token before it goes last.
func (c *Clusters) keep(ctx context.Context, a *signingIn, token string) (inMemory *tunnels.Error, err error) {
	a.sign.At = time.Now().UTC().Truncate(time.Second)
	a.sign.Key = a.sign.Name + " " + rand.Text()
	place, why := c.keys.Set(ctx, a.sign.Key, token)
	forget := func(key string) {
		if _, err := c.keys.Delete(context.WithoutCancel(ctx), key); err != nil {
			c.warn(fmt.Errorf("an old token of %s is left in the keyring: %w", a.sign.Name, err))
		}
	}
	if place == keyring.Memory {
		inMemory = tunnels.AsError(why)
		if a.request.Lasting {
			forget(a.sign.Key)
			return nil, notKept(why)
		}
	}
	var f signIns
	old := ""
	err = c.folder.Update(ctx, signInsFile, &f, func() error {
		if err := f.check(); err != nil {
			return invalidLogin(c.folder.File(signInsFile)+": "+err.Error(), "Correct the file, or move it away and sign in again.")
		}
		if err := c.free(a.sign.Name); err != nil {
			return err
		}
		f.Version = signInsVersion
		if i := f.find(a.sign.Name); i >= 0 {
			old, f.Clusters[i] = f.Clusters[i].Key, a.sign
		} else {
			f.Clusters = append(f.Clusters, a.sign)
		}
		return nil
	})
	if err != nil {
		forget(a.sign.Key)
		return nil, err
	}
	if old != "" {
		forget(old)
	}
	return inMemory, nil
}

// free returns an error when a kubeconfig has a context of the name.
func (c *Clusters) free(name string) error {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.base.entries[name] == nil {
		return nil
	}
	return invalidLogin(fmt.Sprintf("a kubeconfig has a context %s already", name), "Choose another name.")
}

func notKept(why error) *tunnels.Error {
	e := tunnels.AsError(why)
	return &tunnels.Error{
		Op: "sign in", Err: fmt.Errorf("the token cannot be kept for later: %w", why),
		Hint:  e.Hint + " Culvert writes tokens into no file; its window can keep one until it is closed.",
		Cause: tunnels.CauseSignIn, Permanent: true,
	}
}
