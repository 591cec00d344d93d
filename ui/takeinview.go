package ui

import (
	"errors"
	"net/netip"
	"strings"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/exchange"
	"culvert/tunnels/profiles"
	"culvert/ui/parts"
)

// takeInput is what the sheet of tunnels from elsewhere is made from.
type takeInput struct {
	items    []foundTunnel
	found    []exchange.Found
	plan     takePlan
	existing []tunnels.Spec
	contexts []string
	here     string // the current context
	profiles []profiles.Profile
	kept     bool // tunnels are kept in profiles
	doing    string
	failed   error
}

// takeView is what that sheet shows.
type takeView struct {
	path   string // where the tunnels come from
	text   string // what was found
	failed string
	doing  string

	choose   bool // nothing was found yet: the user says where to look
	profiles []parts.Option
	profile  string
	name     string // of a new profile
	naming   bool
	nameBad  string

	rows   []takeRow
	submit string
	can    bool
}

type takeKind uint8

const (
	takeTunnel takeKind = iota
	takeHead
	takeContext
)

// ticked is whether a box is ticked, or some of those that it stands for are.
type ticked uint8

const (
	tickOff ticked = iota
	tickOn
	tickSome
)

// takeGroup is a section of the list, in the order in which they stand.
type takeGroup uint8

const (
	takeContexts takeGroup = iota
	takeReady
	takeLook
	takeHave
	takeCannot
	takeGroups
)

// takeRow is one line of the list.
type takeRow struct {
	kind  takeKind
	group takeGroup
	index int // of the tunnel
	tick  ticked
	can   bool // the box can be ticked

	name, below   string
	target, ports string
	note          string // at the right of a heading
	action        string // what can be done about it

	problem, warning, loss string // sentences
}

// takeNewProfile is the key of a profile of their own.
const takeNewProfile = "new:"

// takeViewOf returns what the sheet shows.
func takeViewOf(in takeInput) takeView {
	v := takeView{doing: in.doing, choose: len(in.items) == 0, profile: in.plan.profile, name: in.plan.name}
	v.failed = takeFailed(in)
	if v.choose {
		v.submit = lang.L("Add")
		return v
	}
	v.path, v.text = takeSource(in.found), takeText(in)
	if in.kept {
		v.takeProfiles(in)
	}
	planned := in.plan.planned(in.items)
	verdicts := exchange.Judge(planned, in.existing, in.contexts)
	var rows [takeGroups][]takeRow
	var on [takeGroups]int
	count := 0
	for i, p := range planned {
		r := takeRowOf(in, i, p, verdicts[i])
		if r.tick == tickOn {
			on[r.group]++
			count++
		}
		rows[r.group] = append(rows[r.group], r)
	}
	rows[takeContexts] = unknownRows(in, verdicts)
	for g, list := range rows {
		if len(list) > 0 {
			v.rows = append(append(v.rows, headRow(takeGroup(g), len(list), on[g])), list...)
		}
	}
	v.submit = plural(count, "Add 1 tunnel", "Add {{.N}} tunnels", nil)
	v.can = count > 0 && in.doing == "" && v.nameBad == ""
	return v
}

func (v *takeView) takeProfiles(in takeInput) {
	v.profiles = []parts.Option{{Key: takeNewProfile, Text: lang.L("A new profile"), Icon: "plus"}}
	there := false
	for _, p := range in.profiles {
		if p.Err == nil && !p.Guest { // a broken file is never written
			v.profiles = append(v.profiles, parts.Option{Key: p.ID, Text: profileName(p), Icon: "bookmark"})
			there = there || p.ID == v.profile
		}
	}
	if !there {
		v.profile, v.naming = takeNewProfile, true
		v.nameBad = nameComplaint(v.name, "", in.profiles)
	}
}

// takeFailed tells what went wrong, and which files cannot be read.
func takeFailed(in takeInput) string {
	out := ""
	if in.failed != nil {
		out = complaint(in.failed)
	}
	var u *unread
	if errors.As(in.failed, &u) {
		out = u.name + ": " + out
	}
	for _, f := range in.found {
		if f.Err != nil {
			out = joined(out, f.Name+": "+complaint(f.Err))
		}
	}
	return out
}

// takeSource names the files.
func takeSource(found []exchange.Found) string {
	var names []string
	for _, f := range found {
		if f.Name == "" {
			names = append(names, lang.L("the clipboard"))
		} else {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

// takeText says what was found, and what of it is left out.
func takeText(in takeInput) string {
	var words []string
	for _, f := range in.found {
		if f.Err == nil && !containsWord(words, formatText(f.Format)) {
			words = append(words, formatText(f.Format))
		}
	}
	text := plural(len(in.items), "1 tunnel in: {{.Formats}}.", "{{.N}} tunnels in: {{.Formats}}.", vars{"Formats": strings.Join(words, ", ")})
	text = joined(text, lang.L("Nothing is started by the import."))
	for _, f := range in.found {
		for _, note := range f.Notes {
			if !strings.Contains(text, note) {
				text = joined(text, sentence(note))
			}
		}
		for _, i := range f.Ignored {
			text = joined(text, ignoredText(i))
		}
	}
	return text
}

func containsWord(words []string, w string) bool {
	for _, have := range words {
		if have == w {
			return true
		}
	}
	return false
}

func formatText(f exchange.Format) string {
	switch f {
	case exchange.FormatKftray:
		return lang.L("export of kftray")
	case exchange.FormatKubeForwarder:
		return lang.L("export of kube-forwarder")
	case exchange.FormatProfile:
		return lang.L("profile of Culvert")
	case exchange.FormatAnnotations:
		return lang.L("manifest with k9s annotations")
	case exchange.FormatPlugins:
		return lang.L("plugins of k9s")
	case exchange.FormatCommands:
		return lang.L("port-forward commands")
	}
	return string(f)
}

func ignoredText(i exchange.Ignored) string {
	return plural(i.Count, "1 thing in it is left out: {{.What}}.", "{{.N}} things in it are left out: {{.What}}.", vars{"What": said(i.What)})
}

// takeRowOf is the row of one tunnel.
func takeRowOf(in takeInput, i int, p exchange.Proposal, v exchange.Verdict) takeRow {
	s := p.Spec
	r := takeRow{index: i, can: p.Usable(), name: s.Title(), target: s.Target.String(), problem: paragraph(sentences(p.Problems)), loss: paragraph(sentences(p.Notes))}
	if s.Target.Kind == "" || s.Target.Name == "" {
		r.target = ""
	}
	if r.name == "" {
		r.name = lang.L("(no name)")
	}
	if in.plan.takes(i, p, v) {
		r.tick = tickOn
	}
	r.below = takeBelow(in, i, s, v.Unknown != "")
	r.ports = portTexts(s.Mappings)
	switch {
	case !p.Usable():
		r.group = takeCannot
	case v.Have != "":
		r.group = takeHave
		r.loss = joined(haveText(v), r.loss)
	case len(v.Open) > 0 || v.Unknown != "":
		r.group = takeLook
	default:
		r.group = takeReady
	}
	if p.Usable() {
		r.warning, r.action = takeWarning(v), takeAction(in.plan.local[i], v)
	}
	return r
}

// takeBelow is the second line of a row.
func takeBelow(in takeInput, i int, s tunnels.Spec, strange bool) string {
	place := s.Target.Context
	if strange {
		place = lang.L("{{.Context}} (not known here)", vars{"Context": place})
	}
	if place == "" {
		place = lang.L("current context")
		if in.here != "" {
			place = lang.L("current context ({{.Context}})", vars{"Context": in.here})
		}
	}
	if s.Target.Namespace != "" {
		place += " / " + s.Target.Namespace
	}
	from := in.items[i].From
	if len(in.found) > 1 {
		from = in.items[i].file + ", " + from
	}
	return place + " · " + from
}

// portTexts are the pairs of a tunnel, in one line.
func portTexts(ms []tunnels.Mapping) string {
	var out []string
	for _, m := range ms {
		local := lang.L("random")
		switch {
		case m.Local == tunnels.SamePort:
			local = lang.L("same")
		case m.Local.Fixed() != 0:
			local = tunnels.Port{Number: m.Local.Fixed()}.String()
		}
		out = append(out, local+" → "+m.Remote.String())
	}
	return strings.Join(out, ", ")
}

func haveText(v exchange.Verdict) string {
	if v.Twin {
		return lang.L("“{{.Name}}” above does the same.", vars{"Name": v.Have})
	}
	return lang.L("“{{.Name}}” is there already and does the same.", vars{"Name": v.Have})
}

// takeWarning says what the user may want to know before adding a tunnel.
func takeWarning(v exchange.Verdict) string {
	var out string
	if len(v.Open) > 0 {
		out = joined(out, lang.L("It listens on {{.Addresses}}: other computers in your network will be able to connect.", vars{"Addresses": strings.Join(v.Open, ", ")}))
	}
	for _, c := range v.Clashes {
		out = joined(out, lang.L("“{{.Name}}” wants port {{.Port}} too: only one of them can run.", vars{"Name": c.With, "Port": c.Port}))
	}
	if v.Named && v.Have == "" {
		out = joined(out, lang.L("There is another tunnel of this name."))
	}
	return out
}

func takeAction(local bool, v exchange.Verdict) string {
	switch {
	case local:
		return lang.L("Let others connect")
	case len(v.Open) > 0:
		return lang.L("On this computer only")
	}
	return ""
}

// unknownRows are the contexts that are not known.
func unknownRows(in takeInput, verdicts []exchange.Verdict) []takeRow {
	names, count := unknown(in.items, verdicts, in.plan.contexts)
	var out []takeRow
	for _, name := range names {
		r := takeRow{kind: takeContext, group: takeContexts, name: name, below: plural(count[name], "1 tunnel wants it", "{{.N}} tunnels want it", nil), action: lang.L("Choose a context…")}
		if c, ok := in.plan.contexts[name]; ok {
			r.target = c
			if c == "" {
				r.target = lang.L("the current context")
			}
			r.action = lang.L("Choose another…")
		}
		out = append(out, r)
	}
	return out
}

func headRow(g takeGroup, count, on int) takeRow {
	r := takeRow{kind: takeHead, group: g, note: plural(count, "{{.N}}", "{{.N}}", nil), can: g == takeReady || g == takeLook || g == takeHave}
	switch g {
	case takeContexts:
		r.name = lang.L("Contexts that are not known here")
	case takeReady:
		r.name = lang.L("Can be added")
	case takeLook:
		r.name = lang.L("Need a look")
	case takeHave:
		r.name = lang.L("Already there")
	case takeCannot, takeGroups:
		r.name = lang.L("Cannot be added")
	}
	switch {
	case on == count:
		r.tick = tickOn
	case on > 0:
		r.tick = tickSome
	}
	return r
}

func notLoopback(ip netip.Addr) bool { return !ip.IsLoopback() }

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isKubeconfig says whether what was to be imported is a kubeconfig.
func isKubeconfig(err error) bool { return errors.Is(err, exchange.ErrKubeconfig) }
