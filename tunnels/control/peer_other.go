//go:build unix && !linux && !darwin

package control

import "net"

// peerOf trusts the folder, which only its user may enter: how these systems tell
// who is at the other end differs.
func peerOf(net.Conn) (peer, error) { return peer{own: true}, nil }
