package kube

import (
	"net/url"
	"strings"

	"culvert/tunnels"
)

// resource is a kind of objects of the API: group (but for the core's), version
// and name, separated by slashes.
type resource string

// The resources that we read.
const (
	namespacesResource        resource = "v1/namespaces"
	projectsResource          resource = "project.openshift.io/v1/projects"
	podsResource              resource = "v1/pods"
	servicesResource          resource = "v1/services"
	endpointSlicesResource    resource = "discovery.k8s.io/v1/endpointslices"
	deploymentsResource       resource = "apps/v1/deployments"
	statefulSetsResource      resource = "apps/v1/statefulsets"
	daemonSetsResource        resource = "apps/v1/daemonsets"
	replicaSetsResource       resource = "apps/v1/replicasets"
	rcsResource               resource = "v1/replicationcontrollers"
	jobsResource              resource = "batch/v1/jobs"
	cronJobsResource          resource = "batch/v1/cronjobs"
	deploymentConfigsResource resource = "apps.openshift.io/v1/deploymentconfigs"
)

// resourceOf returns the resource of a kind of target that is an object.
func resourceOf(k tunnels.Kind) resource {
	switch k {
	case tunnels.KindService:
		return servicesResource
	case tunnels.KindDeployment:
		return deploymentsResource
	case tunnels.KindStatefulSet:
		return statefulSetsResource
	case tunnels.KindDaemonSet:
		return daemonSetsResource
	case tunnels.KindReplicaSet:
		return replicaSetsResource
	case tunnels.KindReplicationController:
		return rcsResource
	case tunnels.KindJob:
		return jobsResource
	case tunnels.KindCronJob:
		return cronJobsResource
	case tunnels.KindDeploymentConfig:
		return deploymentConfigsResource
	case tunnels.KindPod, tunnels.KindSelector:
	}
	return podsResource
}

// kind returns the kind of target that a resource is, empty for others.
func (r resource) kind() tunnels.Kind {
	for _, k := range tunnels.Kinds {
		if resourceOf(k) == r {
			return k
		}
	}
	return ""
}

// name returns the resource's name, as "pods".
func (r resource) name() string { return string(r[strings.LastIndexByte(string(r), '/')+1:]) }

// singular returns the word for one of its objects, as "pod".
func (r resource) singular() string { return strings.TrimSuffix(r.name(), "s") }

// group returns its API group, empty for the core's.
func (r resource) group() string {
	group, rest, _ := strings.Cut(string(r), "/")
	if !strings.Contains(rest, "/") {
		return ""
	}
	return group
}

// namespaced says whether its objects are in namespaces.
func (r resource) namespaced() bool { return r != namespacesResource && r != projectsResource }

// optional says whether Kubernetes alone does not have it.
func (r resource) optional() bool { return isOpenShift(r.group()) }

// path returns the path of all its objects in a namespace; that is not used for
// objects in none.
func (r resource) path(namespace string) string {
	if !r.namespaced() {
		return r.version() + "/" + r.name()
	}
	return r.version() + "/namespaces/" + url.PathEscape(namespace) + "/" + r.name()
}

// version returns the path of its API group and version.
func (r resource) version() string {
	base := "/apis/"
	if r.group() == "" {
		base = "/api/"
	}
	return base + strings.TrimSuffix(string(r), "/"+r.name())
}

// object returns the path of one of its objects.
func (r resource) object(namespace, name string) string {
	return r.path(namespace) + "/" + url.PathEscape(name)
}
