// Package profiles keeps tunnels in files: a readable YAML file for each profile,
// which people edit by hand and share by git. Nothing secret is ever in one. The
// format is described in docs/profiles.md and by [Schema].
//
// # Reading
//
// [Parse] takes files from anywhere: their size, depth and numbers are bounded, and
// what a list of tunnels has no need of is refused, as references between places,
// types, several documents and control characters. Errors are sentences that name the
// file and the line. Fields that are not known are left alone.
//
// # Writing
//
// A [Store] changes the lines that say what is to change, and no others. Where a file
// is not written in lines, it is written anew from the library's tree, which keeps
// comments as far as it can. Whatever is to be written is read first, and it is
// written only if it says what was meant and has lost no field. Files are replaced at
// once or not at all, see package durable.
//
// Who changes files has the folder's lock, and begins with what is on the disk then;
// once more when an editor, which asks for no lock, saves the file before it is
// replaced.
// A change to one tunnel is three-way: what was edited in its file meanwhile stays,
// field by field, unless the change is about the same field.
//
// # Following
//
// The store reads its files anew when they change, and tells watchers if they then
// say something else. A tunnel keeps its ID through edits as long as it can be known
// again: by all that it is, else by its key, see [Key], else by all but its name, or by
// its target. IDs are not in the files.
//
// A file that cannot be read leaves its profile as it was last, with the error. It is
// not written to. An empty file is such a one, as editors empty a file before they
// write it.
package profiles
