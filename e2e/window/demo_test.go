package window

import (
	"os/exec"
	"strings"
	"testing"
)

const (
	apiPod = "api-5f8d97c6b4-hk7zd"
	webPod = "web-7d4b9c6f5-x2x9k"
)

func TestDemo(t *testing.T) {
	w := newDesktop(t).open(t, exec.Command(shared.culvert, "demo"))
	awaitDemo(w)
	for name, pod := range map[string]string{"web": webPod, "api": apiPod, "grafana": "grafana-6b9c8d5f79-l4mzx"} {
		for _, addr := range w.texts("row:"+name+"/address:", 2) {
			host().wantPage(t, addr, pod)
		}
	}
	for _, addr := range w.texts("row:postgres/address:", 2) {
		host().wantEcho(t, addr)
	}
	w.close()
}

// awaitDemo waits until the ready-made tunnels are as they should be.
func awaitDemo(w *window) {
	w.t.Helper()
	for _, name := range []string{"web", "api", "postgres", "grafana", "logs"} {
		w.want("row:"+name, "Ready")
	}
	w.seeThat("row:recommender", "waits", func(s string) bool { return strings.HasPrefix(s, "Waiting") })
}

// A tunnel made without the mouse, to a port that the pod refuses: the first
// connection makes that known, and the tunnel goes on.
func TestRefusedPort(t *testing.T) {
	w := newDesktop(t).open(t, exec.Command(shared.culvert, "demo"))
	w.want("row:api", "Ready")
	w.press("ctrl+k")
	w.see("form/line")
	line := apiPod + " :6060 -n shop"
	w.write(line)
	w.want("form/line", line)
	w.press("Return")
	row := "row:" + apiPod
	w.want(row, "Ready")
	addr := w.texts("details/address:", 2)[0]
	if body, err := host().page(t.Context(), addr); err == nil {
		t.Errorf("the refused port has answered %q", body)
	}
	w.want(row, "Degraded")
	w.seeThat("details/error", "tells the port and what to do", func(s string) bool {
		return strings.Contains(s, "6060") && strings.Count(s, ".") >= 2
	})
	w.want("row:api", "Ready")
	host().wantPage(t, w.texts("row:api/address:", 2)[0], apiPod)

	w.press("space")
	w.want(row, "Stopped")
	host().wantRefusal(t, addr)
	w.press("Delete")
	w.gone(row)
	w.close()
}

// Without a kubeconfig the window says so, and what to do.
func TestNoKubeconfig(t *testing.T) {
	w := newDesktop(t).open(t, exec.Command(shared.culvert))
	w.want("welcome/title", "No cluster to connect to")
	w.seeThat("welcome/text", "names the file", func(s string) bool { return strings.Contains(s, ".kube/config") })
	w.close()
}
