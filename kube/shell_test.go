package kube

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
)

func TestProxyOfTheLoginShell(t *testing.T) {
	for name, tt := range map[string]struct {
		ours  map[string]string
		shell []string
		want  string // the proxy to https://api.test; "ours" where the shell makes no difference
	}{
		"none":               {nil, []string{"PATH=/bin"}, "ours"},
		"one":                {nil, []string{"HTTPS_PROXY=http://proxy.test:1"}, "http://proxy.test:1"},
		"small letters":      {nil, []string{"https_proxy=socks5://proxy.test:1"}, "socks5://proxy.test:1"},
		"for other schemes":  {nil, []string{"HTTP_PROXY=http://proxy.test:1"}, ""},
		"not for the server": {nil, []string{"HTTPS_PROXY=http://proxy.test:1", "NO_PROXY=other.test,.test"}, ""},
		"we have one":        {map[string]string{"HTTPS_PROXY": "http://ours.test:1"}, []string{"https_proxy=http://proxy.test:1"}, "ours"},
		"we have half of it": {map[string]string{"HTTPS_PROXY": "http://ours.test:1"}, []string{"no_proxy=api.test"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
				t.Setenv(v, tt.ours[v])
			}
			proxy := surroundings{shell: tt.shell}.proxy()
			if proxy == nil {
				if tt.want != "ours" {
					t.Error("the shell makes no difference")
				}
				return
			}
			got := ""
			u, err := proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: "api.test"}})
			if u != nil {
				got = u.String()
			}
			if got != tt.want || err != nil {
				t.Errorf("the proxy is %q, %v", got, err)
			}
		})
	}
}

func TestKubeconfigsOfTheLoginShell(t *testing.T) {
	s := surroundings{shell: []string{"KUBECONFIG=/a::/b:/a"}}
	if got := s.kubeconfigs(); !slices.Equal(got, []string{"/a", "/b"}) {
		t.Errorf("they are %q", got)
	}
}
