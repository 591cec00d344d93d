package command

import (
	"slices"
	"strings"
	"unicode"

	"culvert/tunnels"
)

// set takes the value of a flag that says something of the tunnel.
func (r *reader) set(o option) {
	if o.value == nil {
		r.piece(Piece{
			Kind: KindFlag, Text: o.shown, From: o.from, To: o.to,
			Err: wrong("command", "Write it behind the flag.", "%s has no value", o.shown),
		})
		return
	}
	v := *o.value
	switch o.flag.does {
	case setsContext:
		if r.take(KindContext, o.token, v, showable("context", v)) {
			r.out.Target.Context = v
		}
	case setsNamespace:
		var err error
		if v != "" {
			err = known(tunnels.ValidateNamespace(v))
		}
		if len(v) > longest {
			err = wrong("namespace", "Write its name, as -n shop.", "this is too long for a namespace")
		}
		if r.take(KindNamespace, o.token, v, err) {
			r.out.Target.Namespace = v
		}
	case setsName:
		if r.take(KindName, o.token, v, showable("name", v)) {
			r.out.Name = v
		}
	case setsPod:
		pod := o.token
		pod.text = "pod/" + v
		r.target(pod)
	default:
		r.address(o, v)
	}
}

// showable returns nil when everything of s can be seen.
func showable(field, s string) error {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return wrong(field, "Write it with letters, digits and signs.", "it has characters that cannot be shown")
	}
	return nil
}

// address adds the addresses of a list.
func (r *reader) address(o option, list string) {
	listen := slices.Clone(r.out.Listen)
	var err error
	for a := range strings.SplitSeq(list, ",") {
		a = strings.TrimSpace(a)
		if len(a) > longest {
			err = wrong("address", "Use localhost, 127.0.0.1 or ::1.", "this is too long for an address")
			break
		}
		if err = known(tunnels.ValidateListen(a)); err != nil {
			break
		}
		if !slices.Contains(listen, a) {
			listen = append(listen, a)
		}
	}
	if r.take(KindAddress, o.token, list, err) {
		r.out.Listen = listen
	}
}
