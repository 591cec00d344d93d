//go:build e2e

package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"culvert/ui/parts"
)

// boxesEnv names the unix socket on which a build for tests tells where its
// widgets are: each connection gets one JSON document and is closed.
const boxesEnv = "CULVERT_E2E_SOCKET"

// failsEnv names a file in which a test writes which part of the window is to panic.
const failsEnv = "CULVERT_E2E_FAILS"

func failAsPlanned(part string) {
	path := os.Getenv(failsEnv)
	if path == "" {
		return
	}
	if planned, err := os.ReadFile(path); err == nil && string(planned) == part {
		panic("a test has planned this")
	}
}

// boxes is what a driver of the window gets. Places are pixels from the
// window's upper left corner.
type boxes struct {
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
	Boxes  []box   `json:"boxes"`
}

type box struct {
	Mark  string  `json:"mark"`
	Text  string  `json:"text,omitempty"`
	X     float32 `json:"x"`
	Y     float32 `json:"y"`
	W     float32 `json:"w"`
	H     float32 `json:"h"`
	Layer int     `json:"layer"` // 0 is the window, then what lies over it
	Off   bool    `json:"off,omitempty"`
	Click bool    `json:"click,omitempty"` // it answers to a click
	Cut   bool    `json:"cut,omitempty"`   // a part of it is scrolled out of sight
	Focus bool    `json:"focus,omitempty"` // it has the keyboard
}

// serveBoxes answers until the window is closed.
func (a *App) serveBoxes() {
	path := os.Getenv(boxesEnv)
	if path == "" {
		return
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		fmt.Fprintln(os.Stderr, "culvert:", err)
	}
	l, err := (&net.ListenConfig{}).Listen(a.ctx, "unix", path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "culvert:", err)
		return
	}
	a.spawn(func(ctx context.Context) {
		defer context.AfterFunc(ctx, func() { l.Close() })()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			a.tellBoxes(ctx, c)
			c.Close()
		}
	})
}

func (a *App) tellBoxes(ctx context.Context, c net.Conn) {
	found := make(chan boxes, 1)
	a.do(func() { found <- a.findBoxes() })
	select {
	case b := <-found:
		if err := json.NewEncoder(c).Encode(b); err != nil {
			fmt.Fprintln(os.Stderr, "culvert:", err)
		}
	case <-ctx.Done():
	}
}

func (a *App) findBoxes() boxes {
	c := a.window.Canvas()
	w := walker{scale: c.Scale(), sight: rect{0, 0, c.Size().Width, c.Size().Height}, window: c.Size(), focused: c.Focused()}
	out := boxes{Width: c.Size().Width * w.scale, Height: c.Size().Height * w.scale}
	w.walk(a.frame, fyne.Position{})
	for _, o := range c.Overlays().List() {
		w.layer++
		w.walk(o, fyne.Position{})
	}
	out.Boxes = w.found
	return out
}

type walker struct {
	scale  float32
	layer  int
	window fyne.Size
	sight  rect // what can be seen of what is walked through
	found  []box
	// focused has the keyboard; nil while nothing has.
	focused fyne.Focusable
}

func (w *walker) walk(o fyne.CanvasObject, at fyne.Position) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	switch m := o.(type) {
	case interface{ Spots() []spot }:
		for _, s := range m.Spots() {
			w.add(s.mark, s.text, at.AddXY(s.box.x, s.box.y), fyne.NewSize(s.box.w, s.box.h), o)
		}
	case interface{ Box() (string, string) }:
		mark, text := m.Box()
		if mark != "" {
			w.add(mark, text, at, o.Size(), o)
		}
	}
	if _, scrolls := o.(*container.Scroll); scrolls {
		before := w.sight
		defer func() { w.sight = before }()
		w.sight = before.overlap(rect{at.X, at.Y, o.Size().Width, o.Size().Height})
	}
	switch v := o.(type) {
	case *fyne.Container:
		for _, child := range v.Objects {
			w.walk(child, at)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(v).Objects() {
			w.walk(child, at)
		}
	}
}

func (w *walker) add(mark, text string, at fyne.Position, size fyne.Size, o fyne.CanvasObject) {
	if size.Width <= 0 || size.Height <= 0 { // as errors that there are none of
		return
	}
	whole := rect{at.X, at.Y, size.Width, size.Height}
	seen := whole
	cut := false
	if w.sight != (rect{0, 0, w.window.Width, w.window.Height}) {
		if seen = whole.overlap(w.sight); seen.w <= 0 || seen.h <= 0 {
			return
		}
		cut = seen != whole
	}
	d, can := o.(fyne.Disableable)
	w.found = append(w.found, box{
		Mark: mark, Text: text, X: seen.x * w.scale, Y: seen.y * w.scale, W: seen.w * w.scale, H: seen.h * w.scale,
		Layer: w.layer, Off: can && d.Disabled(), Click: clickable(o), Cut: cut, Focus: w.hasFocus(o),
	})
}

// hasFocus says whether an object has the keyboard, or what types for it.
func (w *walker) hasFocus(o fyne.CanvasObject) bool {
	if f, ok := o.(*parts.Field); ok {
		return w.focused == fyne.Focusable(f.Entry)
	}
	f, ok := o.(fyne.Focusable)
	return ok && w.focused == f
}

// clickable says whether an object answers to a click.
func clickable(o fyne.CanvasObject) bool {
	switch o.(type) {
	case fyne.Tappable, *parts.Field:
		return true
	}
	return false
}

// overlap is what two rectangles have in common; it has no size when that is
// nothing.
func (r rect) overlap(o rect) rect {
	x, y := max(r.x, o.x), max(r.y, o.y)
	return rect{x, y, max(min(r.x+r.w, o.x+o.w)-x, 0), max(min(r.y+r.h, o.y+o.h)-y, 0)}
}
