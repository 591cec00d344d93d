package window

import (
	"bufio"
	"flag"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"culvert/e2e/desk"
)

var (
	benchUI      = flag.Bool("bench-ui", false, "measure the window, which takes some minutes")
	benchUIDoc   = flag.String("bench-ui-document", "", "the `file` whose table is replaced")
	benchUIKeep  = flag.String("bench-ui-profiles", "", "the `folder` for profiles of what was measured")
	benchUIWhile = flag.Duration("bench-ui-while", 20*time.Second, "how long each load lasts")
)

// TestBenchUI measures the window, see docs/performance-window.md. It fails when
// something cannot be measured, and not because of a figure.
func TestBenchUI(t *testing.T) {
	if !*benchUI {
		t.Skip("only with -bench-ui, which make bench-ui gives")
	}
	b := &uiBench{programs: buildBench(t)}
	t.Run("first frame", b.firstFrame)
	t.Run("idle", b.idle)
	t.Run("changes", b.changes)
	t.Run("filter", b.filter)
	t.Run("memory", b.memory)
	t.Run("click", b.click)
	table := benchMachine(t) + b.table()
	fmt.Print(table)
	if *benchUIDoc != "" {
		if err := replaceTable(*benchUIDoc, table); err != nil {
			t.Error(err)
		}
	}
}

// uiBench is one run of the benchmark.
type uiBench struct {
	programs programs
	figures  []figure
}

// programs are the paths of what is measured beside culvert.
type programs struct{ scripted, empty string }

// buildBench builds the window over a script, and an empty window.
func buildBench(t *testing.T) programs {
	t.Helper()
	dir := filepath.Dir(shared.culvert)
	p := programs{scripted: filepath.Join(dir, "culvert-scripted"), empty: filepath.Join(dir, "culvert-empty-window")}
	for path, pkg := range map[string]string{p.scripted: ".", p.empty: "./empty"} {
		cmd := exec.Command("go", "build", "-buildvcs=false", "-tags", "migrated_fynedo no_emoji e2e", "-o", path, pkg)
		cmd.Dir = filepath.Join("..", "scripted")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOWORK=off", "GOFLAGS=")
		if printed, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", path, err, printed)
		}
	}
	return p
}

// script is a window over a script, and the way to tell it what to do.
type script struct {
	*window
	to   io.Writer
	from *bufio.Scanner
}

// openScript starts the scripted program with flags and waits for its window.
func (d *desktop) openScript(t *testing.T, path string, args ...string) *script {
	t.Helper()
	cmd := exec.Command(path, args...)
	// Pipes of the test's own: the nursery sends what is printed to a file.
	in, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = in
	cmd.ExtraFiles = []*os.File{out}
	s := &script{window: d.open(t, cmd), to: to, from: bufio.NewScanner(from)}
	in.Close()
	out.Close()
	t.Cleanup(func() { to.Close(); from.Close() })
	return s
}

// tell gives a command and returns the answer.
func (s *script) tell(command string) string {
	s.t.Helper()
	if _, err := fmt.Fprintln(s.to, command); err != nil {
		s.t.Fatal(err)
	}
	if !s.from.Scan() {
		s.t.Fatalf("%s: no answer: %v\n%s", command, s.from.Err(), s.Printed())
	}
	if answer := s.from.Text(); !strings.HasPrefix(answer, "error") {
		return answer
	}
	s.t.Fatalf("%s: %s", command, s.from.Text())
	return ""
}

// firstFrame measures from the start of the program to a window that is drawn.
func (b *uiBench) firstFrame(t *testing.T) {
	d := newDesktop(t)
	s := d.screen(t)
	const rounds = 9
	var took []float64
	for i := range rounds + 1 {
		name := fmt.Sprintf("first-%d", i)
		began := time.Now()
		c := d.Start(t, name, exec.Command(shared.culvert, "demo"), false, "FYNE_SCALE=1", "FYNE_THEME=light")
		at := soon(t, "the first frame", func() bool {
			// The ground of the table and of the bars, and the primary button.
			const step = 4
			return s.count(step, 0xFFFFFF, 0xF6F7F9)*step*step > 1080*680/2 && s.count(step, 0x2563D9)*step*step > 500
		})
		if i > 0 { // the first one reads the program from the disk
			took = append(took, at.Sub(began).Seconds())
		}
		c.End(false)
		soon(t, "the window is gone", func() bool { return s.count(4, 0xFFFFFF, 0xF6F7F9) < 1000 })
	}
	b.add(figure{
		what: "first frame, `culvert demo`", unit: "s", values: took, most: 0.35,
		how: "from the start of the process to the pixels of the table and of the button New tunnel on the screen; the median of nine, the program's file being in memory",
	})
}

// idle measures windows in which nothing happens.
func (b *uiBench) idle(t *testing.T) {
	d := newDesktop(t)
	w := d.openScript(t, b.programs.scripted, "-tunnels", "20").window
	b.load(t, w, nil, figure{what: "idle, 20 tunnels", most: 1.5, how: "the script, no changes"})
	w.Close()
	w = d.open(t, exec.Command(shared.culvert, "demo"))
	awaitDemo(w)
	b.load(t, w, nil, figure{what: "idle, `culvert demo`", how: "the real program with its tunnels and its cluster in the same process"})
	w.Close()
	empty := d.Start(t, "empty", exec.Command(b.programs.empty), false, "FYNE_SCALE=1", "FYNE_THEME=light")
	desk.Eventually(t, "the empty window", func() error { _, err := d.WindowOf(t, empty.Cmd.Process.Pid); return err })
	b.cpu(t, empty.Cmd.Process.Pid, figure{what: "idle, an empty window of the toolkit", how: "for comparison"})
}

// changes measures windows in which much happens.
func (b *uiBench) changes(t *testing.T) {
	for _, load := range []struct {
		tunnels string
		most    float64
	}{{"20", 15}, {"500", 20}} {
		d := newDesktop(t)
		w := d.openScript(t, b.programs.scripted, "-tunnels", load.tunnels, "-changes", "50")
		b.load(t, w.window, w, figure{
			what: load.tunnels + " tunnels, 50 changes a second in all", most: load.most,
			how: "the script: connections, bytes and, each tenth, states",
		})
		w.Close()
	}
}

// load measures the processor time of a window at rest or at work, the mouse
// being elsewhere.
func (b *uiBench) load(t *testing.T, w *window, s *script, f figure) {
	t.Helper()
	w.Aside()
	time.Sleep(3 * time.Second) // what comes after the start is not meant
	if s != nil && *benchUIKeep != "" {
		s.tell("profile " + filepath.Join(*benchUIKeep, strings.Fields(f.what)[0]+"-tunnels.cpu"))
		defer s.tell("profile")
	}
	b.cpu(t, w.Cmd.Process.Pid, f)
}

// cpu measures the processor time of a process.
func (b *uiBench) cpu(t *testing.T, pid int, f figure) {
	t.Helper()
	before, began := processorTime(t, pid), time.Now()
	time.Sleep(*benchUIWhile) // nothing to wait for: this is what is measured
	f.unit, f.values = "% of a core", []float64{100 * (processorTime(t, pid) - before).Seconds() / time.Since(began).Seconds()}
	f.how += fmt.Sprintf("; user and system time from /proc over %v", *benchUIWhile)
	b.add(f)
}

// manyPods opens the namespace with the pods.
func (s *script) manyPods() {
	s.t.Helper()
	s.Click("tree:dev")
	s.Click("tree:dev/big")
	s.Click("tree-group:dev/big/pods")
	s.Await("the pods are listed", func(b desk.Boxes) error {
		if !slices.ContainsFunc(b.Boxes, func(x desk.Box) bool { return strings.HasPrefix(x.Mark, "tree:dev/big/worker-") }) {
			return fmt.Errorf("there are none")
		}
		return nil
	})
}

// filter measures the searches among 10,000 pods.
func (b *uiBench) filter(t *testing.T) {
	d := newDesktop(t)
	s := d.openScript(t, b.programs.scripted, "-tunnels", "20", "-pods", "10000")
	s.manyPods()
	search := func(mark string) (took []float64) {
		for range 3 {
			for _, text := range []string{"w", "wo", "worker-0012", "worker-0012", "x1", "x1f", "9", "", "nothing", ""} {
				n, err := strconv.Atoi(s.tell("set " + mark + " " + text))
				if err != nil {
					t.Fatal(err)
				}
				took = append(took, float64(n)/1e6)
			}
		}
		return took
	}
	how := "the script sets the text as typing does, on the toolkit's goroutine: until all is ready to be painted; the longest of 30"
	b.add(figure{what: "filtering 10,000 pods, the Cluster tree", unit: "ms", values: search("tree-search"), most: 16, longest: true, how: how})
	b.add(b.typing(t, s, "tree-search", "tree:dev/big", "the Cluster tree"))
	s.Press("ctrl+n")
	s.Click("form/group:pods")
	s.Click("form/find")
	s.See("form/pod")
	s.Await("the pods are offered", func(b desk.Boxes) error {
		if !slices.ContainsFunc(b.Boxes, func(x desk.Box) bool { return strings.HasPrefix(x.Mark, "pod:") }) {
			return fmt.Errorf("there are none")
		}
		return nil
	})
	b.add(figure{what: "filtering 10,000 pods, the list of New tunnel", unit: "ms", values: search("form/pod"), most: 16, longest: true, how: how})
	s.Press("Escape")
	s.Close()
}

// typing measures from a key to what it changes on the screen.
func (b *uiBench) typing(t *testing.T, s *script, field, below, name string) figure {
	t.Helper()
	s.Click(field)
	at := onScreen(s.See(below), s.origin())
	at.Max.Y += 300
	sc, hand := s.desktop.screen(t), newHand(t, s.desktop)
	var took []float64
	for i := range 12 {
		sc.atRest(t, at, 400*time.Millisecond)
		key := string("12345"[i%5])
		if i%2 == 1 {
			key = "BackSpace"
		}
		took = append(took, hand.until(t, sc, at, "key "+key))
	}
	return figure{what: "the same, from the key to pixels", unit: "ms", values: took, how: "xdotool's key to the first change of " + name + " on the screen"}
}

// click measures from a click to what it changes on the screen.
func (b *uiBench) click(t *testing.T) {
	for _, load := range []struct{ what, tunnels, changes string }{
		{"a click on Start visible, 20 tunnels", "20", "0"},
		{"the same, 500 tunnels and 50 changes a second", "500", "50"},
	} {
		d := newDesktop(t)
		s := d.openScript(t, b.programs.scripted, "-tunnels", load.tunnels, "-changes", load.changes)
		// The script leaves a stopped tunnel alone. Of its row the state is looked at.
		const row = "row:tunnel-000"
		sc, hand := d.screen(t), newHand(t, d)
		var took []float64
		for range 12 {
			s.SeeThat(row, "is running", func(text string) bool { return text != "Stopped" && text != "Starting" })
			time.Sleep(400 * time.Millisecond) // what was begun is done, for the window as well
			s.Click(row + "/toggle")
			state := onScreen(s.SeeThat(row, "is stopped", func(text string) bool { return text == "Stopped" }), s.origin())
			time.Sleep(400 * time.Millisecond) // two clicks in quick succession are another thing
			took = append(took, hand.until(t, sc, state, "click 1"))
		}
		b.add(figure{what: load.what, unit: "ms", values: took, most: 100, longest: true, how: "xdotool's click on the row's switch to the first change of its state on the screen; the longest of twelve"})
		s.Close()
	}
}

// hand is a running xdotool, so that its start is no part of what is measured.
type hand struct{ to io.Writer }

func newHand(t *testing.T, d *desktop) hand {
	t.Helper()
	in, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("xdotool", "-")
	cmd.Stdin = in
	d.Start(t, "xdotool", cmd, false)
	in.Close()
	t.Cleanup(func() { to.Close() })
	return hand{to}
}

// until does something and returns how many milliseconds later a part of the
// screen has changed.
func (h hand) until(t *testing.T, s *screen, part image.Rectangle, do string) float64 {
	t.Helper()
	before := s.sum(part)
	began := time.Now()
	if _, err := fmt.Fprintln(h.to, do); err != nil {
		t.Fatal(err)
	}
	at := soon(t, do+" changes the screen", func() bool { return s.sum(part) != before })
	return float64(at.Sub(began).Microseconds()) / 1000
}

// memory measures windows that show much.
func (b *uiBench) memory(t *testing.T) {
	d := newDesktop(t)
	empty := d.Start(t, "empty", exec.Command(b.programs.empty), false, "FYNE_SCALE=1", "FYNE_THEME=light")
	desk.Eventually(t, "the empty window", func() error { _, err := d.WindowOf(t, empty.Cmd.Process.Pid); return err })
	time.Sleep(3 * time.Second)
	ground := resident(t, empty.Cmd.Process.Pid)
	empty.End(false)

	size := image.Pt(1000, 640)
	s := d.openScript(t, b.programs.scripted, "-tunnels", "50", "-pods", "10000")
	s.resize(size)
	s.manyPods()
	s.Aside()
	time.Sleep(15 * time.Second) // the window gives back each 10 s what it does not need
	all := resident(t, s.Cmd.Process.Pid)
	if *benchUIKeep != "" {
		s.tell("heap " + filepath.Join(*benchUIKeep, "memory.heap"))
	}
	fields := strings.Fields(s.tell("memory"))
	alive, _ := strconv.ParseFloat(fields[0], 64)
	s.Close()
	how := "VmRSS from /proc at 1000×640, 15 s after the pods are shown in the tree"
	b.add(figure{what: "memory with 10,000 pods and 50 tunnels, above an empty window", unit: "MiB", values: []float64{all - ground}, most: 50, how: how})
	b.add(figure{what: "the same in all; the empty window", unit: "MiB", values: []float64{all, ground}, pair: true, how: how})
	b.add(figure{what: "of it alive for the garbage collector", unit: "MiB", values: []float64{alive / (1 << 20)}, how: "runtime.MemStats"})
}
