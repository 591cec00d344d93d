package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
	"culvert/tunnels/control"
)

// bench is a user with a cluster, profiles and, once it runs, a Culvert.
type bench struct {
	*testing.T
	d       Deps
	dir     string // the working directory
	cluster *kubetest.Server
	running *Running // nil for none

	out, errs strings.Builder
}

// answer answers all questions alike, and takes down what was asked.
type answer struct {
	text  string
	asked int
}

func (a *answer) Ask(context.Context, string) (string, error) {
	a.asked++
	return a.text, nil
}

func (a *answer) Secret(ctx context.Context, q string) (string, error) { return a.Ask(ctx, q) }

const savedTunnels = `version: 1
name: Shop, dev
namespace: shop
tunnels:
  - {name: web, target: svc/web, ports: ":80"}
  - {name: api, target: deploy/api, ports: [":8080", ":metrics"]}
  - {name: rec, target: deploy/recommender, ports: ":8080"}
`

const projectTunnels = `version: 1
namespace: shop
tunnels:
  - {name: mine, target: svc/api, ports: ":http"}
`

// newBench returns a bench with the profile dev and a project in the working directory.
func newBench(t *testing.T) *bench {
	t.Helper()
	s, config := cluster(t, kubetest.Demo())
	dir := layout(t, map[string]string{
		"home/.config/culvert/profiles/dev.yaml": savedTunnels,
		"project/" + projectFile:                 projectTunnels,
		"run/":                                   "",
	})
	for name, value := range map[string]string{
		"HOME": filepath.Join(dir, "home"), "XDG_STATE_HOME": filepath.Join(dir, "state"), "KUBECONFIG": config,
		"XDG_RUNTIME_DIR": filepath.Join(dir, "run"), "LANG": "C.UTF-8", "LC_ALL": "",
	} {
		t.Setenv(name, value)
	}
	t.Chdir(filepath.Join(dir, "project"))
	k := &bench{T: t, cluster: s, dir: filepath.Join(dir, "project")}
	k.d = Deps{Version: "test", Folder: filepath.Join(dir, "home", ".config", "culvert"), Out: &k.out, Err: &k.errs}
	k.d.Find = func(context.Context) (*Running, error) {
		if k.running == nil {
			return nil, ErrNobody
		}
		r := *k.running
		r.Close = func() {}
		return &r, nil
	}
	return k
}

// runs lets a Culvert run until the test ends.
func (k *bench) runs() {
	k.Helper()
	r, err := k.d.own("", false, func(err error) { k.Log(err) }, nil)
	if err != nil {
		k.Fatal(err)
	}
	k.running = r
	k.Cleanup(r.Close)
}

// do carries out a command line and checks its exit status and what it says, on
// stdout and stderr.
func (k *bench) do(line string, status int, says ...string) {
	k.Helper()
	k.out.Reset()
	k.errs.Reset()
	ctx, cancel := context.WithTimeout(k.Context(), 30*time.Second)
	defer cancel()
	got := execute(ctx, k.d, strings.Fields(line))
	if got != status {
		k.Errorf("%s: exit status %d, want %d", line, got, status)
	}
	for _, s := range says {
		if !strings.Contains(k.out.String()+k.errs.String(), s) {
			k.Errorf("%s: it lacks %q", line, s)
		}
	}
	if k.Failed() {
		k.Fatalf("%s\nstdout: %s\nstderr: %s", line, k.out.String(), k.errs.String())
	}
}

// states returns the tunnels and how they are, as "web:ready".
func (k *bench) states() string {
	k.Helper()
	s, _, err := k.running.List(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	var out []string
	for _, st := range s {
		out = append(out, st.Spec.Title()+":"+st.State.String())
	}
	return strings.Join(out, " ")
}

func (k *bench) want(states string) {
	k.Helper()
	if got := k.states(); got != states {
		k.Errorf("there is %s, want %s", got, states)
	}
}

func TestUpAndDownOfTheOneThatRuns(t *testing.T) {
	k := newBench(t)
	k.runs()
	k.do("up web api --wait", ExitOK, "Forwarding from 127.0.0.1:", " -> 8080 (web)", "(api)")
	k.want("web:ready api:ready rec:stopped")
	k.do("list", ExitOK, "● ready", "○ stopped", "Shop, dev", "svc/web:80", "localhost:")
	k.do("list rec -o name", ExitOK, "Shop, dev/rec\n")
	k.do("list -o wide", ExitOK, "NAMESPACE", "shop", "web-7d4b9c6f5-x2x9k")
	k.do("status web", ExitOK, "web  ● ready", "pod", "listens on", "127.0.0.1:")
	k.do("ports web", ExitOK, "NAME", "REMOTE", "127.0.0.1:")
	k.do("wait web api --for=ready --timeout 10s", ExitOK)
	k.do("wait web --for=stopped --timeout 100ms", ExitWaited, "not stopped after 100ms", "web is ready")
	k.do("up --wait -o json", ExitOK, `"name": "mine"`, `"remote": "http"`)
	k.want("web:ready api:ready rec:stopped mine:ready")
	k.do("restart web", ExitOK, "(web)")
	k.do("down", ExitOK, "mine stopped")
	k.want(strings.TrimSpace("web:" + k.stateOf("web") + " api:ready rec:stopped"))
	k.do("down dev/web", ExitOK, "web stopped")
	k.do("down web", ExitOK, "Nothing of that was running")
	k.do("down --all -q", ExitOK)
	k.want("web:stopped api:stopped rec:stopped")
	k.do("up rec --wait=100ms", ExitWaited, "rec waits for a pod", "ImagePullBackOff")
	k.do("up rec", ExitOK, "rec waits for a pod", "Listening on 127.0.0.1:", "(rec, waiting)")
	k.do("up web", ExitOK, "Forwarding from 127.0.0.1:")
	k.do("restart web", ExitOK, "Forwarding from 127.0.0.1:")
	k.do("down web", ExitOK)
	k.do("ports api", ExitError, "no port is listened on", "api is stopped")
	k.do("ports nosuch -o json", ExitNothing, "nosuch")
	if k.out.Len() > 0 {
		k.Errorf("ports of what is not there prints %q", k.out.String())
	}
}

func (k *bench) stateOf(title string) string {
	s, _, _ := k.running.List(k.Context())
	for _, st := range s {
		if st.Spec.Title() == title {
			return st.State.String()
		}
	}
	return "gone"
}

// TestProjectThroughALink: a folder is the same whichever way leads to it.
func TestProjectThroughALink(t *testing.T) {
	k := newBench(t)
	k.runs()
	link := filepath.Join(filepath.Dir(k.dir), "link")
	if err := os.Symlink(k.dir, link); err != nil {
		t.Fatal(err)
	}
	k.do("up --quiet", ExitOK)
	k.do("up --quiet "+link, ExitOK)
	if _, ps, _ := k.running.List(t.Context()); len(ps) != 2 { // dev and the project's
		t.Errorf("there are %+v", ps)
	}
	k.do("down "+link, ExitOK, "mine stopped")
}

// TestDownOfABrokenProject: what a file has brought is stopped also when the file
// cannot be read any more.
func TestDownOfABrokenProject(t *testing.T) {
	k := newBench(t)
	k.runs()
	k.do("up --quiet", ExitOK)
	if err := os.WriteFile(filepath.Join(k.dir, projectFile), []byte("tunnels: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	k.do("up", ExitError, "line 1")
	k.do("down", ExitOK, "mine stopped")
}

func TestNamesOfNothing(t *testing.T) {
	k := newBench(t)
	for _, line := range []string{"down web", "restart web", "status", "ports", "wait web"} {
		k.do(line, ExitNothing, "no Culvert runs", "culvert up --detach")
	}
	k.do("list", ExitOK, "No Culvert runs", "○ stopped", "web")
	k.runs()
	k.do("up devv", ExitNothing, `no profile and no tunnel "devv"`, "dev", "culvert list")
	k.do("down wep", ExitNothing, "Do you mean web?")
	k.do("list -o yaml", ExitUsage, "yaml", "json, wide or name")
	k.do("restart", ExitUsage, "what to restart")
	k.do("down --all web", ExitUsage, "--all")
	k.do("wait web --for=ever", ExitUsage, "ready or stopped")
	k.do("up https://example.org/x.yaml", ExitError, "https://example.org/x.yaml")
	k.do("up --wait=-1s", ExitUsage, "--wait")
	t.Chdir(t.TempDir())
	t.Setenv("HOME", k.dir)
	k.do("up", ExitNothing, projectFile, "Name a profile, a tunnel or a file")
	k.do("down", ExitNothing, projectFile)
}

func TestProfilesComeBeforeFiles(t *testing.T) {
	k := newBench(t)
	k.runs()
	for _, name := range []string{"dev", "other"} {
		if err := os.WriteFile(name, []byte(projectTunnels), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k.do("up dev", ExitOK, "(web)")
	k.do("down dev", ExitOK)
	k.do("up other", ExitOK, "(mine)")
	k.do("down other", ExitOK, "mine stopped")
	k.want("web:stopped api:stopped rec:stopped")
	k.do("up "+filepath.Join(k.d.Folder, "profiles", "dev.yaml"), ExitOK, "(web)")
	k.want("web:" + k.stateOf("web") + " api:" + k.stateOf("api") + " rec:" + k.stateOf("rec"))
}

func TestTwoFilesWithOnePort(t *testing.T) {
	k := newBench(t)
	k.runs()
	file := "version: 1\ntunnels: [{name: %s, target: svc/web, namespace: shop, ports: '18099:80'}]\n"
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(name+".yaml", fmt.Appendf(nil, file, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k.do("up -f a.yaml -f b.yaml", ExitError, "18099 is wanted twice", "a.yaml", "b.yaml")
	k.want("web:stopped api:stopped rec:stopped")
	k.do("up -f a.yaml -f a.yaml", ExitOK, ":18099")
}

func TestWhatIsAskedAbout(t *testing.T) {
	k := newBench(t)
	k.runs()
	open := "version: 1\ntunnels: [{name: open, target: svc/web, namespace: shop, ports: ':80', address: [0.0.0.0]}]\n"
	if err := os.WriteFile("open.yaml", []byte(open), 0o600); err != nil {
		t.Fatal(err)
	}
	k.do("up open.yaml", ExitError, "nobody is here", "open (svc/web) listens on 0.0.0.0", "--yes")
	k.want("web:stopped api:stopped rec:stopped")
	no := &answer{text: "n"}
	k.d.Terminal = no
	k.do("up open.yaml", ExitError, "nothing was started")
	yes := &answer{text: "y"}
	k.d.Terminal = yes
	k.do("up open.yaml --wait", ExitOK, "Forwarding from 0.0.0.0:")
	k.do("up open.yaml", ExitOK) // it runs already
	if no.asked != 1 || yes.asked != 1 {
		t.Errorf("asked %d and %d times", no.asked, yes.asked)
	}
	k.d.Terminal = nil
	c, err := k.d.open(kube.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.MarkProduction(kubetest.DemoContext, true); err != nil {
		t.Fatal(err)
	}
	k.do("up web", ExitError, `leads to the context "demo", which is marked as production`, "--yes")
	k.do("restart api", ExitError, "production")
	k.do("run web -- true", ExitError, "production")
	k.do("up web --yes", ExitOK, "(web)")
	k.do("up -o json web", ExitOK) // it runs already
}

// whileAsked does something while the user thinks, and agrees.
type whileAsked struct {
	first func()
	asked int
}

func (w *whileAsked) Ask(context.Context, string) (string, error) {
	if w.asked++; w.asked == 1 {
		w.first()
		return "y", nil
	}
	return "n", nil
}

func (w *whileAsked) Secret(ctx context.Context, q string) (string, error) { return w.Ask(ctx, q) }

// TestConsentIsToWhatIsStarted: what is edited while the user is asked is asked about
// anew.
func TestConsentIsToWhatIsStarted(t *testing.T) {
	for _, line := range []string{"up web api", "restart web api", "run web api -- true"} {
		k := newBench(t)
		k.runs()
		edit := func(name string, listen ...string) {
			s, _, err := k.running.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, st := range s {
				if st.Spec.Name == name {
					st.Spec.Listen = listen
					if err := k.running.Put(st.Spec); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		edit("web", "0.0.0.0")
		user := &whileAsked{first: func() { edit("api", "0.0.0.0", "::") }}
		k.d.Terminal = user
		k.do(line, ExitError, "web (svc/web) listens on 0.0.0.0, where", "api (deploy/api) listens on 0.0.0.0, ::, where", "nothing was started")
		k.want("web:stopped api:stopped rec:stopped")
		if user.asked != 2 {
			t.Errorf("%s: asked %d times", line, user.asked)
		}
	}
}

func TestOtherKubeconfigs(t *testing.T) {
	k := newBench(t)
	k.runs()
	_, other := cluster(t, podsrv())
	k.do("up web --kubeconfig "+other, ExitError, "other kubeconfigs", other, "culvert contexts add")
	k.do("run --kubeconfig "+other+" web -- true", ExitError, "other kubeconfigs")
	k.do("up web --kubeconfig "+os.Getenv("KUBECONFIG"), ExitOK, "(web)")
}

// TestUpInTheForeground: without a Culvert that runs, up is one, and its tunnels end
// with it.
func TestUpInTheForeground(t *testing.T) {
	k := newBench(t)
	out, w := io.Pipe()
	k.d.Out = w
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	status := make(chan int, 1)
	wg.Go(func() {
		defer w.Close()
		status <- execute(ctx, k.d, strings.Fields("up web api --wait -o json"))
	})
	var got localPortsJSON
	if err := json.NewDecoder(out).Decode(&got); err != nil {
		t.Fatal(err, k.errs.String())
	}
	if len(got.Tunnels) != 2 || len(got.Tunnels[1].Ports) != 2 || got.Tunnels[0].State != "ready" || !got.Tunnels[0].Ports[0].Random {
		t.Fatalf("got %+v", got)
	}
	address := got.Tunnels[0].Ports[0].Address
	if page := get(t, address); !strings.Contains(page, "web-7d4b9c6f5-x2x9k") {
		t.Errorf("the page is %q", page)
	}
	cancel()
	_, _ = io.Copy(io.Discard, out) // until it has ended
	wg.Wait()
	if code := <-status; code != ExitOK {
		t.Errorf("exit status %d: %s", code, k.errs.String())
	}
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Error("the port is still bound")
	}
}

func TestUpThatCannotRun(t *testing.T) {
	k := newBench(t)
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	port := busy.Addr().(*net.TCPAddr).Port
	text := fmt.Sprintf("version: 1\ntunnels: [{name: busy, target: svc/web, namespace: shop, ports: '%d:80', address: 127.0.0.1}]\n", port)
	if err := os.WriteFile("busy.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k.do("up busy.yaml", ExitError, "no tunnel can run", "busy needs you", fmt.Sprint(port))
	k.do("up busy.yaml --wait", ExitWaited, "busy needs you")
	if n := strings.Count(k.errs.String(), "Stop that program"); n != 1 {
		k.Errorf("the reason is told %d times: %s", n, k.errs.String())
	}
	k.do("up rec --wait=200ms", ExitWaited, "rec waits for a pod")
	k.do("up -q -f -", ExitError, "standard input")
}

// TestRun also runs it through the one that runs, which has its tunnels as before
// afterwards.
func TestRun(t *testing.T) {
	for _, where := range []string{"here", "there"} {
		t.Run(where, func(t *testing.T) {
			k := newBench(t)
			if where == "there" {
				k.runs()
				k.do("up api --wait", ExitOK)
			}
			k.out.Reset()
			code := execute(t.Context(), k.d, []string{
				"run", "web", "--", os.Args[0], "-test.run=^TestTheCommandOfRun$",
			})
			if code != 7 || !strings.Contains(k.out.String(), "page: Hello from pod web-") {
				t.Errorf("exit status %d, stdout %q, stderr %q", code, k.out.String(), k.errs.String())
			}
			if where == "there" {
				k.want("web:stopped api:ready rec:stopped")
			}
		})
	}
}

// TestTwoRunsOfOneProject: the end of one takes nothing from the other.
func TestTwoRunsOfOneProject(t *testing.T) {
	k := newBench(t)
	k.runs()
	begin := func() *holding {
		h, err := hold(t.Context(), k.d, k.running, runFlags{wait: 30 * time.Second}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	first, second := begin(), begin()
	first.end(k.d, k.running)
	k.want("web:stopped api:stopped rec:stopped mine:ready")
	second.end(k.d, k.running)
	k.want("web:stopped api:stopped rec:stopped mine:stopped")
	if k.errs.Len() > 0 {
		t.Errorf("it says %s", &k.errs)
	}
}

// TestTheCommandOfRun is the command that TestRun runs: it ends the process. As a
// test it has nothing to do.
func TestTheCommandOfRun(*testing.T) {
	address := os.Getenv("CULVERT_WEB_ADDR")
	if address == "" {
		return
	}
	resp, err := http.Get("http://" + address)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	page, _ := io.ReadAll(resp.Body)
	fmt.Println("page:", string(page))
	os.Exit(7)
}

func TestRunThatDoesNot(t *testing.T) {
	k := newBench(t)
	k.runs()
	k.do("run web", ExitUsage, "behind --")
	k.do("run web --", ExitUsage, "no command")
	k.do("run web -- no-such-command-at-all", exitNotFound, "no-such-command-at-all")
	k.do("run web -- "+k.dir+"/"+projectFile, exitNotExecutable, "permission denied")
	k.do("run rec --wait 100ms -- true", ExitWaited, "rec waits for a pod")
	k.do("run nothing -- true", ExitNothing, `"nothing"`)
	k.want("web:stopped api:stopped rec:stopped")
	k.do("run -- true", ExitOK)
	k.want("web:stopped api:stopped rec:stopped") // the project's tunnel is gone
	k.do("run rec --no-wait -- true", ExitOK)
}

// broken is a stdout that cannot be written to.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

func TestTunnelsThatCollideInTheEnvironment(t *testing.T) {
	k := newBench(t)
	k.runs()
	text := "version: 1\nnamespace: shop\ntunnels: [{name: a-b, target: svc/web, ports: ':80'}, {name: a_b, target: svc/api, ports: ':http'}]\n"
	if err := os.WriteFile("both.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k.do("run both.yaml -- true", ExitError, `"a-b"`, `"a_b"`, "CULVERT_A_B_ADDR")
	k.do("up both.yaml --wait", ExitOK)
	k.do("ports both.yaml -o env", ExitError, `"a-b"`, `"a_b"`)
	k.do("ports a-b -o dotenv", ExitOK, "\nCULVERT_A_B_80_PORT=")
	k.do("ports a-b -o env", ExitOK, "export CULVERT_A_B_ADDR=127.0.0.1:")
}

func TestStatusIsWatched(t *testing.T) {
	k := newBench(t)
	k.runs()
	out, w := io.Pipe()
	d := k.d
	d.Out = w
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		defer w.Close()
		if code := execute(ctx, d, strings.Fields("status web --watch -o json")); code != ExitOK {
			t.Errorf("exit status %d: %s", code, k.errs.String())
		}
	})
	lines := json.NewDecoder(out)
	next := func(state string) {
		for {
			var got struct {
				Tunnels []struct{ Title, State string }
			}
			if err := lines.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if got.Tunnels[0].State == state {
				return
			}
		}
	}
	next("stopped")
	if err := k.running.Start(t.Context(), k.id("web")); err != nil {
		t.Fatal(err)
	}
	next("ready")
	cancel()
	_, _ = io.Copy(io.Discard, out)
	wg.Wait()
}

// reluctant is an engine that has no timelines for anybody.
type reluctant struct {
	control.Engine
	asked atomic.Int32
}

func (r *reluctant) Timeline(tunnels.ID) []tunnels.Event {
	r.asked.Add(1)
	return nil
}

// TestStatusInJSONAsksForNothingMore: what JSON does not show is not asked for, which would be a
// request for each tunnel at each change.
func TestStatusInJSONAsksForNothingMore(t *testing.T) {
	k := newBench(t)
	k.runs()
	engine := &reluctant{Engine: k.running.Engine}
	k.running.Engine = engine
	ctx, cancel := context.WithCancel(t.Context())
	d := k.d
	d.Out = writerFunc(func(b []byte) (int, error) {
		cancel()
		return len(b), nil
	})
	if code := execute(ctx, d, strings.Fields("status web --watch -o json")); code != ExitOK {
		t.Errorf("exit status %d: %s", code, k.errs.String())
	}
	k.do("status web -o json", ExitOK)
	if n := engine.asked.Load(); n > 0 {
		t.Errorf("a timeline was asked for %d times", n)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func (k *bench) id(title string) tunnels.ID {
	k.Helper()
	s, _, err := k.running.List(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	for _, st := range s {
		if st.Spec.Title() == title {
			return st.Spec.ID
		}
	}
	k.Fatalf("there is no tunnel %s", title)
	return ""
}

// TestWhatCannotBeWritten: a full disk is an error, and one who reads no more is none.
func TestWhatCannotBeWritten(t *testing.T) {
	k := newBench(t)
	k.runs()
	k.do("up web --wait", ExitOK)
	full := &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
	for _, line := range []string{"list", "list -o json", "status", "ports -o env", "up web -o json", "up web", "status --watch -o json"} {
		k.d.Out = broken{full}
		k.do(line, ExitError, "no space left")
		k.d.Out = broken{&os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}}
		k.do(line, ExitOK)
	}
	k.running.Close()
	k.running = nil
	k.d.Out = broken{full}
	k.do("up web -o json", ExitError, "no space left")
	k.do("up web --wait -o json", ExitError, "no space left")
	k.do("up web", ExitError, "no space left") // else a script waits for its line in vain
}

// TestTheOneThatRunsEnds while it is watched.
func TestTheOneThatRunsEnds(t *testing.T) {
	k := newBench(t)
	k.runs()
	gone := make(chan struct{})
	close(gone)
	k.running.Gone = gone
	k.do("wait web --timeout 1m", ExitError, "has ended", "culvert up")
	k.do("status web --watch", ExitError, "has ended")
	k.do("run web --no-wait -- true", ExitOK)
}

func TestWordsAreCompleted(t *testing.T) {
	k := newBench(t)
	for _, running := range []bool{false, true} {
		if running {
			k.runs()
			k.do("up", ExitOK)
		}
		for _, verb := range []string{"up", "down", "restart", "list", "status", "ports", "wait", "run"} {
			k.out.Reset()
			code := execute(t.Context(), k.d, []string{"__complete", verb, ""})
			if got := k.out.String(); code != ExitOK || !strings.Contains(got, "dev\tprofile\n") || !strings.Contains(got, "web\tsvc/web:80 in Shop, dev\n") {
				t.Errorf("%s: exit status %d, %q", verb, code, got)
			}
			if got := k.out.String(); strings.Contains(got, "mine\t") != running {
				t.Errorf("%s: got %q while one runs: %v", verb, got, running)
			}
		}
	}
	k.out.Reset()
	execute(t.Context(), k.d, []string{"__complete", "wait", "--for", ""})
	if got := k.out.String(); !strings.HasPrefix(got, "ready\nstopped\n") {
		t.Errorf("of what is waited for there is %q", got)
	}
	k.out.Reset()
	execute(t.Context(), k.d, []string{"__complete", "up", "dev", "w"})
	if got := k.out.String(); strings.Contains(got, "dev\t") || !strings.HasPrefix(got, "web\t") {
		t.Errorf("of a second word there is %q", got)
	}
}

// TestOneThatCannotBeTalkedTo: what the control socket says of another version, or of
// another user, comes through, and nothing is started beside it.
func TestOneThatCannotBeTalkedTo(t *testing.T) {
	k := newBench(t)
	k.d.Find = func(context.Context) (*Running, error) {
		return nil, &tunnels.Error{Err: errors.New("another Culvert does not understand this one"), Hint: "End process 7."}
	}
	for _, line := range []string{"up web", "up web --detach", "down web", "restart web", "list", "status", "ports", "wait web", "run web -- true"} {
		k.do(line, ExitError, "does not understand this one", "End process 7.")
	}
	k.d.Find = func(context.Context) (*Running, error) { return nil, fmt.Errorf("%w: it is leaving", control.ErrGone) }
	k.do("down web", ExitError, "the Culvert that kept the tunnels has ended")
}

// TestUpOfWhatCannotRun: without --wait, too, nobody is told that something is forwarded.
func TestUpOfWhatCannotRun(t *testing.T) {
	k := newBench(t)
	k.runs()
	text := "version: 1\ntunnels: [{name: lost, context: nosuch, target: svc/web, namespace: shop, ports: ':80'}]\n"
	if err := os.WriteFile("lost.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k.do("up lost.yaml --yes", ExitError, "Listening on 127.0.0.1:", "(lost, needs you)", "no tunnel can run", "nosuch")
	if strings.Contains(k.out.String(), "Forwarding") {
		t.Errorf("it prints %s", &k.out)
	}
}
