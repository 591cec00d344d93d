// Package crash keeps a panic to the part of the program in which it happens, and
// writes a report of it that can be given to others.
//
// # Containing
//
// A [Reporter] runs functions, see [Reporter.Contain] and [Reporter.Contained]: a panic
// becomes a [Panic], which is an error, for whoever owns the function. The owner then
// throws away what the function worked on, says what has failed, and begins anew
// after a pause: a panic says nothing of how the data was left. Locks that the
// function may hold are to be freed by defer.
//
// What cannot be contained ends the process: a panic in a goroutine of a library, and
// what the Go runtime does not let anybody recover from, as two writers of one map.
// For that there is [Reporter.Watch].
//
// # Reports
//
// They are files named crash-TIME-PID.txt in one folder of the user's own, mode 0600 in
// 0700, at most [MaxReports] of them, the oldest of which makes room. Each has at most
// [MaxBytes]. There is version and system in it, which part of the program it was, the
// panic's value, and the stack as names of functions and lines of source files, without
// arguments. Of the value, which may be any text that was at hand, remain the Go
// runtime's own messages, and of all others the words that are nothing but a word:
// see [Value]. All of it goes through package redact.
//
// A panic that comes again is counted in the report that there is; one process writes
// no more than [MaxReports] of its own. Nobody waits for a report, and a report that
// cannot be written hinders nobody.
//
// # The end of the process
//
// Watch has the Go runtime write its last words into a file of that folder, which is
// empty until then. These words are raw: beside the stack of one goroutine, with the
// arguments of its functions as numbers, they have the panic's value in full, and that
// may be a secret. So the file is the user's own, mode 0600, and the next Culvert that
// starts makes a report of it, see [Reporter.Collect], and removes it.
//
// All methods of a Reporter may be called from any goroutine, and on a nil one, which
// contains likewise and writes nothing. None of them panics.
package crash
