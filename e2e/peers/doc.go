// Package peers measures what Culvert, kubectl and others do when something
// goes wrong: the faults of docs/faults.md that show on a real cluster or from
// outside of a process. Every peer is put into the same situation at the same
// time and looked at by the same code, which knows nothing of what it looks at
// but its process and its local ports: [Observation] is what was seen, and its
// verdict follows from it by fixed rules.
//
// [Run] does all rows on one cluster; cmd/peers is the command.
package peers
