package durable

import "io/fs"

// noWait is nothing: pipes are not in folders here.
const noWait = 0

// isForeign is false: few may make links here, and there is no folder for all.
func isForeign(string, fs.FileInfo) bool { return false }
