// Package workspace holds a manager's tunnels and the profiles in which they are
// kept together: what a user changes is written, and what is edited in the files is
// carried out. It also keeps what is state rather than profile: random ports that
// were chosen before and what was running.
package workspace
