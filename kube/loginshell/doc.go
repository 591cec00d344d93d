// Package loginshell reads the environment that the user's login shell sets up.
// A program that a desktop has started lacks what is set there: folders in PATH,
// KUBECONFIG, proxies, cloud profiles.
//
// The shell runs as in a new terminal window, login and interactive, because
// people set such things in the files of either, but with no terminal: its input
// is /dev/null, and a session of its own keeps it from any that we have. What
// profile scripts print is noise around the answer. The answer is written by the
// caller's own program and not by env, which may be another command here and
// cannot always separate variables by NUL.
//
// It changes nothing in its own process. On Windows, where there are no login
// shells, there is nothing to read.
package loginshell
