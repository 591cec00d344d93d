package kubetest

import "strings"

// resource is a kind of object that the API has.
type resource struct {
	group, version         string
	name, singular, kind   string
	short                  string
	cluster                bool // it has no namespace
	openShift              bool // only OpenShift has it
	review                 bool // it is posted, and neither kept nor read
	fields                 []string
	deletable, subresource bool
}

// The groups of the API but the core, whose name is empty.
const (
	groupApps           = "apps"
	groupBatch          = "batch"
	groupDiscovery      = "discovery.k8s.io"
	groupAuthentication = "authentication.k8s.io"
	groupAuthorization  = "authorization.k8s.io"
	groupAppsOpenShift  = "apps.openshift.io"
	groupProject        = "project.openshift.io"
)

// The resources that the cluster's own code names.
const (
	namespaces     = "namespaces"
	projects       = "projects"
	pods           = "pods"
	endpointSlices = "endpointslices"
	services       = "services"
)

// catalog is the API, by group and by name.
var catalog = []resource{
	{version: "v1", name: namespaces, singular: "namespace", kind: "Namespace", short: "ns", cluster: true, fields: []string{"status.phase"}},
	{
		version: "v1", name: pods, singular: "pod", kind: "Pod", short: "po",
		fields: []string{"spec.nodeName", "status.phase"}, deletable: true,
	},
	{version: "v1", name: "pods/portforward", kind: "PodPortForwardOptions", subresource: true},
	{version: "v1", name: "replicationcontrollers", singular: "replicationcontroller", kind: "ReplicationController", short: "rc"},
	{version: "v1", name: services, singular: "service", kind: "Service", short: "svc"},
	{group: groupApps, version: "v1", name: "daemonsets", singular: "daemonset", kind: "DaemonSet", short: "ds"},
	{group: groupApps, version: "v1", name: "deployments", singular: "deployment", kind: "Deployment", short: "deploy"},
	{group: groupApps, version: "v1", name: "replicasets", singular: "replicaset", kind: "ReplicaSet", short: "rs"},
	{group: groupApps, version: "v1", name: "statefulsets", singular: "statefulset", kind: "StatefulSet", short: "sts"},
	{
		group: groupAppsOpenShift, version: "v1", name: "deploymentconfigs", singular: "deploymentconfig", kind: "DeploymentConfig", short: "dc",
		openShift: true,
	},
	{group: groupAuthentication, version: "v1", name: "selfsubjectreviews", singular: "selfsubjectreview", kind: "SelfSubjectReview", cluster: true, review: true},
	{
		group: groupAuthorization, version: "v1", name: "selfsubjectaccessreviews", singular: "selfsubjectaccessreview",
		kind: "SelfSubjectAccessReview", cluster: true, review: true,
	},
	{
		group: groupAuthorization, version: "v1", name: "selfsubjectrulesreviews", singular: "selfsubjectrulesreview",
		kind: "SelfSubjectRulesReview", cluster: true, review: true,
	},
	{group: groupBatch, version: "v1", name: "cronjobs", singular: "cronjob", kind: "CronJob", short: "cj"},
	{group: groupBatch, version: "v1", name: "jobs", singular: "job", kind: "Job"},
	{group: groupDiscovery, version: "v1", name: endpointSlices, singular: "endpointslice", kind: "EndpointSlice"},
	{group: groupProject, version: "v1", name: projects, singular: "project", kind: "Project", cluster: true, openShift: true},
}

// findResource returns the resource of a group and a name; ok is false when the
// cluster has none.
func (s *Server) findResource(group, name string) (res resource, ok bool) {
	for _, res := range catalog {
		if res.group == group && res.name == name && (!res.openShift || s.opts.OpenShift) {
			return res, true
		}
	}
	return resource{}, false
}

// resourceOf returns the resource of a kind. It panics when there is none.
func resourceOf(kind string) resource {
	for _, res := range catalog {
		if res.kind == kind {
			return res
		}
	}
	panic("kubetest: there is no kind " + kind)
}

func isKind(kind string) bool {
	for _, res := range catalog {
		if res.kind == kind {
			return true
		}
	}
	return false
}

// apiVersion is the group and version as objects tell them.
func (res resource) apiVersion() string { return strings.TrimPrefix(res.group+"/"+res.version, "/") }

// qualified is the name with its group, as messages tell it.
func (res resource) qualified() string { return qualified(res.group, res.name) }

func qualified(group, name string) string { return strings.TrimSuffix(name+"."+group, ".") }

// verbs are what can be done with the resource, in their order.
func (res resource) verbs() []string {
	switch {
	case res.review:
		return []string{"create"}
	case res.subresource:
		return []string{"create", "get"}
	case res.deletable:
		return []string{"delete", "get", "list", "watch"}
	}
	return []string{"get", "list", "watch"}
}
