package hostile

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/e2e/real"
	"culvert/kube/kubetest"
)

// What each trial has to keep to.
const (
	mostMemory = 150 << 10        // KiB, of a process with all of a group's trials
	patience   = 90 * time.Second // until the user is told, on a busy machine
	watched    = 8 * time.Second  // how long attempts are counted at least
	perSecond  = 4                // attempts in a second, in the long run
	atFirst    = 24               // and so many more
)

var (
	document = flag.String("document", "", "the `file` to write what has come out to; each trial has a process of its own then")
	alone    = flag.Bool("alone", false, "run each trial in a process of its own")
)

// program is the path of the program under test.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil { // they wait most of the time
		panic(err)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hostile")
	if err == nil {
		defer os.RemoveAll(dir)
		var module string
		if module, err = filepath.Abs("../.."); err == nil {
			program = filepath.Join(dir, "kubectl-culvert")
			err = real.GoBuild(module, program, "-tags", "nogui", "-ldflags", "-s -w", ".")
		}
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "e2e: build culvert: %v\n", err)
		return 1
	}
	return m.Run()
}

// apart tells whether each trial has a process of its own.
func apart() bool { return *document != "" || *alone }

// TestHostileServers: what a server does ends in words for the user, in time, in
// bounded memory, and disturbs nobody else.
func TestHostileServers(t *testing.T) {
	all := groups(t)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	var out results
	t.Run("all", func(t *testing.T) {
		for _, name := range names {
			if !apart() {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					together(t, all[name], &out)
				})
				continue
			}
			for _, tr := range all[name] {
				t.Run(tr.name, func(t *testing.T) {
					t.Parallel()
					together(t, []trial{tr}, &out)
				})
			}
		}
		tryVerbs(t, &out)
	})
	out.log(t)
	if *document != "" && !t.Failed() {
		out.write(t, *document, names, all)
	}
}

// together runs trials in one process, beside a tunnel to an honest cluster.
func together(t *testing.T, trials []trial, out *results) {
	good := newAuthority(t)
	trap := newTrap(t, good)
	honest, err := kubetest.New(kubetest.Options{Pods: []kubetest.Pod{{Name: "echo"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(honest.Close)
	servers := make([]*server, len(trials))
	for i, tr := range trials {
		servers[i] = newServer(t, good, trap, tr.name, tr.script)
	}
	p := newPerson(t, kubeconfig(t, good, honest, trials, servers))
	p.write(t, "tunnels.yaml", tunnelsFile(trials))
	r := p.up(t)
	until := time.Now().Add(patience)
	healthy, err := r.address("healthy", until)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.await("healthy", until, func(l told) bool { return l.State == "ready" }); err != nil {
		t.Fatal(err)
	}
	probe := newProbe(t, healthy)
	var wg sync.WaitGroup
	for i, tr := range trials {
		if tr.client {
			wg.Go(func() { pester(t, r, tr.name, until) })
		}
		wg.Go(func() { out.add(judge(t, r, tr, servers[i], until)) })
	}
	wg.Wait()
	if left := watched - time.Since(r.began); left > 0 {
		time.Sleep(left) // attempts are counted over some time
	}
	took := time.Since(r.began)
	for i, tr := range trials {
		if n := servers[i].conns.Load(); n > atFirst+int64(took.Seconds()*perSecond) {
			t.Errorf("%s: %d connections in %v", tr.name, n, took)
		}
	}
	memory, err := peak(r.cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	worked, err := busy(r.cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if memory > mostMemory {
		t.Errorf("culvert has had %d KiB of memory", memory)
	}
	if n := trap.came.Load(); n > 0 {
		t.Errorf("culvert has followed %d redirects", n)
	}
	probe.stop(t)
	stopped, err := r.end()
	if err != nil {
		t.Error(err)
	}
	for _, s := range servers {
		if strings.Contains(r.errors.String(), s.secret) {
			t.Errorf("a secret is in what culvert prints")
		}
	}
	out.group(t, trials, memory, worked, took, stopped, probe)
}

// judge waits for what the user is to be told.
func judge(t *testing.T, r *running, tr trial, s *server, until time.Time) result {
	res := result{trial: tr}
	l, at, err := r.await(tr.name, until, func(l told) bool {
		if tr.goes {
			return l.State == "ready"
		}
		return strings.Contains(l.Error+l.Warning, tr.tells) && l.State != "starting"
	})
	if err != nil {
		t.Errorf("%s: %v", tr.name, err)
		return res
	}
	if strings.Contains(l.Error+l.Warning+l.Hint+l.Reason, s.secret) {
		t.Errorf("%s: a secret is in %q", tr.name, l.Error)
	}
	res.told, res.after = l, at
	return res
}

// pester is a client of a tunnel that writes a little and does not read.
func pester(t *testing.T, r *running, tunnel string, until time.Time) {
	address, err := r.address(tunnel, until)
	if err != nil {
		t.Errorf("%s: %v", tunnel, err)
		return
	}
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		t.Errorf("%s: %v", tunnel, err)
		return
	}
	t.Cleanup(func() { conn.Close() })
	_, _ = io.WriteString(conn, "hello")
}

func kubeconfig(t *testing.T, a *authority, honest *kubetest.Server, trials []trial, servers []*server) []byte {
	t.Helper()
	var k map[string]any
	if err := json.Unmarshal(honest.Kubeconfig(), &k); err != nil {
		t.Fatal(err)
	}
	add := func(list, name, kind string, value map[string]any) {
		k[list] = append(k[list].([]any), map[string]any{"name": name, kind: value})
	}
	cert, key := a.pair(t)
	for i, tr := range trials {
		add("clusters", tr.name, "cluster", map[string]any{"server": "https://" + servers[i].addr, "certificate-authority-data": a.pem})
		user := map[string]any{"token": servers[i].secret}
		if strings.HasPrefix(tr.name, "redirect") {
			user["client-certificate-data"], user["client-key-data"] = cert, key
		}
		add("users", tr.name, "user", user)
		add("contexts", tr.name, "context", map[string]any{"cluster": tr.name, "user": tr.name, "namespace": "default"})
	}
	out, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tunnelsFile(trials []trial) []byte {
	var b strings.Builder
	b.WriteString("version: 1\ntunnels:\n- {name: healthy, context: demo, namespace: default, target: pod/echo, ports: [':9001']}\n")
	for _, tr := range trials {
		fmt.Fprintf(&b, "- {name: %s, context: %[1]s, namespace: default, target: %q, ports: [':80']", tr.name, cmp.Or(tr.target, "pod/web"))
		if tr.via != "" {
			fmt.Fprintf(&b, ", via: %s", tr.via)
		}
		b.WriteString("}\n")
	}
	return []byte(b.String())
}

// groups are the trials that share a process.
func groups(t *testing.T) map[string][]trial {
	sc := scene{newAuthority(t)}
	return map[string][]trial{
		"SPDY":      spdyTrials(),
		"WebSocket": webSocketTrials(),
		"answers":   answerTrials(),
		"lists":     listTrials(),
		"watches":   watchTrials(),
		"TLS":       sc.tlsTrials(t),
		"HTTP/2":    h2Trials(),
		"redirects": redirectTrials(),
	}
}
