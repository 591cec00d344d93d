//go:build unix && !linux

package plugin

import "syscall"

// attributes give the plugin a session of its own.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
