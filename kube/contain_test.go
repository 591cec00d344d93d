package kube_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/kube"
	"culvert/tunnels/crash"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// TestNamesStayOutOfCrashReports: the words that name contexts, clusters and users stand in
// no crash report.
func TestNamesStayOutOfCrashReports(t *testing.T) {
	config := api.NewConfig()
	config.Clusters["harbour"] = &api.Cluster{Server: "https://lighthouse:6443"}
	config.AuthInfos["captain"] = &api.AuthInfo{Token: "x"}
	config.Contexts["ferry"] = &api.Context{Cluster: "harbour", AuthInfo: "captain"}
	data, err := clientcmd.Write(*config)
	if err != nil {
		t.Fatal(err)
	}
	crashes := crash.New(crash.Options{Folder: filepath.Join(t.TempDir(), "crashes")})
	open(t, kube.Options{Data: data, Crashes: crashes})
	crashes.Guard("a test", func() { panic("the captain of ferry leaves harbour for lighthouse") })
	files, err := filepath.Glob(filepath.Join(crashes.Folder(), "crash-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the reports are %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(text), "leaves") {
		t.Fatalf("the report is %q, %v", text, err)
	}
	for _, name := range []string{"captain", "ferry", "harbour", "lighthouse"} {
		if strings.Contains(string(text), name) {
			t.Errorf("the report names %s", name)
		}
	}
}
