package cli

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// ownSession gives a process no console, and a group of its own.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

// keepFiles does nothing: a process inherits what is named alone.
func keepFiles() {}
