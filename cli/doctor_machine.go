package cli

import (
	"context"
	"fmt"

	"culvert/kube"
	"culvert/kube/keyring"
)

// keyringCheck tells how the keyring is. It matters to those who have signed in.
func keyringCheck(p probes, c configured) func(context.Context) []finding {
	return func(ctx context.Context) []finding {
		contexts, _ := c.Contexts() // the check of kubeconfigs tells what is wrong with those
		signedIn := 0
		for _, k := range contexts {
			if k.Origin == kube.OriginSignedIn {
				signedIn++
			}
		}
		state, idle := p.keyring(ctx)
		return []finding{keyringFinding(state, idle, signedIn)}
	}
}

func keyringFinding(c keyring.Condition, idle bool, signedIn int) finding {
	why, hint := "This system has no keyring", "Install and start one, as gnome-keyring or KWallet, to stay signed in after Culvert has ended."
	if c.Err != nil {
		why, hint = capital(c.Err.Error()), c.Err.Hint
	}
	var f finding
	switch c.State {
	case keyring.Fine, keyring.Asking:
		if idle {
			return fine("It is started when it is first used.")
		}
		return fine("It runs, and is unlocked.")
	case keyring.Locked:
		f = noted(hint, "%s. Culvert asks for it when it needs it.", why)
	case keyring.Absent:
		f = noted(hint, "%s. Tokens of `culvert login` are kept until Culvert ends; kubeconfigs need none.", why)
	case keyring.Broken:
		f = noted(hint, "%s. Tokens of `culvert login` are kept until Culvert ends.", why)
	}
	if signedIn > 0 && c.State != keyring.Locked {
		f.severity = isWrong
		f.found = fmt.Sprintf("%s, and so %s that you have signed in to cannot be used.", why, contextsWord(signedIn))
	}
	return f
}

// withoutWindow is what to do about a build without one.
const withoutWindow = "The command line needs none. To have the window, install the build of Culvert that has one, and start it in a desktop session."

// displayCheck tells whether a window could be shown.
func displayCheck(p probes) func(context.Context) []finding {
	return func(context.Context) []finding { return []finding{p.displayFinding()} }
}

func (p probes) displayFinding() finding {
	name, value := p.namedDisplay()
	switch {
	case !p.window && name == "" && p.hasDisplays():
		return noted(withoutWindow, "There is none (neither DISPLAY nor WAYLAND_DISPLAY is set), and this build of Culvert has no window.")
	case !p.window:
		return noted(withoutWindow, "None is used: this build of Culvert has no window.")
	case p.display != nil && p.display():
		return fine("A window can be opened.")
	case name != "":
		return faulty("Start Culvert in a desktop session. "+name+" may be left over from another one: then take it out of the environment.",
			"Nothing answers at %s=%s.", name, value)
	}
	return noted("Start the window in a desktop session, or use the command line here, as `culvert up` and `culvert forward`.",
		"There is none: neither DISPLAY nor WAYLAND_DISPLAY is set.")
}

// hasDisplays says whether displays have names on this system.
func (p probes) hasDisplays() bool { return p.system != "windows" && p.system != "darwin" }

// namedDisplay returns the variable that names a display; empty for none.
func (p probes) namedDisplay() (name, value string) {
	for _, name := range []string{"WAYLAND_DISPLAY", "DISPLAY"} {
		if v := p.env(name); v != "" && p.hasDisplays() {
			return name, v
		}
	}
	return "", ""
}

// trayCheck tells whether something shows icons in a panel.
func trayCheck(p probes) func(context.Context) []finding {
	return func(ctx context.Context) []finding {
		switch {
		case !p.window || p.tray == nil:
			return []finding{fine("Not needed: this build of Culvert has no window, and so no icon.")}
		case p.tray(ctx):
			return []finding{fine("Something shows icons in a panel.")}
		}
		return []finding{noted("Without one, the tunnels end with the window, or go on with it minimized. On GNOME the extension “AppIndicator and KStatusNotifierItem Support” shows icons.",
			"No panel shows icons (there is no StatusNotifierWatcher with a host on the session's bus).")}
	}
}

// networkCheck tells on which addresses of this machine tunnels can listen.
func networkCheck(p probes) func(context.Context) []finding {
	return func(ctx context.Context) []finding {
		var out []finding
		if err := p.listen(ctx, "127.0.0.1:0"); err != nil {
			out = append(out, faulty("Bring the loopback interface up, as with `ip link set lo up`.",
				"127.0.0.1 cannot be listened on: %s.", innermost(err)).of("IPv4"))
		} else {
			out = append(out, fine("127.0.0.1 can be listened on.").of("IPv4"))
		}
		if err := p.listen(ctx, "[::1]:0"); err != nil {
			return append(out, noted("Tunnels listen on 127.0.0.1 alone: connect to that address rather than to localhost. "+p.enableIPv6(),
				"[::1] cannot be listened on: %s.", innermost(err)).of("IPv6"))
		}
		return append(out, fine("[::1] can be listened on.").of("IPv6"))
	}
}

// enableIPv6 says how to have [::1].
func (p probes) enableIPv6() string {
	switch p.system {
	case "linux":
		return "To have it, enable IPv6 on the loopback interface: `sysctl -w net.ipv6.conf.lo.disable_ipv6=0`, as root."
	case "windows":
		return "To have it, enable IPv6 in the settings of the network adapters."
	}
	return "To have it, enable IPv6 on the loopback interface."
}
