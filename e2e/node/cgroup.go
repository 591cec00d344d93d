package node

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const cgroupRoot = "/sys/fs/cgroup"

// CgroupV2 says whether the machine has the one hierarchy of cgroup v2.
func CgroupV2() (bool, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(cgroupRoot, &st); err != nil {
		return false, fmt.Errorf("look at %s: %w", cgroupRoot, err)
	}
	return st.Type == unix.CGROUP2_SUPER_MAGIC, nil
}

// hierarchies returns the folders at which cgroups can be made.
func hierarchies() ([]string, error) {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var dirs []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// "… mountpoint options … - fstype source superoptions"
		before, after, _ := strings.Cut(lines.Text(), " - ")
		fields := strings.Fields(before)
		if len(fields) < 5 || !strings.HasPrefix(after, "cgroup") || !strings.HasPrefix(fields[4], cgroupRoot) {
			continue
		}
		if !slices.Contains(dirs, fields[4]) {
			dirs = append(dirs, fields[4])
		}
	}
	if len(dirs) == 0 {
		return nil, errors.New("this machine has no cgroups")
	}
	return dirs, nil
}

// makeCgroups makes the cgroup name in every hierarchy.
func makeCgroups(name string) error {
	v2, err := CgroupV2()
	if err != nil {
		return err
	}
	dirs, err := hierarchies()
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if v2 {
			if err := enableControllers(dir); err != nil {
				return err
			}
		}
		group := filepath.Join(dir, name)
		if err := os.Mkdir(group, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if v2 {
			if err := enableControllers(group); err != nil {
				return err
			}
		}
		// A new cpuset of v1 has neither, and then takes no process.
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			value, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil || v2 {
				continue
			}
			if err := os.WriteFile(filepath.Join(group, file), value, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// enableControllers gives the children of a v2 cgroup all controllers that it
// has itself. The kernel refuses where dir holds processes of its own, as a
// container's outermost cgroup does; moving those would change the host.
func enableControllers(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if err != nil {
		return err
	}
	var want []string
	for c := range strings.FieldsSeq(string(b)) {
		want = append(want, "+"+c)
	}
	control := filepath.Join(dir, "cgroup.subtree_control")
	err = os.WriteFile(control, []byte(strings.Join(want, " ")), 0o644)
	if errors.Is(err, unix.EBUSY) {
		return fmt.Errorf("%s holds processes of its own; move them to a child of it before the tests start: %w", dir, err)
	}
	return err
}

// removeCgroups removes the cgroup name and those below it, whose processes are
// ending, in every hierarchy. It gives up after the patience given.
func removeCgroups(name string, patience time.Duration) error {
	dirs, err := hierarchies()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(patience)
	for _, dir := range dirs {
		for {
			err := removeTree(filepath.Join(dir, name))
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				return err
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return nil
}

// RemoveStaleCgroups removes what a node that was itself killed has left.
func RemoveStaleCgroups(name string) error { return removeCgroups(name, time.Second) }

func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeTree(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return os.Remove(dir)
}
