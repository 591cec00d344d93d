package window

import (
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The profiles of the picture, by the names of their files.
var keptProfiles = map[string]string{
	"shop.yaml": `version: 1
name: Shop
context: demo
namespace: shop
tunnels:
  - name: web
    target: svc/web
    ports: ":80"
    autostart: true
  - name: api
    target: svc/api
    ports: [":80", ":metrics"]
    autostart: true
  - name: cart
    target: svc/cart-redis
    ports: ":6379"
`,
	"data.yaml": `version: 1
name: Databases
context: demo
namespace: data
tunnels:
  - name: postgres
    target: pod/postgres-0
    ports: ":5432"
    tags: [sql]
    autostart: true
`,
	"observability.yaml": `version: 1
name: Observability
context: demo
namespace: observability
notify: false
tunnels:
  - name: grafana
    target: pod/grafana-6b9c8d5f79-l4mzx
    ports: ":3000"
  - name: logs
    target: pod/log-stream-5c7b6d8f4b-v6rtw
    ports: ":9009"
`,
}

// forwards is a script as teams keep one.
const forwards = `#!/bin/bash
NS=shop
kubectl --context demo -n $NS port-forward svc/checkout :80 &
kubectl --context demo -n "$NS" port-forward svc/cart-redis :6379 &
kubectl --context demo -n data port-forward --address 0.0.0.0 pod/postgres-0 :5432 &
kubectl --context old-cluster -n shop port-forward svc/search :9200 &
wait
`

// takeProfiles takes the pictures of saved profiles and of an import.
func takeProfiles(t *testing.T, d *desktop, theme string, take func(*window, string, image.Point)) {
	t.Helper()
	folder := filepath.Join(d.Path, ".config", "culvert", "profiles")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range keptProfiles {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kubeconfig := demoKubeconfig(t, d)
	w := d.open(t, exec.Command(shared.culvert, "--kubeconfig", kubeconfig), "FYNE_THEME="+theme)
	for _, name := range []string{"web", "api", "postgres"} {
		w.Want("row:"+name, "Ready")
	}
	w.Want("row:cart", "Stopped")
	w.Click("profiles")
	w.See("profile-menu:show:shop")
	take(w, "profiles", pictureSize)
	w.Press("Escape")
	w.Gone("profile-menu:show:shop")
	w.Close()

	script := filepath.Join(d.Path, "forwards.sh")
	if err := os.WriteFile(script, []byte(forwards), 0o600); err != nil {
		t.Fatal(err)
	}
	w = d.open(t, exec.Command(shared.culvert, "--kubeconfig", kubeconfig, script), "FYNE_THEME="+theme)
	w.See("take/submit")
	take(w, "import", pictureSize)
	w.Press("Escape")
	w.Gone("take/submit")
	w.Close()
}
