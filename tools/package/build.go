package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"culvert/tools/package/artifacts"
	"culvert/tools/package/windows"
)

// build is one program.
type build struct {
	artifacts.Platform
	window bool
	flags  string // for the linker, further ones
	hard   bool   // at addresses that nobody knows before, its C checked: for Linux
	cc     string // the C compiler; empty for the usual one
}

const (
	windowTags = "migrated_fynedo no_emoji" // as in the Makefile
	cliTags    = "nogui"
)

// args are what go build is given to write a program. What it writes depends on nothing
// but the sources, Go's version and, with the window, the C compiler and its headers.
func (b build) args(version, out string) []string {
	tags := cliTags
	if b.window {
		tags = windowTags
	}
	linker, mode := strings.TrimSpace("-s -w -buildid= -X main.version="+version+" "+b.flags), "default"
	if b.hard {
		linker, mode = linker+" -extldflags=-Wl,-z,relro,-z,now", "pie"
	}
	return []string{"build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-buildmode=" + mode, "-tags", tags, "-ldflags", linker, "-o", out, "."}
}

// env is what is set for go build.
func (b build) env() []string {
	env := []string{"GOOS=" + b.System, "GOARCH=" + b.Arch, "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOAMD64=v1", "GOARM64=v8.0"}
	if b.window {
		flags := "-O2"
		if b.hard {
			flags += " -D_FORTIFY_SOURCE=2 -fstack-protector-strong"
		}
		env = append(env, "CGO_ENABLED=1", "CGO_CFLAGS="+flags, "CGO_CXXFLAGS="+flags, "CGO_CPPFLAGS=", "CGO_LDFLAGS=", "CGO_FFLAGS=-O2")
	}
	if b.cc != "" {
		env = append(env, "CC="+b.cc, "PKG_CONFIG=false")
	}
	return env
}

// work is the folder for what is only made to be packed.
func (s settings) work() string { return filepath.Join(s.root, "bin", "package") }

// built builds a program and returns it.
func (s settings) built(ctx context.Context, b build) ([]byte, error) {
	name := "cli"
	if b.window {
		name = "window"
	}
	out := filepath.Join(s.work(), artifacts.Program(strings.Join([]string{name, b.System, b.Arch}, "-"), b.System))
	s.say("Building %s for %s ...", name, b.Platform)
	if err := os.RemoveAll(out); err != nil {
		return nil, err
	}
	if err := s.command(ctx, s.root, b.env(), io.Discard, "go", b.args(s.Version.String(), out)...); err != nil {
		return nil, fmt.Errorf("build %s for %s: %w", name, b.Platform, err)
	}
	return os.ReadFile(out)
}

// command runs a program. What it says on stderr is shown.
func (s settings) command(ctx context.Context, dir string, env []string, out io.Writer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append(os.Environ(), env...), out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

// withResources has Go link Windows' resources into what f builds for an architecture.
func (s settings) withResources(arch string, icon []byte, f func() error) (err error) {
	path := filepath.Join(s.root, "resource_windows_"+arch+".syso") // Go looks for it there
	if err := windows.WriteResources(path, s.Facts, s.Version, icon, arch); err != nil {
		return errors.Join(err, os.RemoveAll(path))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(path)) }()
	return f()
}

// shells are what completions are made for, and their files in archives.
var shells = map[string]string{"bash": "%s.bash", "zsh": "_%s", "fish": "%s.fish", "powershell": "%s.ps1", "kubectl": "kubectl_complete-%s"}

// completions are what the program itself prints, by shell. It has to be one for this
// machine, and is called as users do.
func (s settings) completions(ctx context.Context, program []byte) (all map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "culvert-completions-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, artifacts.Program(s.Facts.Package, runtime.GOOS))
	if err := os.WriteFile(path, program, 0o700); err != nil { //nolint:gosec // it is to be run
		return nil, err
	}
	all = make(map[string][]byte)
	for shell := range shells {
		var out bytes.Buffer
		home := []string{"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_STATE_HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "KUBECONFIG=" + filepath.Join(dir, "none")}
		if err := s.command(ctx, dir, home, &out, path, "completion", shell); err != nil {
			return nil, err
		}
		if out.Len() == 0 {
			return nil, fmt.Errorf("the completion for %s is empty", shell)
		}
		all[shell] = out.Bytes()
	}
	return all, nil
}

// pages are the manual pages, by name.
func (s settings) pages(ctx context.Context) (all map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "culvert-pages-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	env := []string{"CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", fmt.Sprintf("SOURCE_DATE_EPOCH=%d", s.Version.Changed.Unix())}
	args := []string{"run", "-buildvcs=false", "-mod=readonly", "-tags", cliTags, "-ldflags", "-X main.version=" + s.Version.String(), "./cli/manpages", dir}
	if err := s.command(ctx, s.root, env, io.Discard, "go", args...); err != nil {
		return nil, fmt.Errorf("write the manual pages: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	all = make(map[string][]byte)
	for _, e := range entries {
		if all[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return all, nil
}
