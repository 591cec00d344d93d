package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"culvert/kube"
	"culvert/tunnels"
)

// printTable writes one line for each target, the first column being what
// `culvert forward` takes. No cell is empty or has spaces.
func (f *targetsFound) printTable(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "TARGET\tREADY\tSTATUS\tRESTARTS\tAGE\tPORTS")
	row := func(t tunnels.Target, ready, status, restarts string, made time.Time, ports []string) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", t, ready, cell(status), restarts, age(made), cell(strings.Join(ports, ",")))
	}
	for _, s := range f.services {
		status := s.Type
		if s.Headless {
			status = "headless"
		}
		row(s.Target(), none, status, none, s.Created, servicePorts(s.Ports))
	}
	for _, l := range f.workloads {
		ready := fmt.Sprintf("%d/%d", l.Ready, l.Wanted)
		status := l.Status
		if status == ready {
			status = ""
		}
		row(l.Target(), ready, status, none, l.Created, containerPorts(l.Ports))
	}
	for _, p := range f.pods {
		row(p.Target(), fmt.Sprintf("%d/%d", p.ReadyContainers, p.Containers), p.Status, fmt.Sprint(p.Restarts), p.Created, containerPorts(p.Ports))
	}
	return w.Flush()
}

// cell returns a text as it stands in a table that scripts take apart at spaces.
func cell(text string) string { return cmp.Or(strings.ReplaceAll(text, " ", "-"), none) }

func servicePorts(ports []kube.ServicePort) []string {
	var out []string
	for _, p := range ports {
		text := portText(p.Port, p.Name, p.Protocol)
		if p.Target != (tunnels.Port{Number: p.Port}) {
			text += "->" + p.Target.String()
		}
		out = append(out, text)
	}
	return out
}

func containerPorts(ports []kube.ContainerPort) []string {
	var out []string
	for _, p := range ports {
		out = append(out, portText(p.Number, p.Name, p.Protocol))
	}
	return out
}

// portText writes a port as 80(http), or 53(dns)/UDP for what cannot be forwarded.
func portText(number uint16, name, protocol string) string {
	text := fmt.Sprint(number)
	if name != "" {
		text += "(" + name + ")"
	}
	if protocol != "TCP" {
		text += "/" + protocol
	}
	return text
}
