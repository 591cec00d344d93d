// Package motion tells whether the user has asked the desktop for as little motion as
// possible.
package motion
