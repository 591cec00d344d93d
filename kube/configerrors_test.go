package kube

import (
	"testing"

	"k8s.io/client-go/tools/clientcmd/api"
)

func TestMissingPart(t *testing.T) {
	cluster, user := api.NewCluster(), api.NewAuthInfo()
	for _, tt := range []struct {
		name    string
		context Context
		cluster *api.Cluster
		user    *api.AuthInfo
		want    string
	}{
		{"all there", Context{Cluster: "c", User: "u"}, cluster, user, ""},
		{"nobody is fine", Context{Cluster: "c"}, cluster, nil, ""},
		{"no cluster named", Context{User: "u"}, nil, user, "it names no cluster"},
		{"no such cluster", Context{Cluster: "c", User: "u"}, nil, nil, "its cluster “c” is not in the kubeconfig"},
		{"no such user", Context{Cluster: "c", User: "u"}, cluster, nil, "its user “u” is not in the kubeconfig"},
	} {
		got := ""
		if err := missingPart(tt.context, tt.cluster, tt.user); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
