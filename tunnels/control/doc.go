// Package control lets processes of one user talk to the Culvert that runs: private
// sockets, with HTTP over them.
//
// # Who is first
//
// There are two roles, see [Role]: the one window, and the one who keeps the tunnels,
// which is a window or a process in the background. [Claim] makes the caller the first
// in a role, or connects it to the first. A lock on a file decides, window.lock or
// control.lock; a socket, window.sock or control.sock, follows it: whoever holds the
// lock removes a socket that a process before has left, and makes its own. The system
// frees the lock when a process ends, however it ends. The lock's file stays.
//
// All are in a folder that is the user's alone, mode 0700:
// $XDG_RUNTIME_DIR/culvert, or culvert-UID below the folder for temporary files
// where the former is not the user's own. A folder of another user, a symbolic
// link, or one that others may use is refused. On Windows the sockets are named
// pipes for the user alone, whose names depend on the folder, and the locks are in
// the user's local application data.
//
// # The protocol
//
// HTTP/1.1 and JSON in UTF-8; openapi.yaml, which is served too, describes all of it,
// and docs/control.md tells people how to use it. A request with a body is an
// application/json of one object with known fields, and nothing behind it: of at most
// 8 MiB where it may hold tunnels, else of 64 KiB, like the header. Host is
// "culvert"; a request with an Origin is refused, since it comes from a browser.
// Answers may get more fields later; clients ignore those that they do not know.
// Anything that goes wrong is answered with an [Error] and a status.
//
// Processes of other users are cut off before they are heard; a client checks
// likewise that its own user serves it.
//
// # The engine
//
// An [Engine] keeps tunnels. In the role of the tunnels the first serves its own, as a
// *workspace.Workspace, with [Server.ServeEngine]; others get a [Remote] from
// [Client.Engine], which is one too. What crosses is exported here, as the command
// line prints the same: [Status], [Event], [Profile] and so on. Each has a function Of
// and a method Parse to and from what it is in the program, and nothing is lost on the
// way but what errors wrap: of that there remain the text, profiles.Position and
// tunnels.MissingError.
//
// A remote learns of changes by a stream: of all tunnels at first, then of those that
// have become another. A stream is written as fast as it is read. Who reads slowly is
// told less often of what has changed meanwhile, and of some events only that they
// were dropped; who does not read at all is cut off after 10 s, and at least so often
// there is a sign of life. Nobody waits for a reader. [Remote.Gone] is closed when the
// first has said that it leaves, has ended, has been replaced, or has said nothing for
// 30 s and does not answer when it is asked.
//
// What is held, see Engine.Hold, is an answer that goes on: the end of its connection,
// as when a process is killed, releases it.
//
// # Threads
//
// All methods of [Server], [Client] and [Remote] may be called from any goroutine.
// Handlers run concurrently, each in a goroutine of its own. A Remote owns goroutines
// until its Close.
package control
