package conformance_test

import "culvert/kube/kubetest"

const namespace = "conformance"

// webHash is in the name of the replica set of the deployment web.
const webHash = "7d4b9c6f5"

func limitedRules() []kubetest.Rule {
	in := []string{namespace}
	return []kubetest.Rule{
		{Verbs: []string{"create"}, Groups: []string{""}, Resources: []string{"pods/portforward"}, Namespaces: in},
		{Verbs: []string{"get", "list", "watch"}, Groups: []string{""}, Resources: []string{"pods"}, Names: []string{"podsrv"}, Namespaces: in},
		{Verbs: []string{"list"}, Groups: []string{"apps"}, Resources: []string{"deployments"}, Namespaces: in},
	}
}

// mixedPods declare the same name for different numbers.
func mixedPods() []kubetest.Pod {
	labels := map[string]string{"tier": "mixed"}
	return []kubetest.Pod{
		{Namespace: namespace, Name: "mixed-a", Labels: labels},
		{Namespace: namespace, Name: "mixed-b", Labels: labels, Ports: []kubetest.Port{{Name: "http", Number: 9001}}},
	}
}

// targets are what targets.yaml of package e2e describes.
func targets() []kubetest.Object {
	app := func(name string) map[string]string { return map[string]string{"app": name} }
	return []kubetest.Object{
		kubetest.Deployment{
			Namespace: namespace, Name: "web", Replicas: 2, Selector: app("web"), Hash: webHash,
			Requirements: []kubetest.Requirement{{Key: "app", Operator: "In", Values: []string{"web", "old"}}},
		},
		kubetest.StatefulSet{Namespace: namespace, Name: "db", Replicas: 2, Service: "db"},
		kubetest.DaemonSet{Namespace: namespace, Name: "agent"},
		kubetest.ReplicationController{Namespace: namespace, Name: "old", Replicas: 1},
		kubetest.DeploymentConfig{Namespace: namespace, Name: "dc", Replicas: 1},
		kubetest.Job{Namespace: namespace, Name: "sum"},
		kubetest.Job{Namespace: namespace, Name: "indexed", Indexed: true, Completions: 2, Parallelism: 2},
		kubetest.Job{Namespace: namespace, Name: "ended", Template: kubetest.Pod{Phase: "Succeeded"}},
		kubetest.CronJob{Namespace: namespace, Name: "nightly", Suspend: true},
		kubetest.Service{Namespace: namespace, Name: "web", Selector: app("web"), Ports: []kubetest.ServicePort{
			{Name: "http", Port: 80, Target: "http"}, {Name: "echo", Port: 7, Target: "9001"},
		}},
		kubetest.Service{Namespace: namespace, Name: "headless", ClusterIP: "None", Selector: app("web"), Ports: []kubetest.ServicePort{{Port: 9006}}},
		kubetest.Service{
			Namespace: namespace, Name: "mixed", Selector: map[string]string{"tier": "mixed"},
			Ports: []kubetest.ServicePort{{Name: "http", Port: 80, Target: "http"}},
		},
		kubetest.Service{Namespace: namespace, Name: "unready", Selector: app("unready"), Ports: []kubetest.ServicePort{{Port: 80, Target: "9006"}}},
		kubetest.Service{
			Namespace: namespace, Name: "published", Selector: app("unready"), PublishNotReady: true,
			Ports: []kubetest.ServicePort{{Port: 80, Target: "9006"}},
		},
		kubetest.Service{Namespace: namespace, Name: "nobody", Selector: app("nobody"), Ports: []kubetest.ServicePort{{Port: 80}}},
		kubetest.Service{Namespace: namespace, Name: "outside", Ports: []kubetest.ServicePort{{Port: 5432, Protocol: "UDP"}}},
		kubetest.Service{Namespace: namespace, Name: "elsewhere", Ports: []kubetest.ServicePort{{Port: 5432}}},
		kubetest.EndpointSlice{
			Namespace: namespace, Name: "elsewhere-1", Service: "elsewhere", Ports: []kubetest.SlicePort{{Port: 5432}},
			Endpoints: []kubetest.Endpoint{{Addresses: []string{"192.0.2.2"}}},
		},
		kubetest.Service{Namespace: namespace, Name: "alias", ExternalName: "db.example.com"},
		kubetest.EndpointSlice{
			Namespace: namespace, Name: "outside-1", Service: "outside", Ports: []kubetest.SlicePort{{Port: 5432, Protocol: "UDP"}},
			Endpoints: []kubetest.Endpoint{{Addresses: []string{"192.0.2.1"}}},
		},
	}
}
