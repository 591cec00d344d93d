package hostile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"culvert/kube/kubetest"
)

// errand is a verb of the command line that asks a hostile server.
type errand struct {
	name  string
	does  string
	calls []string // CONTEXT and SERVER stand for the server's
	input string
	act   func(*call)
	tells string
	or    string // what else may be told, on a machine that has no time; empty for nothing
	slow  bool
	heavy bool // it takes the machine for long: only where each trial is alone
}

func everywhere(start string, more func(i int) string) func(*call) {
	return func(c *call) { c.endless(start, more) }
}

// signIn answers what the sign-in with a password asks for first, and then acts.
func signIn(act func(*call)) func(*call) {
	return func(c *call) {
		if strings.HasSuffix(c.r.URL.Path, "/.well-known/oauth-authorization-server") {
			c.answer(http.StatusOK, fmt.Sprintf(`{"issuer":%q,"authorization_endpoint":%[1]q}`, "https://"+c.s.addr+"/oauth/authorize"))
			return
		}
		act(c)
	}
}

// challenged asks for the password, and acts once it has come.
func challenged(act func(*call)) func(*call) {
	return signIn(func(c *call) {
		if _, _, ok := c.r.BasicAuth(); ok {
			act(c)
			return
		}
		c.w.Header().Set("WWW-Authenticate", `Basic realm="hostile"`)
		c.w.WriteHeader(http.StatusUnauthorized)
	})
}

func errands() []errand {
	kib := strings.Repeat("x", 1024)
	targets := []string{"targets", "--context", "CONTEXT"}
	withToken := []string{"login", "--name", "x", "--server", "SERVER", "--certificate-authority", "ca.pem", "--token-stdin"}
	withPassword := []string{"login", "--name", "x", "--server", "SERVER", "--certificate-authority", "ca.pem", "-u", "joe"}
	doctor := []string{"doctor", "CONTEXT", "--timeout", "5s"}
	const late = "did not give a whole answer in time"
	const token = "sha256~0123456789012345678901234567890123456789012"
	return []errand{
		{name: "targets-endless", heavy: true, does: "a list without end of every kind", calls: targets, act: everywhere(listHead, pods), tells: "more", or: late},
		{name: "targets-fat", heavy: true, does: "a list without end, of every kind, of objects with 3,000 ports", calls: targets, act: everywhere(listHead, fats()), tells: "more", or: late},
		{name: "targets-object", does: "an object without end in every list", calls: targets, act: everywhere(listHead+`{"metadata":{"name":"`, always(kib)), tells: "an object of more than"},
		{name: "targets-gzip", does: "a packed object without end in every list", calls: targets, act: func(c *call) { zip(c, listHead+`{"metadata":{"name":"`, always(kib)) }, tells: "an object of more than"},
		{name: "targets-slow", slow: true, does: "a byte in a second of every list", calls: targets, act: func(c *call) { drip(c.s, c.w, listHead, ' ', c.flush) }, tells: "does not go on"},
		{name: "targets-redirect", does: "redirects every list to another server", calls: targets, act: leads(http.StatusTemporaryRedirect, away), tells: "redirects to"},
		{name: "namespaces-endless", does: "namespaces without end", calls: []string{"namespaces", "--context", "CONTEXT"}, act: everywhere(`{"metadata":{"resourceVersion":"1"},"items":[`, func(i int) string { return fmt.Sprintf(`{"metadata":{"name":"n-%d"}},`, i) }), tells: "more"},
		{name: "access-endless", does: "an answer without end to what one may do", calls: []string{"access", "pod/web", "--context", "CONTEXT"}, act: everywhere(`{"kind":"SelfSubjectAccessReview","status":{"reason":"`, always(kib)), tells: "an object of more than"},
		{name: "doctor-header", does: "header lines without end", calls: doctor, act: wire("HTTP/1.1 200 OK\r\n", always("X: "+kib+"\r\n")), tells: "headers that are too large"},
		{name: "doctor-slow", does: "a byte of the header in a second", calls: doctor, act: slowly("HTTP/1.1 200 OK\r\nX: ", 'x'), tells: "did not answer within 5s"},
		{name: "doctor-error", does: "an error page without end", calls: doctor, act: func(c *call) {
			c.w.WriteHeader(http.StatusInternalServerError)
			pour(c.w, "", always(kib))
		}, tells: "an error of its own"},
		{name: "login-endless", does: "an answer without end to whose a token is", calls: withToken, input: token, act: everywhere(`{"metadata":{"name":"`, always(kib)), tells: "more than a megabyte"},
		{name: "login-redirect", does: "redirects who signs in with a token", calls: withToken, input: token, act: leads(http.StatusTemporaryRedirect, away), tells: "page for browsers"},
		{name: "login-discovery", does: "a discovery document without end", calls: withPassword, input: "secret-password", act: everywhere(`{"issuer":"`, always(kib)), tells: "more than a megabyte"},
		{name: "login-elsewhere", does: "asks for the password, and then redirects to another server", calls: withPassword, input: "secret-password", act: challenged(leads(http.StatusFound, away)), tells: "page in the browser"},
		{name: "login-plain", does: "names a place without TLS to sign in at", calls: withPassword, input: "secret-password", act: func(c *call) {
			c.answer(http.StatusOK, fmt.Sprintf(`{"authorization_endpoint":%q}`, c.s.trap.plain))
		}, tells: "no https address"},
		{name: "login-circle", does: "redirects within itself for ever", calls: withPassword, input: "secret-password", act: challenged(func(c *call) {
			c.w.Header().Set("Location", "https://"+c.s.addr+"/oauth/authorize?again="+fmt.Sprint(c.s.requests.Load()))
			c.w.WriteHeader(http.StatusFound)
		}), tells: "redirects without end"},
		{name: "login-token", does: "a token without end", calls: withPassword, input: "secret-password", act: challenged(wire("HTTP/1.1 302 Found\r\nLocation: /#access_token=", always(kib))), tells: "headers"},
	}
}

// tryVerbs: verbs that ask such a server once end with a sentence, in time and in
// bounded memory.
func tryVerbs(t *testing.T, out *results) {
	for _, e := range errands() {
		if e.heavy && !apart() {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.run(t, out)
		})
	}
}

func (e errand) run(t *testing.T, all *results) {
	good := newAuthority(t)
	trap := newTrap(t, good)
	honest, err := kubetest.New(kubetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(honest.Close)
	s := newServer(t, good, trap, e.name, script{all: e.act})
	p := newPerson(t, kubeconfig(t, good, honest, []trial{{name: e.name}}, []*server{s}))
	p.write(t, "ca.pem", good.pem)
	args := make([]string, len(e.calls))
	for i, arg := range e.calls {
		args[i] = strings.NewReplacer("CONTEXT", e.name, "SERVER", "https://"+s.addr).Replace(arg)
	}
	cmd := p.command(args...)
	cmd.Stdin = strings.NewReader(e.input)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	memory, err := waitFor(t.Context(), cmd)
	took := time.Since(began)
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
		t.Errorf("it ended after %v with %v", took, err)
	}
	text := out.String()
	tells := e.tells
	if e.or != "" && strings.Contains(text, e.or) {
		tells = e.or
	}
	if !strings.Contains(text, tells) {
		t.Errorf("it says %s", text)
	}
	for _, secret := range []string{s.secret, e.input} {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("a secret is in %s", text)
		}
	}
	if n := trap.came.Load(); n > 0 {
		t.Errorf("it has followed %d redirects", n)
	}
	if memory > mostMemory {
		t.Errorf("it has had %d KiB of memory", memory)
	}
	all.verb(e, said(text, tells), memory, took)
}

// waitFor waits for the end of a process that has been started, and returns the most
// memory that it has had, in KiB.
func waitFor(ctx context.Context, cmd *exec.Cmd) (memory int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // until the process has ended
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		if now, err := peak(cmd.Process.Pid); err == nil { // else it has ended already
			memory = max(memory, now)
		}
		select {
		case err := <-ended:
			return memory, err
		case <-ctx.Done():
			_ = cmd.Process.Kill()
			<-ended
			return memory, ctx.Err()
		case <-look.C:
		}
	}
}

// said is the line that tells.
func said(text, tells string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, tells) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
