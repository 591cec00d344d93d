package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// certificatesRenewed gives the users of the kubeconfig other certificates.
func certificatesRenewed(ctx context.Context, w *World, _ *rand.Rand, h *Harm) error {
	n, err := w.Cluster.RenewCertificates(w.Kubeconfig)
	h.Note = fmt.Sprintf("%d client certificates renewed", n)
	if err == nil && n == 0 {
		err = errors.New("nobody in the kubeconfig has a certificate")
	}
	return errors.Join(err, pause(ctx, noticed))
}

// tokensRenewed gives the service accounts of the kubeconfig other tokens. The
// API server still knows the old ones for 10 s.
func tokensRenewed(ctx context.Context, w *World, _ *rand.Rand, h *Harm) error {
	n, err := w.Cluster.RenewTokens(ctx, w.Kubeconfig)
	h.Note = fmt.Sprintf("%d tokens renewed, the old ones taken back", n)
	if err == nil && n == 0 {
		err = errors.New("nobody in the kubeconfig has a token: make one with AccountAccess")
	}
	return errors.Join(err, pause(ctx, noticed))
}

// servingRenewed gives the API server another certificate.
func servingRenewed(ctx context.Context, w *World, _ *rand.Rand, h *Harm) error {
	h.Note = "the API server's certificate renewed"
	after, cancel := afterwards(ctx)
	defer cancel()
	return errors.Join(w.Cluster.RenewServing(after), pause(ctx, noticed))
}

// noticed is when everybody has seen that credentials are other ones.
const noticed = 12 * time.Second
