// Package trayhost tells whether the desktop shows icons in a tray. A program whose
// window is hidden while nobody shows its icon cannot be reached any more.
//
// On Linux a program called StatusNotifierWatcher knows of the hosts, which are
// panels; both may come and go at any time. Windows and macOS always have one.
package trayhost
