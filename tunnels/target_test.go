package tunnels

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	tests := []struct{ in, want, err string }{
		{in: "web-1", want: "pod/web-1"},
		{in: "pod/web-1", want: "pod/web-1"},
		{in: "pods/web.x", want: "pod/web.x"},
		{in: "PO/web", want: "pod/web"},
		{in: "svc/web", want: "svc/web"},
		{in: "service/web", want: "svc/web"},
		{in: "Services/web", want: "svc/web"},
		{in: "deploy/api", want: "deploy/api"},
		{in: "deployment/api", want: "deploy/api"},
		{in: "deployments.apps/api", want: "deploy/api"},
		{in: "deployment.v1.apps/api", want: "deploy/api"},
		{in: "statefulset/db", want: "sts/db"},
		{in: "daemonsets/log", want: "ds/log"},
		{in: "replicaset/web-7d9f", want: "rs/web-7d9f"},
		{in: "replicationcontroller/old", want: "rc/old"},
		{in: "jobs/backup", want: "job/backup"},
		{in: "job.batch/backup", want: "job/backup"},
		{in: "cj/nightly", want: "cronjob/nightly"},
		{in: "deploymentconfig/shop", want: "dc/shop"},
		{in: "dc.apps.openshift.io/shop", want: "dc/shop"},
		{in: "selector/app=web,tier in (a,b)", want: "selector/app=web,tier in (a,b)"},
		{in: "selector/example.com/app=web", want: "selector/example.com/app=web"},
		{in: "deploy.batch/api", err: "kind that cannot be forwarded to"},
		{in: "svc./web", err: "kind that cannot be forwarded to"},
		{in: "svc.apps/web", err: "kind that cannot be forwarded to"},
		{in: "node/n1", err: "kind that cannot be forwarded to: use pod, svc"},
		{in: "/x", err: "kind that cannot be forwarded to"},
		{in: "pod/", err: "name is missing"},
		{in: "svc/", err: "write svc/NAME"},
		{in: "", err: "name is missing"},
		{in: "selector/", err: "selector is empty"},
		{in: "selector/ , ", err: "selector is empty"},
		{in: "selector/app=w\x00b", err: "not a selector"},
		{in: "selector/" + strings.Repeat("a", 5000), err: "at most 4096"},
		{in: "pod/a/b", err: "not a name in Kubernetes"},
		{in: "Web", err: "not a name in Kubernetes"},
		{in: "web\n", err: "not a name in Kubernetes"},
		{in: "-web", err: "begins or ends with"},
		{in: "pod/..", err: "begins or ends with"},
		{in: strings.Repeat("a", 254), err: "at most 253"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			target, err := ParseTarget(tt.in)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got %v, want an error with %q", err, tt.err)
				}
				return
			}
			if err != nil || target.String() != tt.want {
				t.Fatalf("got %v, %v; want %s", target, err, tt.want)
			}
		})
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"web", "svc/web", "deployments.v1.apps/x", "selector/a=b", "/", "a/b/c", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target, err := ParseTarget(s)
		if err != nil {
			return
		}
		if again, err := ParseTarget(target.String()); err != nil || again != target {
			t.Fatalf("%q: %v reads back as %v, %v", s, target, again, err)
		}
	})
}

func TestParsePolicy(t *testing.T) {
	for in, want := range map[string]Policy{
		"sticky": PolicySticky, "": PolicySticky, "newest": PolicyNewest, "Round-Robin": PolicyRoundRobin,
		"ordinal": PolicyOrdinal, "ordinal=0": OrdinalPolicy(0), "ordinal=12": OrdinalPolicy(12),
		"ordinal=": "-", "ordinal=01": "-", "ordinal=x": "-", "ordinal=-1": "-", "best": "-",
	} {
		p, err := ParsePolicy(in)
		if bad := want == "-"; bad != (err != nil) || !bad && p != want {
			t.Errorf("%q is %q, %v", in, p, err)
		}
		if again, err2 := ParsePolicy(p.String()); err == nil && (err2 != nil || again != p) {
			t.Errorf("%q reads back as %q, %v", p, again, err2)
		}
	}
}
