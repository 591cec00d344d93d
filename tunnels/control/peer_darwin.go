package control

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// peerOf asks the system who is at the other end.
func peerOf(c net.Conn) (p peer, err error) {
	err = control(c, func(fd int) error {
		cred, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
		if err != nil {
			return err
		}
		p.own = int(cred.Uid) == os.Geteuid()
		p.pid, err = unix.GetsockoptInt(fd, unix.SOL_LOCAL, unix.LOCAL_PEERPID)
		if err != nil {
			p.pid = 0 // the user counts
		}
		return nil
	})
	return p, err
}
