package window

import (
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"culvert/e2e/desk"
)

// screen is what the display shows at this moment: the memory that the X server
// paints into. Reading it costs the server and the program under test nothing.
type screen struct {
	pixels []byte
	size   image.Point
	stride int
}

// screen opens the display's memory until the test's end.
func (d *desktop) screen(t *testing.T) *screen {
	t.Helper()
	f, err := os.Open(filepath.Join(d.Dir, "Xvfb_screen0"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(data) })
	// The file is an X window dump: a header of 32-bit words, colours, pixels.
	word := func(n int) int { return int(binary.BigEndian.Uint32(data[4*n:])) }
	const width, height, bits, stride, colours = 4, 5, 11, 12, 19
	if word(bits) != 32 {
		t.Fatalf("the display has %d bits per pixel, want 32", word(bits))
	}
	const colourSize = 12
	return &screen{pixels: data[word(0)+colourSize*word(colours):], size: image.Pt(word(width), word(height)), stride: word(stride)}
}

// at returns a pixel as 0xRRGGBB.
func (s *screen) at(x, y int) uint32 {
	return binary.LittleEndian.Uint32(s.pixels[y*s.stride+4*x:]) & 0xFFFFFF
}

// sum is a number that differs when a part of the screen does.
func (s *screen) sum(part image.Rectangle) uint64 {
	part = part.Intersect(image.Rectangle{Max: s.size})
	h := uint64(14695981039346656037)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			h = (h ^ uint64(s.at(x, y))) * 1099511628211
		}
	}
	return h
}

// count returns how many pixels have one of the colours; it looks at each
// step-th one of each step-th line only.
func (s *screen) count(step int, colours ...uint32) int {
	n := 0
	for y := 0; y < s.size.Y; y += step {
		for x := 0; x < s.size.X; x += step {
			p := s.at(x, y)
			for _, c := range colours {
				if p == c {
					n++
				}
			}
		}
	}
	return n
}

// soon calls done again and again, hundreds of times in a second, and returns when
// it was true first.
func soon(t *testing.T, what string, done func() bool) time.Time {
	t.Helper()
	late := time.Now().Add(desk.Patience)
	for {
		switch now := time.Now(); {
		case done():
			return now
		case now.After(late):
			t.Fatalf("%s: not within %v", what, desk.Patience)
		}
		time.Sleep(500 * time.Microsecond) // an X client would have to be asked as well
	}
}

// atRest returns when a part of the screen has not changed for a while.
func (s *screen) atRest(t *testing.T, part image.Rectangle, long time.Duration) {
	t.Helper()
	last, since := s.sum(part), time.Now()
	soon(t, "a part of the screen at rest", func() bool {
		if now := s.sum(part); now != last {
			last, since = now, time.Now()
		}
		return time.Since(since) >= long
	})
}

// origin returns where the inside of the window begins on the screen.
func (w *window) origin() image.Point {
	w.t.Helper()
	text, err := w.desktop.Tool(w.t.Context(), "xdotool", "getwindowgeometry", "--shell", w.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	var at image.Point
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "X":
			at.X = n
		case "Y":
			at.Y = n
		}
	}
	return at
}

// onScreen returns where a box is on the screen.
func onScreen(b desk.Box, origin image.Point) image.Rectangle {
	return image.Rect(int(b.X), int(b.Y), int(b.X+b.W), int(b.Y+b.H)).Add(origin)
}

// resize gives the inside of the window a size.
func (w *window) resize(size image.Point) {
	w.t.Helper()
	w.desktop.Must(w.t, "wmctrl", "-i", "-r", w.ID, "-b", "remove,maximized_vert,maximized_horz")
	w.Await("the window has its size", func(b desk.Boxes) error {
		if got := image.Pt(int(b.Width+0.5), int(b.Height+0.5)); got != size {
			// A window that has just opened may be given another size still.
			w.desktop.Must(w.t, "xdotool", "windowsize", w.ID, strconv.Itoa(size.X), strconv.Itoa(size.Y))
			return fmt.Errorf("it is %v, want %v", got, size)
		}
		return nil
	})
}
