package holder

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// lookFor bounds the search through the processes.
const lookFor = 2 * time.Second

func find(addr netip.AddrPort) (Process, error) { return findIn("/proc", addr, os.Getpid()) }

// findIn looks into a proc file system; self is the id of this process.
func findIn(proc string, addr netip.AddrPort, self int) (Process, error) {
	inodes, err := listeners(proc, addr)
	if err != nil {
		return Process{}, err
	}
	if len(inodes) == 0 {
		return Process{}, ErrFree
	}
	pids, err := processes(proc, self)
	if err != nil {
		return Process{}, err
	}
	until := time.Now().Add(lookFor)
	for _, pid := range pids {
		if time.Now().After(until) {
			break
		}
		dir := filepath.Join(proc, strconv.Itoa(pid))
		if hasSocket(filepath.Join(dir, "fd"), inodes) {
			return describe(dir, pid, self), nil
		}
	}
	return Process{}, ErrUnknown
}

// listeners returns the sockets that keep others from listening on addr, as links
// of open files name them.
func listeners(proc string, addr netip.AddrPort) (map[string]bool, error) {
	out := make(map[string]bool)
	best := maybe
	for _, name := range []string{"tcp", "tcp6"} {
		table, err := os.ReadFile(filepath.Join(proc, "net", name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // a system without IPv6
		}
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(table)) {
			at, inode, ok := parseListener(line)
			g := gripOf(at, addr)
			if !ok || g < best {
				continue
			}
			if g > best {
				clear(out)
				best = g
			}
			out["socket:["+inode+"]"] = true
		}
	}
	return out, nil
}

// processes returns the ids of all processes, self first, the others by number.
func processes(proc string, self int) ([]int, error) {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && pid != self {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return slices.Insert(pids, 0, self), nil
}

// hasSocket says whether one of the open files in dir is one of the sockets. What
// may not be read has none.
func hasSocket(dir string, sockets map[string]bool) bool {
	d, err := os.Open(dir)
	if err != nil {
		return false
	}
	names, err := d.Readdirnames(-1)
	_ = d.Close() // it was only read
	if err != nil {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool {
		link, err := os.Readlink(filepath.Join(dir, name))
		return err == nil && sockets[link]
	})
}

// describe tells of a process as much as may be read.
func describe(dir string, pid, self int) Process {
	p := Process{PID: pid, Own: pid == self}
	if path, err := os.Readlink(filepath.Join(dir, "exe")); err == nil {
		p.Path = strings.TrimSuffix(path, " (deleted)")
	}
	if comm, err := os.ReadFile(filepath.Join(dir, "comm")); err == nil {
		p.Name = strings.TrimSpace(string(comm))
	}
	const cut = 15 // letters of comm
	if base := filepath.Base(p.Path); p.Path != "" && (p.Name == "" || len(p.Name) == cut && strings.HasPrefix(base, p.Name)) {
		p.Name = base
	}
	return p
}
