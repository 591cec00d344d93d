package kube

import (
	"errors"
	"fmt"
	"path/filepath"

	"culvert/kube/plugin"
)

// LocatePlugin stores where a credential plugin is: command is as in
// [Context].ExecPlugin and [MissingPluginError], and path is that of a program.
// An empty path forgets it. The error is an *tunnels.Error.
func (c *Clusters) LocatePlugin(command, path string) error {
	if path != "" {
		abs, err := filepath.Abs(path)
		if err == nil {
			path, err = plugin.Find("", abs)
		}
		if err != nil {
			return invalid("locate "+command, fmt.Errorf("%s is not a program that can be run: %w", path, errors.Unwrap(err)), "Give the full path of the plugin.")
		}
	}
	if err := checkPrintable("command", command); err != nil {
		return invalid("locate a plugin", err, "Give the command as the kubeconfig has it.")
	}
	return c.change(func(s *settings) error {
		if path == "" {
			delete(s.Plugins, command)
			return nil
		}
		if s.Plugins == nil {
			s.Plugins = make(map[string]string)
		}
		s.Plugins[command] = path
		return nil
	})
}
