package real

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"culvert/e2e/node"
)

// whyNotConfined returns why a cluster cannot have namespaces of its own on this
// machine, or "" when it can.
func whyNotConfined() string {
	if os.Geteuid() != 0 {
		return "this is not root"
	}
	for _, program := range []string{"apt-get", "dpkg-deb"} {
		if _, err := exec.LookPath(program); err != nil {
			return "there is no " + program + ", as on Debian, to fetch containerd with"
		}
	}
	if _, err := node.CgroupV2(); err != nil {
		return err.Error()
	}
	probe := exec.CommandContext(context.Background(), "/bin/true")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces}
	if err := probe.Run(); err != nil {
		return "new namespaces are not allowed: " + err.Error()
	}
	if known, err := os.ReadFile("/proc/filesystems"); err != nil || !bytes.Contains(known, []byte("\toverlay\n")) {
		if err := exec.CommandContext(context.Background(), "modprobe", "overlay").Run(); err != nil {
			return "the kernel has no overlay file system"
		}
	}
	return ""
}

const namespaces = unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID

// host is a running node process.
type host struct {
	cmd *exec.Cmd
	rpc *rpc.Client
}

// startHost starts the node process and waits until it answers. The lock is
// held open by it too.
func startHost(program string, setup node.Setup, lock *os.File) (*host, error) {
	arg, err := json.Marshal(setup)
	if err != nil {
		return nil, err
	}
	logPath := filepath.Join(setup.RunDir, "log", "node.log")
	log, err := os.Create(logPath)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	inR, inW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = inR.Close() }()
	outR, outW, err := os.Pipe()
	if err != nil {
		_ = inW.Close()
		return nil, err
	}
	defer func() { _ = outW.Close() }()
	cmd := exec.CommandContext(context.Background(), program, "serve", string(arg))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = inR, outW, log
	cmd.ExtraFiles = []*os.File{lock}
	// A session of its own: a Ctrl-C in the terminal is not for it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if setup.Confined {
		cmd.SysProcAttr.Cloneflags = namespaces
	}
	h := &host{cmd: cmd, rpc: node.NewClient(outR, inW)}
	if err := cmd.Start(); err != nil {
		_ = h.rpc.Close()
		return nil, err
	}
	if err := h.call("Ready", node.None{}, nil); err != nil {
		said, rerr := os.ReadFile(logPath)
		return nil, errors.Join(err, rerr, h.stop(), errors.New(strings.TrimSpace(string(said))))
	}
	return h, nil
}

// call calls a method of node.Node.
func (h *host) call(method string, args, reply any) error {
	if reply == nil {
		reply = &node.None{}
	}
	if err := h.rpc.Call(node.Service+"."+method, args, reply); err != nil {
		return fmt.Errorf("node: %w", err)
	}
	return nil
}

// stop ends the node and all its processes and waits for that.
func (h *host) stop() error {
	if err := h.rpc.Close(); err != nil && !errors.Is(err, rpc.ErrShutdown) && !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return h.cmd.Wait()
}
