// Package login signs in to a cluster without a kubeconfig: it reads a pasted
// `oc login` line, gets a token for a user and a password by OpenShift's OAuth
// challenge, asks whose a token is, and finds out which certificate a server
// would have to be trusted for.
//
// # Trust
//
// Every connection is verified: the chain up to a trusted authority, the dates
// and the host's name. A server whose chain ends nowhere we know is not talked
// to; [Endpoint.Probe] and every other function then return an
// [UntrustedError] with the certificate to show to the user. Who confirms its
// fingerprint makes that certificate the cluster's authority. Where the server
// sends the authority that issued its own certificate, it is that one: then
// renewed certificates of the same authority are trusted too. Where it sends
// only its own, exactly that certificate is trusted: its dates and names are
// still checked, it cannot vouch for others, and when the server gets another
// one the user is asked again.
//
// # Secrets
//
// A password goes to the authorization endpoint only, over verified TLS, after
// that has asked for it, and along no redirect to another host. A token goes to
// the API server only. Errors hold neither.
package login
