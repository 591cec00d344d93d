// Package sockets reads from the kernel's tables what listens: in a network, or of a
// process.
package sockets

import (
	"bufio"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Listening is all that waits for others.
type Listening struct {
	Ports []netip.AddrPort // of TCP, sorted
	Unix  []string         // unix sockets, by their paths or abstract names
	UDP   []string         // UDP sockets, connected or not, as the kernel writes their addresses
}

// At returns what listens in the network of a process, whoever listens.
func At(pid int) (Listening, error) { return read(pid, func(string) bool { return true }) }

// Of returns what a process listens on.
func Of(pid int) (Listening, error) {
	const dir = "/proc/%d/fd"
	entries, err := os.ReadDir(fmt.Sprintf(dir, pid))
	if err != nil {
		return Listening{}, err
	}
	own := make(map[string]bool) // by inode
	for _, e := range entries {
		to, err := os.Readlink(filepath.Join(fmt.Sprintf(dir, pid), e.Name()))
		if err != nil {
			continue // it was closed meanwhile
		}
		if inode, ok := strings.CutPrefix(to, "socket:["); ok {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return read(pid, func(inode string) bool { return own[inode] })
}

// Columns of the tables.
const (
	localAddr, state, inode               = 1, 3, 9
	unixFlags, unixInode, unixPath        = 3, 6, 7
	listens                               = "0A"    // a state of TCP
	accepts                        uint64 = 0x10000 // a flag of unix sockets
)

func read(pid int, wanted func(inode string) bool) (Listening, error) {
	var l Listening
	for _, name := range []string{"tcp", "tcp6"} {
		err := table(pid, name, inode, wanted, func(row []string) error {
			if row[state] != listens {
				return nil
			}
			addr, err := address(row[localAddr])
			l.Ports = append(l.Ports, addr)
			return err
		})
		if err != nil {
			return l, err
		}
	}
	for _, name := range []string{"udp", "udp6"} {
		err := table(pid, name, inode, wanted, func(row []string) error {
			l.UDP = append(l.UDP, row[localAddr])
			return nil
		})
		if err != nil {
			return l, err
		}
	}
	err := table(pid, "unix", unixInode, wanted, func(row []string) error {
		flags, err := strconv.ParseUint(row[unixFlags], 16, 32)
		if err == nil && flags&accepts != 0 {
			l.Unix = append(l.Unix, strings.Join(row[unixPath:], " "))
		}
		return err
	})
	slices.SortFunc(l.Ports, netip.AddrPort.Compare)
	return l, err
}

// table calls take with the wanted rows of a table in /proc/PID/net.
func table(pid int, name string, inode int, wanted func(string) bool, take func(row []string) error) error {
	f, err := os.Open(fmt.Sprintf("/proc/%d/net/%s", pid, name))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	lines := bufio.NewScanner(f)
	lines.Scan() // the heading
	for lines.Scan() {
		row := strings.Fields(lines.Text())
		if len(row) <= inode || !wanted(row[inode]) {
			continue
		}
		if err := take(row); err != nil {
			return fmt.Errorf("%s: %q: %w", name, lines.Text(), err)
		}
	}
	return lines.Err()
}

// address reads an address as the tables have it: words of four bytes in the order of
// the machine, which has the lowest first.
func address(text string) (netip.AddrPort, error) {
	host, port, ok := strings.Cut(text, ":")
	n, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil || len(host) != 8 && len(host) != 32 {
		return netip.AddrPort{}, errors.New("it is no address")
	}
	bytes := make([]byte, len(host)/2)
	for i := range bytes {
		b, err := strconv.ParseUint(host[2*i:2*i+2], 16, 8)
		if err != nil {
			return netip.AddrPort{}, err
		}
		bytes[i-i%4+3-i%4] = byte(b)
	}
	addr, _ := netip.AddrFromSlice(bytes) // it has 4 or 16 bytes
	return netip.AddrPortFrom(addr, uint16(n)), nil
}
