package cli

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
)

// team is a namespace with something of most kinds, and users of all sorts.
func team() kubetest.Options {
	web := kubetest.Pod{
		Labels: map[string]string{"app": "web"}, Workload: kubetest.Idle,
		Ports: []kubetest.Port{{Name: "http", Number: 8080}, {Name: "dns", Number: 53, Protocol: "UDP"}},
	}
	only := func(resources ...string) []kubetest.Rule {
		return []kubetest.Rule{{Verbs: []string{"get", "list", "watch"}, Resources: resources, Namespaces: []string{"team"}}}
	}
	return kubetest.Options{
		Contexts: []kubetest.Context{
			{Name: "admin", User: "admin", Namespace: "team"},
			{Name: "pods", User: "pods", Namespace: "team"},
			{Name: "guest", User: "guest", Namespace: "team"},
		},
		Users:      []kubetest.User{{Name: "pods", Allow: only("pods")}, {Name: "guest", Allow: []kubetest.Rule{}}},
		Namespaces: []string{"empty"},
		Objects: []kubetest.Object{
			kubetest.Service{Namespace: "team", Name: "web", Selector: map[string]string{"app": "web"}, Ports: []kubetest.ServicePort{
				{Name: "http", Port: 80, Target: "http"}, {Port: 81, Target: "8081"}, {Port: 8080},
			}},
			kubetest.Service{Namespace: "team", Name: "all", ClusterIP: "None", Selector: map[string]string{"app": "web"}},
			kubetest.Service{Namespace: "team", Name: "mail", ExternalName: "mail.example.net"},
			kubetest.Deployment{Namespace: "team", Name: "web", Replicas: 2, Template: web, Each: func(n int, p *kubetest.Pod) {
				p.Name, p.NotReady = []string{"web-a", "web-b"}[n], n == 1
			}},
			kubetest.CronJob{Namespace: "team", Name: "nightly", Suspend: true, Job: kubetest.Job{Template: web}},
		},
	}
}

// all returns all lines of stdout once the program has ended.
func (c *command) all() []string {
	c.t.Helper()
	var out []string
	for {
		select {
		case l, ok := <-c.lines:
			if !ok {
				return out
			}
			out = append(out, l)
		case <-time.After(20 * time.Second):
			c.t.Fatalf("it does not end; stdout: %q", out)
		}
	}
}

func TestTargets(t *testing.T) {
	s, config := cluster(t, team())
	down, downConfig := cluster(t, podsrv())
	down.Down()
	const header = "TARGET READY STATUS RESTARTS AGE PORTS"
	const podLines = "pod/web-a 1/1 Running 0 AGE 8080(http),53(dns)/UDP|pod/web-b 0/1 Running 0 AGE 8080(http),53(dns)/UDP"
	const all = header +
		"|svc/all - headless - AGE -|svc/web - ClusterIP - AGE 80(http)->http,81->8081,8080" +
		"|deploy/web 1/2 - - AGE 8080(http),53(dns)/UDP|cronjob/nightly 0/0 suspended - AGE 8080(http),53(dns)/UDP|" + podLines
	tests := []struct {
		name string
		args string
		code int
		out  string // lines with single spaces, separated by |
		says []string
	}{
		{"everything", "targets", ExitOK, all, nil},
		{"by namespace", "targets -n team --context pods pod", ExitOK, header + "|" + podLines, nil},
		{"two kinds", "targets services cj svc", ExitOK, strings.Join([]string{
			header, "svc/all - headless - AGE -", "svc/web - ClusterIP - AGE 80(http)->http,81->8081,8080",
			"cronjob/nightly 0/0 suspended - AGE 8080(http),53(dns)/UDP",
		}, "|"), nil},
		{"few rights", "targets --context pods", ExitOK, header + "|" + podLines, []string{
			"the user of context pods may not list svc, deploy, sts, ds, rs, rc, job and cronjob in namespace team\n", "svc/web",
		}},
		{"no rights", "targets --context guest", ExitError, "", []string{
			"the user of context guest may not list pod, svc, deploy, sts, ds, rs, rc, job and cronjob in namespace team\n", "Ask whoever",
		}},
		{"no right to a kind", "targets --context pods svc", ExitError, "", []string{"may not list svc in namespace team"}},
		{"nothing there", "targets -n empty", ExitOK, "", []string{"There is nothing to forward in namespace empty."}},
		{"nothing of a kind that only others have", "targets dc", ExitOK, "", []string{"There is nothing to forward"}},
		{"no such namespace", "targets -n tea", ExitError, "", []string{"namespace tea: it does not exist", "Did you mean team?"}},
		{"no such context", "targets --context nowhere", ExitError, "", []string{"nowhere"}},
		{"unreachable", "targets --kubeconfig " + downConfig, ExitError, "", []string{"refused"}},
		{"bad namespace", "targets -n a/b", ExitUsage, "", []string{"a/b", "culvert targets --help"}},
		{"bad kind", "targets nodes", ExitUsage, "", []string{"nodes", "svc"}},
		{"no kind of object", "targets selector", ExitUsage, "", []string{"selector"}},
		{"bad output", "targets -o yaml", ExitUsage, "", []string{"yaml"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := strings.Fields(tt.args)
			if !strings.Contains(tt.args, "--kubeconfig") {
				args = append(args, "--kubeconfig", config)
			}
			c := run(t, args...)
			if got := strings.Join(squeezed(c.all()), "|"); got != tt.out {
				t.Errorf("stdout is\n%s\nnot\n%s", strings.ReplaceAll(got, "|", "\n"), strings.ReplaceAll(tt.out, "|", "\n"))
			}
			if code := c.exit(); code != tt.code {
				t.Errorf("exit status %d, not %d", code, tt.code)
			}
			for _, s := range tt.says {
				if !strings.Contains(c.errors(), s) {
					t.Errorf("stderr is %q, which lacks %q", c.errors(), s)
				}
			}
			if len(tt.says) == 0 && c.errors() != "" {
				t.Errorf("stderr is %q", c.errors())
			}
		})
	}
	t.Run("a busy server", func(t *testing.T) {
		s.SetAnswer(kubetest.Answer{Verb: "list", Resource: "deployments", Code: 503, RetryAfter: time.Second, Times: 1})
		c := run(t, "targets", "--kubeconfig", config)
		if got := strings.Join(squeezed(c.all()), "|"); got != all || c.errors() != "" {
			t.Errorf("stdout is %s, stderr %s", got, c.errors())
		}
	})
}

var ages = regexp.MustCompile(`^\d+[smhd]$`)

// squeezed returns lines with single spaces, and one word for all ages.
func squeezed(lines []string) []string {
	var out []string
	for _, l := range lines {
		words := strings.Fields(l)
		for i, w := range words {
			if ages.MatchString(w) {
				words[i] = "AGE"
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

// TestTargetsCanBeForwarded: forward takes the first column as it is.
func TestTargetsCanBeForwarded(t *testing.T) {
	_, config := cluster(t, team())
	c := run(t, "targets", "--kubeconfig", config)
	for _, l := range c.all()[1:] {
		name := strings.Fields(l)[0]
		target, err := tunnels.ParseTarget(name)
		if err != nil || target.String() != name || kube.CheckTarget(target) != nil {
			t.Errorf("%s is %v, %v", name, target, err)
		}
	}
}

func TestTargetsJSON(t *testing.T) {
	_, config := cluster(t, team())
	c := run(t, "targets", "--kubeconfig", config, "-o", "json")
	text := strings.Join(c.all(), "\n")
	made := regexp.MustCompile(`"created": "20\d\d-[^"]*"`)
	if n := len(made.FindAllString(text, -1)); n != 6 {
		t.Errorf("%d targets instead of 6 say when they were made", n)
	}
	var got, want any
	if err := json.Unmarshal([]byte(made.ReplaceAllString(text, `"created": "then"`)), &got); err != nil {
		t.Fatal(err)
	}
	ports := `[{"port":8080,"name":"http","protocol":"TCP","container":"web"},{"port":53,"name":"dns","protocol":"UDP","container":"web"}]`
	nightly := strings.ReplaceAll(ports, `"container":"web"`, `"container":"nightly"`)
	err := json.Unmarshal([]byte(`{
		"context": "admin", "namespace": "team", "missing": [],
		"services": [
			{"target":"svc/all","name":"all","created":"then","type":"ClusterIP","headless":true,"selector":"app=web","ports":[]},
			{"target":"svc/web","name":"web","created":"then","type":"ClusterIP","headless":false,"selector":"app=web","ports":[
				{"port":80,"name":"http","protocol":"TCP","target":"http"},
				{"port":81,"name":"","protocol":"TCP","target":8081},
				{"port":8080,"name":"","protocol":"TCP","target":8080}]}],
		"workloads": [
			{"target":"deploy/web","name":"web","created":"then","kind":"deploy","ready":1,"wanted":2,"status":"1/2","ports":`+ports+`},
			{"target":"cronjob/nightly","name":"nightly","created":"then","kind":"cronjob","ready":0,"wanted":0,"status":"suspended","ports":`+nightly+`}],
		"pods": [
			{"target":"pod/web-a","name":"web-a","created":"then","status":"Running","ready":true,"readyContainers":1,"containers":1,"restarts":0,"node":"node-1","ports":`+ports+`},
			{"target":"pod/web-b","name":"web-b","created":"then","status":"Running","ready":false,"readyContainers":0,"containers":1,"restarts":0,"node":"node-1","ports":`+ports+`}]
	}`), &want)
	if err != nil {
		t.Fatal(err)
	}
	if g, w := indented(t, got), indented(t, want); g != w {
		t.Errorf("the document is\n%s\nnot\n%s", g, w)
	}

	c = run(t, "targets", "--kubeconfig", config, "-o", "json", "--context", "pods", "svc", "pod")
	var doc targetsJSON
	if err := json.Unmarshal([]byte(strings.Join(c.all(), "\n")), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Missing) != 1 || doc.Missing[0].Kind != "svc" || doc.Missing[0].Hint == "" || len(doc.Pods) != 2 || doc.Services == nil || doc.Workloads == nil {
		t.Errorf("the document is %+v", doc)
	}
}

func indented(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNamespaces(t *testing.T) {
	_, config := cluster(t, team())
	down, downConfig := cluster(t, podsrv())
	down.Down()
	o := team()
	o.OpenShift = true
	o.Users[1].Allow = []kubetest.Rule{{Verbs: []string{"get"}, Resources: []string{"projects"}, Names: []string{"team"}}}
	_, openShift := cluster(t, o)
	const header = "NAMESPACE STATUS AGE SOURCE|"
	tests := []struct {
		name, args, config string
		code               int
		out                string
		says               []string
	}{
		{"all", "namespaces", config, ExitOK, header + "default Active AGE listed|empty Active AGE listed|team Active AGE listed", nil},
		{"no right", "namespaces --context guest", config, ExitOK, header + "team - - own", []string{"user guest may not list namespaces", "type the namespace's name"}},
		{"projects", "namespaces --context guest", openShift, ExitOK, header + "team Active AGE project", nil},
		{"unreachable", "namespaces", downConfig, ExitError, "", []string{"refused"}},
		{"bad output", "namespaces -o yaml", config, ExitUsage, "", []string{"yaml"}},
		{"arguments", "namespaces team", config, ExitUsage, "", []string{"team"}},
		{
			"JSON", "namespaces --context guest -o json", config, ExitOK,
			`{|"context": "guest",|"namespaces": [|{|"name": "team",|"source": "own",|"terminating": false|}|],|` +
				`"error": "list namespaces: user guest may not list namespaces",|` +
				`"hint": "Ask whoever runs the cluster for the right to list namespaces. Until then type the namespace's name."|}`,
			[]string{"may not list namespaces"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := run(t, append(strings.Fields(tt.args), "--kubeconfig", tt.config)...)
			if got := strings.Join(squeezed(c.all()), "|"); got != tt.out {
				t.Errorf("stdout is\n%s\nnot\n%s", got, tt.out)
			}
			if code := c.exit(); code != tt.code {
				t.Errorf("exit status %d, not %d", code, tt.code)
			}
			for _, s := range tt.says {
				if !strings.Contains(c.errors(), s) {
					t.Errorf("stderr is %q, which lacks %q", c.errors(), s)
				}
			}
			if len(tt.says) == 0 && c.errors() != "" {
				t.Errorf("stderr is %q", c.errors())
			}
		})
	}
}

func TestListsEnd(t *testing.T) {
	items := []kube.Pod{{Name: "a"}}
	away := &tunnels.Error{Err: errors.New("away"), Cause: tunnels.CauseUnreachable}
	later := &tunnels.Error{Err: errors.New("busy"), RetryAfter: time.Second}
	part := kube.Listing[kube.Pod]{Items: items}
	whole := kube.Listing[kube.Pod]{Items: append(items, items...), Complete: true}
	tests := []struct {
		name string
		told []kube.Listing[kube.Pod]
		want int
		err  string
	}{
		{"whole", []kube.Listing[kube.Pod]{part, whole, part}, 2, ""},
		{"no answer", nil, 0, "list pods: the cluster did not give a whole answer in time"},
		{"a part", []kube.Listing[kube.Pod]{part}, 1, "list pods: the cluster did not give a whole answer in time"},
		{"an error", []kube.Listing[kube.Pod]{{Complete: true, Err: away}, whole}, 0, "away"},
		{"an error that will pass", []kube.Listing[kube.Pod]{{Complete: true, Err: later}, whole}, 2, ""},
		{"a kind that will come", []kube.Listing[kube.Pod]{{Complete: true, Missing: []kube.Missing{{Err: later}}}, whole}, 2, ""},
		{"an error that does not", []kube.Listing[kube.Pod]{{Complete: true, Err: later}}, 0, "busy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l := listed(ctx, "pods", func(_ context.Context, fn func(kube.Listing[kube.Pod])) {
				for _, told := range tt.told {
					fn(told)
				}
			})
			if len(l.Items) != tt.want || (l.Err == nil) != (tt.err == "") || l.Err != nil && l.Err.Error() != tt.err {
				t.Errorf("%d items, %v", len(l.Items), l.Err)
			}
		})
	}
}

func TestTargetsAreCancelled(t *testing.T) {
	s, config := cluster(t, podsrv())
	s.Freeze()
	t.Cleanup(s.Thaw)
	c := run(t, "targets", "--kubeconfig", config)
	c.cancel()
	if code := c.exit(); code != ExitOK || c.errors() != "" || len(c.all()) > 0 {
		t.Errorf("exit status %d, %s", code, c.errors())
	}
}
