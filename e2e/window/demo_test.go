package window

import (
	"os/exec"
	"strings"
	"testing"

	"culvert/e2e/desk"
)

const (
	apiPod = "api-5f8d97c6b4-hk7zd"
	webPod = "web-7d4b9c6f5-x2x9k"
)

func TestDemo(t *testing.T) {
	w := newDesktop(t).open(t, exec.Command(shared.culvert, "demo"))
	awaitDemo(w)
	for name, pod := range map[string]string{"web": webPod, "api": apiPod, "grafana": "grafana-6b9c8d5f79-l4mzx"} {
		for _, addr := range w.Texts("row:"+name+"/address:", 2) {
			desk.Host().WantPage(t, addr, pod)
		}
	}
	for _, addr := range w.Texts("row:postgres/address:", 2) {
		desk.Host().WantEcho(t, addr)
	}
	w.Close()
}

// awaitDemo waits until the ready-made tunnels are as they should be.
func awaitDemo(w *window) {
	w.t.Helper()
	for _, name := range []string{"web", "api", "postgres", "grafana", "logs"} {
		w.Want("row:"+name, "Ready")
	}
	w.SeeThat("row:recommender", "waits", func(s string) bool { return strings.HasPrefix(s, "Waiting") })
}

// A tunnel made without the mouse, to a port that the pod refuses: the first
// connection makes that known, and the tunnel goes on.
func TestRefusedPort(t *testing.T) {
	w := newDesktop(t).open(t, exec.Command(shared.culvert, "demo"))
	w.Want("row:api", "Ready")
	w.Press("ctrl+k")
	w.See("form/line")
	line := apiPod + " :6060 -n shop"
	w.Write(line)
	w.Want("form/line", line)
	w.Press("Return")
	row := "row:" + apiPod
	w.Want(row, "Ready")
	addr := w.Texts("details/address:", 2)[0]
	if body, err := desk.Host().Page(t.Context(), addr); err == nil {
		t.Errorf("the refused port has answered %q", body)
	}
	w.Want(row, "Degraded")
	w.SeeThat("details/error", "tells the port and what to do", func(s string) bool {
		return strings.Contains(s, "6060") && strings.Count(s, ".") >= 2
	})
	w.Want("row:api", "Ready")
	desk.Host().WantPage(t, w.Texts("row:api/address:", 2)[0], apiPod)

	w.Press("space")
	w.Want(row, "Stopped")
	desk.Host().WantRefusal(t, addr)
	w.Press("Delete")
	w.Gone(row)
	w.Close()
}

// Without a kubeconfig the window says so, and what to do.
func TestNoKubeconfig(t *testing.T) {
	w := newDesktop(t).open(t, exec.Command(shared.culvert))
	w.Want("welcome/title", "No cluster to connect to")
	w.SeeThat("welcome/text", "names the file", func(s string) bool { return strings.Contains(s, ".kube/config") })
	w.Close()
}
