package control

import (
	"io/fs"

	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// Profile is a [profiles.Profile]: tunnels that are kept together.
type Profile struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Path    string   `json:"path,omitempty"` // of its file
	Tags    []string `json:"tags,omitempty"`
	Quiet   bool     `json:"quiet,omitempty"`
	Guest   bool     `json:"guest,omitempty"`
	Tunnels []Spec   `json:"tunnels"`
	Err     *Error   `json:"error,omitempty"` // why the file cannot be read now
	Line    int      `json:"line,omitempty"`
	Column  int      `json:"column,omitempty"`
}

// ProfileOf returns a profile in its form for JSON.
func ProfileOf(p profiles.Profile) Profile {
	out := Profile{
		ID: p.ID, Name: p.Name, Path: p.Path, Tags: p.Tags, Quiet: p.Quiet, Guest: p.Guest,
		Tunnels: each(p.Tunnels, SpecOf), Err: ErrorOf(p.Err), Line: p.Line, Column: p.Column,
	}
	if out.Tunnels == nil {
		out.Tunnels = []Spec{}
	}
	return out
}

// Parse returns the profile.
func (p Profile) Parse() profiles.Profile {
	return profiles.Profile{
		ID: p.ID, Name: p.Name, Path: p.Path, Tags: some(p.Tags), Quiet: p.Quiet, Guest: p.Guest,
		Tunnels: each(some(p.Tunnels), Spec.Parse), Err: p.Err.Parse(), Line: p.Line, Column: p.Column,
	}
}

// Change is a [profiles.Change]; what is left out stays as it is.
type Change struct {
	Name  *string   `json:"name,omitempty"`
	Tags  *[]string `json:"tags,omitempty"`
	Quiet *bool     `json:"quiet,omitempty"`
}

// Deleted is a [profiles.Deleted]: a profile that was deleted, with its file.
type Deleted struct {
	Profile Profile     `json:"profile"`
	File    DeletedFile `json:"file"`
}

// DeletedFile is a file that was deleted.
type DeletedFile struct {
	Name string `json:"name,omitempty"` // without a folder
	Data []byte `json:"data,omitempty"` // in base64
	Link string `json:"link,omitempty"` // where it led, if it was a link
	Mode uint32 `json:"mode,omitempty"` // its permissions
}

// DeletedOf returns a deleted profile in its form for JSON.
func DeletedOf(d profiles.Deleted) Deleted {
	f := d.File()
	return Deleted{ProfileOf(d.Profile), DeletedFile{f.Base, f.Data, f.Link, uint32(f.Mode)}}
}

// Parse returns the deleted profile. The error means that no profile can have had
// such a file.
func (d Deleted) Parse() (profiles.Deleted, error) {
	f := d.File
	return profiles.DeletedOf(d.Profile.Parse(), profiles.DeletedFile{Base: f.Name, Data: f.Data, Link: f.Link, Mode: fs.FileMode(f.Mode)})
}

// Guests are [workspace.Guests]: tunnels of a file that is no profile.
type Guests struct {
	Path    string `json:"path,omitempty"` // absolute; empty where they come from no file
	Name    string `json:"name,omitempty"` // empty means the file's
	Tunnels []Spec `json:"tunnels"`
}

// GuestsOf returns guests in their form for JSON.
func GuestsOf(g workspace.Guests) Guests {
	out := Guests{Path: g.Path, Name: g.Name, Tunnels: each(g.Tunnels, SpecOf)}
	if out.Tunnels == nil {
		out.Tunnels = []Spec{}
	}
	return out
}

// Parse returns the guests.
func (g Guests) Parse() workspace.Guests {
	return workspace.Guests{Path: g.Path, Name: g.Name, Tunnels: each(some(g.Tunnels), Spec.Parse)}
}
