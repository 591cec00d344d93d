package exchange

import (
	"errors"
	"fmt"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// readProfile reads a profile of Culvert. None of its tunnels starts by itself
// because of an import.
func readProfile(text string) (Found, error) {
	f := Found{Format: FormatProfile}
	profile, err := profiles.Parse("import", []byte(text))
	if err != nil {
		return f, placed(err)
	}
	name := profile.Name
	if name == profile.ID {
		name = "" // it has none
	}
	for i, spec := range profile.Tunnels {
		p := Proposal{Spec: spec, Profile: name, From: fmt.Sprintf("tunnel %d", i+1)}
		if spec.AutoStart {
			p.Spec.AutoStart = false
			p.note("it is not started by itself after an import: switch that on once it is there, if you want it")
		}
		f.Proposals = append(f.Proposals, p)
	}
	if profile.Quiet || len(profile.Tags) > 0 {
		f.Notes = append(f.Notes, "The tags of the profile, and whether it notifies, are left as they are where the tunnels go.")
	}
	return f, nil
}

// placed is an error of a profile's text with its line, and without a file's name,
// which the user knows.
func placed(err error) error {
	e := *tunnels.AsError(err)
	e.Op, e.Hint = "", "Correct the file."
	var at *profiles.Position
	if errors.As(err, &at) && at.Line > 0 {
		e.Op = fmt.Sprintf("line %d", at.Line)
	}
	return &e
}
