package real

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// image is a container image of one static program.
type image struct {
	ref     string // repository and tag
	program string // its name in the folder of programs, and in the image's root
}

var (
	pauseImage  = image{ref: "culvert.test/pause:1", program: "pause"}
	podsrvImage = image{ref: "culvert.test/podsrv:1", program: "podsrv"}
)

// PodImage is the image of the demo workload; see package demopod for what it
// serves. Use it with imagePullPolicy Never.
func PodImage() string { return podsrvImage.ref }

// config is the part of an OCI image's configuration that a runtime needs.
type config struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Config       struct {
		Entrypoint []string
		Env        []string
	} `json:"config"`
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

// manifest is the index of an archive as `docker save` writes it.
type manifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// write makes an archive of the image that `ctr images import` reads.
func (i image) write(bin, to string) error {
	layer, err := i.layer(bin)
	if err != nil {
		return err
	}
	c := config{Architecture: runtime.GOARCH, OS: "linux"}
	c.Config.Entrypoint = []string{"/" + i.program}
	c.Config.Env = []string{"PATH=/"}
	c.RootFS.Type = "layers"
	c.RootFS.DiffIDs = []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer))}
	configJSON, err := json.Marshal(c)
	if err != nil {
		return err
	}
	m := manifest{
		Config:   fmt.Sprintf("%x.json", sha256.Sum256(configJSON)),
		RepoTags: []string{i.ref},
		Layers:   []string{"layer.tar"},
	}
	manifestJSON, err := json.Marshal([]manifest{m})
	if err != nil {
		return err
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	err = writeTar(f, []entry{{m.Config, 0o644, configJSON}, {"layer.tar", 0o644, layer}, {"manifest.json", 0o644, manifestJSON}})
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func (i image) layer(bin string) ([]byte, error) {
	program, err := os.ReadFile(filepath.Join(bin, i.program))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	// The folders are mount points: the runtime makes none in a read-only root.
	err = writeTar(&b, []entry{{"dev/", 0o755, nil}, {"etc/", 0o755, nil}, {"proc/", 0o755, nil}, {"sys/", 0o755, nil}, {"tmp/", 0o777, nil}, {i.program, 0o755, program}})
	return b.Bytes(), err
}

// entry is a file of an archive, or a folder when its name ends with a slash.
type entry struct {
	name    string
	mode    int64
	content []byte
}

func writeTar(to io.Writer, entries []entry) error {
	w := tar.NewWriter(to)
	for _, e := range entries {
		// The writer makes a name with a slash at its end a folder.
		if err := w.WriteHeader(&tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.content))}); err != nil {
			return err
		}
		if _, err := w.Write(e.content); err != nil {
			return err
		}
	}
	return w.Close()
}
