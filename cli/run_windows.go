package cli

import "os"

// pass does nothing for what is typed: each process of the console hears that itself.
// Any other signal ends the command, as it cannot be passed on.
func pass(to *os.Process, s os.Signal) {
	if s != os.Interrupt {
		_ = to.Kill() // it may just have ended
	}
}

// exitStatus is how a command has ended.
func exitStatus(state *os.ProcessState) int { return state.ExitCode() }
