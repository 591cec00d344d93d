package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"culvert/e2e/real"
)

// session is what one invocation has to know of the cluster that another runs.
type session struct {
	PID        int // of the process that runs the cluster
	Node       string
	NetNS      string
	Kubectl    string
	Kubeconfig string
	Logs       string
}

// alive says whether the cluster still runs. A process that has ended and that
// nobody has reaped has no program.
func (s session) alive() bool {
	_, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", s.PID))
	return err == nil
}

func sessionPath() (string, error) {
	options, err := real.OptionsFromEnv()
	if err != nil {
		return "", err
	}
	cache, err := options.CacheDir()
	return filepath.Join(cache, "current.json"), err
}

func record(c *real.Cluster) error {
	path, err := sessionPath()
	if err != nil {
		return err
	}
	b, err := json.Marshal(session{
		PID: os.Getpid(), Node: c.NodePath(), NetNS: c.NetNS(), Kubectl: c.KubectlPath(),
		Kubeconfig: c.Kubeconfig(), Logs: c.LogDir(),
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func recorded() (session, error) {
	var s session
	path, err := sessionPath()
	if err != nil {
		return s, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(b, &s)
}

func forget() error {
	path, err := sessionPath()
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
