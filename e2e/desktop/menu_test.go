package desktop

import (
	"errors"
	"fmt"
	"image"
	"testing"
	"time"

	"culvert/e2e/desk"
	"culvert/e2e/tray"
)

// icon is the program's item in a tray.
type icon struct {
	*tray.Item
	t *testing.T
}

// iconOf waits until the tray has one item, and returns it.
func iconOf(t *testing.T, h *tray.Host) *icon {
	t.Helper()
	i := &icon{t: t}
	desk.Eventually(t, "the tray's icon", func() error {
		items := h.Items()
		if len(items) != 1 {
			return fmt.Errorf("there are %d", len(items))
		}
		i.Item = items[0]
		_, err := i.Properties(t.Context())
		return err
	})
	return i
}

// wantMenu waits until the menu is as wanted.
func (i *icon) wantMenu(what string, wanted func(tray.Entry) error) {
	i.t.Helper()
	var last tray.Entry
	defer func() {
		if i.t.Failed() {
			i.t.Logf("the menu is\n%v", last)
		}
	}()
	desk.Eventually(i.t, what, func() error {
		menu, err := i.Menu(i.t.Context())
		if err != nil {
			return err
		}
		last = menu
		return wanted(menu)
	})
}

// entry is a line of the menu as it should be.
type entry struct {
	label   string // its beginning
	checked bool
}

// wantEntries waits until the menu has these lines.
func (i *icon) wantEntries(wanted ...entry) {
	i.t.Helper()
	i.wantMenu("the lines of the menu", func(m tray.Entry) error {
		var wrong error
		for _, want := range wanted {
			switch got, ok := m.Find(want.label); {
			case !ok:
				wrong = errors.Join(wrong, fmt.Errorf("there is no %q", want.label))
			case got.Checked != want.checked:
				wrong = errors.Join(wrong, fmt.Errorf("%q is checked: %t", got.Label, got.Checked))
			}
		}
		return wrong
	})
}

// settled is how long a menu is the same before one clicks on it. Programs make a menu
// line by line, and make it anew: a click on a line of before is lost.
const settled = 300 * time.Millisecond

// choose clicks on the line of the menu whose label begins so.
func (i *icon) choose(label string) {
	i.t.Helper()
	var last string
	var since time.Time
	i.wantMenu(label+" can be chosen", func(m tray.Entry) error {
		if now := fmt.Sprintf("%+v", m); now != last {
			last, since = now, time.Now()
		}
		found, ok := m.Find(label)
		switch {
		case !ok:
			return errors.New("it is not there")
		case !found.Enabled || !found.Visible:
			return errors.New("it is disabled")
		case time.Since(since) < settled:
			return errors.New("the menu changes")
		}
		return i.Click(i.t.Context(), found.ID)
	})
}

// wantTip waits until the icon says so.
func (i *icon) wantTip(tip string) {
	i.t.Helper()
	desk.Eventually(i.t, "the icon's words", func() error {
		p, err := i.Properties(i.t.Context())
		if err == nil && p.ToolTip != tip {
			err = fmt.Errorf("it says %q, want %q", p.ToolTip, tip)
		}
		return err
	})
}

// picture returns the icon's picture, in which something is to be seen.
func (i *icon) picture() *image.NRGBA {
	i.t.Helper()
	p, err := i.Properties(i.t.Context())
	if err != nil {
		i.t.Fatal(err)
	}
	if p.Icon == nil {
		i.t.Fatal("the icon has no picture")
	}
	opaque := 0
	for n := 3; n < len(p.Icon.Pix); n += 4 {
		if p.Icon.Pix[n] > 200 {
			opaque++
		}
	}
	if all := len(p.Icon.Pix) / 4; opaque < all/20 || opaque > all*19/20 {
		i.t.Errorf("%d of %d pixels of the icon are opaque: it has no shape", opaque, all)
	}
	return p.Icon
}
