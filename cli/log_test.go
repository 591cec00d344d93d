package cli

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"culvert/kube/kubetest"
	"culvert/tunnels"
)

func TestVerbosity(t *testing.T) {
	for args, want := range map[string]slog.Level{
		"": silent, "-v": slog.LevelInfo, "-v=1": slog.LevelInfo, "-v2": slog.LevelDebug, "-v=9": slog.LevelDebug, "--verbose": slog.LevelInfo,
		"--v=2": slog.LevelDebug, "--loglevel=4": slog.LevelDebug, "-v=false": silent, "-v=0": silent,
	} {
		t.Run(args, func(t *testing.T) {
			root := newRoot(Deps{Out: io.Discard, Err: io.Discard, Version: "1"})
			root.SetArgs(asOurs(root, append(strings.Fields(args), "version")))
			if err := root.Execute(); err != nil {
				t.Fatal(err)
			}
			if got := root.PersistentFlags().Lookup("verbose").Value.(*verbosity).Level(); got != want {
				t.Errorf("the level is %v, want %v", got, want)
			}
		})
	}
}

func TestLogEvent(t *testing.T) {
	addr, http := netip.MustParseAddrPort("127.0.0.1:8080"), tunnels.Mapping{Local: 8080, Remote: tunnels.Port{Name: "http"}}
	wrong := &tunnels.Error{Op: "dial", Err: errors.New("no way"), Raw: "the original words"}
	for want, e := range map[string]tunnels.Event{
		`INFO msg="tunnel is ready" tunnel=web pod=web-1`:                                             {Kind: tunnels.EventState, State: tunnels.Ready, Pod: "web-1"},
		`WARN msg="tunnel needs the user" tunnel=web reason="sign in" error="dial: no way"`:           {Kind: tunnels.EventState, State: tunnels.NeedsUser, Reason: "sign in", Err: wrong},
		`INFO msg=listening tunnel=web address=127.0.0.1:8080 remote=http`:                            {Kind: tunnels.EventBound, Addr: addr, Mapping: http},
		`WARN msg="cannot listen" tunnel=web address=127.0.0.1:8080 remote=http error="dial: no way"`: {Kind: tunnels.EventUnbound, Addr: addr, Mapping: http, Err: wrong},
		`DEBUG msg=connection tunnel=web address=127.0.0.1:8080 remote=http`:                          {Kind: tunnels.EventConn, Addr: addr, Mapping: http},
		`INFO msg="connection failed" tunnel=web remote=http error="dial: no way"`:                    {Kind: tunnels.EventFailed, Mapping: http, Err: wrong},
		`INFO msg="session is ready" tunnel=web transport=SPDY took=20ms pod=web-1`:                   {Kind: tunnels.EventSession, Pod: "web-1", Transport: "SPDY", Took: 20 * time.Millisecond},
		`WARN msg="session has ended" tunnel=web pod=web-1 error="dial: no way"`:                      {Kind: tunnels.EventLost, Pod: "web-1", Err: wrong},
		`WARN msg=warning tunnel=web text="It listens for all."`:                                      {Kind: tunnels.EventWarning, Warning: "It listens for all."},
	} {
		var out bytes.Buffer
		l := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		e.Tunnel = "t"
		eventLog(l, func(id tunnels.ID) string { return map[tunnels.ID]string{"t": "web"}[id] })(e)
		if got := strings.TrimSpace(out.String()); !strings.HasSuffix(got, "level="+want) {
			t.Errorf("logged is %s\nwant %s", got, want)
		}
	}
}

// TestForwardLogs: what forward does is in the file, and nothing secret; the same on stderr
// with -v.
func TestForwardLogs(t *testing.T) {
	s, config := cluster(t, podsrv())
	path := filepath.Join(t.TempDir(), "state", "culvert.log")
	token := strings.Fields(strings.SplitAfter(string(s.Kubeconfig()), `"token": "`)[1])[0]
	token = strings.Trim(token, `",`)
	var errs bytes.Buffer
	c := beginWith(t, Deps{Version: "1.2", LogFile: path}, "forward", "-v=2", "--kubeconfig", config, "--token", token, "podsrv", ":9006")
	get(t, c.addr())
	s.RevokeToken("admin")
	s.DropSessions()
	c.until("sign in")
	c.cancel()
	c.exit()
	errs.WriteString(c.errors())
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"the file": string(data), "stderr": errs.String()} {
		for _, want := range []string{"verb=forward version=1.2", `msg="tunnel is ready"`, "msg=listening", "sign-in"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", what, want, text)
			}
		}
		if asked := strings.Contains(text, "msg=request") && strings.Contains(text, "path=/api/v1/namespaces/default/pods"); asked != (what == "stderr") {
			t.Errorf("%s tells of requests: %v", what, asked)
		}
		if strings.Contains(text, token) {
			t.Errorf("%s has the token", what)
		}
	}
}

// TestLogTellsNoSecrets: also those that an error lets slip.
func TestLogTellsNoSecrets(t *testing.T) {
	var errs bytes.Buffer
	path := filepath.Join(t.TempDir(), "culvert.log")
	v := newVerbosity()
	v.set(2)
	d := Deps{Err: &errs, LogFile: path}.withLog(v)
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
	d.Log.Warn("Authorization: Bearer "+jwt, "error", errors.New("https://joe:hidden-pass@host refuses "+jwt), "text", "token="+jwt)
	d.Log.With("with", "password: 'hidden-pass'").Error("again")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(data), errs.String()} {
		if strings.Contains(text, jwt) || strings.Contains(text, "hidden-pass") || strings.Count(text, "[removed]") < 4 {
			t.Errorf("logged is\n%s", text)
		}
	}
}

// TestLogOfOneFailure: a client that tries again and again fills no file.
func TestLogOfOneFailure(t *testing.T) {
	var out bytes.Buffer
	log := eventLog(slog.New(slog.NewTextHandler(&out, nil)), func(id tunnels.ID) string { return string(id) })
	refused, reset := &tunnels.Error{Err: errors.New("refused")}, &tunnels.Error{Err: errors.New("reset")}
	for _, e := range []tunnels.Event{
		{Tunnel: "a", Kind: tunnels.EventFailed, Err: refused},
		{Tunnel: "a", Kind: tunnels.EventConn},
		{Tunnel: "a", Kind: tunnels.EventFailed, Err: refused},
		{Tunnel: "b", Kind: tunnels.EventFailed, Err: refused},
		{Tunnel: "a", Kind: tunnels.EventFailed, Err: refused},
		{Tunnel: "a", Kind: tunnels.EventFailed, Err: reset},
		{Tunnel: "a", Kind: tunnels.EventSession},
		{Tunnel: "a", Kind: tunnels.EventFailed, Err: reset},
	} {
		log(e)
	}
	if got := strings.Count(out.String(), "connection failed"); got != 4 {
		t.Errorf("%d failures are logged, want 4:\n%s", got, &out)
	}
}

// TestLogDisturbsNobody: a log that cannot be written is told of once.
func TestLogDisturbsNobody(t *testing.T) {
	_, config := cluster(t, kubetest.Options{Pods: podsrv().Pods})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := beginWith(t, Deps{LogFile: filepath.Join(file, "culvert.log")}, "forward", "--kubeconfig", config, "podsrv", ":9006")
	if page := get(t, c.addr()); !strings.Contains(page, "podsrv") {
		t.Errorf("the page is %q", page)
	}
	c.cancel()
	if code := c.exit(); code != ExitOK || strings.Count(c.errors(), "cannot be written") != 1 {
		t.Errorf("exit status %d: %s", code, c.errors())
	}
}
