package peers

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// killProgram ends the program of a pod as the kernel does when memory is
// short. The process is found by the host name that its environment has and by
// the cgroup of this cluster.
func (s *scene) killProgram(pod string) error {
	pid, err := s.program(pod)
	if err != nil {
		return err
	}
	return kill(pid)
}

// killSandbox ends the process that holds a pod's namespaces.
func (s *scene) killSandbox(pod string) error {
	pid, err := s.program(pod)
	if err != nil {
		return err
	}
	network, err := os.Readlink(fmt.Sprintf("/proc/%s/ns/net", pid))
	if err != nil {
		return err
	}
	found, err := processes(func(dir string) bool {
		its, err := os.Readlink(dir + "/ns/net")
		return err == nil && its == network && commandOf(dir) == "/pause"
	})
	if err != nil {
		return err
	}
	return kill(found)
}

// program returns the process of a pod's program.
func (s *scene) program(pod string) (string, error) {
	cgroup := "culvert-e2e-" + filepath.Base(filepath.Dir(s.c.Kubeconfig()))
	return processes(func(dir string) bool {
		if commandOf(dir) != "/podsrv" {
			return false
		}
		env, err := os.ReadFile(dir + "/environ")
		if err != nil || !bytes.Contains(append([]byte{0}, env...), []byte("\x00HOSTNAME="+pod+"\x00")) {
			return false
		}
		groups, err := os.ReadFile(dir + "/cgroup")
		return err == nil && strings.Contains(string(groups), cgroup)
	})
}

func commandOf(dir string) string {
	b, err := os.ReadFile(dir + "/cmdline")
	if err != nil {
		return "" // it has ended
	}
	name, _, _ := strings.Cut(string(b), "\x00")
	return name
}

// processes returns the id of the one process whose folder in /proc is as
// wanted.
func processes(wanted func(dir string) bool) (string, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return "", err
	}
	var found []string
	for _, dir := range dirs {
		if wanted(dir) {
			found = append(found, filepath.Base(dir))
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%d processes are the one looked for: %v", len(found), found)
	}
	return found[0], nil
}

func kill(pid string) error {
	var n int
	if _, err := fmt.Sscan(pid, &n); err != nil || n < 2 {
		return errors.Join(fmt.Errorf("process %q", pid), err)
	}
	return syscall.Kill(n, syscall.SIGKILL)
}
