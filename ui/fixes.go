package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
)

// fix is a change of a tunnel that may mend what is wrong with it.
type fix struct {
	verb verb
	spec tunnels.Spec // changed
	told string       // what was done, once it is
}

// fixVerb begins the keys of fixes.
const fixVerb = "fix:"

// maxFixes is how many fixes of one kind are offered.
const maxFixes = 2

// fixesOf returns the changes that may help a tunnel, best first.
func fixesOf(st tunnels.Status) []fix {
	var out []fix
	for _, f := range slices.Concat(targetFixes(st), portFixes(st), localFixes(st)) {
		if f.spec.Validate() == nil {
			out = append(out, f)
		}
	}
	return out
}

// targetFixes are for a target that does not exist.
func targetFixes(st tunnels.Status) []fix {
	if st.Err == nil {
		return nil
	}
	missing, ok := errors.AsType[*kube.MissingError](st.Err)
	if !ok {
		return nil
	}
	var out []fix
	if o := missing.Owner; o.Kind != "" {
		spec := st.Spec
		spec.Target.Kind, spec.Target.Name = o.Kind, o.Name
		out = append(out, fixTo(spec, o.String(), lang.L("Follow {{.Target}} instead", vars{"Target": o.String()})))
	}
	for _, name := range missing.Near[:min(maxFixes, len(missing.Near))] {
		spec := st.Spec
		data := vars{"Name": name}
		if missing.Kind == "" {
			spec.Target.Namespace = name
			out = append(out, fixTo(spec, "namespace/"+name, lang.L("Use namespace {{.Name}}", data)))
			continue
		}
		spec.Target.Name = name
		out = append(out, fixTo(spec, spec.Target.String(), lang.L("Use {{.Name}}", data)))
	}
	return out
}

func fixTo(spec tunnels.Spec, key, text string) fix {
	where := spec.Target.String()
	if spec.Target.Namespace != "" {
		where += " (" + spec.Target.Namespace + ")"
	}
	return fix{
		verb: verb{fixVerb + key, text, "", ""}, spec: spec,
		told: lang.L("“{{.Tunnel}}” now leads to {{.Target}}.", vars{"Tunnel": spec.Title(), "Target": where}),
	}
}

// portFixes are for remote ports that do not answer while the pod declares others.
func portFixes(st tunnels.Status) []fix {
	bad, ok := badPort(st)
	if !ok {
		return nil
	}
	var out []fix
	for _, n := range st.Declared {
		to := tunnels.Port{Number: n}
		if remoteOf(st.Spec, to) || len(out) == maxFixes {
			continue
		}
		spec := st.Spec
		spec.Mappings = slices.Clone(spec.Mappings)
		for i, m := range spec.Mappings {
			if m.Remote != bad {
				continue
			}
			spec.Mappings[i].Remote = to
			if m.Local == tunnels.SamePort {
				spec.Mappings[i].Local = tunnels.LocalPort(n)
			}
		}
		data := vars{"Port": fmt.Sprint(n), "Tunnel": spec.Title()}
		out = append(out, fix{
			verb: verb{fixVerb + bad.String() + "=" + to.String(), lang.L("Use {{.Port}}", data), "", ""}, spec: spec,
			told: lang.L("“{{.Tunnel}}” now leads to port {{.Port}}.", data),
		})
	}
	return out
}

// badPort returns the first remote port that does not answer and that the pod does
// not declare.
func badPort(st tunnels.Status) (tunnels.Port, bool) {
	for _, m := range st.Spec.Mappings {
		e := st.PortErrs[m.Remote]
		if e == nil || len(st.Declared) == 0 || slices.Contains(st.Declared, m.Remote.Number) {
			continue
		}
		if e.Cause == tunnels.CauseRefused || e.Cause == tunnels.CauseInvalid && m.Remote.Name != "" {
			return m.Remote, true
		}
	}
	return tunnels.Port{}, false
}

func remoteOf(spec tunnels.Spec, p tunnels.Port) bool {
	return slices.ContainsFunc(spec.Mappings, func(m tunnels.Mapping) bool { return m.Remote == p })
}

// portTrouble says that a port does not answer while the pod declares others; empty
// when it is otherwise.
func portTrouble(st tunnels.Status) string {
	bad, ok := badPort(st)
	if !ok || st.PortErrs[bad].Cause != tunnels.CauseRefused || st.Pod == "" {
		return ""
	}
	var declared []string
	for _, n := range st.Declared {
		declared = append(declared, fmt.Sprint(n))
	}
	return lang.L("Nothing listens on {{.Port}} in {{.Pod}}; it declares {{.Declared}}.", vars{
		"Port": bad.String(), "Pod": st.Pod, "Declared": strings.Join(declared, ", "),
	})
}

// localFixes are for local addresses that this machine does not give.
func localFixes(st tunnels.Status) []fix {
	for _, u := range st.Unbound {
		switch {
		case u.Err == nil:
		case u.Err.Cause == tunnels.CausePrivileged && u.Addr.Port() < 1024:
			return []fix{higherPort(st.Spec, u)}
		case u.Err.Cause == tunnels.CauseNoAddress:
			return []fix{withoutAddress(st.Spec, u.Addr.Addr().String())}
		}
	}
	return nil
}

// higherPort is the port that people use in place of one that needs rights: 8080
// for 80.
func higherPort(spec tunnels.Spec, u tunnels.Unbound) fix {
	port := u.Addr.Port() + 8000
	spec.Mappings = withLocals(spec.Mappings, map[tunnels.Mapping]uint16{u.Mapping: port})
	data := vars{"Port": fmt.Sprint(port), "Tunnel": spec.Title()}
	return fix{
		verb: verb{fixVerb + u.Mapping.String() + "@" + fmt.Sprint(port), lang.L("Use {{.Port}}", data), "", ""}, spec: spec,
		told: lang.L("“{{.Tunnel}}” now listens on port {{.Port}}.", data),
	}
}

// withoutAddress leaves out a listen address, for localhost where it is the only
// one.
func withoutAddress(spec tunnels.Spec, address string) fix {
	spec.Listen = slices.DeleteFunc(slices.Clone(spec.Listen), func(l string) bool { return l == address })
	data := vars{"Address": address, "Tunnel": spec.Title()}
	f := fix{verb: verb{fixVerb + "without:" + address, lang.L("Leave out {{.Address}}", data), "", ""}}
	if len(spec.Listen) == 0 {
		spec.Listen = []string{tunnels.Localhost}
		f.verb = verb{fixVerb + tunnels.Localhost, lang.L("Use localhost"), "", ""}
	}
	f.spec = spec
	f.told = lang.L("“{{.Tunnel}}” now listens on {{.Address}}.", vars{"Tunnel": spec.Title(), "Address": strings.Join(spec.Listen, ", ")})
	return f
}

func verbsOfFixes(fs []fix) []verb {
	var out []verb
	for _, f := range fs {
		out = append(out, f.verb)
	}
	return out
}

// applyFix does a fix by its verb's key, with a way back; ok is false for other
// verbs.
func (a *App) applyFix(key string, st tunnels.Status) (ok bool) {
	for _, f := range fixesOf(st) {
		if f.verb.key == key {
			a.changeSpec(st.Spec, f.spec, f.told)
			return true
		}
	}
	return strings.HasPrefix(key, fixVerb) // what is not offered any more is not done
}
