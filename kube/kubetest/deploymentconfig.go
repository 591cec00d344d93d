package kubetest

import (
	"fmt"
	"maps"
	"strconv"
	"time"
)

// DeploymentConfig describes OpenShift's forerunner of the deployment.
type DeploymentConfig struct {
	Namespace string // empty means "default"
	Name      string
	Labels    map[string]string
	Age       time.Duration
	Replicas  int // as it is: 0 means none
	// Selector; empty means the template's labels.
	Selector map[string]string
	// Template is what pods are made from; its namespace, name and owner are not
	// looked at, and its age and restarts are those of the first pods only.
	Template Pod
	// Each, if it is set, may change every pod before it is made, and give it a
	// name. The first one of each replication controller has the number 0.
	Each func(n int, p *Pod)
}

// AddDeploymentConfig makes a deployment config, its replication controller and
// its pods. The cluster must be OpenShift.
func (s *Server) AddDeploymentConfig(d DeploymentConfig) error {
	w := &deployment{owner: newOwner("DeploymentConfig", d.Namespace, d.Name, d.Age), replicas: d.Replicas}
	w.labels = maps.Clone(d.Labels)
	w.withTemplate(d.Template, d.Selector, nil, d.Each)
	return s.addWorkload(w)
}

func (d DeploymentConfig) addTo(s *Server) error { return s.AddDeploymentConfig(d) }

// RolloutConfig is Rollout for a deployment config.
func (s *Server) RolloutConfig(namespace, name string, change func(*Pod)) error {
	return s.rollout(namespace, "DeploymentConfig", name, change)
}

// makeController makes a set the replication controller of a revision, as
// OpenShift names it.
func (w *deployment) makeController(set *replicaSet) {
	name := fmt.Sprintf("%s-%d", w.name, set.revision)
	set.owner = newOwner("ReplicationController", w.namespace, name, w.age)
	labels := map[string]string{"deployment": name, "deploymentconfig": w.name}
	template := w.template
	template.Labels = with(template.Labels, labels)
	about := map[string]string{
		"openshift.io/deployment-config.name":           w.name,
		"openshift.io/deployment-config.latest-version": strconv.Itoa(set.revision),
	}
	template.Annotations = with(with(template.Annotations, about), map[string]string{"openshift.io/deployment.name": name})
	set.withTemplate(template, with(w.selector, labels), nil, w.each)
	set.labels = with(w.labels, map[string]string{"openshift.io/deployment-config.name": w.name})
	set.annotations = with(about, map[string]string{"openshift.io/deployment.phase": "Complete"})
}
