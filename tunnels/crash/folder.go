package crash

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// folder is the folder of reports. Names in it are taken as they are: what is a link is
// neither read nor written through, it is replaced.
type folder struct {
	dir  string
	root *os.Root
}

var errFolder = errors.New("it is no folder")

// openFolder makes the folder where it is missing, and keeps others out.
func openFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return haveFolder(dir)
}

// haveFolder is openFolder for one that has to be there.
func haveFolder(dir string) (*folder, error) {
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errFolder}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		if err := root.Chmod(".", 0o700); err != nil {
			return nil, errors.Join(err, root.Close())
		}
	}
	return &folder{dir, root}, nil
}

func (f *folder) close() { _ = f.root.Close() } // only names were held open

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// reportName is the name of a report: they sort by time.
func reportName(at time.Time, pid int) string {
	return fmt.Sprintf("crash-%s-%d.txt", at.UTC().Format("20060102T150405.000"), pid)
}

// isReport says whether a name is that of a report.
func isReport(name string) bool {
	rest, ok := strings.CutPrefix(name, "crash-")
	if !ok || !strings.HasSuffix(rest, ".txt") {
		return false
	}
	_, err := timeOf(name)
	return err == nil
}

// timeOf returns when what a report tells has happened.
func timeOf(name string) (time.Time, error) {
	at, _, _ := strings.Cut(strings.TrimPrefix(name, "crash-"), "-")
	return time.Parse("20060102T150405.000", at)
}

// add writes a report and lets the oldest go.
func (f *folder) add(at time.Time, pid int, text []byte) (name string, err error) {
	name = reportName(at, pid)
	for _, err := f.root.Lstat(name); err == nil; _, err = f.root.Lstat(name) {
		at = at.Add(time.Millisecond) // two of one moment
		name = reportName(at, pid)
	}
	if err := f.replace(name, text); err != nil {
		return "", err
	}
	f.prune()
	return name, nil
}

// replace writes a file of the folder, at once or not at all.
func (f *folder) replace(name string, text []byte) error {
	temp := ".new-" + strconv.FormatUint(rand.Uint64(), 36)
	file, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, f.root.Remove(temp))
	}
	if err := f.root.Rename(temp, name); err != nil {
		return errors.Join(err, f.root.Remove(temp))
	}
	return nil
}

// names returns the names of the folder's regular files, the oldest report first.
func (f *folder) names() []string {
	dir, err := f.root.Open(".")
	if err != nil {
		return nil
	}
	defer dir.Close() //nolint:errcheck // it was only read
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out
}

func (f *folder) reports() []string {
	return slices.DeleteFunc(f.names(), func(name string) bool { return !isReport(name) })
}

// prune removes the oldest reports of more than MaxReports, and what a writer has left
// that was killed.
func (f *folder) prune() {
	reports := f.reports()
	for _, name := range reports[:max(0, len(reports)-MaxReports)] {
		_ = f.root.Remove(name) // another process may have been faster
	}
	for _, name := range f.names() {
		if info, err := f.root.Lstat(name); err == nil && strings.HasPrefix(name, ".new-") && time.Since(info.ModTime()) > time.Hour {
			_ = f.root.Remove(name)
		}
	}
}
