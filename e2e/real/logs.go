package real

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// logTail is how much of each log an error or a failed test shows, in lines.
const logTail = 25

// LogDir returns the folder of the components' logs. It is removed by Stop.
func (c *Cluster) LogDir() string { return filepath.Join(c.run, "log") }

// Logs returns the last lines of each component's log.
func (c *Cluster) Logs() string { return TailLogs(c.LogDir()) }

// TailLogs returns the last lines of each log in dir.
func TailLogs(dir string) string {
	paths, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil {
		return err.Error()
	}
	var all strings.Builder
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintf(&all, "--- %v\n", err)
			continue
		}
		lines := bytes.SplitAfter(b, []byte("\n"))
		lines = lines[max(0, len(lines)-logTail):]
		fmt.Fprintf(&all, "--- the end of %s\n%s\n", filepath.Base(path), bytes.Join(lines, nil))
	}
	return all.String()
}

// SaveLogs copies all logs into dir, which it makes.
func (c *Cluster) SaveLogs(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(c.LogDir(), "*.log"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}
