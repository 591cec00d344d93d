// Package durable replaces files so that there is always a whole one, the old or
// the new, and lets processes that change one take turns. Whatever it makes is
// for its owner only.
package durable
