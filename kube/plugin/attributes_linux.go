package plugin

import "syscall"

// attributes give the plugin a session of its own, and let it end with us
// whatever happens to us.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}
