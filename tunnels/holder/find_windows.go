package holder

import (
	"net/netip"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

func find(addr netip.AddrPort) (Process, error) {
	ls, err := listeners()
	if err != nil {
		return Process{}, err
	}
	found, best := 0, none
	for _, l := range ls {
		if g := gripOf(l.at, addr); g != none && (g > best || g == best && l.pid < found) {
			found, best = l.pid, g
		}
	}
	if best == none {
		return Process{}, ErrFree
	}
	p := Process{PID: found, Own: found == os.Getpid(), Path: pathOf(found)}
	if p.Path != "" {
		p.Name = filepath.Base(p.Path)
	}
	return p, nil
}

// pathOf returns the path of a process's program; "" for those of the system and,
// without rights for them, of other users.
func pathOf(pid int) string {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return ""
	}
	defer func() { _ = windows.CloseHandle(h) }() // it was only asked
	name := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(name))
	if err := windows.QueryFullProcessImageName(h, 0, &name[0], &size); err != nil {
		return ""
	}
	return windows.UTF16ToString(name[:size])
}
