// Package signin tests signing in with the real program and a real keyring:
// gnome-keyring-daemon on a session bus of its own, with a home folder of its
// own. The cluster is that of package kubetest, in the test's process; no real
// one is needed. One test runs the program under strace and reads where its secrets
// go.
package signin
