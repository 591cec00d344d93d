package cli

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"culvert/kube"
	"culvert/tunnels"
)

// tested is what can be asked of contexts; kube.Clusters implements it.
type tested interface {
	configured
	Check(ctx context.Context, kubeContext string) (time.Duration, error)
}

// contextTests asks the API servers of contexts.
type contextTests struct {
	clusters tested
	named    []string // these and no others are tested
	all      bool
	timeout  time.Duration // of each
	// locked says whether a token from the keyring would ask the user.
	locked func(ctx context.Context) bool
}

func (t contextTests) check(ctx context.Context) []finding {
	contexts, _ := t.clusters.Contexts() // the check of kubeconfigs tells what is wrong with those
	var out []finding
	if len(contexts) == 0 && len(t.named) == 0 {
		return []finding{noted("Sign in to a cluster with `culvert login`, or put a kubeconfig at ~/.kube/config.", "There are none to test.")}
	}
	if len(t.named) == 0 {
		out = append(out, t.current(contexts))
	}
	locked := t.locked(ctx)
	var names []string
	for _, k := range contexts {
		if len(t.named) > 0 && !slices.Contains(t.named, k.Name) {
			continue
		}
		if why, ok := t.untested(k, locked); ok {
			out = append(out, why)
			continue
		}
		names = append(names, k.Name)
	}
	for _, n := range t.named {
		if !slices.ContainsFunc(contexts, func(k kube.Context) bool { return k.Name == n }) {
			names = append(names, n) // its error says that there is none, and which is near
		}
	}
	return append(append(out, unverified(contexts, t.named)...), t.test(ctx, names)...)
}

// unverified tells of contexts whose servers nobody makes sure of.
func unverified(contexts []kube.Context, named []string) []finding {
	var out []finding
	for _, k := range contexts {
		if k.Unverified != "" && (len(named) == 0 || slices.Contains(named, k.Name)) {
			out = append(out, noted("Give its cluster https and a certificate-authority-data in the kubeconfig.",
				"Whoever is between can read and change all, the credentials included: %s.", k.Unverified).of(k.Name))
		}
	}
	return out
}

// current tells which context is used where none is named.
func (t contextTests) current(contexts []kube.Context) finding {
	for _, k := range contexts {
		if k.Current {
			return fine("%s is the current one; its namespace is %s.", k.Name, k.Namespace)
		}
	}
	_, err := t.clusters.Complete(tunnels.Target{})
	f := noted("Choose one with `kubectl config use-context NAME`, or name one with --context each time.", "None is the current one.")
	if e := tunnels.AsError(err); e != nil {
		f.found = sentenceOf(e.Error())
	}
	return f
}

// untested says why a context is not tested; false for one that is.
func (t contextTests) untested(k kube.Context, locked bool) (finding, bool) {
	asked := t.all || slices.Contains(t.named, k.Name)
	anyway := "Run `culvert doctor " + shellWord(k.Name) + "` to test it."
	switch {
	case k.Consent != nil && !k.Consent.Given:
		return noted("Look at what it does with `culvert contexts add "+shellWord(k.File)+"`, and allow it there.",
			"Not tested: you have not allowed yet what it does.").of(k.Name), true
	case k.Err != nil:
		return failed(k.Err, "Correct it in the kubeconfig.").of(k.Name), true
	case asked:
		return finding{}, false
	case k.Production:
		return noted(anyway, "Not tested: it is marked as production.").of(k.Name), true
	case k.Unsure:
		return noted(anyway, "Not tested: it may be marked as production, since Culvert's settings cannot be read.").of(k.Name), true
	case k.ExecPlugin != "":
		return noted(anyway, "Not tested: it runs the credential plugin %s, which may ask you something.", k.ExecPlugin).of(k.Name), true
	case k.Origin == kube.OriginSignedIn && locked:
		return noted(anyway, "Not tested: its token is in the keyring, which is locked and would ask you.").of(k.Name), true
	}
	return finding{}, false
}

// test asks several servers at a time, and returns what they said in the order of the
// names.
func (t contextTests) test(ctx context.Context, names []string) []finding {
	out := make([]finding, len(names))
	turns := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			out[i] = t.one(ctx, name)
		})
	}
	wg.Wait()
	return out
}

func (t contextTests) one(ctx context.Context, name string) finding {
	inner, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	took, err := t.clusters.Check(inner, name)
	switch {
	case err == nil:
		f := fine("It answers.").of(name)
		f.took = max(took, time.Millisecond)
		return f
	case ctx.Err() == nil && inner.Err() != nil:
		return faulty("See that the VPN is up and the server's address right, or give it more time with --timeout.",
			"Its API server did not answer within %v.", t.timeout).of(name)
	}
	return failed(err, fmt.Sprintf("Try `kubectl --context %s version`.", shellWord(name))).of(name)
}
