// Package parts holds what the window is drawn with: palette, theme, faces and
// the small widgets that the toolkit lacks. It knows nothing of tunnels.
//
// Everything in it belongs to the toolkit's own goroutine.
package parts
