package kubetest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"culvert/kube/kubetest"
)

func TestRights(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Demo())
	limited := newAPI(t, config(t, s, kubetest.DemoLimitedContext))
	if r := limited.get("/api/v1/namespaces/shop/pods"); r.Code != http.StatusOK || len(r.Items) != 6 {
		t.Errorf("the limited user sees %d pods with %d", len(r.Items), r.Code)
	}
	for path, want := range map[string]string{
		"/api/v1/namespaces":             `namespaces is forbidden: User "shop-developer" cannot list resource "namespaces" in API group "" at the cluster scope`,
		"/api/v1/pods":                   `pods is forbidden: User "shop-developer" cannot list resource "pods" in API group "" at the cluster scope`,
		"/api/v1/namespaces/data/pods":   `pods is forbidden: User "shop-developer" cannot list resource "pods" in API group "" in the namespace "data"`,
		"/api/v1/namespaces/shop":        `namespaces "shop" is forbidden: User "shop-developer" cannot get resource "namespaces" in API group "" in the namespace "shop"`,
		"/api/v1/pods?watch=1":           `pods is forbidden: User "shop-developer" cannot watch resource "pods" in API group "" at the cluster scope`,
		"/api/v1/namespaces/data/pods/x": `pods "x" is forbidden: User "shop-developer" cannot get resource "pods" in API group "" in the namespace "data"`,
	} {
		if r := limited.get(path); r.Code != http.StatusForbidden || r.Message != want || r.Reason != "Forbidden" {
			t.Errorf("%s: %d %s", path, r.Code, r.Message)
		}
	}
	s.Deny("shop-developer")
	if r := limited.get("/api/v1/namespaces"); r.Code != http.StatusOK || len(r.Items) != 5 {
		t.Errorf("with all rights the user sees %d namespaces with %d", len(r.Items), r.Code)
	}
	s.RevokeToken("shop-developer")
	if r := limited.get("/version"); r.Code != http.StatusUnauthorized {
		t.Errorf("a revoked token gives %d", r.Code)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	a := newAPI(t, config(t, s, "demo"))
	s.SetAnswer(kubetest.Answer{Verb: "list", Resource: "pods", Code: http.StatusTooManyRequests, RetryAfter: 1500 * time.Millisecond, Times: 2})
	for range 2 {
		if r := a.get("/api/v1/pods"); r.Code != http.StatusTooManyRequests || r.Header.Get("Retry-After") != "2" || r.Reason != "TooManyRequests" {
			t.Errorf("got %d %v", r.Code, r.Header)
		}
	}
	if r := a.get("/api/v1/pods"); r.Code != http.StatusOK {
		t.Errorf("the third answer is %d", r.Code)
	}
	s.SetAnswer(kubetest.Answer{Resource: "pods/portforward", Code: http.StatusServiceUnavailable})
	if _, err := forward(t, config(t, s, "demo"), webForward); err == nil || !strings.Contains(err.Error(), "unable to handle the request") {
		t.Errorf("the session's error is %v", err)
	}
	s.ClearAnswers()
	if _, err := forward(t, config(t, s, "demo"), webForward); err != nil {
		t.Error(err)
	}
	if n := s.Requests("create", "pods/portforward"); n != 2 {
		t.Errorf("%d sessions were asked for", n)
	}
}

func TestOldVersions(t *testing.T) {
	t.Parallel()
	s := cluster(t, kubetest.Demo())
	a := newAPI(t, config(t, s, "demo"))
	page := a.get("/api/v1/pods?limit=3")
	if len(page.Items) != 3 || *page.Metadata.RemainingItemCount != 8 {
		t.Fatalf("the first page is %s", page.Text)
	}
	next := "/api/v1/pods?limit=100&continue=" + url.QueryEscape(page.Metadata.Continue)
	if err := s.DeletePod("shop", "web-7d4b9c6f5-x2x9k"); err != nil {
		t.Fatal(err)
	}
	if r := a.get(next); len(r.Items) != 8 || r.Metadata.ResourceVersion != page.Metadata.ResourceVersion {
		t.Errorf("the second page has %d pods of version %s", len(r.Items), r.Metadata.ResourceVersion)
	}
	s.Compact()
	if r := a.get(next); r.Code != http.StatusGone || r.Reason != "Expired" {
		t.Errorf("an old page gives %d %s", r.Code, r.Text)
	}
	r := a.get("/api/v1/pods?watch=1&resourceVersion=" + page.Metadata.ResourceVersion)
	if r.Code != http.StatusOK || !strings.HasPrefix(r.Text, `{"type":"ERROR","object":{"kind":"Status"`) || !strings.Contains(r.Text, `"reason":"Expired"`) {
		t.Errorf("an old watch gives %d %s", r.Code, r.Text)
	}
	if r := a.get("/api/v1/pods?resourceVersion=99999999"); r.Code != http.StatusGatewayTimeout {
		t.Errorf("a future version gives %d", r.Code)
	}
}

func TestBookmarks(t *testing.T) {
	t.Parallel()
	o := shop()
	o.BookmarkEvery = 10 * time.Millisecond
	s := cluster(t, o)
	a := newAPI(t, config(t, s, "demo"))
	r := a.get("/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=0")
	if !strings.Contains(r.Text, `{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"`) {
		t.Errorf("the watch reads %s", r.Text)
	}
}

func TestPartialMetadata(t *testing.T) {
	t.Parallel()
	s := cluster(t, shop())
	a := newAPI(t, config(t, s, "demo"))
	r := a.do(http.MethodGet, "/api/v1/namespaces", "Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
	if r.Kind != "PartialObjectMetadataList" || len(r.Items) != 2 || r.Items[0].Status != nil {
		t.Errorf("got %s", r.Text)
	}
}

func TestExpiredCertificate(t *testing.T) {
	t.Parallel()
	o := shop()
	o.ExpiredCert = true
	s := cluster(t, o)
	a := newAPI(t, config(t, s, "demo"))
	resp, err := a.http.Get(s.URL() + "/version")
	if err == nil {
		_ = resp.Body.Close()
		t.Fatal("the certificate is taken")
	}
	if !strings.Contains(err.Error(), "expired") {
		t.Errorf("the error is %v", err)
	}
}
