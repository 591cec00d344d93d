// Package attach lets a process that shows tunnels go on when the process in which they
// run ends.
//
// An [Engine] passes to one [Side] at a time: an engine of this process, or another
// process's. While the tunnels run elsewhere, the Engine waits for the end of that
// process; then it opens another side, which is this process's own unless somebody was
// faster, and those who watch are told of it without doing anything.
//
// # What becomes of the tunnels
//
// Tunnels that ran in a process which has ended are stopped, and say why until somebody
// starts them. They are not started by themselves: a process that was told to end, as by
// `culvert down`, has stopped them on purpose. Where it ended without a word, as when it
// was killed, they are in [Place.Lost], so that the user can be asked. Nothing is lost in
// either case: tunnels of profiles are in their files, and guests are brought to the new
// side, stopped.
//
// A call that meets the end of its side is made again to the next one: what the old side
// may have done of it has ended with it.
package attach
