// Package kube is the adapter between tunnels and Kubernetes: it reads
// kubeconfigs, lists and watches what a cluster has, resolves targets to pods
// and dials sessions to them. Apart from its own sub-packages it is the only
// one that imports k8s.io and spdystream; what crosses its border are its own
// value types and those of package tunnels.
//
// # Configuration
//
// [Open] reads what kubectl reads, through client-go, and follows the files
// until [Clusters.Close]. A file that has become unreadable leaves the last
// good configuration in use and its error with [Clusters.WatchContexts]. When
// a context changes, in a kubeconfig or in a certificate file that it names,
// its connections are made anew and its watches go on over them; sessions that
// were dialled before stay as they are.
//
// # Imported files
//
// Beside the kubeconfigs there are imported files, see [Clusters.Import]. Those
// of KUBECONFIG, ~/.kube/config and --kubeconfig are trusted as kubectl trusts
// them; an imported one may come from anybody. So it is bounded, its names are
// checked, its contexts take no other context's name, and one that runs a
// command, reads other files, trusts any server or goes through a proxy is not
// used before the user has consented to just that, see [Consent]. That, and all
// else that the user says of contexts, is stored in Culvert's own folder, and is
// followed there like the kubeconfigs, which are never written.
//
// # Signing in
//
// [Clusters.Login] makes a cluster a context without a kubeconfig: see package
// login for how, and for what is trusted. What is known of it goes into
// clusters.yaml in Culvert's own folder, which is followed like the kubeconfigs
// and may be changed by several processes; the token goes into the keyring and
// nowhere else, under a new name at each sign-in, so that whoever holds the old
// one notices. It is fetched when it is first needed. A token that is missing,
// because the keyring has lost it or another process had it in memory only, is
// like one that has expired: the user has to sign in, and what waited for that
// goes on by itself. A process that ends between writing the keyring and the
// file leaves a token in the keyring that nobody uses.
//
// # Watches and threads
//
// Each Watch method blocks until its context is done and calls its function
// from the caller's goroutine, never concurrently; what comes while the
// function runs is told as one. Two watches of the same thing share one request
// to the server. Slices are immutable. The first answer to a list is told page by
// page and is [Listing].Complete with the last one; what is read anew later, and
// what a target means, is told only as a whole. An error comes with what was
// last known and means that the watch is trying again by itself: after 250 ms,
// then ever more slowly up to 10 s, and every 30 s where only the user can help.
//
// # Credential plugins
//
// A plugin runs without a terminal, in the environment that the user's login
// shell sets, see [ShellUse], and under supervision, see package plugin: it is
// killed after 60 s, and when this process ends. Requests give up after the same
// time, and none is sent while one hangs; their goroutines end with the plugin,
// which may be after Close. One request of a context at a time asks for
// credentials, and the same plugin does not run twice at once.
//
// # Rights and errors
//
// [Clusters.Access] asks the server what the user may do of all that forwarding
// to a target takes, and makes the Role for what is missing. It asks for what
// resolving a target of that kind reads: a change there needs one in its plan.
//
// All errors go through one translator, cluster.explain: a sentence, a hint that
// says what to do, and in Raw the original words where the sentence replaces them.
// None of the three has secrets or control characters.
package kube
