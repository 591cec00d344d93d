package kube

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"k8s.io/client-go/tools/clientcmd/api"
)

// TestFault57OnePluginAtATime: requests that wait while a plugin hangs do not
// each start it again when it has ended.
func TestFault57OnePluginAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var runs atomic.Int32
		c := scripted(func(*http.Request) (*http.Response, error) {
			runs.Add(1)
			<-release
			return nil, errors.New("getting credentials: too late")
		})
		defer c.Close()
		cl, err := c.cluster("c")
		if err != nil {
			t.Fatal(err)
		}
		cl.context.ExecPlugin, cl.rest.ExecProvider = "aws", &api.ExecConfig{Command: "aws"}
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := c.Check(t.Context(), "c"); err == nil {
					t.Error("no error")
				}
			})
		}
		wg.Wait()
		close(release)
		synctest.Wait()
		if n := runs.Load(); n != 1 {
			t.Errorf("the plugin ran %d times", n)
		}
	})
}
