package cli

import "github.com/spf13/cobra"

// toolVerbs are those beside the tunnels.
func toolVerbs(d Deps) []*cobra.Command {
	return []*cobra.Command{newDoctor(d), newVersion(d), newOpen(d), newProfiles(d), newImport(d), newExport(d)}
}
