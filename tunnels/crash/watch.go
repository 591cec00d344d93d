package crash

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// rawPrefix begins the names of files for the Go runtime's last words; lockSuffix stands
// behind that of the file whose lock says that the process lives.
const (
	rawPrefix  = "raw-"
	lockSuffix = ".lock"
)

// errNowhere means that the reporter writes no reports.
var errNowhere = errors.New("there is no folder for crash reports")

// Watch has the Go runtime write into a private file what it says when it ends this
// process, see the package's documentation for what that may hold. The returned function
// ends that and removes the file; it is never nil. Role is what this process is for, as
// "window". Of several calls the last one counts.
func (r *Reporter) Watch(role string) (end func(), err error) {
	if r.Folder() == "" {
		return func() {}, errNowhere
	}
	r.setRole(role)
	folder, err := openFolder(r.o.Folder)
	if err != nil {
		return func() {}, err
	}
	name := fmt.Sprintf("%s%d-%s.txt", rawPrefix, os.Getpid(), strconv.FormatUint(rand.Uint64(), 36))
	lock := flock.New(folder.path(name+lockSuffix), flock.SetPermissions(0o600))
	forget := func() {
		_ = folder.root.Remove(name) // it may not be there yet
		_ = lock.Close()             // so that it can be removed on every system
		_ = folder.root.Remove(name + lockSuffix)
		folder.close()
	}
	if mine, err := lock.TryLock(); err != nil || !mine {
		forget()
		return func() {}, errors.Join(err, errNowhere)
	}
	if err := r.watchIn(folder, name, role); err != nil {
		forget()
		return func() {}, err
	}
	return func() {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{}) // it only closes a file
		forget()
	}, nil
}

// watchIn makes the file, whose first line is ours.
func (r *Reporter) watchIn(folder *folder, name, role string) error {
	file, err := folder.root.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // the runtime has its own descriptor of it
	if _, err := fmt.Fprintf(file, "Culvert %s, %s\n", oneLine(r.o.Version), oneLine(role)); err != nil {
		return err
	}
	return debug.SetCrashOutput(file, debug.CrashOptions{})
}

// mostRaw bounds what is read of last words.
const mostRaw = 256 << 10

// Collect makes reports of the last words of processes that have ended, and removes these.
// It returns the reports, oldest first.
func (r *Reporter) Collect() (made []Report, err error) {
	if r.Folder() == "" {
		return nil, nil
	}
	folder, err := haveFolder(r.o.Folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer folder.close()
	var errs []error
	for _, name := range folder.names() {
		if !strings.HasPrefix(name, rawPrefix) || !strings.HasSuffix(name, ".txt") {
			continue
		}
		report, err := r.collect(folder, name)
		if err != nil {
			errs = append(errs, err)
		}
		if report != "" {
			made = append(made, folder.describe(report))
		}
	}
	return made, errors.Join(errs...)
}

// collect sees to one file of last words: of a process that lives it is left alone.
func (r *Reporter) collect(folder *folder, name string) (report string, err error) {
	lock := flock.New(folder.path(name+lockSuffix), flock.SetPermissions(0o600))
	mine, err := lock.TryLock()
	if err != nil || !mine {
		return "", errors.Join(err, lock.Close())
	}
	defer func() {
		_ = lock.Close() // the system frees it in any case
		if err == nil {
			_ = folder.root.Remove(name + lockSuffix)
		}
	}()
	at, raw, err := folder.readRaw(name)
	if err != nil {
		return "", err
	}
	if first, words, _ := strings.Cut(raw, "\n"); strings.TrimSpace(words) != "" {
		pid, _, _ := strings.Cut(strings.TrimPrefix(name, rawPrefix), "-")
		n, _ := strconv.Atoi(pid) // 0 for a name that somebody else has given
		report, err = folder.add(at, n, r.lastText(first, words, at, n))
		if err != nil {
			return "", err
		}
	}
	return report, folder.root.Remove(name)
}

// readRaw returns the beginning of a file and when it was written last.
func (f *folder) readRaw(name string) (at time.Time, text string, err error) {
	file, err := f.root.Open(name)
	if err != nil {
		return at, "", err
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return at, "", err
	}
	buf := make([]byte, min(info.Size(), mostRaw))
	n, err := file.ReadAt(buf, 0)
	if n < len(buf) && err != nil {
		return at, "", err
	}
	return info.ModTime(), string(buf[:n]), nil
}

// lastText is the report of a process that has ended.
func (r *Reporter) lastText(first, words string, at time.Time, pid int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "Crash report of %s\n", oneLine(first))
	fmt.Fprintf(&b, "Time: %s\nProcess: %d\n", at.UTC().Format(time.RFC3339), pid)
	fmt.Fprintf(&b, "%s\n\n%s", endedLine, cleaned(words))
	return r.finish(b.String())
}

// endedLine is in reports of processes that have ended.
const endedLine = "Ended: yes, all of it"

// Report is a report that there is.
type Report struct {
	Path string
	Time time.Time
	// Ended says that the program has ended with it.
	Ended bool
}

func (f *folder) describe(name string) Report {
	r := Report{Path: f.path(name)}
	r.Time, _ = timeOf(name) // the name was looked at before
	if _, text, err := f.readRaw(name); err == nil {
		head, _, _ := strings.Cut(text, "\n\n")
		r.Ended = strings.Contains(head+"\n", "\n"+endedLine+"\n")
	}
	return r
}

// Reports returns the reports in a folder, newest first; none where there is no folder.
func Reports(dir string) ([]Report, error) {
	folder, err := haveFolder(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer folder.close()
	var out []Report
	for _, name := range folder.reports() {
		out = append([]Report{folder.describe(name)}, out...)
	}
	return out, nil
}

// toldName is the file that has the name of the last report which the user was told of.
const toldName = "told"

// Untold returns the newest report of a process that has ended with it, unless the user has
// been told of it or of a later one.
func (r *Reporter) Untold() (newest Report, ok bool) {
	reports, err := Reports(r.Folder())
	if r.Folder() == "" || err != nil {
		return Report{}, false
	}
	told := ""
	if folder, err := haveFolder(r.o.Folder); err == nil {
		_, told, _ = folder.readRaw(toldName) // at first there is none
		folder.close()
	}
	for _, report := range reports {
		if report.Ended {
			return report, filepath.Base(report.Path) > told
		}
	}
	return Report{}, false
}

// Tell notes that the user has been told of a report.
func (r *Reporter) Tell(report Report) error {
	if r.Folder() == "" {
		return nil
	}
	folder, err := openFolder(r.o.Folder)
	if err != nil {
		return err
	}
	defer folder.close()
	return folder.replace(toldName, []byte(filepath.Base(report.Path)))
}
