// Package exchange takes tunnels from other programs' files and gives them to others.
//
// [Read] recognizes what a text is by what stands in it: an export of kftray or of
// kube-forwarder, a profile of Culvert, manifests with k9s' annotations, k9s' plugins,
// or else a script or the text of a terminal with port-forward commands. It returns
// [Proposal]s: what each would be as a tunnel, what keeps it from being one, and what
// of it is lost. [ReadPaths] does the same for files and folders. [Judge] compares
// proposals with the tunnels and contexts that there are.
//
// # Hostile files
//
// What is imported may come from anywhere. Nothing of it is run, and no file that it
// names is opened. Size, depth and number of what it holds are bounded. What a name
// has that cannot be shown, as control characters and those that turn the direction
// of a text, is removed. A token, password or key is dropped, and so is a kubeconfig
// in an export: none of it is in a proposal, in a note or in an error.
//
// Every proposal without problems has a Spec that is valid once it has an ID.
//
// All functions but ReadPaths are pure, and all may be called from any goroutine.
package exchange
