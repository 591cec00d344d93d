package soak

import (
	"fmt"
	"strings"

	"culvert/e2e/chaos"
	"culvert/e2e/real"
)

// manifest makes all workloads and their services.
func manifest() string {
	var parts []string
	for _, w := range workloads() {
		parts = append(parts, w.manifest())
		if w.Kind != chaos.BarePod {
			parts = append(parts, w.service())
		}
	}
	return strings.Join(parts, "---\n")
}

func (w workload) manifest() string {
	head := fmt.Sprintf("metadata: {name: %s, namespace: %s, labels: {app: %[1]s}}\n", w.Name, w.Namespace)
	switch w.Kind {
	case chaos.BarePod:
		return "apiVersion: v1\nkind: Pod\n" + head + "spec:\n" + podSpec("  ")
	case chaos.StatefulSet:
		return "apiVersion: apps/v1\nkind: StatefulSet\n" + head + w.spec() + fmt.Sprintf("  serviceName: %s\n", w.Name)
	default:
		return "apiVersion: apps/v1\nkind: Deployment\n" + head + w.spec()
	}
}

// spec is that of what has replicas.
func (w workload) spec() string {
	return fmt.Sprintf(`spec:
  replicas: %d
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %[2]s}}
    spec:
%s`, w.replicas, w.Name, podSpec("      "))
}

// podSpec is a pod of the demo image. A new one takes connections as long as the news
// of the old one's end needs.
func podSpec(indent string) string {
	lines := []string{
		"automountServiceAccountToken: false",
		"terminationGracePeriodSeconds: 2",
		"containers:",
		"- name: podsrv",
		"  image: " + real.PodImage(),
		"  imagePullPolicy: Never",
		"  readinessProbe: {tcpSocket: {port: 9001}, periodSeconds: 1}",
		"  ports:",
	}
	for _, p := range ports() {
		lines = append(lines, fmt.Sprintf("  - {name: %s, containerPort: %d}", p.name, p.number))
	}
	return indent + strings.Join(lines, "\n"+indent) + "\n"
}

func (w workload) service() string {
	headless := ""
	if w.Kind == chaos.StatefulSet {
		headless = "  clusterIP: None\n"
	}
	text := fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: %s}\nspec:\n  selector: {app: %[1]s}\n%[3]s  ports:\n", w.Name, w.Namespace, headless)
	for _, p := range ports() {
		text += fmt.Sprintf("  - {name: %s, port: %d, targetPort: %s}\n", p.name, p.number-9000, p.name)
	}
	return text
}
