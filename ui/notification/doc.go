// Package notification tells the user something beside the window, by the desktop's
// own means.
package notification
