package debian

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const simulation = `NOTE: This is only a simulation!
Inst libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64]) []
Inst tzdata (2026a-0+deb12u1 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [all])
Inst libllvm14 (1:14.0.6-12 Debian:12.15/oldstable [amd64])
Inst redis-server [5:7.0.1-1] (5:7.0.15-1~deb12u10 Debian-Security:12/oldstable-security [amd64])
Conf libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64])
`

func TestParseSimulation(t *testing.T) {
	s := Set{Packages: []string{"redis-server"}, Without: []string{"libllvm*", "libc"}}
	all := parseSimulation([]byte(simulation), s)
	want := []Package{
		{Name: "libc6", Version: "2.36-9+deb12u14", Arch: "amd64"},
		{Name: "tzdata", Version: "2026a-0+deb12u1", Arch: "all"},
		{Name: "redis-server", Version: "5:7.0.15-1~deb12u10", Arch: "amd64"},
	}
	if !slices.Equal(all, want) {
		t.Errorf("the packages are %v, want %v", all, want)
	}
	if err := s.complete(all); err != nil {
		t.Error(err)
	}
	if named := s.Named(all); len(named) != 1 || named[0].Name != "redis-server" {
		t.Errorf("asked for were %v", named)
	}
	if err := (Set{Packages: []string{"postgresql"}}).complete(all); err == nil || !strings.Contains(err.Error(), "postgresql") {
		t.Errorf("a package that is missing: %v", err)
	}
	pg := Package{Name: "postgresql-15", Version: "15.20-0+deb12u1", Arch: "amd64"}
	meta := Set{Packages: []string{"postgresql"}}
	if named := meta.Named([]Package{{Name: "postgresql", Version: "15+248"}, {Name: "postgresql-client-15"}, pg}); !slices.Equal(named, []Package{pg}) {
		t.Errorf("a package that stands for a version is told as %v", named)
	}
	if got := want[2].file(); got != "redis-server_5%3a7.0.15-1~deb12u10_amd64.deb" {
		t.Errorf("the download is %s", got)
	}
}

func TestPlace(t *testing.T) {
	for name, want := range map[string]string{
		"./":                      "",
		"./bin/dash":              "usr/bin/dash",
		"./lib/":                  "usr/lib",
		"./lib64/ld.so":           "usr/lib64/ld.so",
		"./library/x":             "library/x",
		"./usr/bin/psql":          "usr/bin/psql",
		"./usr/share/doc/":        "",
		"./usr/share/doc/x/y":     "",
		"./usr/share/docs":        "usr/share/docs",
		"./usr/share/man/man1/x":  "",
		"./../../etc/passwd":      "etc/passwd",
		"./etc/ssh/../nginx/conf": "etc/nginx/conf",
	} {
		if got, ok := place(name); got != want || ok != (want != "") {
			t.Errorf("%s goes to %q, %v; want %q", name, got, ok, want)
		}
	}
}

// archive makes what a package brings. A name with a slash at its end is a
// folder, one with an arrow a link: -> for a symbolic one, => for a hard one.
func archive(t *testing.T, names ...string) *tar.Reader {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range names {
		h := &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(name))}
		if strings.HasSuffix(name, "/") {
			h.Typeflag, h.Size = tar.TypeDir, 0
		}
		for arrow, kind := range map[string]byte{" -> ": tar.TypeSymlink, " => ": tar.TypeLink} {
			if from, to, ok := strings.Cut(name, arrow); ok {
				h.Name, h.Linkname, h.Typeflag, h.Size = from, to, kind, 0
			}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return tar.NewReader(&b)
}

// layerOf merges archives.
func layerOf(t *testing.T, all ...*tar.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	l := layer{out: tar.NewWriter(&b), seen: make(map[string]bool)}
	if err := l.begin(); err != nil {
		t.Fatal(err)
	}
	for _, from := range all {
		if err := l.add(from); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLayerIsUnpacked(t *testing.T) {
	merged := layerOf(t,
		archive(t, "./", "./bin/", "./bin/dash", "./bin/sh -> dash", "./usr/", "./usr/share/", "./usr/share/doc/", "./usr/share/doc/dash"),
		archive(t, "./", "./usr/", "./usr/bin/", "./usr/bin/git", "./usr/bin/git-receive-pack => ./usr/bin/git", "./bin/dash"),
	)
	dir := filepath.Join(t.TempDir(), "tree")
	if err := Unpack(bytes.NewReader(merged), dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"bin/sh": "./bin/dash", "usr/bin/dash": "./bin/dash", "bin/git": "./usr/bin/git", "usr/bin/git-receive-pack": "./usr/bin/git",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "usr/share/doc")); err == nil {
		t.Error("the documentation is there")
	}
}

func TestUnpackLeavesNoHalf(t *testing.T) {
	whole := layerOf(t, archive(t, "./usr/bin/git"))
	dir := filepath.Join(t.TempDir(), "tree")
	if err := Unpack(bytes.NewReader(whole[:len(whole)-1700]), dir); err == nil {
		t.Error("half an archive was unpacked")
	}
	left, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestUnpackStaysInside(t *testing.T) {
	out := t.TempDir()
	merged := layerOf(t, archive(t, "./etc/", "./etc/out -> "+out, "./etc/out/file"))
	if err := Unpack(bytes.NewReader(merged), filepath.Join(t.TempDir(), "tree")); err == nil {
		t.Error("a file was made outside of the folder")
	}
	if _, err := os.Stat(filepath.Join(out, "file")); err == nil {
		t.Error("the file is there")
	}
}

func TestImage(t *testing.T) {
	dir := t.TempDir()
	i := Image{Ref: "culvert.test/x:1", Env: []string{"A=b"}}
	for _, name := range []string{"low", "high"} {
		i.Layers = append(i.Layers, filepath.Join(dir, name))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := i.Write(&b); err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for r := tar.NewReader(&b); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		content, rerr := io.ReadAll(r)
		if err != nil || rerr != nil {
			t.Fatal(err, rerr)
		}
		files[h.Name] = string(content)
	}
	var manifest []struct {
		Config           string
		RepoTags, Layers []string
	}
	if err := json.Unmarshal([]byte(files["manifest.json"]), &manifest); err != nil || len(manifest) != 1 {
		t.Fatalf("the manifest is %q: %v", files["manifest.json"], err)
	}
	m := manifest[0]
	if len(m.Layers) != 2 || files[m.Layers[0]] != "low" || files[m.Layers[1]] != "high" || !slices.Equal(m.RepoTags, []string{i.Ref}) {
		t.Errorf("the manifest is %+v", m)
	}
	// The sum of "low".
	if want := "sha256:6c1ff09db3a73dc4a854f695d20d174a848d55f2d743bab2ee1f8fc75be454f3"; !strings.Contains(files[m.Config], want) {
		t.Errorf("the configuration has no %s: %s", want, files[m.Config])
	}
}
