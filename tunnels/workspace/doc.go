// Package workspace holds a manager's tunnels and the profiles in which they are
// kept together: what a user changes is written, and what is edited in the files is
// carried out. It also keeps what is state rather than profile: random ports that
// were chosen before and what was running.
//
// # Changes
//
// A change by the user is written first and then given to the manager; when it
// cannot be written nothing has changed. One change is made at a time. The order of
// the tunnels is that of the profiles, by name, and in each that of its file.
//
// # Edits
//
// Files are edited by people, by other processes and by git, while tunnels run. What
// is new comes stopped, also with AutoStart; what is no more is stopped and removed;
// what differs is put, which restarts a running tunnel only where that has to be. A
// file that is broken or empty changes nothing, and an edit is carried out once it
// has been quiet for a moment, as many programs write in several steps.
//
// A file may come from somebody else. Therefore a running tunnel that an edit would
// send to another context, or make listen for other computers where it did not, is
// stopped instead, and says so: the user's next start asks about both. The same
// holds for an edit that is met in the middle of a change by the user.
//
// # State
//
// Which random ports tunnels have, and which of them run, is written a second after
// it has changed and when the workspace is closed, into a file that several
// processes may share: each writes its own tunnels. A tunnel is found in it by its
// profile and its key, see [profiles.Key]; when both are changed in a file at once,
// or while no process runs, it is a new one. What is known of a tunnel that is no
// more is dropped after 30 days. A file that is broken is set aside, as
// state.json.broken-1: lost are ports and what ran. One of a newer version is left
// as it is, and then nothing is kept.
//
// A random port is had again while it is free. When it is in use, another is chosen,
// with a warning, and that one is remembered from then on: the user has seen it
// last. See [tunnels.Manager.Recall].
package workspace
