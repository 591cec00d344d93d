package crash

import (
	"fmt"
	"hash/fnv"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"culvert/tunnels/redact"
)

// MaxReports is how many reports are kept, and how many one process writes.
const MaxReports = 10

// MaxBytes bounds a report.
const MaxBytes = 64 << 10

// mostKinds bounds the panics that are told apart.
const mostKinds = 256

// Options say where reports go and what they say. The zero value writes none.
type Options struct {
	// Folder is where reports are; empty means nowhere.
	Folder string
	// Version is the program's.
	Version string
	// Role is what this process is for, as "window".
	Role string
}

// Reporter contains panics and writes reports of them. Make one with [New].
type Reporter struct {
	o     Options
	began time.Time

	mu      sync.Mutex
	role    string
	hears   []func(*Panic)
	seen    map[uint64]*sight
	written int
	names   map[redact.Name]bool // to be replaced in reports
}

// sight is what is known of panics that are the same.
type sight struct {
	times int
	first time.Time
	name  string // of the report's file; empty when there is none
}

// New returns a reporter. Nothing is written before there is something to report.
func New(o Options) *Reporter {
	return &Reporter{o: o, role: o.Role, began: time.Now(), seen: make(map[uint64]*sight), names: make(map[redact.Name]bool)}
}

// Know has a name replaced in reports wherever it stands as a word; kind is what the
// placeholder calls it.
func (r *Reporter) Know(kind, name string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[redact.Name{Name: name, Kind: kind}] = true
}

// Folder returns where reports are; empty when none are written.
func (r *Reporter) Folder() string {
	if r == nil {
		return ""
	}
	return r.o.Folder
}

// caught makes a Panic of a value that was recovered, and sees to its report.
func (r *Reporter) caught(part string, v any, stack string) (p *Panic) {
	p = &Panic{Part: part, Value: Value(v), Stack: stack, Times: 1}
	if r == nil {
		return p
	}
	defer func() {
		if again := recover(); again != nil { // whatever it is, the part that has failed matters more
			p.Report = ""
		}
	}()
	r.note(p)
	if !p.Again() {
		r.tell(p)
	}
	return p
}

// note counts a panic and, where that is worth it, writes its report.
func (r *Reporter) note(p *Panic) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key, now := keyOf(p), time.Now()
	s := r.seen[key]
	if s == nil {
		if len(r.seen) == mostKinds {
			clear(r.seen)
		}
		s = &sight{first: now}
		r.seen[key] = s
	}
	s.times++
	p.Times = s.times
	if r.o.Folder == "" {
		return
	}
	folder, err := openFolder(r.o.Folder)
	if err != nil {
		return // the panic itself is told
	}
	defer folder.close()
	switch {
	case s.name == "" && s.times == 1 && r.written < MaxReports:
		r.written++
		s.name, err = folder.add(now, os.Getpid(), r.text(p, s, now))
	case s.name != "" && s.times&(s.times-1) == 0: // the second, fourth, eighth …
		err = folder.replace(s.name, r.text(p, s, now))
	}
	if s.name != "" && err == nil {
		p.Report = folder.path(s.name)
	}
}

// keyOf tells panics apart: by part and place, and not by value, which may differ each
// time.
func keyOf(p *Panic) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\n%s", p.Part, p.Stack)
	return h.Sum64()
}

func (r *Reporter) tell(p *Panic) {
	for _, hear := range r.hearers() {
		hear(p)
	}
}

// Hear has fn called with each panic that is new, from the goroutine that panicked; it must
// return soon.
func (r *Reporter) Hear(fn func(*Panic)) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hears = append(r.hears, fn)
}

func (r *Reporter) hearers() []func(*Panic) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.hears)
}

func (r *Reporter) setRole(role string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.role = role
}

// text is the report of a panic; the caller has the lock.
func (r *Reporter) text(p *Panic, s *sight, now time.Time) []byte {
	var b strings.Builder
	r.head(&b, now, os.Getpid(), r.role)
	fmt.Fprintf(&b, "Running for: %s\n", now.Sub(r.began).Round(time.Second))
	fmt.Fprintf(&b, "Part: %s\n", p.Part)
	fmt.Fprintf(&b, "Ended: no, the rest of Culvert went on\n")
	fmt.Fprintf(&b, "Times: %d, first at %s\n", s.times, s.first.UTC().Format(time.RFC3339))
	fmt.Fprintf(&b, "Panic: %s\n\n%s", p.Value, p.Stack)
	return r.finish(b.String())
}

func (r *Reporter) head(b *strings.Builder, at time.Time, pid int, role string) {
	fmt.Fprintf(b, "Crash report of Culvert %s, %s, %s/%s\n", r.o.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(b, "Time: %s\n", at.UTC().Format(time.RFC3339))
	fmt.Fprintf(b, "Process: %d, %s\n", pid, role)
}

// finish redacts and bounds a report; the caller has the lock.
func (r *Reporter) finish(text string) []byte {
	red := redact.New()
	for _, n := range redact.Private() {
		red.Know(n.Kind, n.Name)
	}
	for n := range r.names {
		red.Know(n.Kind, n.Name)
	}
	text = red.Text(text)
	if len(text) > MaxBytes {
		text = strings.ToValidUTF8(text[:MaxBytes-16], "") + "\n(cut)\n"
	}
	return []byte(text)
}
