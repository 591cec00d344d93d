// Package servers runs what real clients are tried on: PostgreSQL, Redis, nginx
// with git behind it, and sshd from Debian's packages, and a server of WebSockets
// and of gRPC, as pods of a real cluster.
//
// All come from one image. Its lower layer holds the packages as they are, the
// upper one the files of this package and the program of package server. What a
// pod must know in secret is made for the run and given to it as a Secret.
package servers
