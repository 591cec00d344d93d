package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"culvert/kube/login"
	"culvert/tunnels"
)

// revokeTimeout bounds how long signing out waits for the server.
const revokeTimeout = 5 * time.Second

// Logout forgets a cluster that was signed in to, with its token, and deletes
// the token on the server where that is OpenShift. What is left although the
// cluster is forgotten, it returns: a token that the server or the keyring still
// has. The error is an *tunnels.Error; nothing is forgotten or deleted then.
func (c *Clusters) Logout(ctx context.Context, name string) (left []error, err error) {
	known, err := c.readSignIns()
	if err != nil {
		return nil, err
	}
	i := known.find(name)
	if i < 0 {
		return nil, known.unknown(name)
	}
	s := known.Clusters[i]
	var f signIns
	err = c.folder.Update(ctx, signInsFile, &f, func() error {
		f.Clusters = slices.DeleteFunc(f.Clusters, func(o signIn) bool { return o.Name == name && o.Key == s.Key })
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.reload()
	if err := c.revoke(ctx, s); err != nil {
		left = append(left, fmt.Errorf("the token may go on being good on %s: %w", s.Server, err))
	}
	if _, err := c.keys.Delete(ctx, s.Key); err != nil {
		left = append(left, fmt.Errorf("the token may still be in the keyring, as %q of culvert: %w", s.Key, err))
	}
	return left, nil
}

// revoke deletes the token on the server, if it can be deleted there.
func (c *Clusters) revoke(ctx context.Context, s signIn) error {
	token, _, err := c.keys.Get(ctx, s.Key)
	if err != nil {
		return nil // without the token nothing can be deleted
	}
	ctx, cancel := context.WithTimeout(ctx, revokeTimeout)
	defer cancel()
	a := signingIn{sign: s}
	_, err = login.Revoke(ctx, login.Endpoint{URL: s.Server, CA: []byte(s.CA), ServerName: s.ServerName, Transport: c.around().loginTransport()}, token)
	if err != nil {
		return a.explain(err)
	}
	return nil
}

// unknown says that nobody is signed in to a name, and where somebody is.
func (f *signIns) unknown(name string) *tunnels.Error {
	e := &tunnels.Error{
		Op: "sign out", Err: fmt.Errorf("%q is no cluster that was signed in to", clean(name, mostText)),
		Hint:  "Contexts of kubeconfigs belong to the tools that made them.",
		Cause: tunnels.CauseNotFound, Permanent: true,
	}
	if len(f.Clusters) == 0 {
		e.Err = errors.New("you are signed in to no cluster")
		return e
	}
	names := ""
	for i, s := range f.Clusters {
		if i > 0 {
			names += ", "
		}
		names += s.Name
	}
	e.Hint = "Choose one of " + names + "."
	return e
}
