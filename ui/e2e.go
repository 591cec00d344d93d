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
	"fyne.io/fyne/v2/test"
)

// boxesEnv names the unix socket on which a build for tests tells where its
// widgets are: each connection gets one JSON document and is closed.
const boxesEnv = "CULVERT_E2E_SOCKET"

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
	w := walker{scale: c.Scale()}
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
	scale float32
	layer int
	found []box
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
	d, can := o.(fyne.Disableable)
	w.found = append(w.found, box{
		Mark: mark, Text: text, X: at.X * w.scale, Y: at.Y * w.scale,
		W: size.Width * w.scale, H: size.Height * w.scale, Layer: w.layer, Off: can && d.Disabled(),
	})
}
