// Package hostile runs the built culvert against API servers that are broken or
// mean harm. Each case is a script of such a server and says what the user is to
// be told. The program has one tunnel more, to an honest cluster, which carries
// bytes all the time: nothing that a server does may disturb it, nor make the
// program large, busy or deaf to its end.
package hostile
