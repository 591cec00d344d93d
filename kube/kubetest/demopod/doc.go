// Package demopod is the workload of Culvert's demo pods and of the image that
// its end-to-end tests run in a real cluster: a handful of small services that
// show, and let tests measure, what a port-forward does.
//
//	port  name        what it does
//	8080  http        a page that names the pod; plain text for curl
//	9001  echo        returns what it gets; ends when the client does
//	9002  source      reads an 8-byte big-endian count, sends that many bytes of Pattern, closes
//	9003  sink        reads an 8-byte count and that many bytes, answers count and SHA-256 (40 bytes), closes
//	9004  half-close  reads until the client ends its side, then answers "got N bytes\n"
//	9005  banner      sends "hello from POD\n" and closes at once
//	9006  http-alt    the page again
//	9007  reset       sends one byte, then resets the connection
//	9008              nothing listens here: connections are refused
//	9009  slow        sends a line of 1 KiB every 100 ms until the client goes
//	9010  late        reads one line that holds a duration, waits that long, answers "late\n", closes
//	9011  stream      reads 8-byte count, seed and pace, sends that many bytes of NewStream, at most so many a second
//	                  (0: as fast as it can), closes; a pod that ends before resets the connection
package demopod
