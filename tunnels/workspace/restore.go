package workspace

import (
	"slices"

	"culvert/tunnels"
)

// ToRestore returns the tunnels that are to run from the program's start on, in
// their order: those with AutoStart and, where the user has chosen Settings.Restore,
// those that ran when the last process ended, whether it was ended in an orderly way
// or killed. All others stay stopped. Nothing is started: whoever calls asks the
// user first where that is due, as for a tunnel that leads to production. Until such
// a tunnel runs it counts as one that did, so that nothing is forgotten when the
// program is killed meanwhile. There are none with Options.Passing.
func (w *Workspace) ToRestore() []tunnels.ID { return slices.Clone(w.begin) }

// toRestore looks before anything is noted.
func (w *Workspace) toRestore() []tunnels.ID {
	all := w.Settings().Restore
	var ids []tunnels.ID
	for _, st := range w.Snapshot() {
		if ran := all && w.journal.ran(st.Spec); ran || st.Spec.AutoStart {
			ids = append(ids, st.Spec.ID)
		}
	}
	return ids
}
