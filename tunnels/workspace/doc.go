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
// # Guests
//
// A file that is none of the user's profiles, as a project's own, brings guests, see
// [Workspace.Bring]: a profile of their own stands for them, behind all others, and
// they are started and stopped as any tunnel. Nobody keeps them: they are not edited
// here, and gone with the process. To bring the same file again is an edit of it. A
// guest that is put into a profile is kept from then on, and runs on.
//
// # Holding
//
// Who needs tunnels for a while holds them, see [Workspace.Hold]. The user has the last
// word: what runs before, or is started by Start, is left running by the last one who
// lets go, and Stop stops what is held. What runs for those alone who hold it is not
// noted as having run.
//
// # State
//
// Which random ports tunnels have, and which of them run, is written a second after
// it has changed and when the workspace is closed, into a file that several
// processes may share: each writes its own tunnels, and one that is passing, see
// Options.Passing, only their ports. Of guests, too, only ports are kept. What cannot
// be written, as on a full disk, is told once and tried again every half minute. A
// tunnel is found in the file by its profile and its key, see [profiles.Key]; when
// both are changed in a file at once, or while no process runs, it is a new one. What
// is known of a tunnel that is no more is dropped after 30 days. A file that is broken is set aside, as
// state.json.broken-1: lost are ports and what ran. One of a newer version is left
// as it is, and then nothing is kept.
//
// A random port is had again while it is free. When it is in use, another is chosen,
// with a warning, and that one is remembered from then on: the user has seen it
// last. See [tunnels.Manager.Recall].
package workspace
