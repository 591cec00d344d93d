package kubetest

import (
	"encoding/json"
	"fmt"
)

type kubeconfig struct {
	APIVersion     string              `json:"apiVersion"`
	Kind           string              `json:"kind"`
	CurrentContext string              `json:"current-context"`
	Clusters       []named[cluster]    `json:"clusters"`
	Users          []named[userRef]    `json:"users"`
	Contexts       []named[contextRef] `json:"contexts"`
}

type named[T any] struct {
	Name  string
	Value T
}

type (
	cluster struct {
		Server string `json:"server"`
		CA     []byte `json:"certificate-authority-data"`
	}
	userRef struct {
		Token string `json:"token"`
	}
	contextRef struct {
		Cluster   string `json:"cluster"`
		User      string `json:"user"`
		Namespace string `json:"namespace,omitempty"`
	}
)

// MarshalJSON writes the pair as a kubeconfig does, where the value's key says
// what it is.
func (n named[T]) MarshalJSON() ([]byte, error) {
	var key string
	switch any(n.Value).(type) {
	case cluster:
		key = "cluster"
	case userRef:
		key = "user"
	case contextRef:
		key = "context"
	}
	return json.Marshal(map[string]any{"name": n.Name, key: n.Value})
}

// Kubeconfig returns a kubeconfig, in JSON, which is YAML too, with the
// contexts of the given clusters. The first context of the first cluster is the
// current one. It holds tokens: keep it in memory.
//
// Clusters and users are called CLUSTER and USER@CLUSTER.
func Kubeconfig(servers ...*Server) []byte {
	k := kubeconfig{APIVersion: "v1", Kind: "Config"}
	for _, s := range servers {
		name := s.opts.Name
		k.Clusters = append(k.Clusters, named[cluster]{name, cluster{Server: s.URL(), CA: s.ca}})
		s.mu.Lock()
		for _, u := range s.users {
			k.Users = append(k.Users, named[userRef]{u.name + "@" + name, userRef{Token: u.token}})
		}
		s.mu.Unlock()
		for _, c := range s.opts.Contexts {
			if k.CurrentContext == "" {
				k.CurrentContext = c.Name
			}
			k.Contexts = append(k.Contexts, named[contextRef]{c.Name, contextRef{
				Cluster: name, User: c.User + "@" + name, Namespace: c.Namespace,
			}})
		}
	}
	b, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("kubetest: a kubeconfig of plain strings cannot be encoded: %v", err)) // cannot happen
	}
	return append(b, '\n')
}

// Kubeconfig returns the cluster's own kubeconfig, see [Kubeconfig].
func (s *Server) Kubeconfig() []byte { return Kubeconfig(s) }
