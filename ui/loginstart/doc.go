// Package loginstart has a program start when its user signs in to the desktop: by
// an XDG autostart entry, a LaunchAgent of macOS, or the Run key of Windows. What it
// writes belongs to the user alone and starts nothing now.
package loginstart
