package node

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// covered are the folders in which the components write; writes go to an
// overlay that is gone with the namespaces.
var covered = [...]string{"var", "etc", "opt"}

// sysctls are the settings that the kubelet makes, which are the whole
// machine's: it gets plain files to write to instead.
var sysctls = [...]string{
	"vm/overcommit_memory", "vm/panic_on_oom",
	"kernel/panic", "kernel/panic_on_oops",
	"kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes",
}

// confine makes new namespaces into a machine of its own, as far as a node's
// components can tell, without a trace on the host but the pods' cgroup.
func confine(s Setup) error {
	if err := loopback(s.Addr); err != nil {
		return fmt.Errorf("bring the loopback interface up: %w", err)
	}
	if err := mounts(s); err != nil {
		return err
	}
	if err := makeCgroups(s.Cgroup); err != nil {
		return fmt.Errorf("make the pods' cgroup: %w", err)
	}
	return nil
}

func mounts(s Setup) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("cut the mounts off from the host's: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	// Descriptors, for the folders may lie below /run or below a covered one.
	run, err := os.Open(s.RunDir)
	if err != nil {
		return err
	}
	defer func() { _ = run.Close() }()
	bin, err := os.Open(s.BinDir)
	if err != nil {
		return err
	}
	defer func() { _ = bin.Close() }()
	if err := unix.Mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID, "mode=755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	for inside, outside := range map[string]*os.File{InsideRun: run, InsideBin: bin} {
		if err := bind(fmt.Sprintf("/proc/self/fd/%d", outside.Fd()), inside); err != nil {
			return err
		}
	}
	for _, dir := range covered {
		if err := overlay(dir); err != nil {
			return err
		}
	}
	for _, name := range sysctls {
		if err := fakeSysctl(name); err != nil {
			return err
		}
	}
	// The kubelet passes mounts on to the pods, which needs shared ones; they
	// are shared among this namespace and its children only.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, ""); err != nil {
		return fmt.Errorf("share the mounts with the pods: %w", err)
	}
	return nil
}

func bind(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(from, to, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s at %s: %w", from, to, err)
	}
	return nil
}

func overlay(dir string) error {
	upper, work := filepath.Join(Scratch, "overlay", dir), filepath.Join(Scratch, "work", dir)
	for _, d := range []string{upper, work} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	data := fmt.Sprintf("lowerdir=/%s,upperdir=%s,workdir=%s", dir, upper, work)
	if err := unix.Mount("overlay", "/"+dir, "overlay", 0, data); err != nil {
		return fmt.Errorf("cover /%s: %w", dir, err)
	}
	return nil
}

func fakeSysctl(name string) error {
	real, fake := filepath.Join("/proc/sys", name), filepath.Join(Scratch, "sysctl", name)
	value, err := os.ReadFile(real)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // this kernel does not have it
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(fake), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(fake, value, 0o644); err != nil {
		return err
	}
	if err := unix.Mount(fake, real, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("cover %s: %w", real, err)
	}
	return nil
}

// LoopbackUp brings the loopback interface of the calling thread's network up.
func LoopbackUp() error {
	return withSocket(func(fd int) error {
		up, err := unix.NewIfreq("lo")
		if err != nil {
			return err
		}
		if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, up); err != nil {
			return err
		}
		up.SetUint16(up.Uint16() | unix.IFF_UP)
		return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, up)
	})
}

// loopback brings lo up and gives it a second address, at which the node is
// known to its pods and to the API server.
func loopback(addr string) error {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return err
	}
	if err := LoopbackUp(); err != nil {
		return err
	}
	return withSocket(func(fd int) error {
		for _, set := range []struct {
			request uint
			value   [4]byte
		}{{unix.SIOCSIFADDR, ip.As4()}, {unix.SIOCSIFNETMASK, [4]byte{255, 255, 255, 255}}} {
			alias, err := unix.NewIfreq("lo:1")
			if err != nil {
				return err
			}
			if err := alias.SetInet4Addr(set.value[:]); err != nil {
				return err
			}
			if err := unix.IoctlIfreq(fd, set.request, alias); err != nil {
				return err
			}
		}
		return nil
	})
}

// withSocket calls do with a socket, which is what interfaces are set through.
func withSocket(do func(fd int) error) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	return do(fd)
}
