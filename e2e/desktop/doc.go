// Package desktop tests Culvert as a part of a desktop session: the real program on
// a session bus, with a keyring, a tray and notifications. The tray is that of
// package tray, made for tests, and in some tests that of a real panel, xfce4-panel.
// The cluster is that of package kubetest, in the test's process.
//
// Each test has a session of its own, and all that it starts ends with it.
package desktop
