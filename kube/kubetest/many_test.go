package kubetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"culvert/kube/kubetest"
)

const many = 10_000

// manyPods are pods of a hundred deployments that run nothing.
func manyPods() []kubetest.Object {
	var objects []kubetest.Object
	for i := range many / 100 {
		labels := map[string]string{"app": fmt.Sprintf("web-%02d", i), "app.kubernetes.io/part-of": "many"}
		objects = append(objects,
			kubetest.Deployment{Namespace: "many", Name: labels["app"], Replicas: 100, Template: idle(labels)},
			kubetest.Service{Namespace: "many", Name: labels["app"], Selector: labels, Ports: []kubetest.ServicePort{{Name: "http", Port: 80, Target: "http"}}})
	}
	return objects
}

// TestManyPodsAreCheap: pods that run nothing have no goroutine.
func TestManyPodsAreCheap(t *testing.T) {
	s := cluster(t, kubetest.Options{})
	before := runtime.NumGoroutine()
	began := time.Now()
	for _, o := range manyPods() {
		switch o := o.(type) {
		case kubetest.Deployment:
			must(t, s.AddDeployment(o))
		case kubetest.Service:
			must(t, s.AddService(o))
		}
	}
	if n := runtime.NumGoroutine() - before; n > 100 { // those of tests that run beside this one
		t.Errorf("%d goroutines are new", n)
	}
	t.Logf("%d pods were made in %v", many, time.Since(began))
}

// BenchmarkPages lists 10,000 pods in pages of 500.
func BenchmarkPages(b *testing.B) {
	s, err := kubetest.New(kubetest.Options{Objects: manyPods()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	raw, err := clientcmd.Load(s.Kubeconfig())
	if err != nil {
		b.Fatal(err)
	}
	c, err := clientcmd.NewDefaultClientConfig(*raw, nil).ClientConfig()
	if err != nil {
		b.Fatal(err)
	}
	hc, err := rest.HTTPClientFor(c)
	if err != nil {
		b.Fatal(err)
	}
	defer hc.CloseIdleConnections()
	var first time.Duration
	for b.Loop() {
		next, pods := "", 0
		began := time.Now()
		for page := 0; page == 0 || next != ""; page++ {
			n, more := readPage(b, hc, c.Host+"/api/v1/namespaces/many/pods?limit=500&continue="+url.QueryEscape(next))
			if page == 0 {
				first += time.Since(began)
			}
			next, pods = more, pods+n
		}
		if pods != many {
			b.Fatalf("%d pods were listed", pods)
		}
	}
	b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "ms/first-page")
}

func readPage(b *testing.B, hc *http.Client, path string) (pods int, next string) {
	b.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := hc.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	var list struct {
		Metadata struct{ Continue string }
		Items    []struct{}
	}
	if err := json.Unmarshal(text, &list); err != nil {
		b.Fatal(err)
	}
	return len(list.Items), list.Metadata.Continue
}
