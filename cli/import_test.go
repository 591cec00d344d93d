package cli

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"culvert/kube"
	"culvert/kube/kubetest"
	"culvert/tunnels"
	"culvert/tunnels/exchange"
)

// TestImportsStartOnTheDemoCluster: what kftray and kube-forwarder export, and a script,
// become tunnels through which requests go.
func TestImportsStartOnTheDemoCluster(t *testing.T) {
	cluster, err := kubetest.New(kubetest.Demo())
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	clusters, err := kube.Open(kube.Options{Data: cluster.Kubeconfig()})
	if err != nil {
		t.Fatal(err)
	}
	defer clusters.Close()
	m := tunnels.NewManager(clusters, tunnels.Options{})
	defer m.Close()
	tests := []struct {
		file string
		want map[string]string // what speaks behind each tunnel: http or echo
	}{
		{"kftray.json", map[string]string{"shop-web": "http", "grafana": "http", "postgres": "echo"}},
		{"kube-forwarder.json", map[string]string{"Web": "http", "api": "http", "postgres-0": "echo"}},
		{"dev.sh", map[string]string{"web": "http", "Cart": "echo", "postgres-0": "echo"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			f, err := exchange.ReadFile(filepath.Join("..", "tunnels", "exchange", "testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			started := 0
			for i, v := range exchange.Judge(f.Proposals, nil, []string{kubetest.DemoContext, kubetest.DemoLimitedContext}) {
				p := f.Proposals[i]
				if !p.Usable() {
					continue
				}
				if v.Unknown != "" || v.Have != "" || v.Choose != (len(v.Open) == 0) {
					t.Errorf("%+v: %+v", p, v)
				}
				s := p.Spec
				s.ID, s.Listen = tunnels.NewID(), nil
				for n := range s.Mappings {
					s.Mappings[n].Local = tunnels.AnyPort // another program may have the one that it names
				}
				started++
				checkTunnel(t, m, s, tt.want[s.Title()])
			}
			if started != len(tt.want) {
				t.Errorf("%d tunnels were started, want %d", started, len(tt.want))
			}
		})
	}
}

// checkTunnel starts a tunnel and speaks through it.
func checkTunnel(t *testing.T, m *tunnels.Manager, s tunnels.Spec, speaks string) {
	t.Helper()
	if err := m.Put(s); err != nil {
		t.Fatal(err)
	}
	if err := m.Start(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	st, _ := m.Snapshot().Find(s.ID)
	if len(st.Bound) == 0 {
		t.Fatalf("%s is %+v", s.Title(), st)
	}
	addr := st.Bound[0].Addr.String()
	switch speaks {
	case "http":
		c := http.Client{Timeout: 20 * time.Second}
		resp, err := c.Get("http://" + addr)
		if err != nil {
			t.Errorf("%s: %v", s.Title(), err)
			return
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", s.Title(), resp.Status)
		}
	case "echo":
		checkEcho(t, s.Title(), addr)
	default:
		t.Errorf("nobody expects %s", s.Title())
	}
}

func checkEcho(t *testing.T, title, addr string) {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, 20*time.Second)
	if err != nil {
		t.Errorf("%s: %v", title, err)
		return
	}
	defer c.Close()
	const said = "is anybody there?"
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(said))
	if _, err := io.WriteString(c, said); err != nil {
		t.Errorf("%s: %v", title, err)
	}
	if _, err := io.ReadFull(c, got); err != nil || string(got) != said {
		t.Errorf("%s says %q, %v", title, got, err)
	}
}
