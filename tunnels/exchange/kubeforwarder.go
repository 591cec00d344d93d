package exchange

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"culvert/tunnels"
)

// isKubeForwarder says whether an object is what kube-forwarder exports.
func isKubeForwarder(o object) bool {
	list, _ := o["clusters"].([]any)
	return slices.ContainsFunc(list, func(v any) bool {
		c, ok := v.(object)
		return ok && c["_services"] != nil
	})
}

// kubeForwarderVersion is the one that there has been since the first was replaced.
const kubeForwarderVersion = "2"

// readKubeForwarder reads an export: clusters, each with its resources.
func readKubeForwarder(o object) (Found, error) {
	f := Found{Format: FormatKubeForwarder}
	if v, _ := o["version"].(json.Number); v.String() != kubeForwarderVersion {
		return f, refuse("Export it anew with a newer kube-forwarder.", "only version %s of its exports is known", kubeForwarderVersion)
	}
	clusters, _ := o["clusters"].([]any)
	for _, v := range clusters {
		c, _ := v.(object)
		services, _ := c["_services"].([]any)
		f.kubeForwarder(c, services)
	}
	return f, nil
}

// readKubeForwarderState reads the file in which kube-forwarder keeps all it has.
func readKubeForwarderState(o object) (Found, error) {
	f := Found{Format: FormatKubeForwarder}
	clusters, services := items(o, "Clusters"), items(o, "Services")
	for _, id := range slices.Sorted(maps.Keys(clusters)) {
		c, _ := clusters[id].(object)
		var its []any
		for _, key := range slices.Sorted(maps.Keys(services)) {
			if s, _ := services[key].(object); s.text("clusterId") == id {
				its = append(its, s)
			}
		}
		if len(f.Proposals) <= MaxProposals {
			f.kubeForwarder(c, its)
		}
	}
	return f, nil
}

func items(o object, name string) object {
	module, _ := o[name].(object)
	out, _ := module["items"].(object)
	return out
}

// kubeForwarder adds the resources of a cluster.
func (f *Found) kubeForwarder(cluster object, services []any) {
	name := cluster.text("name")
	config, _ := cluster["config"].(object)
	kubeContext := config.text("currentContext")
	if kubeContext == "" {
		kubeContext = name
	}
	if config.text("content") != "" {
		f.Notes = addTo(f.Notes, "The kubeconfig in the file is not imported, nor are its passwords and keys: import the kubeconfig of the cluster, if it is not there yet.")
	}
	for i, v := range services {
		s, ok := v.(object)
		if !ok || len(f.Proposals) > MaxProposals {
			continue
		}
		p := Proposal{Profile: name, From: fmt.Sprintf("%s, resource %d", shownName(name), i+1)}
		p.Spec.Name = s.text("alias")
		p.Spec.Target = tunnels.Target{Context: kubeContext, Namespace: s.text("namespace"), Name: s.text("workloadName")}
		kind, err := tunnels.ParseKind(s.text("workloadType"))
		p.wrong(err)
		p.Spec.Target.Kind = kind
		forwards, _ := s["forwards"].([]any)
		for _, v := range forwards[:min(len(forwards), 500)] {
			if forward, ok := v.(object); ok {
				p.ports(forward, "localPort", "remotePort")
			}
		}
		p.listen(s.text("localAddress"))
		f.Proposals = append(f.Proposals, p)
	}
}
