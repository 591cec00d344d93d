// Package node is what stands between the tests and the processes of a cluster:
// the first process of the cluster's own namespaces, and the program that puts
// a command into them.
//
// [Main] is the whole of the command cmd/node. The tests start it with new
// network, mount and process namespaces and talk to it over its standard input
// and output, in the JSON-RPC of [net/rpc/jsonrpc]; package real is the other
// end. When its input ends, for whatever reason, it ends everything that runs
// in its namespaces and then itself: nothing outlives the tests, even when they
// are killed.
//
// Without namespaces of its own (see [Setup].Confined) it only starts, signals
// and ends the processes that it is asked for.
package node
