package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"culvert/tunnels"
	"culvert/tunnels/durable"
	"culvert/tunnels/profiles"

	"go.yaml.in/yaml/v3"
)

const settingsVersion = 1

// settingsFile keeps [Settings]. It does not follow edits: they hold from the next
// start on, or from a change here. Fields that are not known and comments stay as
// they are. Its methods may be called from any goroutine.
type settingsFile struct {
	path string // empty keeps all in memory

	mu  sync.Mutex
	now Settings
}

// openSettings reads the file.
func openSettings(path string) (*settingsFile, error) {
	f := &settingsFile{path: path}
	return f, f.reload()
}

// ReadSettings returns the settings in a file; the zero value where there is none. The
// error is an *tunnels.Error.
func ReadSettings(path string) (Settings, error) {
	_, s, err := readSettings(path)
	return s, err
}

// reload reads the file again. After an error the settings are as they were.
func (f *settingsFile) reload() error {
	if f.path == "" {
		return nil
	}
	_, s, err := readSettings(f.path)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = s
	return nil
}

func (f *settingsFile) get() Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// set changes what differs from the settings as they were. A file that cannot be
// read is left as it is.
func (f *settingsFile) set(ctx context.Context, s Settings) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if f.path != "" {
		var err error
		if s, err = writeSettings(ctx, f.path, f.get(), s); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = s
	return nil
}

// writeSettings returns what the file holds then: others may change other fields.
func writeSettings(ctx context.Context, path string, was, s Settings) (Settings, error) {
	unlock, err := durable.Lock(ctx, path)
	if err != nil {
		return s, unwritable(path, err)
	}
	defer unlock()
	doc, _, err := readSettings(path)
	if err != nil {
		return s, err
	}
	if err := changeFields(doc, was, s); err != nil {
		return s, unwritable(path, err)
	}
	text, err := profiles.Encode(doc)
	if err != nil {
		return s, unwritable(path, err)
	}
	now, err := written(text, was, s)
	if err != nil {
		return s, unchangeable(path, err)
	}
	if err := durable.Write(path, text); err != nil {
		return s, unwritable(path, err)
	}
	return now, nil
}

// written returns what a changed file holds. It is an error when that is not what was
// to be changed: a value may come from elsewhere in the file.
func written(data []byte, was, s Settings) (Settings, error) {
	var now Settings
	if err := yaml.Unmarshal(data, &now); err != nil {
		return s, err
	}
	var nodes [3]yaml.Node
	var fields [3]map[string]*yaml.Node
	for i, of := range [...]Settings{was, s, now} {
		if err := nodes[i].Encode(of); err != nil {
			return s, err
		}
		fields[i] = fieldsOf(&nodes[i])
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(fields[0])), slices.Collect(maps.Keys(fields[1]))) {
		before, wanted, is := textOf(fields[0][name]), textOf(fields[1][name]), textOf(fields[2][name])
		if before != wanted && is != wanted {
			return s, fmt.Errorf("%s would not be changed: the file is written in a way that Culvert cannot change", name)
		}
	}
	return now, nil
}

// textOf returns a value; empty for none.
func textOf(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

func unchangeable(path string, err error) error {
	return &tunnels.Error{Op: "write " + path, Err: err, Hint: "Change it in an editor.", Cause: tunnels.CauseInvalid, Permanent: true}
}

// readSettings returns the file's document too; a fresh one where there is no file.
// The error names the file and, where it can, the line.
func readSettings(path string) (*yaml.Node, Settings, error) {
	data, err := readBounded(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, Settings{}, unreadable(path, err)
	}
	doc, err := settingsTree(data)
	if err != nil {
		return nil, Settings{}, wrongSettings(path, err)
	}
	var s struct {
		Version  int `yaml:"version"`
		Settings `yaml:",inline"`
	}
	err = doc.Decode(&s)
	switch {
	case err != nil:
	case s.Version > settingsVersion:
		err = errNewer
	default:
		err = wrongLanguage(doc, s.Language)
	}
	if err != nil {
		return nil, Settings{}, wrongSettings(path, err)
	}
	return doc, s.Settings, nil
}

// wrongLanguage names the line of a language that nobody knows.
func wrongLanguage(doc *yaml.Node, code string) error {
	err := checkLanguage(code)
	if n := fieldsOf(doc.Content[0])["language"]; err != nil && n != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return err
}

// settingsTree reads the fields of the file; where there are none, one of them is
// made.
func settingsTree(data []byte) (*yaml.Node, error) {
	doc := new(yaml.Node)
	if err := yaml.Unmarshal(data, doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 || doc.Content[0].Tag == "!!null" {
		return settingsTree(fmt.Appendf(nil, "version: %d\n%s", settingsVersion, data))
	}
	if doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("it has no fields, as restore: true")
	}
	return doc, nil
}

func wrongSettings(path string, err error) error {
	var types *yaml.TypeError
	if errors.As(err, &types) {
		err = errors.New(types.Errors[0]) // it begins with the line
	}
	e := &tunnels.Error{
		Op: "read " + path, Err: err,
		Hint:  "Correct the file, or move it away to begin afresh; until then Culvert leaves it as it is.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
	if errors.Is(err, errNewer) {
		e.Hint = "Use that Culvert, or move the file away; until then it is left as it is."
	}
	return e
}

// changeFields writes into a document what differs between two settings.
func changeFields(doc *yaml.Node, was, s Settings) error {
	var before, after yaml.Node
	if err := errors.Join(before.Encode(was), after.Encode(s)); err != nil {
		return err
	}
	root := doc.Content[0]
	old, now := fieldsOf(&before), fieldsOf(&after)
	for i := 0; i+1 < len(after.Content); i += 2 {
		name := after.Content[i].Value
		if o := old[name]; o == nil || o.Value != now[name].Value {
			setField(root, name, now[name])
		}
	}
	for name := range old {
		if now[name] == nil {
			dropField(root, name)
		}
	}
	return nil
}

func fieldsOf(n *yaml.Node) map[string]*yaml.Node {
	out := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(n.Content); i += 2 {
		out[n.Content[i].Value] = n.Content[i+1]
	}
	return out
}

func setField(root *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == name {
			value.LineComment = root.Content[i+1].LineComment
			root.Content[i+1] = value
			return
		}
	}
	root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
}

func dropField(root *yaml.Node, name string) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == name {
			root.Content = append(root.Content[:i:i], root.Content[i+2:]...)
			return
		}
	}
}
