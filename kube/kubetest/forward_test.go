package kubetest_test

import (
	"io"
	"strings"
	"testing"

	"culvert/kube/kubetest"
	"culvert/kube/kubetest/demopod"
)

func shop() kubetest.Options {
	return kubetest.Options{Pods: []kubetest.Pod{{Namespace: "shop", Name: "web"}}}
}

const webForward = "/api/v1/namespaces/shop/pods/web/portforward"

func TestForwardReachesThePod(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	conn, err := forward(t, config(t, s, "demo"), webForward)
	if err != nil {
		t.Fatal(err)
	}
	data, errs := stream(t, conn, "9005", "1")
	if got := readAll(t, data); got != "hello from web\n" {
		t.Errorf("the banner reads %q", got)
	}
	if got := readAll(t, errs); got != "" {
		t.Errorf("the error stream says %q", got)
	}
	data, errs = stream(t, conn, "9006", "2")
	if _, err := io.WriteString(data, "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, data); !strings.Contains(got, "Hello from pod web, port 9006") {
		t.Errorf("the page reads %q", got)
	}
	if got := readAll(t, errs); got != "" {
		t.Errorf("the error stream says %q", got)
	}
	if n := s.Sessions(); n != 1 {
		t.Errorf("%d sessions are open", n)
	}
}

func TestErrorTexts(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	for _, port := range []uint16{9101, 9102} {
		s.SetPort("shop", "web", port, kubetest.PortResets)
	}
	conn, err := forward(t, config(t, s, "demo"), webForward)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, port, data, err string }{
		{"nothing listens", "9008", "", "connect: connection refused IPv6 dial tcp6 [::1]:9008: connect: connection refused"},
		{"reset at once", "9101", "", "read: connection reset by peer"},
		{"reset after a byte", "9007", "x", "read: connection reset by peer"},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, errs := stream(t, conn, tt.port, string(rune('a'+i)))
			if got := readAll(t, data); got != tt.data {
				t.Errorf("got %q", got)
			}
			got := readAll(t, errs)
			if !strings.HasPrefix(got, "error forwarding port "+tt.port+" to pod ") || !strings.Contains(got, tt.err) {
				t.Errorf("the error stream says %q", got)
			}
		})
	}
}

func TestHalfClose(t *testing.T) {
	for _, tt := range []struct {
		name    string
		passFIN bool
		want    string
	}{
		{"containerd loses the answer", false, ""},
		{"a plain copy delivers it", true, "got 5 bytes\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := shop()
			o.PassFIN = tt.passFIN
			s := cluster(t, o)
			conn, err := forward(t, config(t, s, "demo"), webForward)
			if err != nil {
				t.Fatal(err)
			}
			data, errs := stream(t, conn, "9004", "1")
			if _, err := io.WriteString(data, "hello"); err != nil {
				t.Fatal(err)
			}
			if err := data.Close(); err != nil {
				t.Fatal(err)
			}
			if got := readAll(t, data); got != tt.want {
				t.Errorf("the answer is %q", got)
			}
			if got := readAll(t, errs); got != "" {
				t.Errorf("the error stream says %q", got)
			}
		})
	}
}

func TestBulk(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	conn, err := forward(t, config(t, s, "demo"), webForward)
	if err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20
	data, _ := stream(t, conn, "9002", "1")
	if _, err := data.Write([]byte{0, 0, 0, 0, size >> 24, size >> 16 & 255, 0, 0}); err != nil {
		t.Fatal(err)
	}
	check := demopod.NewPattern(size)
	if err := within(t, "download", func() error { _, err := io.Copy(check, data); return err }); err != nil {
		t.Fatal(err)
	}
	if check.Left() != 0 {
		t.Errorf("%d bytes are missing", check.Left())
	}
}
