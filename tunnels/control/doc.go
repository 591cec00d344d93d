// Package control lets processes of one user talk to the Culvert that runs: one
// private socket, with HTTP over it.
//
// # Who is first
//
// [Claim] makes the caller the first, or connects it to the first. A lock on the
// file control.lock decides; the socket control.sock follows it: whoever holds
// the lock removes a socket that a process before has left, and makes its own. The
// system frees the lock when a process ends, however it ends. The lock's file stays.
//
// Both are in a folder that is the user's alone, mode 0700:
// $XDG_RUNTIME_DIR/culvert, or culvert-UID below the folder for temporary files
// where the former is not the user's own. A folder of another user, a symbolic
// link, or one that others may use is refused. On Windows the socket is a named
// pipe for the user alone, whose name depends on the folder, and the lock is in
// the user's local application data.
//
// # The protocol
//
// HTTP/1.1 and JSON in UTF-8. A request with a body is an application/json of at
// most 64 KiB: one object with known fields, and nothing behind it. The header is
// at most 64 KiB too. Host is "culvert"; a request with an Origin is refused, since
// it comes from a browser. Answers may get more fields later; clients ignore those
// that they do not know.
//
//	GET  /v1/version   → 200 {"version":"1.2.0","api":1,"pid":4711,"started":"2026-01-31T09:00:00Z"}
//	POST /v1/raise     {} → 204: the window shows itself in front
//	POST /v1/args      {"args":["--kubeconfig","/home/kim/dev.yaml"],"dir":"/home/kim"}
//	                   → 200 {"text":"…","status":1}: what a second start prints on stderr, and its exit status
//
// Anything that goes wrong is answered with {"error":"…","hint":"…"} and a status:
//
//	400  the body is not what is said above
//	403  Host or Origin is wrong
//	404  there is no such path; "speaks" lists the versions that are spoken: ["v1"]
//	405  the path has another method
//	413  the body is too large
//	415  the body is no application/json
//	500  the first has failed
//	503  the first is leaving: try Claim again
//
// Processes of other users are cut off before they are heard; a client checks
// likewise that its own user serves it.
//
// # Threads
//
// All methods of [Server] and [Client] may be called from any goroutine. Handlers
// run concurrently, each in a goroutine of its own.
package control
