package kubetest

import (
	"time"

	"culvert/kube/kubetest/demopod"
)

// The contexts of the demo cluster.
const (
	DemoContext        = "demo"
	DemoLimitedContext = "demo-limited" // may not list namespaces, and sees pods of shop only
)

// Demo returns a small shop to play with: a cluster of five namespaces whose
// pods serve pages, echoes and a slow stream, with one that cannot pull its
// image, one that crashes again and again and one that has finished.
//
//	namespace      pod                          ports
//	shop           web-7d4b9c6f5-x2x9k          http 8080
//	shop           web-7d4b9c6f5-mq4tn          http 8080
//	shop           api-5f8d97c6b4-hk7zd         http 8080, metrics 9090, debug 6060 (refuses)
//	shop           cart-redis-0                 redis 6379 (echo)
//	shop           checkout-6c9f4d7b8d-z5wnp    http 8080 (CrashLoopBackOff)
//	shop           recommender-84c5d9f7b9-p9jkl http 8080 (ImagePullBackOff)
//	data           postgres-0                   postgresql 5432 (echo)
//	data           backup-29384720-tq8xv        (completed)
//	observability  grafana-6b9c8d5f79-l4mzx     http 3000
//	observability  log-stream-5c7b6d8f4b-v6rtw  logs 9009 (slow source)
//	kube-system    coredns-7c65d6cfc9-8xk2p     dns 53/UDP, dns-tcp 53, metrics 9153
func Demo() Options {
	return Options{
		Name: DemoContext,
		Contexts: []Context{
			{Name: DemoContext, User: "admin", Namespace: "shop"},
			{Name: DemoLimitedContext, User: "shop-developer", Namespace: "shop"},
		},
		Users: []User{
			{Name: "admin"},
			{Name: "shop-developer", Deny: []Rule{
				{Resources: []string{"namespaces"}},
				{Namespaces: []string{"", "default", "data", "observability", "kube-system"}},
				{Verbs: []string{"delete"}},
			}},
		},
		Pods: demoPods(),
	}
}

const (
	hour = time.Hour
	day  = 24 * hour
)

func demoPods() []Pod {
	http := func(port uint16) demopod.Service {
		return demopod.Service{Port: port, Name: "http", Kind: demopod.HTTP}
	}
	echo := func(port uint16) demopod.Service {
		return demopod.Service{Port: port, Name: "echo", Kind: demopod.Echo}
	}
	web := Pod{
		Namespace: "shop", Name: "web-7d4b9c6f5-x2x9k", Labels: map[string]string{"app": "web", "pod-template-hash": "7d4b9c6f5"},
		Owner: "ReplicaSet/web-7d4b9c6f5", Image: "registry.example/shop/web:2.14.1", Age: 3*day + 5*hour,
		Ports: []Port{{Name: "http", Number: 8080}}, Workload: Serving(http(8080)),
	}
	web2 := web
	web2.Name, web2.Age, web2.Restarts, web2.Node = "web-7d4b9c6f5-mq4tn", 3*day+5*hour-time.Minute, 1, "node-2"
	return []Pod{
		web, web2,
		{
			Namespace: "shop", Name: "api-5f8d97c6b4-hk7zd", Labels: map[string]string{"app": "api", "pod-template-hash": "5f8d97c6b4"},
			Owner: "ReplicaSet/api-5f8d97c6b4", Image: "registry.example/shop/api:2.14.0", Age: 26 * hour, Node: "node-2",
			Ports:    []Port{{Name: "http", Number: 8080}, {Name: "metrics", Number: 9090}, {Name: "debug", Number: 6060}},
			Workload: Serving(http(8080), http(9090)),
		},
		{
			Namespace: "shop", Name: "cart-redis-0", Labels: map[string]string{"app": "cart-redis", "apps.kubernetes.io/pod-index": "0"},
			Owner: "StatefulSet/cart-redis", Container: "redis", Image: "registry.example/redis:8.2", Age: 41 * day,
			Ports: []Port{{Name: "redis", Number: 6379}}, Workload: Serving(echo(6379)),
		},
		{
			Namespace: "shop", Name: "checkout-6c9f4d7b8d-z5wnp", Labels: map[string]string{"app": "checkout", "pod-template-hash": "6c9f4d7b8d"},
			Owner: "ReplicaSet/checkout-6c9f4d7b8d", Image: "registry.example/shop/checkout:1.9.0-rc.2", Age: 47 * time.Minute, Restarts: 13,
			Waiting: "CrashLoopBackOff",
			Message: "back-off 5m0s restarting failed container=checkout pod=checkout-6c9f4d7b8d-z5wnp_shop",
			Ports:   []Port{{Name: "http", Number: 8080}},
		},
		{
			Namespace: "shop", Name: "recommender-84c5d9f7b9-p9jkl", Labels: map[string]string{"app": "recommender", "pod-template-hash": "84c5d9f7b9"},
			Owner: "ReplicaSet/recommender-84c5d9f7b9", Image: "registry.example/shop/recommender:latset", Age: 12 * time.Minute, Node: "node-2",
			Phase: "Pending", Waiting: "ImagePullBackOff",
			Message: `Back-off pulling image "registry.example/shop/recommender:latset"`,
			Ports:   []Port{{Name: "http", Number: 8080}},
		},
		{
			Namespace: "data", Name: "postgres-0", Labels: map[string]string{"app": "postgres", "apps.kubernetes.io/pod-index": "0"},
			Owner: "StatefulSet/postgres", Image: "registry.example/postgres:18.1", Age: 112 * day, Restarts: 2,
			Ports: []Port{{Name: "postgresql", Number: 5432}}, Workload: Serving(echo(5432)),
		},
		{
			Namespace: "data", Name: "backup-29384720-tq8xv", Labels: map[string]string{"job-name": "backup-29384720"},
			Owner: "Job/backup-29384720", Image: "registry.example/data/backup:3.0", Age: 7 * hour, Phase: "Succeeded", Ports: []Port{},
		},
		{
			Namespace: "observability", Name: "grafana-6b9c8d5f79-l4mzx", Labels: map[string]string{"app": "grafana", "pod-template-hash": "6b9c8d5f79"},
			Owner: "ReplicaSet/grafana-6b9c8d5f79", Image: "registry.example/grafana:12.3.0", Age: 9 * day, Node: "node-2",
			Ports: []Port{{Name: "http", Number: 3000}}, Workload: Serving(http(3000)),
		},
		{
			Namespace: "observability", Name: "log-stream-5c7b6d8f4b-v6rtw", Labels: map[string]string{"app": "log-stream", "pod-template-hash": "5c7b6d8f4b"},
			Owner: "ReplicaSet/log-stream-5c7b6d8f4b", Container: "log-stream", Image: "registry.example/log-stream:0.8", Age: 2 * day,
			Ports:    []Port{{Name: "logs", Number: demopod.PortSlow}},
			Workload: Serving(demopod.Service{Port: demopod.PortSlow, Name: "logs", Kind: demopod.Slow}),
		},
		{
			Namespace: "kube-system", Name: "coredns-7c65d6cfc9-8xk2p", Labels: map[string]string{"k8s-app": "kube-dns", "pod-template-hash": "7c65d6cfc9"},
			Owner: "ReplicaSet/coredns-7c65d6cfc9", Image: "registry.k8s.io/coredns/coredns:v1.13.1", Age: 112 * day,
			Ports:    []Port{{Name: "dns", Number: 53, Protocol: "UDP"}, {Name: "dns-tcp", Number: 53}, {Name: "metrics", Number: 9153}},
			Workload: Serving(echo(53), http(9153)),
		},
	}
}
