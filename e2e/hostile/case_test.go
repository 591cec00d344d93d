package hostile

// trial is one thing that a server does, and what is to become of it.
type trial struct {
	name   string // of the tunnel and of its context
	does   string // what the server does, for the document
	script script
	target string // of the tunnel; empty for the pod
	via    string // the transport; empty for the automatic one
	client bool   // a client of the tunnel writes a little, and reads nothing

	tells string // what the user is told
	goes  bool   // nothing is wrong in it: the tunnel gets ready
	slow  bool   // it takes the quarter of a minute that an answer may take
}
