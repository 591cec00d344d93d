// Package clock sets the clocks of one running program and of nothing else: its
// wall clock jumps, or its monotonic clock stands still while it sleeps, as
// both do in a machine. The program is an ordinary build that knows nothing of
// it.
//
// A Go program on Linux asks for the time in the vDSO, a page of code that the
// kernel shows to each process. [Of] puts other code into the page of that one
// process: it asks the kernel, and adds what the clocks are set by. That works
// on amd64, and needs the right to trace the process.
package clock
