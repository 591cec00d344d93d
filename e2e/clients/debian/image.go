package debian

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
)

// Image is a container's image, in layers that are files.
type Image struct {
	Ref    string   // repository and tag
	Env    []string // as NAME=VALUE
	Layers []string // paths of archives, the lowest first
}

// Write writes an archive as `docker save` does, which `ctr images import` reads.
func (i Image) Write(to io.Writer) error {
	type config struct {
		Architecture string         `json:"architecture"`
		OS           string         `json:"os"`
		Config       map[string]any `json:"config"`
		RootFS       map[string]any `json:"rootfs"`
	}
	var ids, names []string
	for n, path := range i.Layers {
		sum, err := fileSum(path)
		if err != nil {
			return err
		}
		ids, names = append(ids, "sha256:"+sum), append(names, fmt.Sprintf("%d/layer.tar", n))
	}
	configJSON, err := json.Marshal(config{
		Architecture: runtime.GOARCH, OS: "linux",
		Config: map[string]any{"Env": i.Env}, RootFS: map[string]any{"type": "layers", "diff_ids": ids},
	})
	if err != nil {
		return err
	}
	configName := fmt.Sprintf("%x.json", sha256.Sum256(configJSON))
	manifestJSON, err := json.Marshal([]map[string]any{{"Config": configName, "RepoTags": []string{i.Ref}, "Layers": names}})
	if err != nil {
		return err
	}
	w := tar.NewWriter(to)
	for n, path := range i.Layers {
		if err := putFile(w, names[n], path); err != nil {
			return err
		}
	}
	for name, content := range map[string][]byte{configName: configJSON, "manifest.json": manifestJSON} {
		if err := put(w, name, int64(len(content)), bytes.NewReader(content)); err != nil {
			return err
		}
	}
	return w.Close()
}

func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

func putFile(w *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return put(w, name, info.Size(), f)
}

func put(w *tar.Writer, name string, size int64, content io.Reader) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size}); err != nil {
		return err
	}
	_, err := io.Copy(w, content)
	return err
}
