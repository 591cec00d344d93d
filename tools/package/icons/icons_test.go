package icons

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func icon(t *testing.T) Icon {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("../../../assets/app", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	return Icon{Small: read("culvert-small.svg"), Large: read("culvert.svg")}
}

func TestPNG(t *testing.T) {
	all, err := icon(t).All(Hicolor)
	if err != nil {
		t.Fatal(err)
	}
	for size, data := range all {
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if picture.Bounds() != image.Rect(0, 0, size, size) {
			t.Errorf("that of %d has %s", size, picture.Bounds())
		}
		// Round corners, a body that is opaque, and white in it.
		if _, _, _, a := picture.At(0, 0).RGBA(); a != 0 {
			t.Errorf("that of %d has no free corner", size)
		}
		opaque, white := 0, 0
		for y := range size {
			for x := range size {
				c := color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
				if c.A == 255 {
					opaque++
				}
				if c.R > 240 && c.G > 240 && c.B > 240 && c.A > 240 {
					white++
				}
			}
		}
		if opaque < size*size*6/10 || white < size*size/20 {
			t.Errorf("of %d pixels in that of %d %d are opaque and %d white", size*size, size, opaque, white)
		}
	}
	again, err := icon(t).PNG(64)
	if err != nil || !bytes.Equal(again, all[64]) {
		t.Errorf("the second has other bytes, %v", err)
	}
}

func TestWrongIcon(t *testing.T) {
	for name, svg := range map[string]string{
		"nothing": "", "no picture": "icon", "no square": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0L1 1"/></svg>`,
	} {
		if _, err := (Icon{Small: []byte(svg)}).PNG(16); err == nil {
			t.Errorf("%s is drawn", name)
		}
	}
}

func TestICO(t *testing.T) {
	data, err := icon(t).ICO()
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if le.Uint16(data) != 0 || le.Uint16(data[2:]) != 1 {
		t.Fatalf("it begins % x", data[:6])
	}
	end := 0
	for n := range int(le.Uint16(data[4:])) {
		entry := data[6+16*n:]
		length, at := int(le.Uint32(entry[8:])), int(le.Uint32(entry[12:]))
		picture := data[at : at+length]
		size := int(entry[0])
		if size == 0 {
			decoded, err := png.Decode(bytes.NewReader(picture))
			if err != nil || decoded.Bounds().Dx() != 256 {
				t.Errorf("the largest is %v, %v", decoded, err)
			}
		} else if int(le.Uint32(picture[4:])) != size || int(le.Uint32(picture[8:])) != 2*size || length != 40+size*size*4+size*((size+31)/32*4) {
			t.Errorf("that of %d has %d bytes, and is %d by %d", size, length, le.Uint32(picture[4:]), le.Uint32(picture[8:]))
		}
		end = max(end, at+length)
	}
	if end != len(data) {
		t.Errorf("it has %d bytes, of which %d are used", len(data), end)
	}
}

func TestICNS(t *testing.T) {
	data, err := icon(t).ICNS()
	if err != nil {
		t.Fatal(err)
	}
	if string(data[:4]) != "icns" || int(binary.BigEndian.Uint32(data[4:])) != len(data) {
		t.Fatalf("it begins % x", data[:8])
	}
	count := 0
	for rest := data[8:]; len(rest) > 0; count++ {
		length := int(binary.BigEndian.Uint32(rest[4:]))
		if _, err := png.Decode(bytes.NewReader(rest[8:length])); err != nil {
			t.Errorf("%s: %v", rest[:4], err)
		}
		rest = rest[length:]
	}
	if count != 8 {
		t.Errorf("it has %d pictures", count)
	}
}

func TestStraight(t *testing.T) {
	picture := image.NewRGBA(image.Rect(0, 0, 2, 1))
	picture.SetRGBA(0, 0, color.RGBA{R: 64, G: 32, B: 0, A: 128})
	if got, want := straight(picture, 0, 0), [4]byte{128, 64, 0, 128}; got != want {
		t.Errorf("a pixel is %v, want %v", got, want)
	}
	if got := straight(picture, 1, 0); got != [4]byte{} {
		t.Errorf("a free pixel is %v", got)
	}
}
