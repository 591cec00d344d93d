// Package tray is a panel's tray for tests, without a picture: the watcher and host
// of StatusNotifier items on a session bus, and the reader of their menus. It can
// stop and start again while programs run, as a panel does that has crashed.
//
// Methods that ask a program for something block until it has answered or ctx is
// done.
package tray
