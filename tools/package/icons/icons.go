// Package icons draws the program's icon in all sizes, and packs it as systems want it.
package icons

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

// Icon is the program's icon as SVG: Large from 48 pixels upward, Small below.
type Icon struct{ Small, Large []byte }

// largeFrom is the size from which the large picture is legible.
const largeFrom = 48

// Image draws the icon.
func (i Icon) Image(size int) (*image.RGBA, error) {
	svg := i.Large
	if size < largeFrom {
		svg = i.Small
	}
	picture, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.StrictErrorMode)
	if err != nil {
		return nil, fmt.Errorf("read the icon: %w", err)
	}
	if picture.ViewBox.W <= 0 || picture.ViewBox.W != picture.ViewBox.H {
		return nil, errors.New("the icon is not a square")
	}
	picture.SetTarget(0, 0, float64(size), float64(size))
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	picture.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, out, out.Bounds())), 1)
	return out, nil
}

// PNG draws the icon as a PNG.
func (i Icon) PNG(size int) ([]byte, error) {
	picture, err := i.Image(size)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, picture)
	return out.Bytes(), err
}

// Hicolor are the icon's sizes in the theme that desktops fall back to.
var Hicolor = []int{16, 22, 24, 32, 48, 64, 128, 256, 512}

// All draws the icon in some sizes.
func (i Icon) All(sizes []int) (map[int][]byte, error) {
	all := make(map[int][]byte)
	for _, size := range sizes {
		var err error
		if all[size], err = i.PNG(size); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ICO returns the icon for Windows.
func (i Icon) ICO() ([]byte, error) {
	sizes := []int{16, 20, 24, 32, 40, 48, 64, 256}
	const head, entry = 6, 16
	var pictures [][]byte
	for _, size := range sizes {
		picture, err := i.picture(size)
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, picture)
	}
	out := binary.LittleEndian.AppendUint16(nil, 0)
	out = binary.LittleEndian.AppendUint16(out, 1) // icons
	out = binary.LittleEndian.AppendUint16(out, uint16(len(sizes)))
	at := head + entry*len(sizes)
	for n, size := range sizes {
		out = append(out, byte(size), byte(size), 0, 0) // 256 is 0
		out = binary.LittleEndian.AppendUint16(out, 1)  // planes
		out = binary.LittleEndian.AppendUint16(out, 32) // bits of a pixel
		out = binary.LittleEndian.AppendUint32(out, uint32(len(pictures[n])))
		out = binary.LittleEndian.AppendUint32(out, uint32(at))
		at += len(pictures[n])
	}
	return append(out, bytes.Join(pictures, nil)...), nil
}

// picture is one in an ICO: a bitmap, which every program reads, or for the largest a PNG.
func (i Icon) picture(size int) ([]byte, error) {
	if size >= 256 {
		return i.PNG(size)
	}
	from, err := i.Image(size)
	if err != nil {
		return nil, err
	}
	mask := (size + 31) / 32 * 4 // bytes in a line of the mask, which is all 0: what is transparent, the pixels say
	out := binary.LittleEndian.AppendUint32(nil, 40)
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	out = binary.LittleEndian.AppendUint32(out, uint32(2*size)) // with the mask
	out = binary.LittleEndian.AppendUint16(out, 1)
	out = binary.LittleEndian.AppendUint16(out, 32)
	out = binary.LittleEndian.AppendUint32(out, 0) // not compressed
	out = binary.LittleEndian.AppendUint32(out, uint32(size*size*4+size*mask))
	out = append(out, make([]byte, 16)...)
	for y := size - 1; y >= 0; y-- {
		for x := range size {
			c := straight(from, x, y)
			out = append(out, c[2], c[1], c[0], c[3])
		}
	}
	return append(out, make([]byte, size*mask)...), nil
}

// straight returns red, green, blue and opacity of a pixel, of which the first three are
// not multiplied with the last.
func straight(from *image.RGBA, x, y int) [4]byte {
	c := from.RGBAAt(x, y)
	if c.A == 0 {
		return [4]byte{}
	}
	of := func(v uint8) byte { return byte(min((int(v)*255+int(c.A)/2)/int(c.A), 255)) }
	return [4]byte{of(c.R), of(c.G), of(c.B), c.A}
}

// ICNS returns the icon for macOS.
func (i Icon) ICNS() ([]byte, error) {
	var parts []byte
	for _, p := range []struct {
		kind string
		size int
	}{
		{"ic11", 32}, {"ic12", 64}, {"ic07", 128}, {"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}, {"ic10", 1024},
	} {
		picture, err := i.PNG(p.size)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p.kind...)
		parts = binary.BigEndian.AppendUint32(parts, uint32(8+len(picture)))
		parts = append(parts, picture...)
	}
	out := binary.BigEndian.AppendUint32([]byte("icns"), uint32(8+len(parts)))
	return append(out, parts...), nil
}
