package tray

import (
	"context"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Entry is an entry of a menu; the whole menu is one too.
type Entry struct {
	ID               int32
	Label            string
	Separator        bool
	Enabled, Visible bool
	Checkable        bool
	Checked          bool
	Entries          []Entry
}

// Menu asks for the item's menu as it is now, with all that is in it.
func (i *Item) Menu(ctx context.Context) (Entry, error) {
	p, err := i.Properties(ctx)
	if err != nil {
		return Entry{}, err
	}
	object := i.conn.Object(i.owner, p.menu)
	// As menus do that are opened. Programs may have nothing to say to it.
	if err := object.CallWithContext(ctx, menuFace+".AboutToShow", 0, int32(0)).Err; err != nil {
		return Entry{}, fmt.Errorf("open the menu: %w", err)
	}
	var revision uint32
	var root layout
	call := object.CallWithContext(ctx, menuFace+".GetLayout", 0, int32(0), int32(-1), []string{})
	if err := call.Store(&revision, &root); err != nil {
		return Entry{}, fmt.Errorf("ask for the menu: %w", err)
	}
	return root.entry()
}

// Click is a click on an entry of the item's menu.
func (i *Item) Click(ctx context.Context, id int32) error {
	p, err := i.Properties(ctx)
	if err != nil {
		return err
	}
	err = i.conn.Object(i.owner, p.menu).CallWithContext(ctx, menuFace+".Event", 0, id, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err
	if err != nil {
		return fmt.Errorf("click on the menu: %w", err)
	}
	return nil
}

// Find returns the first entry at any depth whose label begins so.
func (e Entry) Find(label string) (Entry, bool) {
	for _, x := range e.Entries {
		if strings.HasPrefix(x.Label, label) {
			return x, true
		}
		if found, ok := x.Find(label); ok {
			return found, true
		}
	}
	return Entry{}, false
}

// String tells the menu as a list, one line for each entry, with marks for what is
// checked and what is disabled.
func (e Entry) String() string {
	var s strings.Builder
	e.write(&s, "")
	return s.String()
}

func (e Entry) write(s *strings.Builder, indent string) {
	for _, x := range e.Entries {
		mark, off := "  ", ""
		switch {
		case x.Separator:
			x.Label = "--"
		case x.Checked:
			mark = "x "
		case x.Checkable:
			mark = "o "
		}
		if !x.Enabled {
			off = " (disabled)"
		}
		fmt.Fprintf(s, "%s%s%s%s\n", indent, mark, x.Label, off)
		x.write(s, indent+"  ")
	}
}

// layout is an entry as it goes over the bus.
type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

func (l layout) entry() (Entry, error) {
	e := Entry{ID: l.ID, Enabled: true, Visible: true}
	var kind, toggle string
	state := int32(0)
	for name, into := range map[string]any{
		"label": &e.Label, "enabled": &e.Enabled, "visible": &e.Visible, "type": &kind, "toggle-type": &toggle, "toggle-state": &state,
	} {
		if v, ok := l.Props[name]; ok {
			if err := v.Store(into); err != nil {
				return e, fmt.Errorf("read %s of the menu's entry %d: %w", name, l.ID, err)
			}
		}
	}
	e.Label = withoutKeys(e.Label)
	e.Separator, e.Checkable, e.Checked = kind == "separator", toggle != "", toggle != "" && state == 1
	for _, v := range l.Children {
		var child layout
		if err := v.Store(&child); err != nil {
			return e, fmt.Errorf("read an entry below the menu's entry %d: %w", l.ID, err)
		}
		sub, err := child.entry()
		if err != nil {
			return e, err
		}
		e.Entries = append(e.Entries, sub)
	}
	return e, nil
}

// withoutKeys is a label as a panel shows it: a low line marks the key of the letter
// behind it, and two of them are one.
func withoutKeys(label string) string {
	var s strings.Builder
	for i := 0; i < len(label); i++ {
		if label[i] == '_' {
			i++
		}
		if i < len(label) {
			s.WriteByte(label[i])
		}
	}
	return s.String()
}
