package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLoginShells: a credential plugin that only the login shell's PATH has is
// found, whichever shell that is. The shells are the real ones, see
// tools/deps.sh shells.
func TestLoginShells(t *testing.T) {
	const export = "export PATH=\"$HOME/bin:$PATH\"\n"
	const setenv = "setenv PATH \"$HOME/bin:$PATH\"\n"
	for shell, profile := range map[string]map[string]string{
		"bash":  {".bash_profile": "echo hello\n. ~/.bashrc\n", ".bashrc": "case $- in *i*) ;; *) return ;; esac\n" + export},
		"dash":  {".profile": export},
		"zsh":   {".zshrc": "print -P '%F{red}hello%f'\n" + export},
		"ksh93": {".profile": "ENV=$HOME/.kshrc\nexport ENV\n", ".kshrc": export},
		"mksh":  {".profile": export},
		"fish":  {".config/fish/config.fish": "fish_add_path ~/bin\n"},
		"tcsh":  {".tcshrc": "echo hello\n", ".login": setenv},
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			put := func(name, text string) {
				file := filepath.Join(home, name)
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range profile {
				put(name, text)
			}
			put("bin/the-plugin", "#!/bin/sh\nexec its-part \"$@\"\n")
			put("bin/its-part", "#!/bin/sh\necho ran > ~/ran\nexit 9\n")
			put("config", `{"apiVersion": "v1", "kind": "Config", "current-context": "c",
				"contexts": [{"name": "c", "context": {"cluster": "cl", "user": "u"}}],
				"clusters": [{"name": "cl", "cluster": {"server": "https://127.0.0.1:1"}}],
				"users": [{"name": "u", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "the-plugin", "interactiveMode": "Never"}}}]}`)
			cmd := exec.CommandContext(t.Context(), shared.culvert, "forward", "--kubeconfig", filepath.Join(home, "config"), "web", "5000")
			cmd.Env = []string{"HOME=" + home, "SHELL=" + path, "PATH=/usr/bin:/bin"}
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "the credential plugin `the-plugin` failed: it ended with exit code 9") {
				t.Errorf("it says %s, %v", out, err)
			}
			if _, err := os.Stat(filepath.Join(home, "ran")); err != nil {
				t.Error(err)
			}
		})
	}
}
