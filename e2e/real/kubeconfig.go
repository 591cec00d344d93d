package real

import (
	"encoding/json"
	"os"
)

// Access is a context of a kubeconfig: a server and who one is there.
type Access struct {
	Context   string
	Namespace string // empty means default
	Server    string // the URL

	ca   []byte
	user pair
}

// Kubeconfig is a list of contexts, the first of which is the current one.
type Kubeconfig []Access

// Write writes the kubeconfig, with all certificates inside, as a file that
// only its owner can read.
func (k Kubeconfig) Write(path string) error {
	type named map[string]any
	var clusters, users, contexts []named
	for _, a := range k {
		cluster := named{"server": a.Server}
		if a.ca != nil {
			cluster["certificate-authority-data"] = a.ca
		}
		context := named{"cluster": a.Context, "user": a.Context}
		if a.Namespace != "" {
			context["namespace"] = a.Namespace
		}
		clusters = append(clusters, named{"name": a.Context, "cluster": cluster})
		users = append(users, named{"name": a.Context, "user": named{
			"client-certificate-data": a.user.cert, "client-key-data": a.user.key,
		}})
		contexts = append(contexts, named{"name": a.Context, "context": context})
	}
	// JSON is YAML, and its byte slices are base64 as the fields want them.
	b, err := json.MarshalIndent(named{
		"apiVersion": "v1", "kind": "Config", "current-context": k[0].Context,
		"clusters": clusters, "users": users, "contexts": contexts,
	}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o600)
}
