package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const aProject = "version: 1\ntunnels:\n- target: svc/web\n  ports: 8080\n"

// layout makes files and folders below a new folder: a name that ends in a slash is
// a folder. It returns the folder, without links.
func layout(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
