package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// Memory keeps a text from one run of the program to the next. Save may block
// for a disk.
type Memory interface {
	Load() string // empty when there is none
	Save(text string) error
}

// keepAfter is how long changes are gathered before they are written.
const keepAfter = time.Second

// mostRemembered bounds what is read, in bytes: there is no more of it than
// that.
const mostRemembered = 64 << 10

// memory is what the window keeps from one run to the next. Its zero value is
// how everything is at first; values that make no sense are taken for it.
type memory struct {
	Width  float32 `json:"width,omitempty"`
	Height float32 `json:"height,omitempty"`
	Rail   float32 `json:"rail,omitempty"`   // its width
	Beside float32 `json:"beside,omitempty"` // the details' width
	Below  float32 `json:"below,omitempty"`  // the details' height
	// Folded is the rail's: "yes", "no", or empty for what the width asks for.
	Folded  string     `json:"folded,omitempty"`
	Theme   string     `json:"theme,omitempty"` // "light", "dark", or empty for the desktop's
	Chosen  tunnels.ID `json:"chosen,omitempty"`
	Details bool       `json:"details,omitempty"`
	Closed  []fold     `json:"closed,omitempty"` // groups that are folded away
	Sort    string     `json:"sort,omitempty"`   // one of sortNames
	Down    bool       `json:"down,omitempty"`   // sorted from the largest to the least
	Group   string     `json:"group,omitempty"`  // one of groupNames
	// Profile is the ID of the one that the window is narrowed to.
	Profile string `json:"profile,omitempty"`
	// Hides says that the user was told once that closing hides the window.
	Hides bool `json:"hides,omitempty"`
}

// fold is a groupKey as it is written.
type fold struct {
	By      string `json:"by,omitempty"` // one of groupNames
	Context string `json:"context,omitempty"`
	Name    string `json:"name,omitempty"`
}

// sortNames and groupNames are how columns and groupings are written.
var (
	sortNames  = [...]string{ownOrder: "", byState: "state", byName: "name", byPort: "port", byTarget: "target", byRate: "rate", byConns: "connections"}
	groupNames = [...]string{groupByContext: "", groupByNamespace: "namespace", groupByTag: "tag", groupByNone: "none", groupByProfile: "profile"}
)

// The themes to choose from; the desktop's is the empty one.
const (
	themeLight = "light"
	themeDark  = "dark"
)

// readMemory reads what keep wrote. What cannot be read is as if it was not
// there.
func readMemory(text string) memory {
	var m memory
	if len(text) > mostRemembered || json.Unmarshal([]byte(text), &m) != nil {
		return memory{}
	}
	return m.checked()
}

// checked returns the memory without what makes no sense.
func (m memory) checked() memory {
	for _, v := range []struct {
		at          *float32
		least, most float32
	}{
		{&m.Width, leastWidth, 16384},
		{&m.Height, leastHeight, 16384},
		{&m.Rail, leastRail, mostRail},
		{&m.Beside, leastBeside, 4096},
		{&m.Below, leastBelow, 4096},
	} {
		if x := float64(*v.at); math.IsNaN(x) || *v.at < v.least || *v.at > v.most {
			*v.at = 0
		}
	}
	if m.Width == 0 || m.Height == 0 {
		m.Width, m.Height = 0, 0
	}
	if m.Theme != themeLight && m.Theme != themeDark {
		m.Theme = ""
	}
	if m.Sort == "" || !slices.Contains(sortNames[:], m.Sort) {
		m.Sort, m.Down = "", false
	}
	if !slices.Contains(groupNames[:], m.Group) {
		m.Group = ""
	}
	if m.Folded != "yes" && m.Folded != "no" {
		m.Folded = ""
	}
	return m
}

// size is how large the window comes up.
func (m memory) size() fyne.Size {
	if m.Width > 0 {
		return fyne.NewSize(m.Width, m.Height)
	}
	return fyne.NewSize(windowWidth, windowHeight)
}

// titleRoom is what the desktop's title bar takes, about.
const titleRoom = 40

// fitting returns a window's size in units, made smaller where it is larger
// than a screen of so many pixels; a screen of zero is not known.
func fitting(s, screen fyne.Size, scale float32) fyne.Size {
	if screen.IsZero() || scale <= 0 {
		return s
	}
	return s.Min(fyne.NewSize(screen.Width/scale, screen.Height/scale-titleRoom)).Max(fyne.NewSize(leastWidth, leastHeight))
}

// fitScreen makes the window smaller if it is larger than the screen, before it
// is drawn: it may come from another screen.
func (a *App) fitScreen() {
	if a.deps.Screen == nil {
		return
	}
	was := a.memory.size()
	if s := fitting(was, a.deps.Screen(), a.window.Canvas().Scale()); s != was {
		a.window.Resize(s)
		a.window.CenterOnScreen()
	}
}

func groupNamed(name string) grouping {
	return grouping(max(slices.Index(groupNames[:], name), 0))
}

// recall has the window be as it was when it was closed; it is called before
// the views are made.
func (a *App) recall() {
	if a.deps.Memory == nil {
		return
	}
	a.memory = readMemory(a.deps.Memory.Load())
	m := a.memory
	a.kept = m
	a.chosen, a.detail = m.Chosen, m.Details && m.Chosen != ""
	for _, k := range m.Closed {
		a.closed[groupKey{groupNamed(k.By), k.Context, k.Name}] = true
	}
	a.grouped = groupNamed(m.Group)
	if a.grouped == groupByProfile && !a.hasProfiles() {
		a.grouped = groupByContext
	}
	a.book.shown = m.Profile
	a.sorting = sortOrder{sortKey(max(slices.Index(sortNames[:], m.Sort), 0)), m.Down}
	if m.Folded != "" {
		folded := m.Folded == "yes"
		a.railChoice = &folded
	}
	if m.Theme != "" {
		a.setTheme(m.Theme)
	}
}

// setTheme holds the window to light or dark, or has it follow the desktop.
func (a *App) setTheme(choice string) {
	a.memory.Theme = choice
	th := parts.NewTheme().Catching(a.caught)
	switch choice {
	case themeLight:
		th = th.For(theme.VariantLight)
	case themeDark:
		th = th.For(theme.VariantDark)
	}
	a.deps.App.Settings().SetTheme(th)
}

// sized notes how large the window is.
func (a *App) sized(s fyne.Size) {
	if a.memory.Width != s.Width || a.memory.Height != s.Height {
		a.memory.Width, a.memory.Height = s.Width, s.Height
		a.keepSoon()
	}
}

// remembered is the memory as of now.
func (a *App) remembered() memory {
	m := a.memory
	m.Chosen, m.Details = a.chosen, a.detail
	m.Closed, m.Profile = nil, a.book.shown
	for k, closed := range a.closed {
		if closed {
			m.Closed = append(m.Closed, fold{groupNames[k.by], k.context, k.name})
		}
	}
	slices.SortFunc(m.Closed, func(x, y fold) int {
		return cmp.Or(cmp.Compare(x.By, y.By), cmp.Compare(x.Context, y.Context), cmp.Compare(x.Name, y.Name))
	})
	m.Group, m.Sort, m.Down = groupNames[a.grouped], sortNames[a.sorting.by], a.sorting.down
	m.Folded = ""
	if a.railChoice != nil {
		m.Folded = "no"
		if *a.railChoice {
			m.Folded = "yes"
		}
	}
	return m
}

// keepSoon writes the memory once it has not changed for a while.
func (a *App) keepSoon() {
	if a.keeping || a.deps.Memory == nil {
		return
	}
	a.keeping = true
	a.later(keepAfter, func() {
		a.keeping = false
		a.keep()
	})
}

// keep writes the memory if it has changed. Where that fails only the window's
// looks are lost, and nobody has asked for it: it is not told.
func (a *App) keep() {
	if text, changed := a.toKeep(); changed {
		a.spawn(func(context.Context) { _ = a.deps.Memory.Save(text) })
	}
}

// keepNow is keep for the end, when waiting is no matter.
func (a *App) keepNow() {
	if text, changed := a.toKeep(); changed {
		_ = a.deps.Memory.Save(text)
	}
}

func (a *App) toKeep() (text string, changed bool) {
	m := a.remembered()
	if a.deps.Memory == nil || reflect.DeepEqual(m, a.kept) {
		return "", false
	}
	out, err := json.Marshal(m)
	if err != nil { // a size that is no number
		return "", false
	}
	a.kept = m
	return string(out), true
}
