package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/parts"
)

// control does what the lines of standard input say and answers each with one
// line on file descriptor 3:
//
//	set MARK TEXT   puts a text into a field as typing does; answers with the
//	                nanoseconds that the window took to have it ready for painting
//	profile PATH    writes a profile of the processor to a file, until "profile"
//	heap PATH       writes a profile of what is alive
//	memory          answers with what is alive, and what Go's runtime has of the system, in bytes
func control() {
	out := os.NewFile(3, "answers")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		verb, rest, _ := strings.Cut(lines.Text(), " ")
		fmt.Fprintln(out, answer(verb, rest))
	}
}

func answer(verb, rest string) string {
	switch verb {
	case "set":
		mark, text, _ := strings.Cut(rest, " ")
		return set(mark, text)
	case "profile":
		if rest == "" {
			pprof.StopCPUProfile()
			return "ok"
		}
		f, err := os.Create(rest)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		return said(err)
	case "heap":
		f, err := os.Create(rest)
		if err == nil {
			runtime.GC()
			err = errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
		}
		return said(err)
	case "memory":
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		has := m.Sys - m.HeapReleased
		runtime.GC()
		runtime.ReadMemStats(&m)
		return fmt.Sprintf("%d %d", m.HeapAlloc, has)
	}
	return "error: there is no command " + verb
}

func said(err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return "ok"
}

// set types into a field, on the toolkit's goroutine.
func set(mark, text string) string {
	out := "error: there is no field " + mark
	fyne.DoAndWait(func() {
		c := fyne.CurrentApp().Driver().AllWindows()[0].Canvas()
		for _, o := range append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...) {
			f := fieldIn(o, mark)
			if f == nil {
				continue
			}
			began := time.Now()
			f.SetText(text)
			out = fmt.Sprint(time.Since(began).Nanoseconds())
		}
	})
	return out
}

// fieldIn finds a field by its mark.
func fieldIn(o fyne.CanvasObject, mark string) *parts.Field {
	if !o.Visible() {
		return nil
	}
	var inside []fyne.CanvasObject
	switch v := o.(type) {
	case *parts.Field:
		if m, _ := v.Box(); m == mark {
			return v
		}
	case *fyne.Container:
		inside = v.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(v).Objects()
	}
	for _, child := range inside {
		if f := fieldIn(child, mark); f != nil {
			return f
		}
	}
	return nil
}
