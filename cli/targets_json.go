package cli

import (
	"encoding/json"
	"io"
	"time"

	"culvert/kube"
	"culvert/tunnels"
)

// targetsJSON is the document that `culvert targets -o json` prints. Its lists are
// never null.
type targetsJSON struct {
	Context   string         `json:"context"`
	Namespace string         `json:"namespace"`
	Services  []serviceJSON  `json:"services"`
	Workloads []workloadJSON `json:"workloads"`
	Pods      []podJSON      `json:"pods"`
	Missing   []missingJSON  `json:"missing"`
}

// targetJSON is what all targets have.
type targetJSON struct {
	Target  string    `json:"target"` // as forward takes it
	Name    string    `json:"name"`
	Created time.Time `json:"created,omitzero"`
}

type serviceJSON struct {
	targetJSON
	Type     string            `json:"type"`
	Headless bool              `json:"headless"`
	Selector string            `json:"selector"` // empty for none
	Ports    []servicePortJSON `json:"ports"`
}

type workloadJSON struct {
	targetJSON
	Kind   string     `json:"kind"`
	Ready  int        `json:"ready"`
	Wanted int        `json:"wanted"`
	Status string     `json:"status"`
	Ports  []portJSON `json:"ports"`
}

type podJSON struct {
	targetJSON
	Status          string     `json:"status"`
	Ready           bool       `json:"ready"`
	ReadyContainers int        `json:"readyContainers"`
	Containers      int        `json:"containers"`
	Restarts        int        `json:"restarts"`
	Node            string     `json:"node"` // empty for none
	Ports           []portJSON `json:"ports"`
}

type portJSON struct {
	Port      uint16 `json:"port"`
	Name      string `json:"name"` // empty for none
	Protocol  string `json:"protocol"`
	Container string `json:"container,omitempty"`
}

type servicePortJSON struct {
	portJSON
	Target remoteJSON `json:"target"`
}

type missingJSON struct {
	Kind  string `json:"kind"`
	Error string `json:"error"`
	Hint  string `json:"hint"`
}

func (f *targetsFound) printJSON(out io.Writer) error {
	doc := targetsJSON{
		Context: f.in.Context, Namespace: f.in.Namespace,
		Services: []serviceJSON{}, Workloads: []workloadJSON{}, Pods: []podJSON{}, Missing: []missingJSON{},
	}
	target := func(t tunnels.Target, made time.Time) targetJSON { return targetJSON{t.String(), t.Name, made} }
	for _, s := range f.services {
		j := serviceJSON{target(s.Target(), s.Created), s.Type, s.Headless, s.Selector, []servicePortJSON{}}
		for _, p := range s.Ports {
			j.Ports = append(j.Ports, servicePortJSON{portJSON{Port: p.Port, Name: p.Name, Protocol: p.Protocol}, remoteJSON(p.Target)})
		}
		doc.Services = append(doc.Services, j)
	}
	for _, w := range f.workloads {
		doc.Workloads = append(doc.Workloads, workloadJSON{
			target(w.Target(), w.Created), string(w.Kind), w.Ready, w.Wanted, w.Status, portsJSON(w.Ports),
		})
	}
	for _, p := range f.pods {
		doc.Pods = append(doc.Pods, podJSON{
			target(p.Target(), p.Created), p.Status, p.Ready, p.ReadyContainers, p.Containers, p.Restarts, p.Node, portsJSON(p.Ports),
		})
	}
	for _, m := range f.missing {
		doc.Missing = append(doc.Missing, missingJSON{string(m.Kind), m.Err.Error(), m.Err.Hint})
	}
	return writeDocument(out, doc)
}

func portsJSON(ports []kube.ContainerPort) []portJSON {
	out := []portJSON{}
	for _, p := range ports {
		out = append(out, portJSON{p.Number, p.Name, p.Protocol, p.Container})
	}
	return out
}

// writeDocument writes a value as JSON that people can read, too.
func writeDocument(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
