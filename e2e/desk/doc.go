// Package desk is what tests of the window sit at: a home folder, if wanted a
// session bus and a keyring, a display that nobody sees with a window manager,
// the program under test, and the hands and eyes of who uses it. The build with tag
// e2e gives names to widgets and tells where they are; xdotool moves the mouse and
// types.
//
// What a test starts ends with the test, by its process, and also when the test's
// own process is killed.
package desk
