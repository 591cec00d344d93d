package tunnels

import (
	"slices"
	"strings"
)

// Kind is the kind of object that a target names, in the form that is shown and
// stored.
type Kind string

// The kinds.
const (
	KindPod                   Kind = "pod"
	KindService               Kind = "svc"
	KindDeployment            Kind = "deploy"
	KindStatefulSet           Kind = "sts"
	KindDaemonSet             Kind = "ds"
	KindReplicaSet            Kind = "rs"
	KindReplicationController Kind = "rc"
	KindJob                   Kind = "job"
	KindCronJob               Kind = "cronjob"
	KindDeploymentConfig      Kind = "dc"       // OpenShift's
	KindSelector              Kind = "selector" // pods by their labels
)

// Kinds lists all kinds, in the order in which they are offered.
var Kinds = [...]Kind{
	KindPod, KindService, KindDeployment, KindStatefulSet, KindDaemonSet, KindReplicaSet,
	KindReplicationController, KindJob, KindCronJob, KindDeploymentConfig, KindSelector,
}

// kindNames are the words for a kind beside its own, as kubectl and oc take
// them: plural and singular, each also with its API group.
var kindNames = map[Kind]struct {
	words []string
	group string
}{
	KindPod:                   {[]string{"pods", "po"}, ""},
	KindService:               {[]string{"services", "service"}, ""},
	KindDeployment:            {[]string{"deployments", "deployment"}, "apps"},
	KindStatefulSet:           {[]string{"statefulsets", "statefulset"}, "apps"},
	KindDaemonSet:             {[]string{"daemonsets", "daemonset"}, "apps"},
	KindReplicaSet:            {[]string{"replicasets", "replicaset"}, "apps"},
	KindReplicationController: {[]string{"replicationcontrollers", "replicationcontroller"}, ""},
	KindJob:                   {[]string{"jobs"}, "batch"},
	KindCronJob:               {[]string{"cronjobs", "cj"}, "batch"},
	KindDeploymentConfig:      {[]string{"deploymentconfigs", "deploymentconfig"}, "apps.openshift.io"},
	KindSelector:              {nil, ""},
}

// ParseKind reads a kind as kubectl does: "svc", "service" and "services", in
// small or capital letters, also with the API group as in "deployments.apps" or
// "deployment.v1.apps".
func ParseKind(s string) (Kind, error) {
	word, group, grouped := strings.Cut(strings.ToLower(s), ".")
	if version, rest, ok := strings.Cut(group, "."); ok && isVersion(version) {
		group = rest
	}
	for _, k := range Kinds {
		names := kindNames[k]
		known := word == string(k) || slices.Contains(names.words, word)
		if known && (!grouped || names.group != "" && group == names.group) {
			return k, nil
		}
	}
	return "", invalid("target", "%q is of a kind that cannot be forwarded to: use %s", s, kindList())
}

// isVersion says whether s is a version of the API, as v1 or v1beta2.
func isVersion(s string) bool { return len(s) > 1 && s[0] == 'v' && s[1] >= '0' && s[1] <= '9' }

func kindList() string {
	words := make([]string, len(Kinds))
	for i, k := range Kinds {
		words[i] = string(k)
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// Target is what a tunnel leads to.
type Target struct {
	Context   string // kubeconfig context; empty means the current one
	Namespace string // empty means the context's own
	Kind      Kind
	Name      string // of a KindSelector the label selector, as "app=web,tier!=old"
}

// ParseTarget reads "svc/web", "deployment/api", "selector/app=web" and so on, see
// [ParseKind], or a bare pod name. Context and Namespace of the result are empty.
func ParseTarget(s string) (Target, error) {
	word, name, ok := strings.Cut(s, "/")
	if !ok {
		word, name = string(KindPod), s
	}
	kind, err := ParseKind(word)
	if err != nil {
		return Target{}, err
	}
	t := Target{Kind: kind, Name: name}
	return t, t.validate()
}

// String returns the target as ParseTarget reads it, without context and
// namespace.
func (t Target) String() string { return string(t.Kind) + "/" + t.Name }

func (t Target) validate() error {
	if !slices.Contains(Kinds[:], t.Kind) {
		return invalid("target", "kind %q cannot be forwarded to: use %s", t.Kind, kindList())
	}
	if t.Namespace != "" {
		if err := ValidateNamespace(t.Namespace); err != nil {
			return err
		}
	}
	if t.Kind == KindSelector {
		return t.validateSelector()
	}
	if t.Name == "" {
		return invalid("target", "the name is missing: write %s/NAME", t.Kind)
	}
	if len(t.Name) > 253 {
		return invalid("target", "a name has at most 253 characters, this one has %d", len(t.Name))
	}
	for _, r := range t.Name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' {
			return invalid("target", "%q is not a name in Kubernetes: use small letters, digits, '-' and '.'", t.Name)
		}
	}
	if strings.Trim(t.Name, "-.") != t.Name {
		return invalid("target", "%q begins or ends with '-' or '.': a name in Kubernetes does not", t.Name)
	}
	return nil
}

// maxSelector is far more than any selector has.
const maxSelector = 4096

// validateSelector checks what needs no knowledge of the grammar, which a
// Backend has.
func (t Target) validateSelector() error {
	if strings.Trim(t.Name, " ,") == "" {
		return invalid("target", "the selector is empty and would mean every pod: write selector/app=NAME")
	}
	if len(t.Name) > maxSelector {
		return invalid("target", "a selector has at most %d characters, this one has %d", maxSelector, len(t.Name))
	}
	for _, r := range t.Name {
		if r < ' ' || r > '~' {
			return invalid("target", "%q is not a selector: write it as app=web,tier!=old", t.Name)
		}
	}
	return nil
}

// ValidateNamespace returns nil when s can be a namespace's name: a DNS label,
// as RFC 1123 has it.
func ValidateNamespace(s string) error {
	if s == "" {
		return invalid("namespace", "it is empty: type its name")
	}
	if len(s) > 63 {
		return invalid("namespace", "a namespace's name has at most 63 characters, this one has %d", len(s))
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return invalid("namespace", "%q is not a namespace's name: use small letters, digits and '-'", s)
		}
	}
	if s[0] == '-' || s[len(s)-1] == '-' {
		return invalid("namespace", "%q begins or ends with '-': a namespace's name does not", s)
	}
	return nil
}
