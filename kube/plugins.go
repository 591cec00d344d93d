package kube

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"culvert/kube/loginshell"
	"culvert/kube/plugin"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
)

// MissingPluginError says that a credential plugin is not there. The user can
// install it, or tell where it is with [Clusters.LocatePlugin].
type MissingPluginError struct {
	Command string // as [Context].ExecPlugin
}

func (e *MissingPluginError) Error() string {
	if filepath.IsAbs(e.Command) {
		return fmt.Sprintf("there is no credential plugin `%s`", e.Command)
	}
	return fmt.Sprintf("the credential plugin `%s` is not on PATH", e.Command)
}

// surroundings are what credential plugins run in. They are immutable.
type surroundings struct {
	program string            // ours, to supervise them; empty for nobody
	shell   []string          // what the login shell adds to our environment
	located map[string]string // where the user says that commands are
}

// path returns where commands are looked for.
func (s surroundings) path() string {
	return cmp.Or(s.variable("PATH"), os.Getenv("PATH"))
}

// pluginPlace is where a context's credential plugin is run from.
type pluginPlace struct {
	command    string // what is looked for
	path       string // and where
	supervised bool
}

// missing looks for the plugin now. A context without one misses nothing.
func (p *pluginPlace) missing() bool {
	if p == nil {
		return false
	}
	_, err := plugin.Find(p.path, p.command)
	return err != nil
}

// fit makes a configuration one for these surroundings, and returns where its
// plugin is run from.
func (s surroundings) fit(cfg *rest.Config) (place *pluginPlace) {
	if cfg.Proxy == nil {
		cfg.Proxy = s.proxy()
	}
	if cfg.ExecProvider != nil {
		cfg.ExecProvider, place = s.prepare(cfg.ExecProvider)
	}
	return place
}

// prepare returns how to run a plugin here, without a terminal, and where it is
// run from.
func (s surroundings) prepare(exec *api.ExecConfig) (*api.ExecConfig, *pluginPlace) {
	prepared := *exec
	prepared.StdinUnavailable = true
	prepared.StdinUnavailableMessage = "culvert runs it without a terminal"
	prepared.Env = nil
	for _, v := range s.shell {
		name, value, _ := strings.Cut(v, "=")
		prepared.Env = append(prepared.Env, api.ExecEnvVar{Name: name, Value: value})
	}
	prepared.Env = append(prepared.Env, exec.Env...)
	place := &pluginPlace{command: exec.Command, path: s.path()}
	if at := s.located[exec.Command]; at != "" {
		place.command = at
	}
	if _, err := os.Stat(s.program); err == nil && plugin.Supported {
		place.supervised = true
		prepared.Command = s.program
		prepared.Args = append([]string{partPlugin}, plugin.Job{
			Name: place.command, Args: exec.Args, Path: place.path, Parent: os.Getpid(), Limit: pluginTimeout, Lock: lockOf(exec),
		}.Command()...)
		return &prepared, place
	}
	prepared.Command = place.command
	if found, err := plugin.Find(place.path, place.command); err == nil {
		prepared.Command = found
	}
	return &prepared, place
}

// lockOf returns a file that stands for one plugin with its arguments, whichever
// contexts use it; empty where there is no place for such files.
func lockOf(exec *api.ExecConfig) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	text, err := json.Marshal([]any{exec.Command, exec.Args, exec.Env})
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "culvert", "plugins", fmt.Sprintf("%.8x.lock", sha256.Sum256(text)))
}

// The parts of this package that run in processes of their own.
const (
	partPlugin = "run-credential-plugin"
	partPrint  = "print-environment"
)

// RunPart does what this package starts Options.Program for, if args, without
// the program's name, say so. The program calls it before anything else, and ends
// with the status when done is true.
func RunPart(args []string) (status int, done bool) {
	switch {
	case len(args) > 1 && args[0] == partPlugin:
		return plugin.Run(args[1:], os.Stdout, os.Stderr), true
	case len(args) == 2 && args[0] == partPrint:
		if err := loginshell.Print(os.Stdout, args[1]); err != nil {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
