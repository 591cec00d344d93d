package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"culvert/tunnels"
	"culvert/tunnels/exchange"
	"culvert/tunnels/profiles"
)

// add adds what is taken, in one go. When that fails nothing is left.
func (f importFlags) add(ctx context.Context, d Deps, k keeper, all kept, offers []offer, quiet bool) error {
	taken := takenOf(offers)
	if len(taken) == 0 {
		return nil
	}
	homes := homes{keeper: k, kept: all, ids: make(map[string]string)}
	var specs []tunnels.Spec
	for _, o := range taken {
		id, err := homes.of(ctx, or(f.profile, o.Profile))
		if err != nil {
			return homes.undo(ctx, err)
		}
		s := o.Spec
		s.ID, s.Profile = tunnels.NewID(), id
		specs = append(specs, s)
	}
	if err := k.Add(ctx, specs); err != nil {
		return homes.undo(ctx, err)
	}
	if !quiet {
		fmt.Fprintf(d.Err, "Added %s to %s; nothing was started.\n", counted(len(specs), "tunnel"), homes.text())
	}
	return nil
}

// homes are the profiles into which tunnels go.
type homes struct {
	keeper keeper
	kept   kept
	ids    map[string]string // by name
	names  []string          // in the order in which they came
	made   []string          // IDs of those that were made
}

// of returns the ID of the profile of a name, which it makes when there is none;
// empty for the default one.
func (h *homes) of(ctx context.Context, name string) (string, error) {
	if id, ok := h.ids[name]; ok {
		return id, nil
	}
	id := ""
	if name != "" {
		p, err := profiles.Find(h.kept.profiles, name)
		if err == nil {
			err = guestsAreNotKept(p)
		} else if tunnels.AsError(err).Cause == tunnels.CauseNotFound {
			if p, err = h.keeper.CreateProfile(ctx, name); err == nil {
				h.made = append(h.made, p.ID)
			}
		}
		if err != nil {
			return "", err
		}
		id = p.ID
	}
	h.ids[name] = id
	h.names = append(h.names, name)
	return id, nil
}

// undo deletes the profiles that were made, which are empty, and returns err.
func (h *homes) undo(ctx context.Context, err error) error {
	for _, id := range h.made {
		_, _ = h.keeper.DeleteProfile(context.WithoutCancel(ctx), id) // the first error is told
	}
	return err
}

func (h *homes) text() string {
	var out []string
	for _, n := range h.names {
		out = append(out, fmt.Sprintf("%q", or(n, "Default")))
	}
	if len(out) == 1 {
		return "the profile " + out[0]
	}
	return "the profiles " + listOf(out)
}

// isAll says whether an answer means all.
func isAll(answer string) bool {
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "a" || answer == "all"
}

// isDefault says whether an answer is only the key that ends it.
func isDefault(answer string) bool { return strings.TrimSpace(answer) == "" }

// printOffers writes what was found: what is taken on stdout, and the rest with its
// reasons below it.
func printOffers(d Deps, found []exchange.Found, offers []offer) {
	for _, f := range found {
		if f.Err != nil {
			continue // it is told at the end
		}
		fmt.Fprintf(d.Out, "%s (%s):\n", printable(f.Name), f.Format)
		for _, n := range f.Notes {
			fmt.Fprintf(d.Out, "      %s\n", printable(n))
		}
		for _, i := range f.Ignored {
			fmt.Fprintf(d.Out, "      Left out: %s (%d).\n", printable(i.What), i.Count)
		}
		for _, o := range offers {
			if o.file == f.Name {
				printOffer(d.Out, o)
			}
		}
	}
}

func printOffer(out io.Writer, o offer) {
	mark := "-"
	if o.taken {
		mark = "+"
	}
	name := or(o.Spec.Title(), "(no name)")
	line := fmt.Sprintf("  %s %s", mark, name)
	if o.Usable() {
		line += fmt.Sprintf(": %s %s", o.Spec.Target, mappingsText(o.Spec))
	}
	fmt.Fprintf(out, "%s  (%s)\n", printable(line), printable(strings.Join(placesOf(o), ", ")))
	for _, s := range o.sayings() {
		fmt.Fprintf(out, "      %s\n", printable(s))
	}
}

// placesOf are the context and the namespace of a tunnel, and where it stands in its
// file.
func placesOf(o offer) []string {
	var out []string
	if c := o.Spec.Target.Context; c != "" {
		out = append(out, "context "+c)
	}
	if n := o.Spec.Target.Namespace; n != "" {
		out = append(out, "namespace "+n)
	}
	if o.From != "" {
		out = append(out, o.From)
	}
	return out
}

// sayings are whole sentences on what stands against a tunnel, or is lost of it.
func (o offer) sayings() []string {
	var out []string
	out = append(out, o.Problems...)
	switch {
	case o.Have != "" && o.Twin:
		out = append(out, fmt.Sprintf("%q above does the same.", o.Have))
	case o.Have != "":
		out = append(out, fmt.Sprintf("%q is there already and does the same.", o.Have))
	case o.Named:
		out = append(out, "There is another tunnel of this name.")
	}
	if len(o.Open) > 0 {
		out = append(out, "It listens on "+strings.Join(o.Open, ", ")+": other computers will be able to connect."+o.withAll())
	}
	if o.Unknown != "" {
		out = append(out, fmt.Sprintf("There is no context %q here.%s", o.Unknown, o.withAll()))
	}
	for _, c := range o.Clashes {
		out = append(out, fmt.Sprintf("%q wants port %d too: only one of them can run.", c.With, c.Port))
	}
	return append(out, o.Notes...)
}

// withAll says how a tunnel is taken all the same.
func (o offer) withAll() string {
	if o.taken || !o.more() {
		return ""
	}
	return " --all adds it all the same."
}

// importJSON is what `culvert import -o json` prints.
type importJSON struct {
	Files   []fileJSON  `json:"files"`
	Tunnels []offerJSON `json:"tunnels"`
	Added   int         `json:"added"`
}

type fileJSON struct {
	Name    string        `json:"name"`
	Format  string        `json:"format,omitempty"`
	Notes   []string      `json:"notes,omitempty"`
	Ignored []ignoredJSON `json:"ignored,omitempty"`
	Error   string        `json:"error,omitempty"`
	Hint    string        `json:"hint,omitempty"`
}

type ignoredJSON struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

type offerJSON struct {
	File      string      `json:"file"`
	From      string      `json:"from,omitempty"` // where in the file
	Name      string      `json:"name"`
	Context   string      `json:"context,omitempty"`
	Namespace string      `json:"namespace,omitempty"`
	Target    string      `json:"target,omitempty"`
	Ports     []string    `json:"ports"`
	Listen    []string    `json:"listen,omitempty"`
	Taken     bool        `json:"taken"`
	Usable    bool        `json:"usable"`
	Same      string      `json:"same,omitempty"`    // the tunnel that does the same
	Open      []string    `json:"open,omitempty"`    // addresses on which others could connect
	Unknown   string      `json:"unknown,omitempty"` // the context that there is not
	Clashes   []clashJSON `json:"clashes,omitempty"`
	Problems  []string    `json:"problems,omitempty"`
	Notes     []string    `json:"notes,omitempty"`
}

type clashJSON struct {
	Port uint16 `json:"port"`
	With string `json:"with"`
}

func offersJSON(found []exchange.Found, offers []offer, added bool) importJSON {
	out := importJSON{Files: []fileJSON{}, Tunnels: []offerJSON{}}
	for _, f := range found {
		j := fileJSON{Name: f.Name, Format: string(f.Format), Notes: f.Notes}
		for _, i := range f.Ignored {
			j.Ignored = append(j.Ignored, ignoredJSON{i.What, i.Count})
		}
		if f.Err != nil {
			j.Error, j.Hint = f.Err.Error(), f.Err.Hint
		}
		out.Files = append(out.Files, j)
	}
	for _, o := range offers {
		s := o.Spec
		j := offerJSON{
			File: o.file, From: o.From, Name: s.Title(), Context: s.Target.Context, Namespace: s.Target.Namespace, Ports: []string{}, Listen: s.Listen,
			Taken: o.taken, Usable: o.Usable(), Same: o.Have, Open: o.Open, Unknown: o.Unknown, Problems: o.Problems, Notes: o.Notes,
		}
		if s.Target.Name != "" {
			j.Target = s.Target.String()
		}
		for _, m := range s.Mappings {
			j.Ports = append(j.Ports, m.String())
		}
		for _, c := range o.Clashes {
			j.Clashes = append(j.Clashes, clashJSON(c))
		}
		if o.taken && added {
			out.Added++
		}
		out.Tunnels = append(out.Tunnels, j)
	}
	return out
}
