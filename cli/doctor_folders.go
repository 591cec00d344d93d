package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tunnels/durable"
	"culvert/tunnels/profiles"
)

// folderCheck looks at the folders in which Culvert keeps things.
func folderCheck(p probes) func(context.Context) []finding {
	return func(context.Context) []finding {
		if p.folder == "" {
			return []finding{faulty("Set HOME or XDG_CONFIG_HOME to a folder of yours.", "There is no folder for settings and profiles: the user has no home.")}
		}
		out := []finding{p.folderFinding("settings", p.folder)}
		if there(p, filepath.Join(p.folder, profilesFolder)) {
			out = append(out, p.folderFinding("profiles", filepath.Join(p.folder, profilesFolder)))
		}
		state, err := p.state()
		if err != nil {
			return append(out, failed(err, "").of("state"))
		}
		if state != p.folder {
			out = append(out, p.folderFinding("state", state))
		}
		return out
	}
}

func there(p probes, path string) bool {
	_, err := p.stat(path)
	return err == nil
}

// folderFinding tells whether a folder can be written to, or made.
func (p probes) folderFinding(what, dir string) finding {
	info, err := p.stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p.parentFinding(dir).of(what)
	case err != nil:
		return failed(err, "Give yourself the right to use it.").of(what)
	case !info.IsDir():
		return faulty("Move it away: Culvert makes a folder there.", "%s is no folder.", dir).of(what)
	}
	if err := p.writable(dir); err != nil {
		return faulty("Give yourself the right to write to it, and see that the disk is neither full nor read-only.",
			"%s cannot be written to: %v.", dir, durable.Reason(pathless(err))).of(what)
	}
	if mode := info.Mode().Perm(); p.system != "windows" && mode&0o022 != 0 {
		return noted("Run `chmod go-w "+shellWord(dir)+"`.", "Other users may change what is in %s (its mode is %04o).", dir, mode).of(what)
	}
	return fine("%s can be written to.", dir).of(what)
}

// parentFinding tells whether a folder that is missing can be made.
func (p probes) parentFinding(dir string) finding {
	parent := filepath.Dir(dir)
	for !there(p, parent) && parent != filepath.Dir(parent) {
		parent = filepath.Dir(parent)
	}
	if err := p.writable(parent); err != nil {
		return faulty("Give yourself the right to write to it, or set HOME or XDG_CONFIG_HOME to a folder of yours.",
			"%s is not there, and cannot be made: %s cannot be written to: %v.", dir, parent, durable.Reason(pathless(err)))
	}
	return fine("%s is made when there is something to keep.", dir)
}

// pathless leaves the path out of an error that has one.
func pathless(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// profileCheck names the profiles that cannot be read.
func profileCheck(p probes) func(context.Context) []finding {
	return func(context.Context) []finding {
		all := p.profiles()
		var out []finding
		tunnels := 0
		for _, of := range all {
			tunnels += len(of.Tunnels)
			if of.Err != nil {
				out = append(out, faulty(or(of.Err.Hint, "Correct the file."), "%s", capital(sentenceOf(of.Err.Err.Error()))).of(placeIn(of)))
			}
		}
		if len(out) > 0 {
			return out
		}
		return []finding{fine("%s with %s.", counted(len(all), "profile"), counted(tunnels, "tunnel"))}
	}
}

// placeIn is the path of a broken profile, with the line and the column.
func placeIn(p profiles.Profile) string {
	out := p.Path
	if p.Line > 0 {
		out += fmt.Sprintf(":%d", p.Line)
		if p.Column > 0 {
			out += fmt.Sprintf(":%d", p.Column)
		}
	}
	return out
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// portCheck tells of tunnels that want ports for which this user has no right.
func portCheck(p probes) func(context.Context) []finding {
	return func(ctx context.Context) []finding {
		wants := make(map[uint16][]string)
		var ports []uint16
		for _, of := range p.profiles() {
			for _, s := range of.Tunnels {
				for _, m := range s.Mappings {
					if port := m.Local.Fixed(); port > 0 && port < 1024 {
						if wants[port] == nil {
							ports = append(ports, port)
						}
						wants[port] = append(wants[port], s.Title())
					}
				}
			}
		}
		slices.Sort(ports)
		var out []finding
		for _, port := range ports {
			if err := p.listen(ctx, fmt.Sprintf("127.0.0.1:%d", port)); errors.Is(err, os.ErrPermission) {
				out = append(out, noted(p.allowLowPorts(port), "Wanted by %s; listening on it needs rights that you lack.",
					strings.Join(wants[port], ", ")).of(fmt.Sprint(port)))
			}
		}
		return out
	}
}

// allowLowPorts says what to do about a port below 1024.
func (p probes) allowLowPorts(port uint16) string {
	other := fmt.Sprintf("Use another local port, as %d", 8000+port)
	if p.system == "linux" {
		return fmt.Sprintf("%s, or have root allow it: `sysctl -w net.ipv4.ip_unprivileged_port_start=%d`.", other, port)
	}
	return other + "."
}
