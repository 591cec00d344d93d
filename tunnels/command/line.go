package command

import (
	"fmt"
	"strings"
	"unicode"

	"culvert/tunnels"
)

// The programs, as [Parsed].Program has them.
const (
	kubectl = "kubectl"
	oc      = "oc"
	culvert = "culvert"
)

// Quick returns the quick line of a tunnel, which Parse reads back: target, ports,
// namespace, context, addresses and name. What is empty is left out.
func Quick(spec tunnels.Spec) string {
	t := spec.Target
	var words []string
	if t.Kind != "" {
		words = append(words, t.String())
	}
	words = append(words, ports(spec.Mappings)...)
	if t.Namespace != "" {
		words = append(words, "-n", t.Namespace)
	}
	words = append(words, context(t.Context)...)
	words = append(words, address(spec.Listen)...)
	if name := printable(spec.Name); name != "" {
		words = append(words, "--name="+name)
	}
	return quoted(words)
}

// Line returns the command line of "kubectl", "oc" or "culvert" that does what a
// tunnel does, quoted for a POSIX shell. lost are whole sentences on what that
// program cannot do of it.
func Line(program string, spec tunnels.Spec) (line string, lost []string) {
	words := []string{program, "port-forward"}
	if program == culvert {
		words[1] = "forward"
	}
	t := spec.Target
	words = append(words, context(t.Context)...)
	if t.Namespace != "" {
		words = append(words, "-n", t.Namespace)
	}
	words = append(words, address(spec.Listen)...)
	if program == culvert && spec.Via != tunnels.ViaAuto {
		words = append(words, "--via", string(spec.Via))
	}
	if program == culvert && spec.Policy != tunnels.PolicySticky {
		words = append(words, "--policy", spec.Policy.String())
	}
	if t.Kind != "" {
		words = append(words, t.String())
	}
	return quoted(append(words, ports(spec.Mappings)...)), losses(program, spec)
}

// Reaches says whether a program can forward to targets of a kind at all, as kubectl
// cannot to a selector: a line of it would be refused.
func Reaches(program string, kind tunnels.Kind) bool {
	switch kind {
	case tunnels.KindSelector, tunnels.KindCronJob:
		return program == culvert
	case tunnels.KindDeploymentConfig:
		return program != kubectl
	default:
		return true
	}
}

// losses are sentences on what a program cannot do of a tunnel.
func losses(program string, spec tunnels.Spec) []string {
	var lost []string
	lose := func(when bool, format string, args ...any) {
		if when {
			lost = append(lost, fmt.Sprintf(format, args...))
		}
	}
	other := program != culvert
	switch kind := spec.Target.Kind; {
	case !other:
	case kind == tunnels.KindSelector:
		lose(true, "%s cannot forward to a selector: put the name of a pod there.", program)
	case kind == tunnels.KindCronJob:
		lose(true, "%s cannot forward to a CronJob: put the name of a job or a pod there.", program)
	case kind == tunnels.KindDeploymentConfig && program == kubectl:
		lose(true, "kubectl knows no DeploymentConfigs: use oc, or put the name of a pod there.")
	}
	lose(other && spec.Policy != tunnels.PolicySticky, "%s does not choose among pods: the policy %s is left out.", program, spec.Policy)
	lose(other && spec.Via != tunnels.ViaAuto, "%s chooses the transport by itself: %s is left out.", program, spec.Via)
	lose(spec.Name != "", "%s gives a tunnel no name of its own.", program)
	lose(len(spec.Tags) > 0, "%s knows no tags.", program)
	lose(spec.Hold != 0 && spec.Hold != tunnels.DefaultHold, "%s cannot be told how long connections wait.", program)
	lose(spec.StopAfter > 0, "%s does not stop by itself after a time.", program)
	return lost
}

func ports(ms []tunnels.Mapping) []string {
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = m.String()
	}
	return out
}

func context(name string) []string {
	switch {
	case name == "":
		return nil
	case name[0] == '-':
		return []string{"--context=" + name}
	}
	return []string{"--context", name}
}

func address(listen []string) []string {
	if len(listen) == 0 {
		return nil
	}
	return []string{"--address", strings.Join(listen, ",")}
}

// printable has a space for everything that cannot be shown.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = quote(w)
	}
	return strings.Join(out, " ")
}

// quote quotes a word for a POSIX shell where it has to be.
func quote(s string) string {
	plain := func(r rune) bool {
		return r < 0x80 && isNameByte(byte(r)) || strings.ContainsRune("-./:,=@+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
