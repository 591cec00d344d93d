// Package window tests the real window as a person uses it: culvert runs under
// Xvfb with the window manager openbox, xdotool moves the mouse and types, and
// everything is found by the names that the build with tag e2e gives to widgets.
//
// Some tests need the real cluster of package real, which starts once; the others
// need only the display. The pictures of the documentation come from here too; in
// the folder e2e:
//
//	go test -count=1 -run TestPictures ./window -pictures "$PWD/../docs"
//
// Each test has a display, a home folder and processes of its own. They end with
// the test, and also when the test's process is killed.
package window
