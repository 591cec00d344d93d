// Package speaks finds out what is spoken behind the local ports of a tunnel, so that
// what speaks HTTP can be opened in a browser. It asks as a browser would, and sends
// nothing that is secret.
package speaks
