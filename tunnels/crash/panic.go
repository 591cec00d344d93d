package crash

import (
	"fmt"
	"runtime"
	"strings"
)

// Panic is a panic that has been contained. It is immutable.
type Panic struct { //nolint:errname // it is not only an error
	// Part is the part of the program that has failed, as "tunnel".
	Part string
	// Value is what the panic said, see [Value].
	Value string
	// Stack is where it happened: functions and lines, without arguments.
	Stack string
	// Report is the path of the report; empty when there is none.
	Report string
	// Times is how often this process has had the same one.
	Times int
}

// Error says in one line what has failed.
func (p *Panic) Error() string { return "Culvert itself has failed: " + p.Value }

// Again says whether the same panic has been told of before.
func (p *Panic) Again() bool { return p.Times > 1 }

// mostFrames bounds a stack: one without an end has no more to say than that.
const mostFrames = 64

// stackHere returns the stack of a deferred function that has recovered, from the
// panic on.
func stackHere() string {
	pcs := make([]uintptr, mostFrames+16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	var all []runtime.Frame
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "runtime.gopanic") || f.Function == "runtime.panicmem" || f.Function == "runtime.sigpanic" {
			all = nil // what stands above it has only to do with the recovering
		} else {
			all = append(all, f)
		}
		if !more {
			break
		}
	}
	var b strings.Builder
	for i, f := range all {
		if i == mostFrames {
			fmt.Fprintf(&b, "and more\n")
			break
		}
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
	}
	return b.String()
}
