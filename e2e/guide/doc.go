// Package guide runs the commands of README.md and docs/guide.md, in their order, in an
// empty home on a machine on which nothing else listens, against the demo's cluster. Its
// tests need what the window's tests need (tools/deps.sh window), and curl.
package guide
