package cli

import "github.com/spf13/cobra"

// tunnelVerbs act on tunnels that Culvert keeps.
func tunnelVerbs(d Deps) []*cobra.Command {
	return []*cobra.Command{
		newUp(d), newDown(d), newRestart(d), newList(d), newStatus(d), newPorts(d), newWait(d), newRun(d), newKeep(d),
	}
}
