package soak

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"culvert/e2e/soak/judge"
)

// usage reads what a process uses.
func usage(pid int, at time.Time) (judge.Usage, error) {
	u := judge.Usage{At: at}
	status, err := fields(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, err
	}
	rollup, err := fields(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return u, err
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return u, err
	}
	u.RSS, u.PSS = status["VmRSS"]<<10, rollup["Pss"]<<10
	u.Files, u.Threads = len(files), int(status["Threads"])
	if u.RSS == 0 {
		return u, fmt.Errorf("process %d has no memory any more", pid)
	}
	return u, nil
}

// fields reads the numbers of a file of lines as "VmRSS:  1234 kB".
func fields(path string) (map[string]int64, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all := make(map[string]int64)
	for line := range strings.Lines(string(b)) {
		name, value, ok := strings.Cut(line, ":")
		words := strings.Fields(value)
		if !ok || len(words) == 0 {
			continue
		}
		if n, err := strconv.ParseInt(words[0], 10, 64); err == nil {
			all[name] = n
		}
	}
	return all, nil
}

// listening is the state of a listening socket in /proc/net/tcp.
const listening = "0A"

// listeners returns the listening sockets in the network of a process: the inode of each
// address.
func listeners(pid int) (map[string]uint64, error) {
	all := make(map[string]uint64)
	for _, name := range []string{"tcp", "tcp6"} {
		if err := readListeners(fmt.Sprintf("/proc/%d/net/%s", pid, name), all); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return all, nil
}

// readListeners reads one file, in which the listening sockets come first.
func readListeners(path string, all map[string]uint64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	s := bufio.NewScanner(f)
	s.Scan() // the head of the table
	for s.Scan() {
		words := strings.Fields(s.Text())
		if len(words) < 10 || words[3] != listening {
			return s.Err()
		}
		addr, err := parseAddr(words[1])
		if err != nil {
			return fmt.Errorf("%s: %q: %w", path, s.Text(), err)
		}
		inode, err := strconv.ParseUint(words[9], 10, 64)
		if err != nil {
			return fmt.Errorf("%s: %q: %w", path, s.Text(), err)
		}
		all[addr.String()] = inode
	}
	return s.Err()
}

// parseAddr reads an address as the kernel writes it: words of four bytes in the order of
// the machine, which is the little one, and the port.
func parseAddr(text string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(text, ":")
	b, err := hex.DecodeString(host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for word := range slices.Chunk(b, 4) {
		slices.Reverse(word)
	}
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, err
	}
	addr, ok := netip.AddrFromSlice(b)
	if !ok {
		return netip.AddrPort{}, fmt.Errorf("%d bytes are no address", len(b))
	}
	return netip.AddrPortFrom(addr, uint16(n)), nil
}
