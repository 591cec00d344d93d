// Package licences tells which modules are linked into the product, and under which
// licences they and the files built into it may be passed on. The audit uses it, and
// so can whatever shows licences to users: a program that writes them to a file calls
// [Read] and takes the texts, which are whole.
//
// Licences are recognised by github.com/google/licenseclassifier, which compares words
// with the texts of the SPDX list.
package licences
