package control

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// peerOf asks the system who is at the other end.
func peerOf(c net.Conn) (p peer, err error) {
	err = control(c, func(fd int) error {
		cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err == nil {
			p = peer{own: int(cred.Uid) == os.Geteuid(), pid: int(cred.Pid)}
		}
		return err
	})
	return p, err
}
