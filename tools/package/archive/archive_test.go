package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/ulikunitz/xz"
)

var at = time.Unix(1_800_000_000, 0)

func some() []File {
	return []File{
		{Name: "share/doc/README.md", Data: []byte("read me")},
		{Name: "bin/culvert", Data: bytes.Repeat([]byte("program"), 1000), Runs: true},
		{Name: "bin/kubectl-culvert", Link: "culvert"},
	}
}

// TestTarTwice: the same files give the same bytes, in whatever order they come, and are
// what was put in.
func TestTarTwice(t *testing.T) {
	tests := map[string]struct {
		write func(io.Writer, []File, time.Time) error
		read  func(io.Reader) (io.Reader, error)
	}{
		"xz": {TarXZ, func(r io.Reader) (io.Reader, error) { return xz.NewReader(r) }},
		"gz": {TarGZ, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var one, two bytes.Buffer
			turned := some()
			slices.Reverse(turned)
			if err := errors.Join(tt.write(&one, some(), at), tt.write(&two, turned, at.UTC())); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Error("the second has other bytes")
			}
			plain, err := tt.read(&one)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for r := tar.NewReader(plain); ; {
				h, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if !h.ModTime.Equal(at) || h.Uid != 0 || h.Gid != 0 || h.Uname != "root" {
					t.Errorf("%s is of %s and of %s", h.Name, h.ModTime, h.Uname)
				}
				got = append(got, h.Name+" "+h.FileInfo().Mode().String()+" "+h.Linkname)
				if data, err := io.ReadAll(r); err != nil || h.Name == "share/doc/README.md" && string(data) != "read me" {
					t.Errorf("%s has %.20q, %v", h.Name, data, err)
				}
			}
			want := []string{
				"bin/ drwxr-xr-x ", "share/ drwxr-xr-x ", "share/doc/ drwxr-xr-x ",
				"bin/culvert -rwxr-xr-x ", "bin/kubectl-culvert Lrwxrwxrwx culvert", "share/doc/README.md -rw-r--r-- ",
			}
			if !slices.Equal(got, want) {
				t.Errorf("in it are %q, want %q", got, want)
			}
		})
	}
}

func TestZipTwice(t *testing.T) {
	var one, two bytes.Buffer
	files := some()[:2]
	turned := slices.Clone(files)
	slices.Reverse(turned)
	if err := errors.Join(Zip(&one, files, at), Zip(&two, turned, at.UTC())); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the second has other bytes")
	}
	r, err := zip.NewReader(bytes.NewReader(one.Bytes()), int64(one.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.File) != 2 || r.File[0].Name != "bin/culvert" || r.File[0].Mode() != 0o755 || r.File[1].Mode() != 0o644 || !r.File[0].Modified.Equal(at) {
		t.Errorf("it has %+v", r.File)
	}
	if err := Zip(io.Discard, some(), at); err == nil {
		t.Error("a symbolic link is written")
	}
}

func TestWrongNames(t *testing.T) {
	for _, name := range []string{"", ".", "/bin/culvert", "../culvert", "bin//culvert", "bin/", `bin\culvert`} {
		if _, err := Sorted([]File{{Name: name}}); err == nil {
			t.Errorf("%q passes", name)
		}
	}
	if _, err := Sorted([]File{{Name: "a"}, {Name: "a"}}); err == nil {
		t.Error("a name passes twice")
	}
	if got := Below("dir", some()); got[0].Name != "dir/share/doc/README.md" || some()[0].Name != "share/doc/README.md" {
		t.Errorf("below a folder they are %+v", got)
	}
}

func TestGZ(t *testing.T) {
	data, err := GZ([]byte("page"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || string(text) != "page" || !r.ModTime.IsZero() || r.Name != "" {
		t.Errorf("it has %q of %s, %v", text, r.ModTime, err)
	}
	if (File{Link: "a"}).Mode()&fs.ModeSymlink == 0 {
		t.Error("a link is no link")
	}
}
