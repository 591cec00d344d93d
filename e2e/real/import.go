package real

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"culvert/e2e/node"
)

// ImportImage gives the node an image, whose archive write writes as `docker save`
// does. Use it with imagePullPolicy Never. It needs a real node.
func (c *Cluster) ImportImage(write func(io.Writer) error) error {
	if !c.Real() {
		return errors.New("a stand-in for a node has no images")
	}
	f, err := os.CreateTemp(c.run, "image-*.tar")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	ctr := []string{node.InsideBin + "/ctr", "-a", node.Scratch + "/containerd.sock", "-n", "k8s.io", "images", "import"}
	if err := c.host.call("Run", append(ctr, filepath.Join(node.InsideRun, filepath.Base(f.Name()))), new(string)); err != nil {
		return fmt.Errorf("import an image: %w", err)
	}
	return nil
}
