package kubetest

import (
	"slices"
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
// image, one that crashes again and again and one that has finished. All of them
// belong to workloads, and services lead to them.
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
//
//	namespace      service                      ports
//	shop           web                          http 80 → http
//	shop           api                          http 80 → http, metrics 9090 → metrics
//	shop           cart-redis                   redis 6379 (headless)
//	shop           checkout                     http 80 → http (no pod is ready)
//	shop           payments                     (an external name)
//	data           postgres                     5432 → postgresql
//	observability  grafana                      http 80 → http
//	kube-system    kube-dns                     dns 53/UDP, dns-tcp 53, metrics 9153
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
		Objects: slices.Concat(demoWorkloads(), demoServices()),
	}
}

const (
	hour = time.Hour
	day  = 24 * hour
)

// demoNames gives a workload's pods their names, and lets a change say more.
func demoNames(names []string, change func(n int, p *Pod)) func(int, *Pod) {
	return func(n int, p *Pod) {
		if n < len(names) {
			p.Name = names[n]
		}
		if change != nil && n < len(names) {
			change(n, p)
		}
	}
}

// demoDeployment is one of the demo's, whose pods are called with these suffixes.
func demoDeployment(namespace, name, hash string, template Pod, change func(int, *Pod), suffixes ...string) Deployment {
	template.Labels = with(map[string]string{"app": name}, template.Labels)
	names := make([]string, len(suffixes))
	for i, suffix := range suffixes {
		names[i] = name + "-" + hash + "-" + suffix
	}
	return Deployment{
		Namespace: namespace, Name: name, Labels: template.Labels, Age: template.Age, Replicas: len(names), Hash: hash,
		Selector: template.Labels, Template: template, Each: demoNames(names, change),
	}
}

func demoWorkloads() []Object {
	http := func(port uint16) demopod.Service {
		return demopod.Service{Port: port, Name: "http", Kind: demopod.HTTP}
	}
	echo := func(port uint16) demopod.Service {
		return demopod.Service{Port: port, Name: "echo", Kind: demopod.Echo}
	}
	httpPort := []Port{{Name: "http", Number: 8080}}
	return slices.Concat([]Object{
		demoDeployment("shop", "web", "7d4b9c6f5", Pod{
			Image: "registry.example/shop/web:2.14.1", Age: 3*day + 5*hour, Ports: httpPort, Workload: Serving(http(8080)),
		}, func(n int, p *Pod) {
			if n == 1 {
				p.Age, p.Restarts, p.Node = p.Age-time.Minute, 1, "node-2"
			}
		}, "x2x9k", "mq4tn"),
		demoDeployment("shop", "api", "5f8d97c6b4", Pod{
			Image: "registry.example/shop/api:2.14.0", Age: 26 * hour, Node: "node-2",
			Ports:    []Port{{Name: "http", Number: 8080}, {Name: "metrics", Number: 9090}, {Name: "debug", Number: 6060}},
			Workload: Serving(http(8080), http(9090)),
		}, nil, "hk7zd"),
		demoDeployment("shop", "checkout", "6c9f4d7b8d", Pod{
			Image: "registry.example/shop/checkout:1.9.0-rc.2", Age: 47 * time.Minute, Restarts: 13, Ports: httpPort, Waiting: "CrashLoopBackOff",
			Message: "back-off 5m0s restarting failed container=checkout pod=checkout-6c9f4d7b8d-z5wnp_shop",
		}, nil, "z5wnp"),
		demoDeployment("shop", "recommender", "84c5d9f7b9", Pod{
			Image: "registry.example/shop/recommender:latset", Age: 12 * time.Minute, Node: "node-2", Ports: httpPort,
			Phase: "Pending", Waiting: "ImagePullBackOff", Message: `Back-off pulling image "registry.example/shop/recommender:latset"`,
		}, nil, "p9jkl"),
		demoDeployment("observability", "grafana", "6b9c8d5f79", Pod{
			Image: "registry.example/grafana:12.3.0", Age: 9 * day, Node: "node-2",
			Ports: []Port{{Name: "http", Number: 3000}}, Workload: Serving(http(3000)),
		}, nil, "l4mzx"),
		demoDeployment("observability", "log-stream", "5c7b6d8f4b", Pod{
			Image: "registry.example/log-stream:0.8", Age: 2 * day, Ports: []Port{{Name: "logs", Number: demopod.PortSlow}},
			Workload: Serving(demopod.Service{Port: demopod.PortSlow, Name: "logs", Kind: demopod.Slow}),
		}, nil, "v6rtw"),
		Deployment{
			Namespace: "kube-system", Name: "coredns", Age: 112 * day, Replicas: 1, Hash: "7c65d6cfc9", Selector: map[string]string{"k8s-app": "kube-dns"},
			Template: Pod{
				Image: "registry.k8s.io/coredns/coredns:v1.13.1", Age: 112 * day, Workload: Serving(echo(53), http(9153)),
				Ports: []Port{{Name: "dns", Number: 53, Protocol: "UDP"}, {Name: "dns-tcp", Number: 53}, {Name: "metrics", Number: 9153}},
			},
			Each: demoNames([]string{"coredns-7c65d6cfc9-8xk2p"}, nil),
		},
		StatefulSet{
			Namespace: "shop", Name: "cart-redis", Age: 41 * day, Replicas: 1, Service: "cart-redis", Each: demoNames([]string{"cart-redis-0"}, nil),
			Template: Pod{
				Container: "redis", Image: "registry.example/redis:8.2", Age: 41 * day,
				Ports: []Port{{Name: "redis", Number: 6379}}, Workload: Serving(echo(6379)),
			},
		},
		StatefulSet{
			Namespace: "data", Name: "postgres", Age: 112 * day, Replicas: 1, Service: "postgres", Each: demoNames([]string{"postgres-0"}, nil),
			Template: Pod{
				Image: "registry.example/postgres:18.1", Age: 112 * day, Restarts: 2,
				Ports: []Port{{Name: "postgresql", Number: 5432}}, Workload: Serving(echo(5432)),
			},
		},
	}, demoBackup())
}

func demoBackup() []Object {
	template := Pod{Container: "backup", Image: "registry.example/data/backup:3.0", Phase: "Succeeded", Ports: []Port{}}
	cron := CronJob{Namespace: "data", Name: "backup", Age: 112 * day, Schedule: "20 4 * * *", Job: Job{Template: template}}
	template.Age = 7 * hour
	return []Object{cron, Job{
		Namespace: "data", Name: "backup-29384720", Age: 7 * hour, CronJob: "backup", Template: template,
		Each: demoNames([]string{"backup-29384720-tq8xv"}, nil),
	}}
}

func demoServices() []Object {
	app := func(name string) map[string]string { return map[string]string{"app": name} }
	toHTTP := ServicePort{Name: "http", Port: 80, Target: "http"}
	return []Object{
		Service{Namespace: "shop", Name: "web", Age: 41 * day, Selector: app("web"), Ports: []ServicePort{toHTTP}},
		Service{
			Namespace: "shop", Name: "api", Age: 41 * day, Selector: app("api"),
			Ports: []ServicePort{toHTTP, {Name: "metrics", Port: 9090, Target: "metrics"}},
		},
		Service{
			Namespace: "shop", Name: "cart-redis", Age: 41 * day, ClusterIP: "None", Selector: app("cart-redis"),
			Ports: []ServicePort{{Name: "redis", Port: 6379}},
		},
		Service{Namespace: "shop", Name: "checkout", Age: 41 * day, Selector: app("checkout"), Ports: []ServicePort{toHTTP}},
		Service{Namespace: "shop", Name: "payments", Age: 41 * day, ExternalName: "payments.example.com"},
		Service{
			Namespace: "data", Name: "postgres", Age: 112 * day, Selector: app("postgres"),
			Ports: []ServicePort{{Port: 5432, Target: "postgresql"}},
		},
		Service{Namespace: "observability", Name: "grafana", Age: 9 * day, Selector: app("grafana"), Ports: []ServicePort{toHTTP}},
		Service{
			Namespace: "kube-system", Name: "kube-dns", Age: 112 * day, ClusterIP: "10.96.0.10", Selector: map[string]string{"k8s-app": "kube-dns"},
			Ports: []ServicePort{{Name: "dns", Protocol: "UDP", Port: 53}, {Name: "dns-tcp", Port: 53}, {Name: "metrics", Port: 9153}},
		},
	}
}
