// Package command reads and writes a tunnel in one line: a quick line as it is
// typed, as
//
//	svc/web 6000:5000 :9090 -n shop
//
// or a pasted command of kubectl, oc or culvert, as
//
//	kubectl --context dev port-forward svc/web 6000:5000 &
//
// [Parse] reads both, [Quick] and [Line] write them. [ReadScript] reads a whole script,
// or what stands in a terminal, with many such commands.
//
// # What is read
//
// The text may come from anywhere. It is taken apart as a POSIX shell would, and
// nothing in it is run, filled in or looked up: a word with a variable or with the
// output of another command is an error where its value would be used, and the
// pattern of a file name is taken as it stands, with a warning. A prompt before the
// command, redirections and an & after it, variables set for it, lines continued
// with \, ^ or ` and words as nohup in front are passed over. Of several commands
// one is read, and that there are more is an error.
//
// The order of words is free, but the first one that is no port is the target:
// TYPE/NAME, or a pod's name alone. Of a flag given twice the last one holds, as
// with kubectl; addresses add up.
//
// Flags that kubectl knows and that have no effect on a tunnel are passed over. One
// that would lead elsewhere, as --server, is a warning that says what to do instead.
// A token, password or key is dropped: it is in no piece, error or warning, and
// neither is the value of any flag that is not used.
//
// # Scripts
//
// A script is read from its beginning to its end, as if each line were carried out
// once. A variable has the value that the script set last; one that gets a value from
// outside, from a command, or several on conditions has none. So it is with contexts
// and namespaces that are chosen by kubectl config, kubectx or oc project. Commands
// behind programs as sudo or timeout, and those that a shell is given in quotation
// marks, are read as well; what is only printed, as by echo or in a here-document,
// is not.
//
// # While it is typed
//
// A line without a target or ports is no error, and neither is a target or command
// that breaks off at the end of the text. Every [Piece] says where it is and what it
// was taken for, so that a window can mark it while it is typed; an error of the
// piece at the end may be one that the next letter mends.
//
// All functions are pure, and may be called from any goroutine.
package command
