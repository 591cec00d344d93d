package ui

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
)

// form is what stands in the fields of the New tunnel sheet.
type form struct {
	id        tunnels.ID // empty for a new tunnel
	context   string
	namespace string
	pod       string // the target, as tunnels.ParseTarget reads it
	name      string
	ports     string // pairs, separated by spaces or commas
	listen    string // addresses, separated by spaces or commas; empty means localhost
	via       tunnels.Via
	policy    tunnels.Policy
	tags      string // words, separated by spaces or commas
	stopAfter string // as "1 h 30 min"; empty for a tunnel that goes on
	profile   string // its ID; empty for the one that comes by itself
	autoStart bool
	line      string // the quick line, which says the same in one line
}

// complaints are the sentences below the fields; empty where all is well.
type complaints struct {
	context, namespace, pod, name, ports, listen, tags, stop string
	profile                                                  string
	line                                                     string // of the quick line, which the fields do not follow then
}

func (c complaints) any() bool { return c != complaints{} }

// formOf returns the form of a tunnel that is to be edited.
func formOf(spec tunnels.Spec, names targetNames) form {
	pairs := make([]string, 0, len(spec.Mappings))
	for _, m := range spec.Mappings {
		pairs = append(pairs, m.String())
	}
	return form{
		id: spec.ID, context: names.context(spec.Target), namespace: names.namespace(spec.Target),
		pod: targetText(spec.Target), name: spec.Name, ports: strings.Join(pairs, " "),
		listen: strings.Join(spec.Listen, " "), via: spec.Via, policy: spec.Policy,
		tags: strings.Join(spec.Tags, " "), stopAfter: spanText(spec.StopAfter),
		profile: spec.Profile, autoStart: spec.AutoStart,
	}
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' })
}

// listenWords is Spec.Listen as the field has it.
func (f form) listenWords() []string {
	w := words(f.listen)
	if len(w) == 1 && w[0] == tunnels.Localhost {
		return nil
	}
	return w
}

// spec returns the tunnel that the form describes, given what it replaces (the
// zero Spec for a new one), and what is wrong with it.
func (f form) spec(old tunnels.Spec) (tunnels.Spec, complaints) {
	var bad complaints
	spec := old
	spec.ID = f.id
	spec.Name = strings.TrimSpace(f.name)
	spec.Listen = f.listenWords()
	spec.Via, spec.Policy = f.via, f.policy
	spec.Profile, spec.AutoStart = f.profile, f.autoStart
	spec.Tags = words(f.tags)
	spec.StopAfter, _ = parseSpan(f.stopAfter)
	bad.tags, bad.stop = f.liveTags(), f.liveStop()
	spec.Target.Context, spec.Target.Namespace = f.context, f.namespace
	if f.context == "" {
		bad.context = lang.L("Choose a context.")
	}
	bad.namespace = f.liveNamespace()
	if f.namespace == "" {
		bad.namespace = lang.L("Choose a namespace or type its name.")
	}
	pod := strings.TrimSpace(f.pod)
	if t, err := tunnels.ParseTarget(pod); err != nil {
		bad.pod = complaint(err)
		if pod == "" {
			bad.pod = lang.L("Choose what to forward to, or type it, as svc/web.")
		}
	} else {
		spec.Target.Kind, spec.Target.Name = t.Kind, t.Name
		bad.pod = complaint(kube.CheckTarget(t))
	}
	ms, err := tunnels.ParseMappings(f.pairs())
	bad.ports = complaint(err)
	spec.Mappings = ms
	if bad.any() {
		return spec, bad
	}
	if spec.ID == "" {
		spec.ID = tunnels.NewID()
	}
	f.blame(&bad, spec.Validate())
	return spec, bad
}

// blame puts an error of Validate or Put below the field that it names.
func (f form) blame(bad *complaints, err error) {
	if err == nil {
		return
	}
	text := complaint(err)
	field := ""
	if blamesProfile(err) {
		bad.profile = text
		return
	}
	if e := tunnels.AsError(err); e != nil {
		field = e.Op
	}
	switch field {
	case "tags":
		bad.tags = text
	case "stop after":
		bad.stop = text
	case "address":
		bad.listen = text
	case "namespace":
		bad.namespace = text
	case "target":
		bad.pod = text
	case "name":
		bad.name = text
	default:
		bad.ports = text
	}
}

// complaint makes one sentence of an error and its hint.
func complaint(err error) string {
	if err == nil {
		return ""
	}
	var e *tunnels.Error
	if !errors.As(err, &e) {
		return sentence(err.Error())
	}
	return joined(sentence(e.Err.Error()), sentence(e.Hint))
}

// livePorts is what to say below the ports while one types: nothing while the
// field is empty, since that is where everybody starts.
func (f form) livePorts() string {
	w := f.begunPairs()
	if len(w) == 0 {
		return ""
	}
	_, err := tunnels.ParseMappings(w)
	return complaint(err)
}

// liveNamespace is what to say below the namespace once one is typed.
func (f form) liveNamespace() string {
	if f.namespace == "" {
		return ""
	}
	return namespaceComplaint(f.namespace)
}

// target is what the field names; false while it is empty or cannot be.
func (f form) target() (tunnels.Target, bool) {
	t, err := tunnels.ParseTarget(strings.TrimSpace(f.pod))
	return t, err == nil
}

// manyPods says whether the target may have several pods to choose from.
func (f form) manyPods() bool {
	t, ok := f.target()
	return ok && t.Kind != tunnels.KindPod
}

// livePod is what to say below the target while one types.
func (f form) livePod() string {
	pod := strings.TrimSpace(f.pod)
	if pod == "" {
		return ""
	}
	t, err := tunnels.ParseTarget(pod)
	if err == nil {
		err = kube.CheckTarget(t)
	}
	return complaint(err)
}

// liveListen is what to say below the addresses while one types.
func (f form) liveListen() string {
	for _, a := range f.listenWords() {
		if err := tunnels.ValidateListen(a); err != nil {
			return complaint(err)
		}
	}
	return ""
}

// mappings are those of the pairs that can be understood.
func (f form) mappings() []tunnels.Mapping {
	var out []tunnels.Mapping
	for _, w := range f.pairs() {
		if m, err := tunnels.ParseMapping(w); err == nil && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// hasRemote says whether a port of the target is among the pairs, by number or by
// name.
func (f form) hasRemote(p offeredPort) bool {
	return slices.ContainsFunc(f.mappings(), func(m tunnels.Mapping) bool { return p.is(m.Remote) })
}

// toggleRemote adds a port of the target, or takes out all pairs that lead to it.
// Ports below 1024 get a free local port: most systems keep those for root.
func (f form) toggleRemote(p offeredPort) string {
	if port := p.number; !f.hasRemote(p) {
		pair := fmt.Sprint(port)
		if port < 1024 {
			pair = fmt.Sprintf(":%d", port)
		}
		return strings.Join(append(f.pairs(), pair), " ")
	}
	var keep []string
	for _, w := range f.pairs() {
		if m, err := tunnels.ParseMapping(w); err == nil && p.is(m.Remote) {
			continue
		}
		keep = append(keep, w)
	}
	return strings.Join(keep, " ")
}

// preview says which addresses the tunnel will listen on, a line per mapping.
func (f form) preview() []previewLine {
	var out []previewLine
	ips := tunnels.ListenAddrs(f.listenWords())
	to := ""
	if t, ok := f.target(); ok {
		to = podShort(t.Name) + " "
	}
	for _, m := range f.mappings() {
		l := previewLine{remote: to + m.Remote.String()}
		switch m.Local {
		case tunnels.AnyPort:
			l.local, l.words = lang.L("A free port"), true
			switch {
			case len(ips) == 2:
				l.local = lang.L("A free port, the same on both")
			case len(ips) > 2:
				l.local = lang.L("A free port, the same on all addresses")
			}
		case tunnels.SamePort:
			l.local, l.words = lang.L("The number behind {{.Port}}", vars{"Port": m.Remote.String()}), true
		default:
			var at []string
			for _, ip := range ips {
				at = append(at, netip.AddrPortFrom(ip, m.Local.Fixed()).String())
			}
			l.local = strings.Join(at, "  ")
		}
		out = append(out, l)
	}
	return out
}

type previewLine struct {
	local  string
	words  bool // local is words rather than addresses
	remote string
}

// warnings are whole sentences about what will work, but perhaps not as meant.
func (f form) warnings(snap tunnels.Snapshot) []string {
	var out []string
	mine := tunnels.ListenAddrs(f.listenWords())
	for _, m := range f.mappings() {
		if m.Local.Fixed() == 0 {
			continue
		}
		if m.Local < 1024 {
			out = append(out, lang.L("Port {{.Port}} is below 1024: most systems let only root listen there.", vars{"Port": fmt.Sprint(m.Local.Fixed())}))
		}
		for _, st := range snap {
			if st.Spec.ID != f.id && takesPort(st, mine, m.Local.Fixed()) {
				out = append(out, lang.L("{{.Port}} is the local port of “{{.Tunnel}}” too: only one of them can listen there.", vars{"Port": fmt.Sprint(m.Local.Fixed()), "Tunnel": st.Spec.Title()}))
				break
			}
		}
	}
	if w := f.openWarning(); w != "" {
		out = append(out, w)
	}
	return out
}

// openWarning says that others can connect; empty when they cannot.
func (f form) openWarning() string {
	if len(tunnels.Exposed(f.listenWords())) == 0 {
		return ""
	}
	return lang.L("Other computers in your network will be able to connect.")
}

// takesPort says whether another tunnel has, or wants, a port on one of the
// addresses.
func takesPort(st tunnels.Status, ips []netip.Addr, port uint16) bool {
	for _, b := range st.Bound {
		if b.Addr.Port() == port && overlaps(b.Addr.Addr(), ips) {
			return true
		}
	}
	for _, m := range st.Spec.Mappings {
		if m.Local == tunnels.LocalPort(port) {
			return slices.ContainsFunc(tunnels.ListenAddrs(st.Spec.Listen), func(a netip.Addr) bool { return overlaps(a, ips) })
		}
	}
	return false
}

func overlaps(a netip.Addr, ips []netip.Addr) bool {
	return slices.ContainsFunc(ips, func(b netip.Addr) bool {
		return tunnels.Overlap(a, b)
	})
}
